"""Reports as XLSX: the rows of their CSV, with numbers and days that a spreadsheet counts with."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import IO, Any

from django.http import FileResponse
from xlsxwriter import Workbook
from xlsxwriter.worksheet import Worksheet

CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: How many rows a sheet has at the most, its heading among them.
ROWS = 2**20
#: How many rows tell how wide columns are, and how wide one may be.
_LOOKED_AT, _WIDEST = 200, 50
#: A spreadsheet counts with floats: what has more digits stays a text, as it is.
_DIGITS = 15
_NUMBER = re.compile(r"-?(\d+)(?:\.(\d+))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
#: Columns of what people and banks wrote, which stays a text whatever it looks like.
TEXTS = frozenset(
    "description vendor account broker category name note other title accounts kind".split()
) | {"other side", "last four"}
_IN_MEMORY = 2**20


class _Sheet(Worksheet):
    """A sheet whose numbers read back as the amounts that they are: 66.74, not 66.73999999999999.

    Of the texts that give the same float it has the shortest, where its base has 16 digits.
    """

    def _xml_number_element(
        self, number: float, attributes: Sequence[tuple[str, object]] = ()
    ) -> None:
        said = "".join(f' {name}="{self._escape_attributes(value)}"' for name, value in attributes)
        self.fh.write(f"<c{said}><v>{repr(number).removesuffix('.0')}</v></c>")


def as_xlsx(file_name: str, rows: Iterable[list[object]]) -> FileResponse:
    """Return rows, the first of which is their heading, as a file for spreadsheets.

    Texts are texts, never formulas or links. What it holds in memory does not grow with the rows.
    """
    file = SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (the answer closes it)
    _write(file, iter(rows))
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=file_name, content_type=CONTENT_TYPE)


def _write(file: IO[bytes], rows: Iterator[list[object]]) -> None:
    heading = [str(cell) for cell in next(rows)]
    with Workbook(file, {"constant_memory": True, "default_date_format": "yyyy-mm-dd"}) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        formats: dict[int, Any] = {}
        while True:
            # In these, rows are written as they come, so widths are those of the first.
            first = list(islice(rows, _LOOKED_AT))
            sheet = book.add_worksheet(worksheet_class=_Sheet)
            for place, width in enumerate(_widths(heading, first)):
                sheet.set_column(place, place, width)
            sheet.freeze_panes(1, 0)
            for place, name in enumerate(heading):
                sheet.write_string(0, place, name, bold)
            of_sheet = chain(first, islice(rows, ROWS - 1 - len(first)))
            for number, row in enumerate(of_sheet, 1):
                for place, cell in enumerate(row):
                    _cell(book, sheet, formats, (number, place), heading[place], cell)
            # Another sheet where there is more than one holds.
            following = next(rows, None)
            if following is None:
                return
            rows = chain([following], rows)


def _widths(heading: list[str], rows: list[list[object]]) -> list[int]:
    cells = [heading, *([str(cell) for cell in row] for row in rows)]
    return [
        min(_WIDEST, max((len(row[place]) for row in cells if place < len(row)), default=0) + 2)
        for place in range(len(heading))
    ]


def _cell(
    book: Workbook,
    sheet: Worksheet,
    formats: dict[int, Any],
    place: tuple[int, int],
    column: str,
    cell: object,
) -> None:
    if cell is None or cell == "":
        return
    if isinstance(cell, date):
        sheet.write_datetime(*place, cell)
        return
    text = str(cell)
    number = None if column in TEXTS else _NUMBER.fullmatch(text)
    if number and len(number[1].lstrip("0") + (number[2] or "")) <= _DIGITS:
        places = len(number[2] or "")
        if places not in formats:
            shown = f"#,##0.{'0' * places}" if places else "#,##0"
            formats[places] = book.add_format({"num_format": shown})
        sheet.write_number(*place, float(text), formats[places])
    elif column not in TEXTS and _DAY.fullmatch(text):
        sheet.write_datetime(*place, date.fromisoformat(text))
    else:
        sheet.write_string(*place, text)
