"""What the page of transactions is asked for."""

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.forms import ValidationError
from django.http import HttpRequest

from accounts import services as chart
from accounts.models import Account
from buffet.rest import query
from buffet.rest.pagination import Cursor, read_cursor
from reports import periods
from reports.book_page import FACES, read
from reports.forms import amount_typed
from transactions.models import Status
from transactions.queries.transactions import Filters

UNCATEGORISED = "none"


def _amount(text: str) -> Decimal:
    """Read an amount, whose sign says nothing."""
    return abs(query.amount(text))


def _typed(text: str) -> Decimal:
    """Read an amount as the reader types it."""
    try:
        return abs(amount_typed(text))
    except ValidationError as error:
        raise query.Malformed(" ".join(error.messages)) from None


def _category(text: str) -> UUID | str:
    return text if text == UNCATEGORISED else query.uuid(text)


_KNOWN = {
    "format": FACES,
    "cursor": str,
    "q": query.words,
    "account": query.uuid,
    "category": _category,
    "vendor": query.uuid,
    "status": query.one_of(*(str(one) for one in Status.values)),
    "amount": _amount,
    "typed": _typed,
    "ahead": query.one_of("1"),
    "changed": query.whole(0, 1000),
    "taken": query.whole(0, 1000),
    "step": query.uuid,
}
_FIELDS = ("q", "account", "category", "status", "typed", "date_from", "date_to")
#: What says up to when.
_ENDING = frozenset(("ahead", "period", "date_to", "on"))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which transactions are wanted, as what, and from where on."""

    sent: dict[str, Any]
    filters: Filters
    account: Account | None
    category: Account | None
    cursor: Cursor | None

    @property
    def format(self) -> str:
        """The face that is wanted."""
        return self.sent["format"]

    @property
    def is_narrowed(self) -> bool:
        """Whether it is not all transactions up to today that are wanted."""
        return replace(self.filters, date_to=None) != Filters() or not self.is_until_today

    @property
    def is_until_today(self) -> bool:
        """Whether what is dated ahead is left out because nobody asked for it."""
        return not self.sent.keys() & _ENDING


def plainly(request: HttpRequest) -> dict[str, Any]:
    """Return what is otherwise in the address that says the same to every reader and program.

    Nothing stands in it of fields that were left empty, and an amount as programs write it; None is
    what is not in it.
    """
    sent = request.GET
    changes: dict[str, Any] = {name: None for name in _FIELDS if sent.get(name) == ""}
    if sent.get("typed"):
        with suppress(query.Malformed):
            changes |= {"typed": None, "amount": f"{_typed(sent['typed']):f}"}
    return changes


def wanted(request: HttpRequest) -> Wanted:
    """Read what a request asks for.

    :raises Invalid: naming each parameter that is unknown or malformed.
    :raises NotFound: if the book has no such account or category.
    """
    sent = read(request, _KNOWN, is_of_a_day=False)
    account = category = None
    if "account" in sent:
        account = chart.get_account(request.book, sent["account"])
    below: tuple[UUID, ...] = ()
    if isinstance(sent.get("category"), UUID):
        category = chart.get_category(request.book, sent["category"])
        below = tuple(sorted(chart.subtree_ids(request.book, category.id)))
    since, until = _days(request, sent)
    filters = Filters(
        account_id=account and account.id,
        category_ids=below,
        uncategorized=sent.get("category") == UNCATEGORISED,
        vendor_id=sent.get("vendor"),
        date_from=since,
        date_to=until,
        amount=sent.get("amount"),
        status=sent.get("status", ""),
        text=sent.get("q", ""),
    )
    cursor = read_cursor(sent.get("cursor"), date.fromisoformat, UUID)
    return Wanted(sent, filters, account, category, cursor)


def _days(request: HttpRequest, sent: dict[str, Any]) -> tuple[date | None, date | None]:
    """Return the first and last day: of a period, as they were sent, or else up to today."""
    if "period" not in sent:
        today = None if sent.keys() & _ENDING else request.today
        return sent.get("date_from"), sent.get("date_to", sent.get("on", today))
    start_day, today = request.book.month_start_day, request.today
    found = periods.read(sent, today=today, start_day=start_day, default="")
    return found.since, found.until
