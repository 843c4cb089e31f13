"""Instants as JSON carries them."""

from datetime import datetime


def instant(at: datetime) -> str:
    """Return an instant of UTC with microseconds and a Z."""
    return at.isoformat(timespec="microseconds").replace("+00:00", "Z")
