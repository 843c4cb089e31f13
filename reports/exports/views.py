"""The pages' doors to exports: buttons for readers, and links that need no signing in."""

from typing import Any
from uuid import UUID

from django.db.models import Sum
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.models import Account
from buffet import limits
from buffet.errors import Fault, NotFound, Refusal, invalid
from buffet.models import Book
from buffet.rest import query
from reports.book_page import book_page, read, report_page
from reports.exports.kinds import CONTENT_TYPE, EXPORTS, Export
from reports.exports.links import opened
from reports.exports.streaming import streamed
from reports.periods import named
from reports.requests import PageRequest
from transactions.models import AccountTotal

#: What each file of a whole book is, and what it is for.
ABOUT = {
    "book.jsonl": (
        _("Everything, to keep or to move"),
        _(
            "The whole book as JSON Lines: accounts, transactions, cards, statements, "
            "subscriptions, rules, and what banks' files told, so that they add nothing twice. "
            "Loading it makes the same book again, here or elsewhere, for you alone: members and "
            "links stay here."
        ),
    ),
    "transactions.csv": (
        _("All entries for a spreadsheet"),
        _(
            "One row for each entry, the oldest first, with its account, amount, vendor and notes. "
            "Cells that a spreadsheet would take for a formula begin with an apostrophe."
        ),
    ),
    "book.beancount": (
        _("A journal for beancount"),
        _("Accounts, exchange rates and transactions in plain text, as beancount and Fava read."),
    ),
    "book.hledger": (
        _("A journal for hledger"),
        _("The same in plain text as hledger reads it; ledger reads most of it, too."),
    ),
}
#: The periods of which an accountant is given everything by a link.
PACKS = ("last-month", "this-year", "last-year")


@report_page
def export_page(request: PageRequest) -> HttpResponseBase:
    """How do I take my data with me?"""
    read(request, {})
    accounts = Account.objects.filter(book=request.book).real().order_by("name", "id")
    sums = AccountTotal.objects.filter(book=request.book).aggregate(entries=Sum("entries"))
    context = {
        "accounts": accounts,
        "entries": sums["entries"] or 0,
        "packs": [named(one, request.today, request.book.month_start_day) for one in PACKS],
        "files": [(name, *texts) for name, texts in ABOUT.items()],
    }
    return render(request, "reports/export.html", context)


@book_page
def export_file(request: PageRequest, name: str) -> HttpResponseBase:
    """Give a reader a file of their book."""
    export = EXPORTS.get(name)
    if export is None:
        raise NotFound
    asked = query.read(request.GET, {"book": str, **export.parameters})
    asked.pop("book", None)
    for missing in (one for one in export.required if one not in asked):
        raise invalid(f"?{missing}", "required", "This field is required.")
    return _file(request, request.user.id, request.book, export, asked)


@require_safe
def linked(request: limits.CountedRequest, token: str, name: str) -> HttpResponseBase:
    """Give whoever has a link the file that it is about."""
    limits.anonymous(request)
    reader_id: UUID | None = request.user.id if request.user.is_authenticated else None
    try:
        found = opened(token, reader_id)
        export = EXPORTS[found.link.kind]
        asked = {key: export.parameters[key](value) for key, value in found.link.asked.items()}
        response = _file(request, found.link.user_id, found.book, export, asked)
    except NotFound as error:
        raise Http404(error.detail) from error
    except Refusal as refusal:
        faults = refusal.faults or (Fault("", refusal.code, refusal.detail),)
        response = render(
            request, "reports/refusal.html", {"faults": faults}, status=refusal.status
        )
        if refusal.retry_after:
            response["Retry-After"] = str(refusal.retry_after)
    response["Referrer-Policy"] = "no-referrer"
    response["Cache-Control"] = "private, no-store"
    return response


def _file(
    request: HttpRequest, user_id: UUID, book: Book, export: Export, asked: dict[str, Any]
) -> HttpResponseBase:
    pieces = export.write(book, book.day(timezone.now()), asked)
    return streamed(request, user_id, export.file_name(book), CONTENT_TYPE, pieces)
