"""The pages of imports: the list, and one file's lines."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from buffet.rest import query
from reports import faces
from reports.book_page import FACES, book_form, book_page, read
from reports.deeds import chosen, done
from reports.importing import contexts
from reports.importing.correcting import Correcting, Remembering, correcting
from reports.importing.deeds import (
    Choosing,
    Committing,
    Discarding,
    LookingAgain,
    OfImport,
    Reverting,
)
from reports.queries import import_list
from reports.requests import PageRequest
from transactions import services
from transactions.models import Import, Verdict
from transactions.queries import imports

#: What can be done, by the name that its button sends.
_KINDS = (Committing, Reverting, Discarding, Choosing, LookingAgain, Correcting, Remembering)
_DEEDS = {one.action: one for one in _KINDS}
_VERDICT = query.one_of(*(str(one) for one in Verdict.values), contexts.PROPOSED)


@book_page
def import_list_page(request: PageRequest) -> HttpResponseBase:
    """Which files were imported, and what became of them?"""
    sent = read(request, {"before": query.uuid, "account": query.uuid})
    found, older = import_list.page(request.book.id, sent.get("before"), sent.get("account"))
    context = {"imports": found, "older": older, "is_first": "before" not in sent}
    return render(request, "reports/importing/list.html", context)


@book_form
def import_page(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What does this file say, and what would it change?"""
    known = {"verdict": _VERDICT, "after": query.whole(0, 10**8), "format": FACES}
    sent = read(request, known)
    if _is_gone(request, id):
        # Thrown away twice: it is gone, as was wanted.
        return HttpResponse(status=303, headers={"Location": reverse("imports")})
    started = services.get_import(request.book, id)
    deed, status = None, 200
    if request.method == "POST":
        deed = _sent_to(request, started)
        status = done(deed)
        if not status:
            return _onward(request, deed)
        started = services.get_import(request.book, id)
    if sent["format"] == "json":
        return faces.as_json(imports.detail(started))
    if sent.get("verdict") == contexts.PROPOSED:
        rows = imports.proposed_of(started)
    else:
        rows = imports.lines_of(started, sent.get("verdict"))
    if "after" in sent:
        rows = rows.filter(number__gt=sent["after"])
    shown = imports.lines_read(started, rows[: contexts.PAGE + 1])
    context = contexts.page(request, started, imports.detail(started), shown, sent, deed)
    context["profile_form"] = correcting(request, started, deed)
    is_own = isinstance(deed, Remembering)
    context["remembering"] = deed if is_own else Remembering(request, started)
    return render(request, "reports/importing/import.html", context, status=status)


def _is_gone(request: PageRequest, id: UUID) -> bool:
    if request.POST.get("action") != Discarding.action:
        return False
    return not Import.objects.filter(book=request.book, id=id).exists()


def _sent_to(request: PageRequest, started: Import) -> OfImport:
    """Return the form that was sent.

    :raises NotFound: if there is none of that name.
    """
    return chosen(_DEEDS, request)(request, started)


def _onward(request: PageRequest, deed: OfImport) -> HttpResponse:
    """Lead back to the page, or to the list if the import is gone."""
    gone = isinstance(deed, Discarding)
    where = reverse("imports") if gone else request.get_full_path()
    return HttpResponse(status=303, headers={"Location": where})
