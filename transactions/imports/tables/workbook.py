"""An XLSX workbook: its sheets, texts and styles, within limits that no archive gets around.

Read by ourselves: what is well kept either holds a sheet whole, or cannot tell a formula whose
value was never stored from an empty cell.
"""

import re
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from transactions.imports.statement import UnreadableFile
from transactions.imports.tables.archive import parsing, refuse_large_directory

_MOST_STRINGS, _MOST_LETTERS = 400_000, 10_000_000
#: A spreadsheet program writes no longer format of a number.
_LONGEST_FORMAT = 255
_DATE_FORMATS = frozenset([*range(14, 18), 22, *range(27, 37), *range(50, 59)])
_DECIMALS = {2: 2, 4: 2, 7: 2, 8: 2, 39: 2, 40: 2, 43: 2, 44: 2}
#: What in a number's format is no sign of a day: texts, colours, currencies, escaped letters.
_DRESS = re.compile(r'"[^"]*"|\[[^\]]*\]|\\.|_.|\*.')


@dataclass(slots=True)
class Workbook:
    """An XLSX workbook whose directory fits the limits."""

    archive: zipfile.ZipFile
    #: The part of each sheet, by the sheet's name.
    sheets: dict[str, str] = field(default_factory=dict)
    strings: list[str] = field(default_factory=list)
    #: Of each style: whether it shows a day, and how many decimals (None: as many as there are).
    styles: list[tuple[bool, int | None]] = field(default_factory=list)
    counts_from_1904: bool = False


def open_workbook(file: IO[bytes]) -> Workbook:
    """Return the workbook in a file.

    :raises UnreadableFile: if it is none, or becomes too large.
    """
    refuse_large_directory(file)
    try:
        archive = zipfile.ZipFile(file)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise UnreadableFile(f"The workbook is damaged: {error}.") from None
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        sentence = "This is an archive (ZIP) and no XLSX workbook: unpack it, or save it as XLSX."
        raise UnreadableFile(sentence)
    book = Workbook(archive)
    targets: dict[str, str] = {}

    def relation(name: str, given: dict[str, str]) -> None:
        if name == "Relationship":
            target = given.get("Target", "")
            full = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
            targets[given.get("Id", "")] = full

    def sheet(name: str, given: dict[str, str]) -> None:
        if name == "workbookPr":
            book.counts_from_1904 = given.get("date1904") in ("1", "true")
        elif name == "sheet" and given.get("state", "visible") == "visible":
            part = targets.get(given.get("id", ""), "")
            if part in names and "worksheets/" in part and len(book.sheets) < 100:
                book.sheets[given.get("name", "")] = part

    _parse(archive, "xl/_rels/workbook.xml.rels", relation)
    _parse(archive, "xl/workbook.xml", sheet)
    if "xl/styles.xml" in names:
        _read_styles(book)
    if "xl/sharedStrings.xml" in names:
        _read_strings(book)
    return book


def _parse(
    archive: zipfile.ZipFile,
    part: str,
    start: Callable[[str, dict[str, str]], None],
    end: Callable[[str], None] | None = None,
    text: Callable[[str], None] | None = None,
) -> None:
    """Tell the functions of each element of a part, by names without their namespace."""

    def begin(name: str, given: dict[str, str]) -> None:
        start(_bare(name), {_bare(key): value for key, value in given.items()})

    def finish(name: str) -> None:
        if end is not None:
            end(_bare(name))

    for _ in parsing(archive, part, begin, finish, text):
        pass


class BareNames(dict[str, str]):
    """The names of elements without what stands for their namespace, each found once."""

    def __missing__(self, name: str) -> str:
        bare = _bare(name)
        if len(self) < 1_000:
            self[name] = bare
        return bare


def _bare(name: str) -> str:
    return name.rpartition(":")[2]


def _read_strings(book: Workbook) -> None:
    """Read the texts that cells share; a text's phonetic reading is none of it."""
    parts: list[str] = []
    depth = {"t": 0, "rPh": 0}
    bare_of = BareNames()
    letters = 0

    def start(name: str, _: dict[str, str]) -> None:
        if (bare := bare_of[name]) in depth:
            depth[bare] += 1

    def end(name: str) -> None:
        nonlocal letters
        if (bare := bare_of[name]) in depth:
            depth[bare] -= 1
        elif bare == "si":
            book.strings.append("".join(parts))
            letters += len(book.strings[-1])
            parts.clear()
            if len(book.strings) > _MOST_STRINGS or letters > _MOST_LETTERS:
                raise UnreadableFile("The workbook has more text than is read: split it.")

    def text(said: str) -> None:
        if depth["t"] and not depth["rPh"]:
            parts.append(said)

    for _ in parsing(book.archive, "xl/sharedStrings.xml", start, end, text):
        pass


def _read_styles(book: Workbook) -> None:
    formats: dict[int, str] = {}
    within: list[str] = []

    def start(name: str, given: dict[str, str]) -> None:
        within.append(name)
        if name == "numFmt":
            formats[whole(given.get("numFmtId"))] = given.get("formatCode", "")[:_LONGEST_FORMAT]
        elif name == "xf" and "cellXfs" in within:
            number = whole(given.get("numFmtId"))
            book.styles.append(_sense(number, formats.get(number, "")))

    def end(name: str) -> None:
        within.pop()

    _parse(book.archive, "xl/styles.xml", start, end)


def _sense(number: int, code: str) -> tuple[bool, int | None]:
    """Return whether a format shows a day, and with how many decimals it shows a number."""
    if not code:
        return number in _DATE_FORMATS, _DECIMALS.get(number)
    bare = _DRESS.sub("", code).lower().split(";")[0]
    is_day = ("d" in bare or "y" in bare) and "general" not in bare
    decimals = re.search(r"[0#?]\.([0#?]{2,8})", bare)
    return is_day, len(decimals[1]) if decimals and "%" not in bare and "e" not in bare else None


def whole(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
