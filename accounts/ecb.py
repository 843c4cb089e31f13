"""Read the files of the European Central Bank's reference rates: CSV, the same zipped, and XML.

Each tells how many units of a currency one euro was worth on a day.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from xml.parsers import expat

#: Bytes of a file, and of what it unpacks to. The whole history has 3 million, or 12 as XML.
MOST_BYTES = 64 * 1024 * 1024
MOST_PACKED = 16 * 1024 * 1024
#: What the library raises about archives that are damaged, encrypted or packed in unknown ways.
_DAMAGES = (
    *(zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError),
    *(OSError, RuntimeError, ValueError),
)
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
#: What the rates are of one unit of: it has none itself.
_BASE = "EUR"
_RATE = re.compile(r"\d{1,12}(\.\d{1,12})?", re.ASCII)
_NAMESPACE = "http://www.ecb.int/vocabulary/2002-08-01/eurofxref"
_CUBE = f"{_NAMESPACE} Cube"


class Quotation(NamedTuple):
    """What one euro was worth in a currency on a day."""

    on: date
    currency: str
    rate: Decimal


class BadFile(Exception):
    """The file is none of the bank's; the message says where and why."""


def read(content: bytes) -> Iterator[Quotation]:
    """Yield the quotations in a file, whichever of the formats it has.

    :raises BadFile: naming the line and the column of what cannot be read.
    """
    if content.startswith(b"PK"):
        content = _unpacked(content)
    if len(content) > MOST_BYTES:
        raise BadFile(f"The file is larger than {MOST_BYTES} bytes.")
    content = content.removeprefix(b"\xef\xbb\xbf")
    return _read_xml(content) if content.lstrip().startswith(b"<") else _read_csv(content)


def _unpacked(content: bytes) -> bytes:
    """Return the one file in a zip archive, read no further than it may be long."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            members = [one for one in archive.infolist() if not one.is_dir()]
            if len(members) != 1:
                raise BadFile(f"The archive has {len(members)} files instead of one.")
            with archive.open(members[0]) as member:
                found = member.read(MOST_BYTES + 1)
    except _DAMAGES as error:
        raise BadFile(f"The archive cannot be unpacked: {error}.") from error
    if len(found) > MOST_BYTES:
        raise BadFile(f"The archive unpacks to more than {MOST_BYTES} bytes.")
    return found


class _Days:
    """What was read so far, so that nothing is told twice."""

    def __init__(self) -> None:
        self._told: set[tuple[date, str]] = set()

    def quotation(self, on: date, currency: str, rate: str, where: str) -> Quotation:
        """Return a quotation.

        :raises BadFile: if it is none, or was there before.
        """
        if not _CODE.fullmatch(currency):
            raise BadFile(f"{where}: {currency[:20]!r} is no currency code.")
        if currency == _BASE:
            raise BadFile(f"{where}: rates are of one {_BASE}, which has none itself.")
        if not _RATE.fullmatch(rate) or not Decimal(rate):
            raise BadFile(f"{where}: {rate[:40]!r} is no rate.")
        if (on, currency) in self._told:
            raise BadFile(f"{where}: {currency} of {on} is there twice.")
        self._told.add((on, currency))
        return Quotation(on, currency, Decimal(rate))


def _day(text: str, where: str) -> date:
    for written in ("%Y-%m-%d", "%d %B %Y"):
        try:
            found = datetime.strptime(text, written).date()  # noqa: DTZ007 (a day, no instant)
        except ValueError:
            continue
        if 1900 <= found.year <= 2199:
            return found
    raise BadFile(f"{where}: {text[:40]!r} is no day.")


def _read_csv(content: bytes) -> Iterator[Quotation]:
    try:
        said = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise BadFile(f"Line {line}: this is no text.") from error
    rows = csv.reader(io.StringIO(said, newline=""), strict=True)
    try:
        header: list[str] = []
        days = _Days()
        for cells in rows:
            row = [cell.strip() for cell in cells]
            if not any(row):
                continue
            if header:
                yield from _of_row(header, row, rows.line_num, days)
            else:
                header = row
                _refuse_bad_header(header, rows.line_num)
    except csv.Error as error:
        raise BadFile(f"Line {rows.line_num}: {error}.") from error
    if not header:
        raise BadFile("Line 1, column 1: the file is empty.")


def _refuse_bad_header(row: list[str], line: int) -> None:
    if row[0] != "Date":
        raise BadFile(f"Line {line}, column 1: the header begins with Date, not {row[0][:40]!r}.")
    # Each line of the bank's ends in a comma.
    for place, name in enumerate(row[1:] if row[-1] else row[1:-1], start=2):
        if not _CODE.fullmatch(name):
            raise BadFile(f"Line {line}, column {place}: {name[:20]!r} is no currency code.")
        if name in row[: place - 1]:
            raise BadFile(f"Line {line}, column {place}: {name} is there twice.")


def _of_row(header: list[str], row: list[str], line: int, days: _Days) -> Iterator[Quotation]:
    if len(row) != len(header):
        place = min(len(row), len(header)) + 1
        sentence = f"the header has {len(header)} columns, this line {len(row)}"
        raise BadFile(f"Line {line}, column {place}: {sentence}.")
    on = _day(row[0], f"Line {line}, column 1 (Date)")
    for place, (currency, rate) in enumerate(zip(header, row, strict=True), start=1):
        where = f"Line {line}, column {place} ({currency})"
        if place > 1 and rate not in ("N/A", ""):
            yield days.quotation(on, currency, rate, where)


def _read_xml(content: bytes) -> Iterator[Quotation]:
    """Yield the quotations of the envelope's cubes; documents with entities are refused."""
    found: list[Quotation] = []
    days = _Days()
    now: list[date] = []
    parser = expat.ParserCreate(namespace_separator=" ")

    def where() -> str:
        return f"Line {parser.CurrentLineNumber}, column {parser.CurrentColumnNumber + 1}"

    def start(name: str, attributes: dict[str, str]) -> None:
        if name != _CUBE:
            return
        if "time" in attributes:
            now[:] = [_day(attributes["time"], where())]
        elif "currency" in attributes or "rate" in attributes:
            if not now:
                raise BadFile(f"{where()}: this rate has no day.")
            currency, rate = attributes.get("currency", ""), attributes.get("rate", "")
            if rate != "N/A":
                found.append(days.quotation(now[0], currency, rate, where()))

    def refuse(*declared: object) -> None:
        raise BadFile(f"{where()}: a document type is not read here.")

    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        said = expat.ErrorString(error.code)
        raise BadFile(f"Line {error.lineno}, column {error.offset + 1}: {said}.") from error
    if not found:
        raise BadFile("Line 1, column 1: the document has no rates.")
    yield from found
