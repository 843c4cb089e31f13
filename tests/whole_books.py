"""Files of whole books: write, load, compare, and change them as somebody might."""

from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from typing import Any

import orjson

from buffet.audit import Actor
from buffet.models import Book, User
from transactions.books.loading import load_book
from transactions.books.writing import written

Line = dict[str, Any]


def exported(book: Book) -> bytes:
    """Return the file of a book."""
    return b"".join(written(book))


def load(user: User, content: bytes) -> Book:
    """Load a file as a user's book."""
    by = Actor(user.id, "api", email=user.email)
    return load_book(by=by, user_id=user.id, file=BytesIO(content))


def lines(content: bytes) -> list[Line]:
    """Return the lines of a file."""
    return [orjson.loads(line) for line in content.splitlines()]


def alike(content: bytes) -> list[Line]:
    """Return the lines of a file with ids numbered as they come, and without the instant."""
    numbers: dict[str, int] = {}

    def numbered(value: Any) -> Any:
        if not isinstance(value, str):
            return value
        # A reason may name a rule.
        named = value.removeprefix("rule:")
        if len(named) == 36 and named.count("-") == 4:
            return numbers.setdefault(named, len(numbers))
        return value

    found = lines(content)
    found[0].pop("made_at")
    found[-1].pop("sha256")
    return [{name: numbered(value) for name, value in line.items()} for line in found]


def sealed(found: Iterable[Line]) -> bytes:
    """Return a file of lines, with an end that says what they come to."""
    rows = [line for line in found if line.get("row") != "end"]
    content = b"".join(orjson.dumps(line) + b"\n" for line in rows)
    counts = Counter(line["row"] for line in rows[1:])
    end = {"row": "end", "lines": counts, "sha256": sha256(content).hexdigest()}
    return content + orjson.dumps(end) + b"\n"
