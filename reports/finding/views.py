"""The page of transactions: find them, see them, sort them."""

from collections.abc import Iterator, Mapping
from typing import Any
from uuid import UUID

from django.http import HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import render

from reports import faces, ledger
from reports.book_page import book_form
from reports.deeds import done
from reports.finding import asking, contexts
from reports.finding.asking import Wanted
from reports.finding.contexts import Step
from reports.finding.sorting import OfMany, Sorting, TakingBack
from reports.requests import PageRequest


@book_form
def transaction_list(request: PageRequest) -> HttpResponseBase:
    """Which transactions are there, and what are they about?"""
    changes = asking.plainly(request)
    if changes and request.method != "POST":
        return _to(request, 302, changes)
    wanted = asking.wanted(request)
    if wanted.format in faces.TABLES:
        return faces.as_table(wanted.format, "transactions", _lines(request, wanted))
    # What was done last is told once: links on the page say nothing of it.
    # Its type is of one that nobody may change, which nobody does.
    request.GET = _changed(request, dict.fromkeys(_DONE))  # type: ignore[assignment]
    book_id, step = request.book.id, _step(request, wanted)
    sorting, back = None, None
    if request.may_write and request.known_on is None:
        sorting = Sorting(request, wanted.filters.account_id)
        back = TakingBack(request, step=step and step.id, version=step and step.version)
    status = 400 if wanted.mistyped else 200
    if request.method == "POST":
        sent = next((one for one in (sorting, back) if one is not None and one.is_bound), None)
        status = done(sent)
        if sent and not status:
            return _to(request, 303, _told(book_id, sent, step))
    page = ledger.window(book_id, wanted.filters, wanted.cursor)
    if wanted.format == "json":
        rows = {"transactions": page.rows}
        places = {"newer": page.newer, "older": page.older}
        return faces.as_json(rows | {name: one and str(one) for name, one in places.items()})
    taken = wanted.sent.get("back")
    context = contexts.found(request, wanted, page, sorting, step) | {
        "back": back,
        "taken": taken and Step.of(book_id, taken),
    }
    return render(request, "reports/finding/list.html", context, status=status)


def _step(request: PageRequest, wanted: Wanted) -> Step | None:
    """Return what was done last, if the address says so."""
    return Step.of(request.book.id, *wanted.sent["step"]) if "step" in wanted.sent else None


def _told(book_id: UUID, sent: OfMany, step: Step | None) -> dict[str, Any]:
    """Return what the address says of what was done, and of what was taken back by it."""
    if isinstance(sent, TakingBack):
        return {"back": sent.done_as, "step": step}
    return {"step": Step.of(book_id, sent.done_as)}


#: What the address says of what was done last.
_DONE = ("step", "back")


def _changed(request: PageRequest, changes: Mapping[str, Any]) -> QueryDict:
    """Return what the address asks for, changed; None is what is not in it."""
    sent = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            sent.pop(name, None)
        else:
            sent[name] = value
    return sent


def _to(request: PageRequest, status: int, changes: Mapping[str, Any]) -> HttpResponse:
    """Lead to the same list by another address."""
    sent = _changed(request, changes)
    query = f"?{sent.urlencode()}" if sent else ""
    return HttpResponse(status=status, headers={"Location": f"{request.path}{query}"})


def _lines(request: PageRequest, wanted: Wanted) -> Iterator[list[object]]:
    """Yield all that was found as rows of a table."""
    yield [
        *("date", "description", "vendor", "account", "category or account", "status", "amount"),
        *("currency", "notes"),
    ]
    for row in ledger.walk(request.book.id, wanted.filters):
        status = ledger.status(row, wanted.filters.account_id)
        yield [
            *(row["date"], row["description"], row["vendor_name"] or "", row["account_name"]),
            *(ledger.about(row), status, row["amount"], row["currency"], row["notes"]),
        ]
