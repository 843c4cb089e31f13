"""The pages of the book's own exchange rates: read the request, do what was sent, set the page."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse

from accounts import quotations
from accounts.holding import ends
from buffet.errors import NotFound, Refusal
from buffet.rest import query
from buffet.rest.pagination import Cursor, read_cursor
from reports.asking import currency
from reports.book_page import book_form, read
from reports.deeds import done
from reports.quoting.forms import Adding, Correcting, Deleting
from reports.requests import PageRequest
from reports.ruling.forms import plain
from transactions import services

#: How many rates a page lists.
PAGE = 50
_TOLD = query.one_of("added", "corrected", "deleted")


@book_form
def own_rates(request: PageRequest) -> HttpResponseBase:
    """Which exchange rates has the book of its own?"""
    sent = read(request, {"base": currency, "cursor": str, "told": _TOLD})
    first = {
        "base": sent.get("base", ""),
        "quote": sent.get("currency", request.book.base_currency),
        "on": sent["on"].isoformat(),
    }
    form = Adding(request, first)
    if form.is_bound and form.is_valid():
        try:
            form.carry_out()
            return _to_list(request, "added")
        except Refusal as refusal:
            form.refuse(refusal)
    cursor = read_cursor(sent.get("cursor"), date.fromisoformat, str, str)
    context = _listed(request, cursor) | {
        "form": form,
        "told": None if form.is_bound else sent.get("told"),
        "may_write": request.may_write and request.known_on is None,
    }
    status = 400 if form.is_bound else 200
    return render(request, "reports/quoting/list.html", context, status=status)


def _listed(request: PageRequest, cursor: Cursor | None) -> dict[str, Any]:
    """Return a page of rates, the latest day first, and where the pages beside it begin."""
    back = cursor is not None and cursor.back
    place = None
    if cursor:
        on, base, quote = cursor.key
        place = quotations.Place(on, base, quote, "own")
    rows = quotations.page(
        request.book.id, quotations.Filters(scope="own"), limit=PAGE + 1, place=place, back=back
    )
    more, rows = len(rows) > PAGE, rows[:PAGE]
    if back:
        rows.reverse()
    is_older, is_newer = more or back, more if back else cursor is not None
    held = ends(request.book.id, [(row["base"], row["quote"], row["on"]) for row in rows])
    return {
        "rates": [
            row | {"rate": plain(Decimal(row["rate"])), "end": end}
            for row, end in zip(rows, held, strict=True)
        ],
        "newer": Cursor(_key(rows[0]), back=True) if rows and is_newer else None,
        "older": Cursor(_key(rows[-1])) if rows and is_older else None,
        "is_first": cursor is None,
    }


def _key(row: dict[str, Any]) -> tuple[str, ...]:
    return row["on"].isoformat(), row["base"], row["quote"]


@book_form
def own_rate(request: PageRequest, id: UUID) -> HttpResponseBase:
    """What is this rate, and is it right?"""
    read(request, {})
    action = request.POST.get("action", "")
    try:
        kept = services.get_own_rate(request.book, id)
    except NotFound:
        if action == Deleting.action and quotations.was_deleted(request.book, id):
            return _to_list(request, "deleted")
        raise
    deeds: dict[str, Any] = {}
    if request.may_write and request.known_on is None:
        deeds = {one.action: one(request, kept) for one in (Correcting, Deleting)}
    status = 200
    if request.method == "POST":
        status = done(deeds.get(action))
        if not status:
            return _to_list(request, "corrected" if action == Correcting.action else "deleted")
    (end,) = ends(request.book.id, [(kept.base, kept.quote, kept.on)])
    context = {"kept": kept, "rate": plain(kept.rate), "end": end, "deeds": deeds}
    return render(request, "reports/quoting/rate.html", context, status=status)


def _to_list(request: PageRequest, told: str) -> HttpResponse:
    along = f"&{request.kept}" if request.kept else ""
    where = f"{reverse('exchange-rates')}?told={told}{along}"
    return HttpResponse(status=303, headers={"Location": where})
