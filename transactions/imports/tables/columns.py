"""Which column of a table is what: by its header, and where that is silent by its cells."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from transactions.imports.statement import UnreadableFile
from transactions.imports.tables import amounts, days, words
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.profile import Column, Profile
from transactions.imports.tables.source import Cell, Row

#: The fields of a profile that name one column.
SINGLE = (
    "user_date", "amount", "debit", "credit", "direction", "fee", "balance", "payee",
    "external_id", "currency", "status", "category", "kind", "check_number", "account",
)  # fmt: skip
_SEARCHED = 60


@dataclass(slots=True)
class Columns:
    """The columns of a table by their places, from 0."""

    header: Sequence[str]
    #: How many rows there are before the first of the table.
    skipped: int
    date: tuple[int, ...] = ()
    description: tuple[int, ...] = ()
    single: dict[str, int] = field(default_factory=dict)
    currency: str = ""
    #: -1 where fees are written with a minus though they are taken.
    fee_sign: int = 1

    def name(self, place: int) -> str:
        """Return how people know a column."""
        named = place < len(self.header) and self.header[place].strip()
        return self.header[place].strip() if named else f"number {place + 1}"

    def said(self, place: int) -> Column:
        """Return how a profile knows a column: by its header where only it has it."""
        if place < len(self.header) and self.header[place].strip():
            names = [words.plain(name) for name in self.header]
            if names.count(names[place]) == 1 and names[place]:
                return self.header[place].strip()
        return place + 1

    @property
    def numbers(self) -> list[int]:
        """Return the places of all columns with amounts."""
        names = ("amount", "debit", "credit", "fee", "balance")
        return [self.single[name] for name in names if name in self.single]


def text(cell: Cell) -> str:
    """Return a cell as text."""
    return cell.strip() if isinstance(cell, str) else str(cell)


def cell(row: Row, place: int) -> Cell:
    """Return the cell of a row at a place; rows may be shorter than their header."""
    if place >= len(row):
        return ""
    found = row[place]
    return found.strip() if isinstance(found, str) else found


def is_day(found: Cell) -> bool:
    """Return whether a cell can be read as a day."""
    return isinstance(found, date) or (isinstance(found, str) and _reads(days.readings, found))


def is_amount(found: Cell) -> bool:
    """Return whether a cell can be read as an amount."""
    if isinstance(found, str):
        return _reads(amounts.readings, found) and not (found.isdigit() and len(found) > 9)
    return isinstance(found, Decimal)


def _reads(read: Callable[[str], object], said: str) -> bool:
    try:
        read(said)
    except BadCell:
        return False
    return True


def roles(header: Sequence[str]) -> dict[str, list[int]]:
    """Return which places have which role by their header; the best known come first."""
    found: dict[str, list[int]] = {}
    unknown = []
    for place, name in enumerate(header):
        said = words.header(name)[0]
        known = words.ROLES.get(said, [])
        for role in known:
            found.setdefault(role, []).append(place)
        if said and not known:
            unknown.append((place, said.split()))
    for role, telling in words.TELLING.items():
        if role not in found and not (role == "date" and _dates(found)):
            fits = [
                place
                for place, said in unknown
                if any(word in said for word in telling) and not words.MISLEADING & set(said)
            ]
            if fits:
                found[role] = fits
    return found


def pots(header: Sequence[str]) -> int | None:
    """Return which column says which pot of an account a row is of: only Revolut's tables do."""
    names = [words.plain(name) for name in header[:2]]
    is_known = len(names) == 2 and names[0] in words.BEFORE_POTS and names[1] in words.POTS
    return 1 if is_known and {"amount", "balance", "currency"} <= roles(header).keys() else None


def _dates(found: dict[str, list[int]]) -> bool:
    return any(role in found for role in ("posted", "date", "done", "value_date"))


def _amounts(found: dict[str, list[int]]) -> bool:
    return any(role in found for role in ("amount", "gross", "debit", "credit"))


def find_header(rows: Sequence[Row]) -> tuple[int, list[str]]:
    """Return the number of the row that names the columns, from 1, and its cells; 0: none does.

    Banks write names, periods and balances above it; it may be spread over two rows.
    """
    best: tuple[int, list[str]] = (0, [])
    score = 0
    for index, cells in _candidates(rows):
        known = roles(cells)
        if _dates(known) and _amounts(known) and len(known) > score:
            best, score = (index, cells), len(known)
    return best if score else _unknown_header(rows)


def _candidates(rows: Sequence[Row]) -> Iterator[tuple[int, list[str]]]:
    before: list[str] | None = None
    for index, row in enumerate(rows[:_SEARCHED], 1):
        cells = [text(one) for one in row]
        if any(one and (is_day(one) or is_amount(one)) for one in cells):
            before = None
            continue
        if len([one for one in cells if one]) < 2:
            before = cells
            continue
        yield index, cells
        if before is not None and len(before) >= 3:
            longest = max(len(before), len(cells))
            upper, lower = (one + [""] * (longest - len(one)) for one in (before, cells))
            # Cells merged over two rows stand in the upper one.
            if any(lower) and not all(lower):
                yield index, [below or above for above, below in zip(upper, lower, strict=True)]
        before = cells


def _unknown_header(rows: Sequence[Row]) -> tuple[int, list[str]]:
    """Return the row above the first with a day and an amount, if it could name its columns."""
    before: list[str] = []
    for index, row in enumerate(rows[:_SEARCHED]):
        cells = [cell(row, place) for place in range(len(row))]
        if any(is_day(one) for one in cells) and any(
            is_amount(one) and not is_day(one) for one in cells
        ):
            named = len([one for one in before if one])
            if named >= 3 and named >= len([one for one in cells if one]) - 1:
                return index, before
            return 0, []
        before = [text(one) for one in row]
        if any(is_amount(one) for one in before):
            before = []
    known = [(len(roles(names)), -index, names) for index, names in _candidates(rows)]
    count, index, names = max(known, default=(0, 0, []))
    return (-index, names) if count >= 2 else (0, [])


def from_profile(profile: Profile, header: Sequence[str], skipped: int) -> Columns:
    """Return the columns that a profile names.

    :raises UnreadableFile: naming those that the table has not, and those that it has.
    """
    columns = Columns(header, skipped, currency=profile.currency_code or "")
    missing: list[str] = []
    names = [words.plain(name) for name in header]

    def place(column: Column) -> int:
        if isinstance(column, int):
            return column - 1
        if words.plain(column) in names:
            return names.index(words.plain(column))
        missing.append(column)
        return 0

    columns.date = tuple(place(one) for one in profile.date or ())
    columns.description = tuple(place(one) for one in profile.description or ())
    for role in SINGLE:
        if (named := getattr(profile, role)) is not None:
            columns.single[role] = place(named)
    refuse_missing(missing, header, skipped or None)
    return columns


def refuse_missing(missing: Sequence[str], header: Sequence[str], line: int | None) -> None:
    """Check that no column is missing.

    :raises UnreadableFile: naming what is missing and what is there.
    """
    if missing:
        missed = ", ".join(missing)
        there = ", ".join(f"“{name.strip()[:40]}”" for name in header if name.strip()) or "no names"
        raise UnreadableFile(f"Columns are missing: {missed}. The table has: {there}.", line)
