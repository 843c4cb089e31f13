"""What a forecast is asked for by programs: the API's parameters, and those of the page's files."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from buffet.errors import invalid
from buffet.models import Book
from buffet.rest import query
from buffet.rest.documents import AMOUNT, DAY, IDENTITY, parameter
from reports import asking, periods
from reports.asking import CURRENCY, IDENTITIES, NAMES, PERIOD
from reports.known.doors import KNOWN_ON
from reports.queries.forecast import DAYS, MOST_DAYS, WhatIf


def expense(text: str) -> Decimal:
    """Read the amount of an expense."""
    found = query.amount(text)
    if found <= 0:
        raise query.Malformed("An expense is more than zero.")
    return found


#: Those of an expense that is supposed, and all of them.
SUPPOSING: Mapping[str, query.Reader] = {
    "what_if": expense,
    "what_if_on": query.day,
    "what_if_account": query.uuid,
}
PARAMETERS: Mapping[str, query.Reader] = {
    "until": query.day,
    **periods.PARAMETERS,
    "currency": asking.currency,
    "accounts": asking.identities,
    **SUPPOSING,
}
#: The same as the OpenAPI document shows them.
DOCUMENTS = [
    parameter("until", f"The last day; {DAYS} days from today when left out.", DAY),
    parameter(
        "period",
        f"Instead of until: the last day, not before today, that this has when it is over: {NAMES}",
        PERIOD,
    ),
    parameter("date_from", "Where days are named as for reports of a period: their first.", DAY),
    parameter("date_to", "Instead of until: the last of those days, not before today.", DAY),
    CURRENCY,
    parameter(
        "accounts",
        "Only what moves these accounts, and where it leads them, separated by commas. Of a card's "
        "account, what its statements ask for and what they include; it is not projected.",
        IDENTITIES,
    ),
    parameter(
        "what_if",
        "An extra expense that nobody has decided on, more than zero; writes nothing.",
        AMOUNT,
    ),
    parameter("what_if_on", "The day of that expense; tomorrow when left out.", DAY),
    parameter("what_if_account", "The account it leaves; one that pays when left out.", IDENTITY),
    KNOWN_ON,
]


def until(book: Book, today: date, sent: Mapping[str, Any]) -> date | None:
    """Return the last day that is asked for: `until`, or that of a period; None if neither is.

    :raises Invalid: if both are, or if the period ends before today or is too far ahead.
    """
    if not sent.keys() & periods.PARAMETERS.keys():
        day: date | None = sent.get("until")
        return day
    if "until" in sent:
        raise invalid("?until", "two_days", "Send until, or a period whose last day is meant.")
    start_day = book.month_start_day
    end = periods.read(dict(sent), today=today, start_day=start_day, default="this-month").end
    if not today <= end <= today + timedelta(days=MOST_DAYS):
        name = "period" if "period" in sent else "date_to"
        sentence = f"A forecast ends between today and {MOST_DAYS} days from now, not on {end}."
        raise invalid(f"?{name}", "out_of_range", sentence)
    return end


def supposed(sent: Mapping[str, Any], today: date) -> WhatIf | None:
    """Return the expense that is supposed; None if none is.

    :raises Invalid: if its day or account was sent, and not how much it is.
    """
    if "what_if" in sent:
        on = sent.get("what_if_on", today + timedelta(days=1))
        return WhatIf(sent["what_if"], on, sent.get("what_if_account"))
    if "what_if_on" in sent or "what_if_account" in sent:
        raise invalid("?what_if", "required", "Say how much.")
    return None
