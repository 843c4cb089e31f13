"""From a file to its statements: what kind of file it is decides who reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from transactions.imports import foreign, formats
from transactions.imports.statement import NO_OPTIONS, Options, Statement, UnreadableFile


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, and in which format."""

    format: str
    statements: Sequence[Statement]


def read(file: BinaryIO, options: Options = NO_OPTIONS) -> Reading:
    """Return the statements of a file that can be sought in.

    Its content says what it is, never its name; `options` decide what it leaves open.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    first = formats.head(file)
    found = formats.format_of(first)
    if found is not None:
        return Reading(found.name, found.read(file, options))
    kind = foreign.kind_of(first, formats.as_text(first))
    raise UnreadableFile(f"This is {kind}." if kind else _NOT_KNOWN)


_NOT_KNOWN = "This is not a statement in a format that can be read: OFX, QIF, CAMT.053 or MT940."
