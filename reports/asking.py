"""What a report is asked for: which state of which book, which days, which part, which currency.

All of it together decides the answer, so the answer is remembered by it (`remembered`): the state
has a number that the database raises with each change, and it comes with every request.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from buffet.errors import invalid
from buffet.models import Book
from buffet.money import BadCurrency, parse_currency
from buffet.rest import query
from buffet.rest.documents import CODE, DAY, ON, TEXT, parameter
from reports import periods
from reports.known.doors import KNOWN_ON, ReportView
from reports.periods import PRESETS, Period
from reports.requests import PageRequest

#: How many accounts or categories a report can be narrowed to.
MOST = 50


def currency(text: str) -> str:
    """Read the code of a currency."""
    try:
        return parse_currency(text)
    except BadCurrency as error:
        raise query.Malformed(str(error)) from None


def month(text: str) -> date:
    """Read a month, YYYY-MM, as its first day."""
    if len(text) != 7:
        raise query.Malformed("A month is written YYYY-MM.")
    return query.day(f"{text}-01")


def identities(text: str) -> tuple[UUID, ...]:
    """Read ids, separated by commas."""
    parts = text.split(",")
    if len(parts) > MOST:
        raise query.Malformed(f"These are {MOST} ids at the most.")
    return tuple(dict.fromkeys(query.uuid(part) for part in parts))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question to a book, hashable: equal questions have equal answers.

    `version` and `shared` are the numbers of the book's state and of what all books share, read
    with the request. `accounts` and `categories` narrow a report down; none of them is all. So does
    the name of a `broker`, for investments: empty is without one, None is all.
    `known_on` is the day as known on which a page tells the book, if it is not as it is now.
    """

    book_id: UUID
    version: int
    shared: int
    today: date
    currency: str
    period: Period
    accounts: tuple[UUID, ...] = ()
    categories: tuple[UUID, ...] = ()
    known_on: date | None = None
    broker: str | None = None


#: The query parameters of every report of a period.
PARAMETERS: Mapping[str, query.Reader] = {
    **periods.PARAMETERS,
    "currency": currency,
    "accounts": identities,
    "categories": identities,
}
IDENTITIES = {
    "type": "array",
    "items": {"type": "string", "format": "uuid"},
    "minItems": 1,
    "maxItems": MOST,
}
#: The same of reports that tell the accounts themselves, and not what went through them.
ACCOUNTS = parameter("accounts", "Only these accounts, separated by commas.", IDENTITIES)
#: Not of every report: of those that tell accounts apart by where they are held.
BROKER = parameter("broker", "Only at the broker of this name; empty: at none.", TEXT)
_YEAR = "(19|2[01])[0-9]{2}"
PERIOD = {
    "type": "string",
    "pattern": f"^({'|'.join(PRESETS)}|{_YEAR}(-Q[1-4]|-(0[1-9]|1[0-2]))?)$",
}
NAMES = f"{', '.join(PRESETS)}, or a year, quarter or month: 2026, 2026-Q4, 2026-10."
CURRENCY = parameter(
    "currency",
    "The report's currency; the book's when left out.",
    {"type": "string", "pattern": CODE},
)
#: The same as the OpenAPI document shows them.
DOCUMENTS = [
    parameter("period", NAMES, PERIOD),
    parameter("date_from", "The first day, instead of a named period.", DAY),
    parameter("date_to", "The last day, instead of a named period.", DAY),
    CURRENCY,
    parameter(
        "accounts",
        "Only what went through these accounts, separated by commas.",
        IDENTITIES,
    ),
    parameter(
        "categories",
        "Only these categories, separated by commas, and all below them.",
        IDENTITIES,
    ),
    KNOWN_ON,
]
#: The query parameters of every report of a day, and how the OpenAPI document shows them.
OF_A_DAY: Mapping[str, query.Reader] = {
    "on": query.day,
    **periods.PARAMETERS,
    "currency": currency,
}
SINCE = parameter(
    "since",
    "Also what it was at the end of this day, and how it changed since; not after the other day.",
    DAY,
)
DOCUMENTS_OF_A_DAY = [
    ON,
    parameter("period", f"Instead of on, up to today: the last day of {NAMES}", PERIOD),
    parameter("date_from", "Where days are named as for reports of a period: their first.", DAY),
    parameter("date_to", "Instead of on, up to today: the last of those days.", DAY),
    CURRENCY,
    KNOWN_ON,
]


def day(book: Book, today: date, sent: Mapping[str, Any]) -> date:
    """Return the day that a report of a day is about: `on`, the last of a period, or today.

    :raises Invalid: if the parameters contradict each other.
    """
    if not sent.keys() & periods.PARAMETERS.keys():
        return sent.get("on", today)
    if "on" in sent:
        raise invalid("?on", "two_days", "Send on, or a period whose last day is meant.")
    start_day = book.month_start_day
    found = periods.read(dict(sent), today=today, start_day=start_day, default="this-month")
    return min(found.until, today)


def since(sent: Mapping[str, Any], on: date) -> date | None:
    """Return the day that a report of the day `on` is compared with, None if it is with none.

    :raises Invalid: if that day lies after the other.
    """
    found: date | None = sent.get("since")
    if found is not None and found > on:
        raise invalid(
            "?since", "wrong_order", f"This day lies after {on}, the day compared with it."
        )
    return found


def asked(
    book: Book, version: int, shared: int, today: date, sent: Mapping[str, Any], default: str
) -> Asked:
    """Return what a request's parameters ask of a book.

    :raises Invalid: if they contradict each other.
    """
    return Asked(
        book.id,
        version,
        shared,
        today,
        sent.get("currency") or book.base_currency,
        periods.read(dict(sent), today=today, start_day=book.month_start_day, default=default),
        sent.get("accounts", ()),
        sent.get("categories", ()),
        broker=sent.get("broker"),
    )


def of_view(view: ReportView, default: str) -> Asked:
    """Return what a request of the API asks."""
    seat = view.seat
    return asked(view.book, seat.version, seat.shared, view.today, view.query, default)


def of_page(request: PageRequest, sent: Mapping[str, Any], default: str) -> Asked:
    """Return what a page was asked for; without a period, up to the day that one came with."""
    book, today = request.book, request.today
    if not sent.keys() & periods.PARAMETERS.keys():
        today = min(sent["on"], today)
    found = asked(book, request.seat.book.version, request.shared, today, sent, default)
    return replace(found, known_on=request.known_on)
