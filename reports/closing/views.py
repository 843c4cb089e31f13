"""The page of a month's end: read the request, do what was sent, ask one question, set it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.http import urlencode

from buffet.rest import query
from reports import faces, periods
from reports.asking import currency
from reports.book_page import FACES, book_form, book_page, read
from reports.closing import contexts, documents
from reports.closing.forms import OfMonth, Repointing
from reports.closing.pointing import sent_to
from reports.deeds import done
from reports.queries.closing import month_end, month_to_close
from reports.requests import PageRequest
from transactions.queries import points
from transactions.queries.months import Closings, closings


@book_page
def latest(request: PageRequest) -> HttpResponseBase:
    """What is left to do before the last month is closed, or the one that a page came with?"""
    sent, found = _read(request), closings(request.book.id)
    month = _month_of_period(request, sent) or month_to_close(found, request.today)
    return _page(request, sent, month, found)


@book_form
def of_month(request: PageRequest, month: date) -> HttpResponseBase:
    """What is left to do before this month is closed?"""
    return _page(request, _read(request), month, closings(request.book.id))


#: The account whose balance is to be typed first, and which balance point was typed, taken away or
#: brought back.
_KNOWN = {
    "format": FACES,
    "currency": currency,
    "account": query.uuid,
    "saved": query.uuid,
    "taken": query.uuid,
    "back": query.uuid,
}


def _read(request: PageRequest) -> dict[str, Any]:
    return read(request, _KNOWN)


def _month_of_period(request: PageRequest, sent: Mapping[str, Any]) -> date | None:
    """Return the month that a page came with; None for other periods, and for one not over."""
    if not sent.keys() & periods.PARAMETERS.keys():
        return None
    start_day = request.book.month_start_day
    found = periods.read(dict(sent), today=request.today, start_day=start_day, default="")
    is_month = found.is_whole and len(found.months) == 1
    return found.months[0].name if is_month and found.until < request.today else None


def _page(
    request: PageRequest, sent: Mapping[str, Any], month: date, known: Closings
) -> HttpResponseBase:
    found = month_end(request.book.id, month, request.today, known)
    if sent["format"] == "json":
        return faces.as_json(documents.month_end(found, request.seat.book.version))
    if sent["format"] in faces.TABLES:
        return faces.as_table(
            sent["format"], f"month-end-{month:%Y-%m}", documents.account_rows(found)
        )
    deed, status = None, 200
    if request.method == "POST":
        deed = sent_to(request, found)
        refusal = done(deed)
        if refusal == 0:
            return _to(request, deed)
        status = refusal
    context = contexts.month_end(request, found, sent.get("account"), deed) | {
        **contexts.saved(request, found, sent.get("saved")),
        "closed": known,
        "taken": points.deleted(request.book.id, sent["taken"]) if "taken" in sent else None,
        "is_back": "back" in sent,
        "repointing": deed if isinstance(deed, Repointing) else None,
    }
    return render(request, "reports/month-end.html", context, status=status)


def _to(request: PageRequest, deed: OfMonth) -> HttpResponse:
    """Lead to the page as it is now; from its beginning, if that tells what was done."""
    where = request.get_full_path()
    if deed.says:
        asked = [request.kept, urlencode({name: str(id) for name, id in deed.says.items()})]
        where = f"{request.path}?{'&'.join(filter(None, asked))}#content"
    return HttpResponse(status=303, headers={"Location": where})
