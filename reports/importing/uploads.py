"""The page on which a file is chosen, and asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from buffet.errors import Refusal
from buffet.rest import query
from reports.book_page import View, book_form, read
from reports.importing.uploading import Upload, refuse_larger
from transactions import services
from transactions.models import Import

#: Refusals of a file after which the reader is asked which account each statement is about.
_ASK_ACCOUNTS = {"several_accounts", "which_account"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One way to read what is in doubt, and what it would mean."""

    value: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Question:
    """What the file leaves open."""

    detail: str
    answers: Sequence[Answer]


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
def new_import(request: HttpRequest) -> HttpResponseBase:
    """Which file is to be imported?"""
    sent = read(request, {"account": query.uuid})
    upload = Upload(request, sent.get("account"))
    context: dict[str, Any] = {"form": upload}
    if not upload.is_bound:
        return render(request, "reports/importing/new.html", context)
    if upload.is_valid():
        try:
            return _onward(upload.carry_out())
        except Refusal as refusal:
            context |= _asked(upload, refusal)
    return render(request, "reports/importing/new.html", context, status=400)


def _onward(made: Sequence[Import]) -> HttpResponse:
    """Lead to the preview, or to the list if there are several."""
    where = reverse("import", args=(made[0].id,)) if len(made) == 1 else reverse("imports")
    return HttpResponse(status=303, headers={"Location": where})


def _asked(upload: Upload, refusal: Refusal) -> dict[str, Any]:
    """Return what has to be answered before the file can be read; or show why it is refused."""
    questions = [
        Question(one.detail, [Answer(f"{one.field}={value}", said) for value, said in one.choices])
        for one in getattr(refusal, "questions", ())
    ]
    statements: Sequence[Any] = ()
    if not questions and _ASK_ACCOUNTS & {fault.code for fault in refusal.faults}:
        looked = services.inspect(
            book=upload.request.book,
            file=BytesIO(upload.cleaned_data["sent"].content),
            wish=upload.wish,
        )
        statements = looked["statements"]
    if not questions and not statements:
        upload.refuse(refusal)
    return {
        "questions": questions,
        "statements": statements,
        "sent": upload.cleaned_data["sent"],
        "answered": [f"{name}={value}" for name, value in upload.answers.items()],
        "chosen": str(upload.cleaned_data["account"]),
    }
