"""The page of transactions: find them, see them, sort them."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render

from buffet.money import Money, text
from reports import faces, ledger
from reports.book_page import book_form
from reports.deeds import done
from reports.finding import asking, contexts
from reports.finding.asking import Wanted
from reports.finding.sorting import Sorting, TakingBack


@book_form
def transaction_list(request: HttpRequest) -> HttpResponseBase:
    """Which transactions are there, and what are they about?"""
    changes = asking.plainly(request)
    if changes and request.method != "POST":
        return _to(request, 302, changes)
    wanted = asking.wanted(request)
    if wanted.format in faces.TABLES:
        return faces.as_table(wanted.format, "transactions", _lines(request, wanted))
    sorting, back, status = None, None, 200
    if request.may_write and request.known_on is None:
        sorting, back = Sorting(request), TakingBack(request, wanted.sent.get("step"))
    if request.method == "POST":
        sent = next((one for one in (sorting, back) if one is not None and one.is_bound), None)
        status = done(sent)
        if not status:
            return _told(request, sorting, back)
    page = ledger.window(request.book.id, wanted.filters, wanted.cursor)
    if wanted.format == "json":
        rows = {"transactions": page.rows}
        places = {"newer": page.newer, "older": page.older}
        return faces.as_json(rows | {name: one and str(one) for name, one in places.items()})
    context = contexts.found(request, wanted, page, sorting) | {"back": back}
    return render(request, "reports/finding/list.html", context, status=status)


def _to(request: HttpRequest, status: int, changes: dict[str, Any]) -> HttpResponse:
    """Lead to the same list by another address."""
    sent = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            sent.pop(name, None)
        else:
            sent[name] = value
    query = f"?{sent.urlencode()}" if sent else ""
    return HttpResponse(status=status, headers={"Location": f"{request.path}{query}"})


#: What the address of the list says of what was done last.
_DONE = dict.fromkeys(("changed", "taken", "step"))


def _told(request: HttpRequest, sorting: Sorting, back: TakingBack) -> HttpResponse:
    """Lead to the list as it is now, which says what was done."""
    if back.is_bound:
        return _to(request, 303, _DONE | {"taken": back.taken})
    step = {"step": sorting.who["by"].change_id} if sorting.changed else {}
    return _to(request, 303, _DONE | {"changed": sorting.changed} | step)


def _lines(request: HttpRequest, wanted: Wanted) -> Iterator[list[object]]:
    """Yield all that was found as rows of a table."""
    yield [
        *("date", "description", "vendor", "account", "category or account", "status", "amount"),
        *("currency", "notes"),
    ]
    for row in ledger.walk(request.book.id, wanted.filters):
        amount = Money(row["amount"], row["currency"])
        yield [
            *(row["date"], row["description"], row["vendor_name"] or "", row["account_name"]),
            *(ledger.about(row), row["status"], text(amount.amount, amount.currency)),
            *(amount.currency, row["notes"]),
        ]
