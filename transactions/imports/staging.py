"""Put the lines of a statement into their table as they are read: none are held together."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from itertools import islice
from uuid import UUID

from django.db import connection
from uuid_utils.compat import uuid7

from buffet import money
from buffet.errors import invalid
from transactions.imports.statement import StatementLine, UnreadableFile
from transactions.models import Verdict

#: How many lines get their ids together.
_BATCH = 1000
_COPY = """
COPY transactions_importline (book_id, of_import_id, number, file_line, date, amount, description,
    external_id, special_id, kept_id, is_pending, is_reconciled, said_category, verdict, reason,
    new_id)
FROM STDIN
"""
#: What staging says of a line before anything is known of the book.
UNKNOWN = "not_in_the_book"


def stage(book_id: UUID, import_id: UUID, currency: str, lines: Iterable[StatementLine]) -> None:
    """Copy the lines of a statement into their table, as new, numbered from 1.

    :raises UnreadableFile: if one cannot be read.
    :raises Invalid: if one has more decimals than its currency.
    """
    numbered = enumerate(lines, 1)
    with connection.cursor() as cursor, cursor.copy(_COPY) as copy:
        while batch := list(islice(numbered, _BATCH)):
            for id, (number, line) in zip(_ids(len(batch)), batch, strict=True):
                copy.write_row((book_id, import_id, *_row(number, line, currency), id))


def _ids(count: int) -> Iterator[str]:
    """Yield ids in order that end in 0, so that the entries' may be the ones behind."""
    for id in sorted(uuid7().hex for _ in range(count)):
        yield f"{id[:31]}0"


def _row(number: int, line: StatementLine, currency: str) -> tuple[object, ...]:
    amount = exact(line.amount, currency, f"Line {line.file_line or number}")
    description = _text(line.description or line.kind or "Without a text", 500, line)
    external_id = _text(line.external_id, 255, line)
    # A pending row's id is often another than that of the row when it is posted.
    kept_id = "" if line.is_pending else external_id
    is_none = not amount
    return (
        number,
        line.file_line,
        line.date,
        amount,
        description,
        external_id,
        special_id(external_id, line.date, amount, description),
        kept_id,
        line.is_pending,
        line.is_reconciled,
        _text(getattr(line, "category", ""), 200, line),
        str(Verdict.IGNORED if is_none else Verdict.NEW),
        "moves_no_money" if is_none else UNKNOWN,
    )


def _text(said: str, most: int, line: StatementLine) -> str:
    """Return a text that the database can keep."""
    if "\x00" in said or (not said.isascii() and _SURROGATE.search(said)):
        sentence = "The text has characters that are none (NUL or half of a pair)."
        raise UnreadableFile(sentence, line.file_line or line.number)
    return said[:most]


_SURROGATE = re.compile("[\ud800-\udfff]")


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
