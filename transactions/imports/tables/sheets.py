"""The rows of a sheet of an XLSX workbook, read as it goes."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal

from transactions.imports.statement import UnreadableFile
from transactions.imports.tables.archive import parsing
from transactions.imports.tables.source import MOST_COLUMNS, Cell, Row
from transactions.imports.tables.workbook import BareNames, Workbook, whole

_MOST_EMPTY, _LONGEST_TEXT = 20_000, 100_000
#: How many cells without anything in them, and elements that are no cells, a sheet may have.
_MOST_IDLE = 1_000_000
_PLAIN = frozenset(("v", "t", "is", "r", "rPr", "f"))
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?")
_WIDE = Context(prec=60)


@dataclass(frozen=True, slots=True)
class SheetSource:
    """One sheet of a workbook."""

    workbook: Workbook
    part: str
    is_text: bool = False

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Go through the rows that are not empty, each with its number.

        :raises UnreadableFile: where the sheet is damaged, or a value was never stored.
        """
        reading = _Reading(self.workbook)
        events = (reading.start, reading.end, reading.text)
        for _ in parsing(self.workbook.archive, self.part, *events):
            yield from reading.done
            reading.done.clear()


class _Reading:
    """What was read of a sheet so far."""

    def __init__(self, workbook: Workbook) -> None:
        self.workbook = workbook
        self.senses = {str(number): sense for number, sense in enumerate(workbook.styles)}
        self.done: list[tuple[int, list[Cell]]] = []
        self.row: list[Cell] = []
        self.row_number = self.column = self.empty = self.idle = 0
        self.kind = self.name = ""
        self.style, self.letters = "0", 0
        self.bare = BareNames()
        self.places: dict[str, int] = {}
        self.has_formula = self.takes_text = self.has_value = False
        self.parts: list[str] = []

    def start(self, tag: str, given: dict[str, str]) -> None:
        """See an element begin."""
        tag = self.bare[tag]
        if tag == "c":
            self.kind, self.style = given.get("t", "n"), given.get("s", "0")
            self.name = given.get("r", "")
            self.column = self._place(self.name) if self.name else self.column + 1
            self.has_formula = self.has_value = False
            self.parts.clear()
            self.letters = 0
        elif tag in ("v", "t"):
            self.takes_text = self.has_value = True
        elif tag == "rPh":
            # How a text is pronounced, not what it is.
            self.kind = "phonetic" if self.kind == "inlineStr" else self.kind
        elif tag == "f":
            self.has_formula = True
        elif tag == "row":
            self.row_number = whole(given.get("r")) or self.row_number + 1
            self.row, self.column = [], 0
        elif tag not in _PLAIN:
            self._see_idle()

    def _see_idle(self) -> None:
        self.idle += 1
        if self.idle > _MOST_IDLE:
            sentence = f"The sheet has more than {_MOST_IDLE} elements that say nothing."
            raise UnreadableFile(sentence, self.row_number)

    def text(self, said: str) -> None:
        """See some text."""
        if self.takes_text and self.kind != "phonetic":
            self.parts.append(said)
            self.letters += len(said)
            if self.letters > _LONGEST_TEXT:
                sentence = f"The cell {self._cell} has more text than a cell can have."
                raise UnreadableFile(sentence, self.row_number)

    def end(self, tag: str) -> None:
        """See an element end."""
        tag = self.bare[tag]
        if tag in ("v", "t"):
            self.takes_text = False
        elif tag == "rPh" and self.kind == "phonetic":
            self.kind = "inlineStr"
        elif tag == "c":
            self._keep()
        elif tag == "row":
            if self.row:
                self.done.append((self.row_number, self.row))
                return
            self.empty += 1
            if self.empty > _MOST_EMPTY:
                sentence = f"The sheet has more than {_MOST_EMPTY} empty rows: delete them."
                raise UnreadableFile(sentence, self.row_number)

    def _place(self, name: str) -> int:
        letters = name.rstrip("0123456789")
        place = self.places.get(letters)
        if place is None:
            if not _REFERENCE.fullmatch(name):
                raise UnreadableFile(f"The workbook is damaged: “{name[:20]}” is no cell.")
            place = 0
            for letter in letters:
                place = place * 26 + ord(letter) - 64
            self.places[letters] = place
        return place

    def _keep(self) -> None:
        said = "".join(self.parts)
        if self.has_formula and not self.has_value:
            sentence = (
                f"The cell {self._cell} is a formula whose value was not stored: "
                "open the file in a spreadsheet program, save it and upload it again."
            )
            raise UnreadableFile(sentence, self.row_number)
        if not said.strip():
            self._see_idle()
            return
        if self.column > MOST_COLUMNS:
            sentence = f"The row has more than {MOST_COLUMNS} columns."
            raise UnreadableFile(sentence, self.row_number)
        if self.column <= len(self.row):
            raise UnreadableFile(f"The cell {self._cell} is there twice.", self.row_number)
        self.row.extend([""] * (self.column - 1 - len(self.row)))
        self.row.append(self._value(said))

    @property
    def _cell(self) -> str:
        return self.name or f"{self.column} of row {self.row_number}"

    def _value(self, said: str) -> Cell:
        if self.kind == "s":
            index = whole(said)
            if index < len(self.workbook.strings):
                return self.workbook.strings[index]
        elif self.kind in ("inlineStr", "str"):
            return said
        elif self.kind == "n" and _NUMBER.fullmatch(said):
            return self._number(said)
        elif self.kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(said, said)
        elif self.kind == "d":
            return said
        elif self.kind == "e":
            sentence = f"The cell {self._cell} holds an error: {said[:20]}."
            raise UnreadableFile(sentence, self.row_number)
        raise UnreadableFile(f"The cell {self._cell} cannot be read.", self.row_number)

    def _number(self, said: str) -> Cell:
        """Return a day where the cell shows one, else the number as it is shown.

        A workbook stores what a processor reckons with, 0.30000000000000004; it shows 15 digits
        at most, and as many decimals as the cell's format has.
        """
        is_day, decimals = self.senses.get(self.style, (False, None))
        number = Decimal(f"{float(said):.15g}")
        if not number.is_finite():
            raise UnreadableFile(f"The cell {self._cell} holds no number.", self.row_number)
        if is_day:
            return self._day(number)
        exponent = number.as_tuple().exponent
        if decimals is not None and isinstance(exponent, int) and -exponent > decimals:
            return number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _WIDE)
        return number

    def _day(self, serial: Decimal) -> Cell:
        days = int(serial)
        if not 1 <= days <= 110_000:
            return str(serial)
        if self.workbook.counts_from_1904:
            return date(1904, 1, 1) + timedelta(days)
        # The first spreadsheets took 1900 for a leap year, and all since count its 29 February.
        return date(1899, 12, 30 if days > 60 else 31) + timedelta(days)
