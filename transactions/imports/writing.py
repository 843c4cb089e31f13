"""The lines of a statement as COPY reads them: checked, and written for their table."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from uuid import UUID

from uuid_utils.compat import uuid7

from buffet import money
from buffet.errors import invalid
from transactions.classifying.proposals import Known, Lookup, Proposer
from transactions.classifying.rules import NOTHING, Given
from transactions.imports.statement import StatementLine, UnreadableFile

#: The columns of a line, in the order in which they are written.
COLUMNS = (
    *("book_id", "of_import_id", "number", "file_line", "date", "amount", "description"),
    *("external_id", "special_id", "kept_id", "is_pending", "is_reconciled", "said_category"),
    *("verdict", "reason", "category_id", "category_reason", "vendor_id", "vendor_reason"),
    "new_id",
)
#: How many lines are written together, and get their ids together.
_BATCH = 1000
_ESCAPED = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})
_SURROGATE = re.compile("[\ud800-\udfff]")
_SAID = {False: "f", True: "t"}
_NO_PROPOSALS = "\\N\t\t\\N\t"


@dataclass(frozen=True, slots=True)
class Common:
    """What the lines of an import have in common.

    `fresh` and `idle` are the verdict and the reason of a line while nothing is known of the book,
    and those of one that moves no money.
    """

    book_id: UUID
    import_id: UUID
    account_id: UUID
    currency: str
    fresh: tuple[str, str]
    idle: tuple[str, str]


def written(lines: Iterable[StatementLine], common: Common, known: Known) -> Iterator[bytes]:
    """Write the lines of a statement, numbered from 1, some at a time.

    Each that moves money has what the book's rules and history give its text.

    :raises UnreadableFile: if one has characters that are none.
    :raises Invalid: if one has more decimals than its currency.
    """
    numbered = enumerate(lines, 1)
    head = f"{common.book_id}\t{common.import_id}"
    proposals = Lookup(Proposer.of(known), common.account_id, _proposals)
    while batch := list(islice(numbered, _BATCH)):
        rows = [
            "\t".join((head, *_row(number, line, common, proposals), id))
            for id, (number, line) in zip(_ids(len(batch)), batch, strict=True)
        ]
        yield ("\n".join(rows) + "\n").encode()


def _ids(count: int) -> Iterator[str]:
    """Yield ids in order that end in 0, so that the entries' may be the ones behind."""
    for id in sorted(uuid7().hex for _ in range(count)):
        yield f"{id[:31]}0"


def _proposals(given: Given) -> str:
    """Return the category and the vendor, each with its reason."""
    if given is NOTHING:
        return _NO_PROPOSALS
    category, vendor = (
        r"\N" if id is None else str(id) for id in (given.category_id, given.vendor_id)
    )
    return f"{category}\t{given.category_reason}\t{vendor}\t{given.vendor_reason}"


def _row(number: int, line: StatementLine, common: Common, proposals: Lookup[str]) -> Sequence[str]:
    amount = exact(line.amount, common.currency, f"Line {line.file_line or number}")
    description = _text(line.description or line.kind or "Without a text", 500, line)
    external_id = _text(line.external_id, 255, line)
    special = special_id(external_id, line.date, amount, description).translate(_ESCAPED)
    external_id = external_id.translate(_ESCAPED)
    return (
        str(number),
        r"\N" if line.file_line is None else str(line.file_line),
        line.date.isoformat(),
        str(amount),
        description.translate(_ESCAPED),
        external_id,
        special,
        # A pending row's id is often another than that of the row when it is posted.
        "" if line.is_pending else external_id,
        _SAID[line.is_pending],
        _SAID[line.is_reconciled],
        _text(line.category, 200, line).translate(_ESCAPED),
        *(common.fresh if amount else common.idle),
        proposals.of(description, amount) if amount else _NO_PROPOSALS,
    )


def _text(said: str, most: int, line: StatementLine) -> str:
    """Return a text that the database can keep."""
    if "\x00" in said or (not said.isascii() and _SURROGATE.search(said)):
        sentence = "The text has characters that are none (NUL or half of a pair)."
        raise UnreadableFile(sentence, line.file_line or line.number)
    return said[:most]


def exact(amount: Decimal, currency: str, what: str) -> Decimal:
    """Return an amount in the decimals of a currency; `what` says whose it is.

    :raises Invalid: if it has more of them.
    """
    kept = money.round_to(amount, currency)
    if kept != amount:
        places = money.decimals(currency)
        sentence = f"{what} has more than the {places} decimals of {currency}: {amount}."
        raise invalid("/file", "too_many_decimals", sentence)
    return kept


def special_id(external_id: str, day: date, amount: Decimal, description: str) -> str:
    """Return an id that says which row of the bank it is even where the bank's alone does not."""
    if not external_id:
        return ""
    said = f"{day.isoformat()}|{amount.normalize():f}|{description}"
    return f"{external_id[:230]}#{hashlib.sha256(said.encode()).hexdigest()[:16]}"
