"""What a forecast is asked for by programs: the API's parameters, and those of the page's files."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from buffet.errors import invalid
from buffet.rest import query
from reports.queries.forecast import WhatIf


def expense(text: str) -> Decimal:
    """Read the amount of an expense."""
    found = query.amount(text)
    if found <= 0:
        raise query.Malformed("An expense is more than zero.")
    return found


PARAMETERS: Mapping[str, query.Reader] = {
    "what_if": expense,
    "what_if_on": query.day,
    "what_if_account": query.uuid,
}


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
