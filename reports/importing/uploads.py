"""The page on which a file is chosen, and asked about."""

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from buffet.errors import Refusal
from buffet.rest import query
from reports.book_page import View, book_form, read
from reports.importing.asking import asked
from reports.importing.uploading import Upload, refuse_larger
from reports.requests import PageRequest
from transactions.models import Import


def not_too_large(view: View) -> View:
    """Refuse a body by its announced length, before looking for its token reads it."""

    @csrf_protect
    def protected(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return view(request, *args, **kwargs)

    @csrf_exempt
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            refuse_larger(request)
        except Refusal as refusal:
            context = {"faults": [refusal]}
            return render(request, "reports/refusal.html", context, status=refusal.status)
        return protected(request, *args, **kwargs)

    return wrapped


@not_too_large
@book_form
def new_import(request: PageRequest) -> HttpResponseBase:
    """Which file is to be imported?"""
    sent = read(request, {"account": query.uuid})
    upload = Upload(request, sent.get("account"))
    context: dict[str, Any] = {"form": upload}
    if not upload.is_bound:
        return render(request, "reports/importing/new.html", context)
    if upload.is_valid():
        try:
            if upload.is_for_new or not all(one.is_valid() for one in upload.openings.values()):
                context |= asked(upload, None)
            else:
                return _onward(upload.carry_out())
        except Refusal as refusal:
            context |= asked(upload, refusal)
    return render(request, "reports/importing/new.html", context, status=400)


def _onward(made: Sequence[Import]) -> HttpResponse:
    """Lead to the preview, or to the list if there are several."""
    where = reverse("import", args=(made[0].id,)) if len(made) == 1 else reverse("imports")
    return HttpResponse(status=303, headers={"Location": where})
