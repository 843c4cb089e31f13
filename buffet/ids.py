"""Ids of version 7 begin with the milliseconds at which they were made."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

_DAY = 86_400_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def first_id(day: date) -> UUID:
    """Return the least id that could be made on a day, in UTC."""
    return UUID(int=(day - date(1970, 1, 1)).days * _DAY << 80)


def midnight(day: date) -> datetime:
    """Return the instant at which a day begins, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC)


def id_at(instant: datetime) -> UUID:
    """Return the least id of an instant: its microseconds stand where others have chance."""
    milliseconds, microseconds = divmod((instant - _EPOCH) // timedelta(microseconds=1), 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | microseconds << 64 | 2 << 62)


def latest_before(id: UUID) -> datetime:
    """Return the latest instant whose least id goes before an id."""
    chance = id.int >> 64 & 0xFFF
    found = _EPOCH + timedelta(milliseconds=id.int >> 80, microseconds=min(chance, 999))
    return found - timedelta(microseconds=1) if id_at(found) == id else found


def instant_of(id: str) -> str:
    """Return the SQL of the instant at which an id was made; a book that moves keeps it."""
    return (
        f"to_timestamp(('x' || left(replace({id}::text, '-', ''), 12))::bit(48)::bigint / 1000.0)"
    )
