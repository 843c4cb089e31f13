"""Find the table in a file: its encoding, its delimiter or sheet, its header and its columns."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import IO, Any, TypeAlias

from transactions.imports.statement import AmbiguousFile, Question, UnreadableFile
from transactions.imports.tables import ours, words
from transactions.imports.tables.assigning import assign
from transactions.imports.tables.columns import (
    SINGLE,
    Columns,
    cell,
    find_header,
    from_profile,
    is_amount,
    is_day,
    roles,
    text,
)
from transactions.imports.tables.deciding import decide
from transactions.imports.tables.profile import Profile, fingerprint
from transactions.imports.tables.sheets import SheetSource
from transactions.imports.tables.signs import is_of_card
from transactions.imports.tables.source import (
    SAMPLE_ROWS,
    Row,
    Source,
    TextSource,
    encoding_of,
    lines,
    parsed,
)
from transactions.imports.tables.workbook import open_workbook

_DELIMITERS = (",", ";", "\t", "|")
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
Remembered: TypeAlias = Callable[[str], Profile | None]
_Rows: TypeAlias = list[tuple[int, Row]]


@dataclass(frozen=True, slots=True)
class Detected:
    """A table, where its rows are and what they mean; `above` is what stands over it.

    `is_of_card`: it says itself that it is of a card.
    """

    format: str
    source: Source
    columns: Columns
    profile: Profile
    above: Sequence[Row]
    is_of_card: bool


def is_workbook(first: bytes) -> bool:
    """Return whether a file with these first bytes is an XLSX workbook, or another archive."""
    return first.startswith(_ZIP)


def detect(
    file: IO[bytes], given: Profile, *, remembered: Remembered | None, is_card: bool | None
) -> Detected:
    """Return the table of a file; what we wrote ourselves is read as it was.

    :raises UnreadableFile: if there is none.
    """
    file.seek(0)
    source: Source
    head = file.read(8)
    if head.startswith(_OLE):
        sentence = "This is an old workbook (XLS), or one with a password: save it as XLSX or CSV."
        raise UnreadableFile(sentence)
    if is_workbook(head):
        format, source, profile, rows = "xlsx", *_in_workbook(file, given)
    else:
        format, source, profile, rows = "csv", *_in_text(file, given)
    skipped, header = _locate(profile, rows)
    written = ours.as_written(source, header)
    if written is not None:
        source, rows = written, list(islice(written.rows(), SAMPLE_ROWS))
    if written is not None and written.are_entries:
        saved: Profile | None = ours.PROFILE
    else:
        saved = remembered(fingerprint(header)) if remembered and header else None
    if saved is not None and not given.names_columns:
        profile = replace(profile.over(saved), encoding=profile.encoding)
    columns = _columns(profile, header, skipped, [row for _, row in rows[skipped:]])
    above = [row for _, row in rows[: max(0, skipped - 1)]]
    profile = _complete(profile, columns, rows)
    profile = decide(profile, columns, source, above, is_card=is_card)
    is_told = written is None and is_of_card(columns, rows[skipped:])
    return Detected(format, source, columns, profile, above, is_told)


def _in_text(file: IO[bytes], given: Profile) -> tuple[Source, Profile, _Rows]:
    encoding = given.encoding or encoding_of(file)
    sample = list(islice(lines(file, encoding), SAMPLE_ROWS))
    if not any(line.strip() for line in sample):
        raise UnreadableFile("The file is empty.")
    announced = sample[0].strip()[4:] if sample[0].startswith("sep=") else ""
    best: tuple[str, str, _Rows] | None = None
    score = (0, 0, 0)
    wrong: list[tuple[int, Exception]] = []
    for delimiter in (
        [given.delimiter or announced] if given.delimiter or announced else _DELIMITERS
    ):
        quote = _quote(sample, delimiter) if given.quote is None else given.quote
        try:
            rows = list(parsed(sample, delimiter, quote, is_part=len(sample) == SAMPLE_ROWS))
        except (UnreadableFile, TypeError) as error:
            wrong.append((sum(line.count(delimiter) for line in sample), error))
            continue
        reached = _score(rows)
        if best is None or reached > score:
            best, score = (delimiter, quote, rows), reached
    if best is None or (wrong and score[:2] == (0, 0)):
        raise _worst(wrong)
    delimiter, quote, rows = best
    profile = replace(given, encoding=encoding, delimiter=delimiter, quote=quote)
    return TextSource(file, encoding, delimiter, quote), profile, rows


def _worst(wrong: list[tuple[int, Exception]]) -> UnreadableFile:
    """Return why the file is no table with the delimiter that is in it most often."""
    error = max(wrong, key=lambda one: one[0])[1]
    if isinstance(error, UnreadableFile):
        return error
    return UnreadableFile("The delimiter that the file announces is none.", 1)


def _quote(sample: Sequence[str], delimiter: str) -> str:
    single = any(line.startswith("'") and f"'{delimiter}'" in line for line in sample)
    return "'" if single else '"'


def _score(rows: _Rows) -> tuple[int, int, int]:
    """Return how much rows are like a table: by their header, their cells and their width."""
    index, header = find_header([row for _, row in rows])
    known = len(roles(header)) if index else 0
    fitting = 0
    for _, row in rows[:50]:
        cells = [cell(row, place) for place in range(min(len(row), 60))]
        dated = [is_day(one) for one in cells]
        fitting += any(dated) and any(
            is_amount(one) for one, is_date in zip(cells, dated, strict=True) if not is_date
        )
    widths = Counter(len(row) for _, row in rows if len(row) > 1)
    return known, fitting, max(widths.values(), default=0)


def _in_workbook(file: IO[bytes], given: Profile) -> tuple[Source, Profile, _Rows]:
    workbook = open_workbook(file)
    found: list[tuple[str, SheetSource, _Rows]] = []
    empty: list[tuple[str, SheetSource, _Rows]] = []
    for name, part in workbook.sheets.items():
        if given.sheet in (None, name):
            source = SheetSource(workbook, part)
            rows = list(islice(source.rows(), SAMPLE_ROWS))
            (found if _score(rows)[1] else empty).append((name, source, rows))
    if len(found) > 1:
        names = tuple((name, f"the sheet {name}") for name, _, _ in found)
        sentence = f"Several sheets have movements: {', '.join(name for name, _ in names)}."
        raise AmbiguousFile([Question("sheet", "", sentence, None, names)])
    for name, source, rows in found or empty:
        if rows:
            return source, replace(given, sheet=name), rows
    there = ", ".join(f"“{name}”" for name in workbook.sheets) or "none"
    raise UnreadableFile(f"No sheet has a table of movements. The workbook has: {there}.")


def _locate(profile: Profile, rows: _Rows) -> tuple[int, list[str]]:
    """Return how many rows to skip, the last of which is the header, and the header."""
    named = [
        words.plain(one)
        for one in (*(profile.date or ()), profile.amount, profile.debit, profile.credit)
        if isinstance(one, str)
    ]
    sought = profile.fingerprint
    for index, (line, row) in enumerate(rows[:60], 1):
        cells = [text(one) for one in row]
        if sought and fingerprint(cells) == sought:
            return index, cells
        if not sought and profile.header_row is not None and line == profile.header_row:
            return index, cells
        if not sought and named and set(named) <= {words.plain(one) for one in cells}:
            return index, cells
    if profile.header_row == 0:
        return 0, []
    return find_header([row for _, row in rows])


def _columns(profile: Profile, header: Sequence[str], skipped: int, rows: Sequence[Row]) -> Columns:
    said = from_profile(profile, header, skipped)
    if profile.names_columns and profile.date and profile.description is not None:
        return said
    rows = [row for row in rows if any(row)]
    return assign(header, skipped, rows, said)


def _complete(profile: Profile, columns: Columns, rows: _Rows) -> Profile:
    """Return the profile with what was found, as people read it."""
    found = {name: columns.said(place) for name, place in columns.single.items()}
    single: dict[str, Any] = {name: found.get(name) for name in SINGLE}
    return replace(
        profile,
        header_row=rows[columns.skipped - 1][0] if columns.skipped else 0,
        header=tuple(columns.header) or None,
        date=tuple(columns.said(place) for place in columns.date),
        description=tuple(columns.said(place) for place in columns.description),
        currency_code=columns.currency or profile.currency_code,
        **single,
    )
