"""From a file to its statements: what kind of file it is decides who reads it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from transactions.imports import ofx
from transactions.imports.statement import Statement


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds, and in which format."""

    format: str
    statements: Sequence[Statement]


def read(file: BinaryIO) -> Reading:
    """Return the statements of a file that can be sought in.

    Its content says what it is, never its name.

    :raises UnreadableFile: naming the line and the reason; nothing is ever guessed.
    """
    file.seek(0)
    return Reading("ofx", ofx.read(file.read()))
