"""Tables that we wrote ourselves: their cells were made harmless, and are read as they were."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from buffet.cells import as_it_was
from transactions.imports.tables import words
from transactions.imports.tables.profile import Profile
from transactions.imports.tables.source import Row, Source

#: What the file of a book's entries has; `reports/exports/tables.py` writes it.
ENTRIES = (
    "date", "description", "vendor", "account", "account_type", "amount", "currency", "status",
    "notes", "note", "external_id", "source", "transaction_id", "entry_id", "account_id",
)  # fmt: skip
#: What the table of an account's page has; as a workbook its cells are as they were.
ACCOUNT = (
    "date", "description", "vendor", "category", "status", "amount", "balance", "currency",
)  # fmt: skip
#: How entries are read where nobody says otherwise; what a row is about is no part of its text.
PROFILE = Profile(
    date=("date",),
    date_order="ymd",
    decimal_mark=".",
    amount="amount",
    negate=False,
    description=("description",),
    external_id="external_id",
    currency="currency",
    status="status",
    account="account",
)
_TYPE, _BANK_ID, _OWN_ID = map(ENTRIES.index, ("account_type", "external_id", "entry_id"))
#: The types of accounts that hold money, as they are written (who reads a file has no models), and
#: what stands above them.
_HAS_MOVEMENTS = {"asset", "liability", ENTRIES[_TYPE]}


@dataclass(frozen=True, slots=True)
class Written:
    """The rows of a table of ours as they were before they became cells."""

    source: Source
    are_entries: bool

    @property
    def is_text(self) -> bool:
        """Whether days and amounts are still to be read."""
        return self.source.is_text

    def rows(self) -> Iterator[tuple[int, Row]]:
        """Go through the rows; those of categories are other rows' other sides, and left out.

        An entry without a bank's id has its own.
        """
        for line, cells in self.source.rows():
            row = [as_it_was(one) if isinstance(one, str) else one for one in cells]
            if self.are_entries and len(row) == len(ENTRIES):
                if row[_TYPE] not in _HAS_MOVEMENTS:
                    continue
                row[_BANK_ID] = row[_BANK_ID] or row[_OWN_ID]
            yield line, row


def as_written(source: Source, header: Sequence[str]) -> Written | None:
    """Return the table as it was written; None if it is not known to be one of ours."""
    if _is(header, ENTRIES):
        return Written(source, are_entries=True)
    return Written(source, are_entries=False) if _is(header, ACCOUNT) and source.is_text else None


def _is(header: Sequence[str], names: Sequence[str]) -> bool:
    return [words.plain(one) for one in header] == [words.plain(one) for one in names]
