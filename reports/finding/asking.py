"""What the page of transactions is asked for."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.forms import ValidationError

from accounts import services as chart
from accounts.models import Account
from buffet.errors import NotFound, invalid
from buffet.models import Book
from buffet.rest import query
from buffet.rest.pagination import Cursor, read_cursor
from reports import periods
from reports.book_page import FACES, read
from reports.forms import amount_typed
from reports.requests import PageRequest
from transactions.models import Status, Vendor
from transactions.queries.transactions import Filters

UNCATEGORISED = "none"


def _amount(text: str) -> Decimal:
    """Read an amount, whose sign says nothing."""
    return abs(query.amount(text))


def _category(text: str) -> UUID | str:
    return text if text == UNCATEGORISED else query.uuid(text)


def _step(text: str) -> tuple[UUID, int]:
    """Read what was done to many at once, and the version that they came to have by it."""
    id, _, version = text.partition(".")
    return query.uuid(id), query.whole(0, 10**9 - 1)(version)


_KNOWN: Mapping[str, query.Reader] = {
    "format": FACES,
    "cursor": str,
    "q": query.words,
    "account": query.uuid,
    "category": _category,
    "vendor": query.uuid,
    "status": query.one_of(*(str(one) for one in Status.values)),
    "amount": _amount,
    # Only what is no amount is left in an address (`plainly`).
    "typed": str,
    "ahead": query.one_of("1"),
    "step": _step,
    "back": query.uuid,
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
    vendor: str
    #: What was typed as an amount and is none.
    mistyped: str
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
        return not self.sent.keys() & _ENDING and self.filters.date_to is not None


def plainly(request: PageRequest) -> dict[str, Any]:
    """Return what is otherwise in the address that says the same to every reader and program.

    Nothing stands in it of fields that were left empty, and an amount as programs write it; None is
    what is not in it.
    """
    sent = request.GET
    changes: dict[str, Any] = {name: None for name in _FIELDS if sent.get(name) == ""}
    if sent.get("typed"):
        with suppress(ValidationError):
            changes |= {"typed": None, "amount": f"{abs(amount_typed(sent['typed'])):f}"}
    elif sent.get("amount"):
        # Somebody wrote it into the address as they would into a field.
        with suppress(ValidationError):
            plain = f"{abs(amount_typed(sent['amount'])):f}"
            changes |= {"amount": plain} if not _is_plain(sent["amount"]) else {}
    return changes


def _is_plain(text: str) -> bool:
    try:
        query.amount(text)
    except query.Malformed:
        return False
    return True


def wanted(request: PageRequest) -> Wanted:
    """Read what a request asks for.

    :raises Invalid: naming each parameter that is unknown or malformed.
    :raises NotFound: if the book has no such account, category or vendor.
    """
    sent = read(request, _KNOWN, is_of_a_day=False)
    if "typed" in sent and sent["format"] != "html":
        # A page says so beside the field; a file would have all of it.
        raise invalid("?typed", "malformed", "This is no amount.")
    account = category = None
    if "account" in sent:
        account = chart.get_real_account(request.book, sent["account"])
    vendor = _vendor(request.book, sent["vendor"]) if "vendor" in sent else ""
    below: tuple[UUID, ...] = ()
    if isinstance(sent.get("category"), UUID):
        category = chart.get_category(request.book, sent["category"])
        below = tuple(sorted(chart.subtree_ids(request.book, category.id)))
    since, until = _days(request, sent)
    filters = Filters(
        account_id=None if account is None else account.id,
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
    return Wanted(sent, filters, account, category, vendor, sent.get("typed", ""), cursor)


def _vendor(book: Book, id: UUID) -> str:
    """Return the name of a vendor of the book."""
    name = Vendor.objects.filter(book=book, id=id).values_list("name", flat=True).first()
    if name is None:
        raise NotFound("There is no such vendor in this book.")
    return name


def _days(request: PageRequest, sent: dict[str, Any]) -> tuple[date | None, date | None]:
    """Return the first and last day: of a period, as they were sent, or else up to today.

    A day that was chosen stands before the period that one came with. What begins in the future
    has no end.
    """
    if "on" in sent:
        return None, sent["on"]
    if "period" not in sent:
        since = sent.get("date_from")
        is_open = bool(sent.keys() & _ENDING) or (since is not None and since > request.today)
        return since, sent.get("date_to", None if is_open else request.today)
    start_day, today = request.book.month_start_day, request.today
    found = periods.read(sent, today=today, start_day=start_day, default="")
    return found.since, found.until
