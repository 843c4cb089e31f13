"""Instants as JSON carries them."""

from datetime import datetime


def instant(at: datetime) -> str:
    """Return an instant of UTC with microseconds and a Z."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")


def instant_of(text: str) -> str:
    """Return an instant that PostgreSQL wrote, in a session of UTC, as JSON carries it."""
    return f"{text[:10]}T{text[11:-3]}Z"
