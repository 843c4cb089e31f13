"""Keyset pages: the next page starts where this one ended, however many rows came between."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from rest_framework.request import Request

from buffet.errors import invalid
from buffet.rest import query

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
PARAMETERS = {"limit": query.whole(1, MAX_LIMIT), "cursor": str}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the key beside it, and whether one reads on or back from there."""

    key: tuple[str, ...]
    back: bool = False

    def __str__(self) -> str:
        packed = orjson.dumps([int(self.back), *self.key])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(text: str | None, *readers: Callable[[str], object]) -> Cursor | None:
    """Return the cursor in `text`, with one key part for each reader; None for no text.

    :raises Invalid: if it is not a cursor that a page of this kind gave out.
    """
    if not text:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        back, *key = orjson.loads(base64.urlsafe_b64decode(padded))
        if back not in (0, 1) or len(key) != len(readers):
            raise ValueError("another kind of cursor")
        for reader, part in zip(readers, key, strict=True):
            reader(part)
    except (ValueError, TypeError) as error:
        detail = "This is not a cursor that this list gave out."
        raise invalid("?cursor", "malformed", detail) from error
    return Cursor(tuple(key), bool(back))


def page(
    request: Request,
    rows: Sequence[dict[str, Any]],
    *,
    limit: int,
    cursor: Cursor | None,
    key: Callable[[dict[str, Any]], tuple[str, ...]],
) -> dict[str, Any]:
    """Return the answer of a list, from up to `limit` + 1 rows read in the cursor's direction."""
    more = len(rows) > limit
    kept = list(rows[:limit])
    back = cursor is not None and cursor.back
    if back:
        kept.reverse()
    following = more or back
    preceding = more if back else cursor is not None
    return {
        "results": kept,
        "next": _link(request, Cursor(key(kept[-1]))) if kept and following else None,
        "previous": _link(request, Cursor(key(kept[0]), back=True)) if kept and preceding else None,
    }


def _link(request: Request, cursor: Cursor) -> str:
    sent = request.query_params.copy()
    sent["cursor"] = str(cursor)
    return request.build_absolute_uri(f"{request.path}?{sent.urlencode()}")
