"""Ids of version 7 begin with the milliseconds at which they were made."""

from datetime import date
from uuid import UUID

_DAY = 86_400_000


def first_id(day: date) -> UUID:
    """Return the least id that could be made on a day, in UTC."""
    return UUID(int=(day - date(1970, 1, 1)).days * _DAY << 80)
