"""Read the file of a book line by line, and refuse what is not as it was written."""

from collections.abc import Iterator
from hashlib import sha256
from typing import IO, Any, NamedTuple

import orjson

from buffet.models import LATEST_START
from buffet.money import CURRENCIES
from buffet.rest import fields
from buffet.rest.query import Malformed
from transactions.books import END, FORMAT, HEAD, READ, VERSION
from transactions.books.fields import Renamed
from transactions.books.kinds import KINDS, Kind
from transactions.books.refusals import (
    BadLine,
    Changed,
    CutOff,
    NotABook,
    UnknownKind,
    UnknownVersion,
)

#: No line of ours is longer; a file without ends of lines is not read into memory.
LONGEST = 2**17

_HEAD = {
    "name": fields.text(100, least=1),
    "base_currency": fields.one_of(*CURRENCIES),
    "time_zone": fields.text(64, least=1),
    "month_start_day": fields.whole(1, LATEST_START),
    "made_at": fields.instant,
}


class Row(NamedTuple):
    """A line as the columns of its table: texts for COPY, None for NULL."""

    line: int
    kind: Kind
    cells: list[str | None]


class Reader:
    """Reads a file once, from its first line to its last."""

    def __init__(self, file: IO[bytes], renamed: Renamed) -> None:
        self._lines = _lines(file)
        self._renamed, self._digest = renamed, sha256()
        self._readers = {
            name: {field.name: field for field in kind.fields} for name, kind in KINDS.items()
        }
        self._places = {name: place for place, name in enumerate(KINDS)}

    def head(self) -> dict[str, Any]:
        """Return what the first line says of the book.

        :raises NotABook: if it is not the first line of a book of ours.
        :raises UnknownVersion: if it is of a version that is not read here.
        """
        number, line = next(self._lines, (1, b""))
        found = _object(line)
        if found is None or found.get("format") != FORMAT or found.get("row") != HEAD:
            raise NotABook(1, "This is not a book that was exported from here.")
        if found.get("version") not in READ:
            raise UnknownVersion(1, f"The file is not of version {VERSION} or older.")
        self._digest.update(line)
        head: dict[str, Any] = {}
        for name, read in _HEAD.items():
            try:
                head[name] = read(found.get(name))
            except Malformed as error:
                raise BadLine(number, f"{name}: {error}") from None
        return head

    def rows(self) -> Iterator[Row]:
        """Yield the lines between the first and the last, and check what the last one says.

        :raises BadBookFile: naming the line that cannot be read or that does not agree.
        """
        counts: dict[str, int] = {}
        place, number = 0, 1
        for number, line in self._lines:
            found = _object(line)
            if found is None:
                if not line.endswith(b"\n"):
                    break
                raise BadLine(number, "This is not a JSON object.")
            name = found.pop("row", None)
            if name == END:
                self._finish(number, line, found, counts)
                return
            if not isinstance(name, str) or name not in KINDS:
                raise UnknownKind(number, "This kind of line is not known here.")
            if self._places[name] < place:
                raise BadLine(number, f"A line of the kind {name} stands before this one.")
            place = self._places[name]
            self._digest.update(line)
            counts[name] = counts.get(name, 0) + 1
            most = KINDS[name].most
            if most is not None and counts[name] > most:
                raise BadLine(number, f"A book has at most {most} lines of the kind {name}.")
            yield Row(number, KINDS[name], self._cells(number, name, found))
        raise CutOff(number, "The file ends here, before its last line: it was cut off.")

    def _cells(self, number: int, name: str, found: dict[str, Any]) -> list[str | None]:
        cells: list[str | None] = []
        known = self._readers[name]
        for field in known.values():
            value = found.pop(field.name, None)
            if value is None:
                if field.required:
                    raise BadLine(number, f"{field.name} is missing.")
                cells.append(field.absent)
                continue
            try:
                cell = field.read(value)
            except Malformed as error:
                raise BadLine(number, f"{field.name}: {error}") from None
            cells.append(field.rename(cell, self._renamed) if field.rename else cell)
        if found:
            raise BadLine(number, f"{next(iter(found))[:60]!r} is not known here.")
        return cells

    def _finish(
        self, number: int, line: bytes, found: dict[str, Any], counts: dict[str, int]
    ) -> None:
        if found.get("lines") != counts:
            raise Changed(number, "The file has not as many lines of each kind as its end says.")
        if found.get("sha256") != self._digest.hexdigest():
            raise Changed(number, "The digest is not that of the lines above: they were changed.")
        if next(self._lines, None) is not None:
            raise Changed(number + 1, "Something stands behind the last line.")


def _lines(file: IO[bytes]) -> Iterator[tuple[int, bytes]]:
    number = 0
    while line := file.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise BadLine(number, f"The line is longer than {LONGEST} bytes.")
        yield number, line


def _object(line: bytes) -> dict[str, Any] | None:
    try:
        found = orjson.loads(line)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None
