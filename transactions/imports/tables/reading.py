"""Read a table of movements: what is in it is found out, and what is not said is asked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import islice
from typing import IO

from transactions.imports.statement import Statement, StatementLine, UnreadableFile
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.balances import Chain
from transactions.imports.tables.columns import Columns
from transactions.imports.tables.detecting import Detected, detect
from transactions.imports.tables.preamble import account_number
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.rows import Owner, Parts, RowReader
from transactions.imports.tables.source import Source
from transactions.imports.tables.stating import Ends

MOST_FAULTS, MOST_OWNERS = 20, 100
#: So many lines are kept; of longer tables, each is read again when it is needed.
KEPT_LINES = 2_000


@dataclass(frozen=True, slots=True)
class TableReading:
    """What a table holds, how it was read, and what is remarkable about it."""

    format: str
    profile: Profile
    statements: tuple[Statement, ...]
    remarks: tuple[str, ...] = ()


@dataclass(slots=True)
class _Found:
    """What was seen of one account and currency."""

    count: int = 0
    first: date | None = None
    last: date | None = None
    starts_on: date | None = None
    ends_on: date | None = None
    chain: Chain = field(default_factory=Chain)
    kept: list[StatementLine] = field(default_factory=list)

    def add(self, parts: Parts) -> None:
        """See the parts of the next line."""
        self.count += 1
        _, day, amount, *_, is_pending, balance, line, _ = parts
        if day != self.last:
            self.first, self.last = self.first or day, day
            self.starts_on = min(self.starts_on or day, day)
            self.ends_on = max(self.ends_on or day, day)
        if self.count <= KEPT_LINES:
            self.kept.append(StatementLine(*parts))
        if balance is not None and not is_pending:
            self.chain.add(amount, balance, line)


@dataclass(frozen=True, slots=True)
class _Lines:
    """The lines of one account and currency, read from the file each time."""

    source: Source
    columns: Columns
    profile: Profile
    owner: Owner

    def __iter__(self) -> Iterator[StatementLine]:
        for owner, parts in _read_rows(self.source, RowReader(self.columns, self.profile), None):
            if owner == self.owner:
                yield StatementLine(*parts)


def read(
    file: IO[bytes],
    profile: Profile | None = None,
    *,
    remembered: Callable[[str], Profile | None] | None = None,
    is_card: bool | None = None,
) -> TableReading:
    """Return the statements of a CSV file or XLSX workbook, and the profile they were read with.

    What `profile` says holds; what it leaves open is found out. `remembered` is asked for the
    saved profile of a header's fingerprint. `is_card`: whether the account is a credit card.

    :raises AmbiguousFile: if the table can be read in more than one way.
    :raises UnreadableFile: naming up to twenty lines with what is wrong in each.
    """
    given = profile or Profile()
    found = detect(file, given, remembered=remembered, is_card=is_card)
    faults: list[tuple[int | None, str]] = []
    owners: dict[Owner, _Found] = {}
    reader = RowReader(found.columns, found.profile)
    for owner, parts in _read_rows(found.source, reader, faults):
        seen = owners.get(owner)
        if seen is None:
            seen = owners[owner] = _Found()
            if len(owners) > MOST_OWNERS:
                raise UnreadableFile(f"The table is about more than {MOST_OWNERS} accounts.")
        seen.add(parts)
    if faults:
        raise UnreadableFile(faults[0][1], faults[0][0], faults=faults)
    remarks: list[str] = []
    # On a card nothing says whether a balance is what is owed.
    ends = {} if is_card else reader.ends
    statements = tuple(
        _statement(found, owner, seen, ends.get(owner), remarks) for owner, seen in owners.items()
    )
    if reader.has_pots and len({account for account, _ in owners}) == 1:
        # Where all rows are of one pot, it is the account.
        number = account_number(found.above)
        statements = tuple(replace(one, account_number=number) for one in statements)
    if not statements:
        raise UnreadableFile("The table has no movements: there are no rows below its header.")
    return TableReading(found.format, found.profile, statements, tuple(remarks))


def _read_rows(
    source: Source, reader: RowReader, faults: list[tuple[int | None, str]] | None
) -> Iterator[tuple[Owner, Parts]]:
    """Go through the lines; what is wrong with them is added to `faults`, or raised."""
    rows = islice(source.rows(), reader.columns.skipped, None)
    for line, row in _without_last(rows, reader.profile.skip_last):
        if not any(row):
            continue
        try:
            read = reader.read(line, row)
        except BadCell as error:
            reason, cells = str(error), _said(row)
            sentence = f"{reason} The row says: “{cells}”."
            if faults is None:
                raise UnreadableFile(sentence, line) from None
            faults.append((line, sentence))
            if len(faults) == MOST_FAULTS:
                return
            continue
        if read is not None:
            yield read


def _said(row: Sequence[object]) -> str:
    return " | ".join(str(one).strip() for one in row)[:120]


def _without_last(
    rows: Iterator[tuple[int, Sequence]], count: int
) -> Iterator[tuple[int, Sequence]]:
    if not count:
        yield from rows
        return
    held: list[tuple[int, Sequence]] = []
    for row in rows:
        held.append(row)
        if len(held) > count:
            yield held.pop(0)


def _statement(
    found: Detected, owner: Owner, seen: _Found, ends: Ends | None, remarks: list[str]
) -> Statement:
    account, currency = owner
    lines = (
        tuple(seen.kept)
        if seen.count <= KEPT_LINES
        else _Lines(found.source, found.columns, found.profile, owner)
    )
    opening, closing = _ends(seen, remarks)
    closing_on = seen.ends_on if closing is not None else None
    if ends is not None and seen.chain.last is None:
        opening = ends.opened(seen.starts_on)
        closing, closing_on = ends.closed(seen.ends_on)
    return Statement(
        account_number=account or account_number(found.above),
        bank_id="",
        account_kind="credit_card" if found.is_of_card else "",
        currency=currency,
        lines=lines,
        starts_on=seen.starts_on,
        ends_on=seen.ends_on,
        closing_balance=closing,
        closing_on=closing_on,
        opening_balance=opening,
        opening_on=seen.starts_on if opening is not None else None,
    )


def _ends(seen: _Found, remarks: list[str]) -> tuple:
    """Return the balance before the first line and after the last one, where rows prove them."""
    chain = seen.chain
    if chain.last is None:
        return None, None
    newest_first = None
    if seen.first is not None and seen.last is not None and seen.first != seen.last:
        newest_first = seen.first > seen.last
    kind = chain.best(newest_first=newest_first)
    if chain.breaks[kind]:
        sentence = (
            f"The balances do not follow from the amounts in {chain.breaks[kind]} rows, first in "
            f"line {chain.broken[kind]}: rows are missing there, or are in another order."
        )
        remarks.append(sentence)
        return None, None
    return chain.ends(kind)
