"""The lines of a statement, some at a time: a page costs the same, however many there are."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from buffet.rest.pagination import Cursor, read_cursor
from invoices.queries import lines
from invoices.queries.statements import Statement

#: How many lines a page has at most, and how many are read at once for a file of them all.
LINES, CHUNK = 100, 500


@dataclass(frozen=True, slots=True)
class Page:
    """Lines by date, and the places where the pages beside them begin."""

    rows: Sequence[dict[str, Any]]
    before: Cursor | None
    after: Cursor | None

    @property
    def is_whole(self) -> bool:
        """Whether these are all lines of the statement."""
        return self.before is None and self.after is None


def page(book_id: UUID, one: Statement, cursor: str | None) -> Page:
    """Return a page of a statement's lines.

    :raises Invalid: if there is a cursor that is none.
    """
    place = read_cursor(cursor, date.fromisoformat, UUID)
    back = place is not None and place.back
    rows = lines.page(
        book_id,
        one.invoice.id,
        limit=LINES + 1,
        place=place.key if place else None,
        falling=back,
    )
    more = len(rows) > LINES
    kept = rows[:LINES][::-1] if back else rows[:LINES]
    if not kept:
        return Page((), None, None)
    return Page(
        kept,
        Cursor(_key(kept[0]), back=True) if (more if back else place is not None) else None,
        Cursor(_key(kept[-1])) if more or back else None,
    )


def every(book_id: UUID, one: Statement) -> Iterator[dict[str, Any]]:
    """Yield all lines of a statement by date, some hundreds at a time."""
    rows = lines.page(book_id, one.invoice.id, limit=CHUNK)
    while rows:
        yield from rows
        last = rows[-1]
        rows = lines.page(book_id, one.invoice.id, limit=CHUNK, place=(last["date"], last["id"]))


def _key(row: dict[str, Any]) -> tuple[str, str]:
    return row["date"].isoformat(), str(row["id"])
