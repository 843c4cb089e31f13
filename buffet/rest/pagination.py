"""Keyset pages: the next page starts where this one ended, however many rows came between."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import orjson
from rest_framework.request import Request

from buffet.errors import invalid
from buffet.rest import query

DEFAULT_LIMIT = 50
MAX_LIMIT = 500
PARAMETERS: dict[str, query.Reader] = {"limit": query.whole(1, MAX_LIMIT), "cursor": str}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the key beside it, and whether one reads on or back from there.

    The key's parts are texts when a cursor is to be written, and what they mean once it was read.
    """

    key: tuple[Any, ...]
    back: bool = False

    def __str__(self) -> str:
        packed = orjson.dumps([int(self.back), *self.key])
        return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def read_cursor(text: str | None, *readers: Callable[[str], object]) -> Cursor | None:
    """Return the cursor in `text`, its key's parts read by one reader each; None for no text.

    :raises Invalid: if it is not a cursor that a page of this kind gave out.
    """
    if not text:
        return None
    try:
        padded = text.encode("ascii") + b"=" * (-len(text) % 4)
        back, *key = orjson.loads(base64.urlsafe_b64decode(padded))
        if back not in (0, 1) or len(key) != len(readers):
            raise ValueError("another kind of cursor")
        parts = tuple(reader(part) for reader, part in zip(readers, key, strict=True))
    except (ValueError, TypeError) as error:
        sentence = "This is not a cursor that this list gave out."
        raise invalid("?cursor", "malformed", sentence) from error
    return Cursor(parts, bool(back))


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
    answer: dict[str, Any] = {"results": kept, "next": None, "previous": None}
    if kept and (following or preceding):
        here = address(request)
        if following:
            answer["next"] = f"{here}{Cursor(key(kept[-1]))}"
        if preceding:
            answer["previous"] = f"{here}{Cursor(key(kept[0]), back=True)}"
    return answer


def address(request: Request) -> str:
    """Return the address of the list with its parameters, up to where a cursor goes."""
    sent = request._request
    others = {name: value for name, value in sent.GET.items() if name != "cursor"}
    kept = f"{urlencode(others)}&" if others else ""
    # The middleware has checked the host's name already.
    host = sent.META.get("HTTP_HOST") or sent.get_host()
    return f"{sent.scheme}://{host}{sent.path}?{kept}cursor="
