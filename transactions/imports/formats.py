"""Which format a file has: its first characters say so, never its name."""

import codecs
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import IO

from transactions.imports import camt, mt940, ofx, qif
from transactions.imports.statement import Options, Statement

HEAD = 8192
_UTF16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


@dataclass(frozen=True, slots=True)
class Format:
    """A format: its name, whether a file begins like one, and who reads it."""

    name: str
    begins: Callable[[str], bool]
    read: Callable[[IO[bytes], Options], Sequence[Statement]]


def _whole(
    read: Callable[[bytes, Options], Sequence[Statement]],
) -> Callable[[IO[bytes], Options], Sequence[Statement]]:
    return lambda file, options: read(file.read(), options)


#: The first that a file begins like is its format.
FORMATS = (
    Format("ofx", ofx.recognises, _whole(ofx.read)),
    Format("camt", camt.recognises, _whole(camt.read)),
    Format("qif", qif.recognises, _whole(qif.read)),
    Format("mt940", mt940.recognises, _whole(mt940.read)),
)


def head(file: IO[bytes]) -> bytes:
    """Return the first bytes of the file, which is at its beginning again then."""
    file.seek(0)
    found = file.read(HEAD)
    file.seek(0)
    return found


def format_of(first: bytes) -> Format | None:
    """Return the format of a file with these first bytes; None where it is none of these."""
    text = as_text(first)
    return next((one for one in FORMATS if one.begins(text)), None)


def as_text(first: bytes) -> str:
    """Return the first bytes as text to look at, without white space before it."""
    if first.startswith(_UTF16):
        return first.decode("utf-16", "replace").lstrip()
    # Marks and names of formats are ASCII, so that it does not matter which code page it is.
    return first.removeprefix(codecs.BOM_UTF8).decode("latin-1").lstrip()
