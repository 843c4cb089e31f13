"""Days and amounts as they stand in OFX."""

import re
from datetime import date
from decimal import Decimal

from transactions.imports import amounts
from transactions.imports.dates import calendar_day
from transactions.imports.markup import Element
from transactions.imports.statement import UnreadableFile

# Local date and time: a zone behind it, as in [-5:EST], does not move the day.
_DAY = re.compile(
    r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[0-9]{2,6}(?:[.,:][0-9]{1,6})?)?\s*(?:\[[^\]]{0,20}\]?)?"
    r"|([0-9]{4})-([0-9]{2})-([0-9]{2})(?:[T ][0-9:.]{0,15}Z?)?"
)


def day(parent: Element | None, name: str) -> date | None:
    """Return the calendar day as it is written under `name`; None where there is none.

    :raises UnreadableFile: if it is no date.
    """
    found = parent.child(name) if parent else None
    if found is None or not found.text:
        return None
    match = _DAY.fullmatch(found.text)
    parts = [int(part) for part in match.groups() if part] if match else [0, 0, 0]
    read = calendar_day(*parts)
    if read is None:
        # Some banks write 00000000 where there is no date.
        if not name.startswith("DTPOSTED") and set(found.text[:8]) == {"0"}:
            return None
        raise UnreadableFile(f"{name} is not a date: “{found.text[:40]}”.", found.line)
    return read


def amount(found: Element | None, comma: bool | None) -> Decimal | None:
    """Return the amount that the element has; None where it has none.

    :raises UnreadableFile: if it is no amount, or could be two.
    """
    if found is None or not found.text:
        return None
    try:
        return amounts.amount(found.text, found.name, found.line, comma)
    except amounts.Doubtful:
        raise amounts.doubtful(found.text, found.name, found.line) from None
