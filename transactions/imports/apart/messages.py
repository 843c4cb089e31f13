"""What the two processes say to each other, one after the other.

The reader is sent a `Task`. It may ask to `Recall` a profile, which is answered with one or None,
and tells a `Reading` without its lines. Then it is asked for `Lines` of a statement, as often as
one likes; these come some at a time, the end of them as None, or are written into a file, of which
the size is told; rows of the book's past follow such a question, in the same way. An exception may
come instead of anything that is told.
"""

import errno
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from buffet.errors import Invalid, invalid
from transactions.classifying.rules import PlainRule
from transactions.imports.statement import Options
from transactions.imports.tables.profile import Profile
from transactions.imports.writing import Common

#: How many items are told at once.
_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Task:
    """How a file is to be read; as the arguments of `reading.read`."""

    options: Options
    profile: Profile | None
    recalls: bool
    is_card: bool | None


@dataclass(frozen=True, slots=True)
class Recall:
    """Which profile is saved for the fingerprint of a header."""

    fingerprint: str


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a statement, the first of which is 0, are wanted; with `common`, written.

    Then they are given what these rules say, and what the rows of the past do that follow.
    """

    statement: int
    common: Common | None = None
    rules: Sequence[PlainRule] = ()


def in_batches(items: Iterable[Any]) -> Iterator[list[Any] | None]:
    """Yield items some at a time, and then None."""
    left = iter(items)
    while batch := list(islice(left, _BATCH)):
        yield batch
    yield None


#: How the process ends when it has no memory left, which is said by nothing else.
OUT_OF_MEMORY = errno.ENOMEM


def too_much() -> Invalid:
    """Return the refusal of a file that takes too much memory or time."""
    sentence = (
        "Reading the file takes more memory or time than any bank's statement: split it, by years "
        "perhaps."
    )
    return invalid("/file", "too_much", sentence)


class Broken(Exception):
    """The reader itself is at fault; the message is where."""
