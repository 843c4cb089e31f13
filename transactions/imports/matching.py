"""Which lines of a statement the book already has: decided by facts alone, each with its reason.

The same file again, its lines in another order, or another file over the same days find the same
rows. Two equal purchases in one file stay two.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from buffet import money
from transactions.models import Verdict


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a statement, as far as matching looks at it."""

    number: int
    date: date
    amount: Decimal
    description: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Match:
    """What a line is, why, the id it will carry, and the transaction it repeats or completes.

    Of a transaction that it completes, `entry_id` is the entry that waits for this account.
    """

    line: Line
    verdict: str
    reason: str
    external_id: str
    transaction_id: UUID | None = None
    entry_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    """An entry that the account has."""

    transaction_id: UUID
    date: date
    amount: Decimal
    description: str
    external_id: str


def match(account_id: UUID, currency: str, lines: Sequence[Line]) -> list[Match]:
    """Return what each line is, in the order of the lines."""
    known = _known(account_id, lines, currency)
    by_id = {entry.external_id: entry for entry in known if entry.external_id}
    # Rows without a bank's id are told apart by counting: the n-th equal line is the n-th row.
    unnamed: dict[tuple[date, Decimal, str], list[_Known]] = defaultdict(list)
    for entry in known:
        if not entry.external_id:
            unnamed[entry.date, entry.amount, entry.description].append(entry)
    contents = {(line.external_id, _content(line)) for line in lines if line.external_id}
    ids = Counter(id for id, _ in contents)
    shared = {id for id, count in ids.items() if count > 1}
    seen: set[str] = set()
    return [_match(line, by_id, unnamed, shared, seen) for line in lines]


def _match(
    line: Line,
    by_id: dict[str, _Known],
    unnamed: dict[tuple[date, Decimal, str], list[_Known]],
    shared: set[str],
    seen: set[str],
) -> Match:
    if not line.amount:
        return Match(line, Verdict.IGNORED, "moves_no_money", "")
    own = line.external_id
    if own:
        special = special_id(line)
        for id in (special, own):
            entry = by_id.get(id)
            if entry and (id == special or (entry.date, entry.amount) == (line.date, line.amount)):
                return Match(line, Verdict.DUPLICATE, "same_bank_id", id, entry.transaction_id)
        # A bank that gives one id to different rows must not lose any of them.
        if own in shared or own in by_id:
            own = special
        if own in seen:
            return Match(line, Verdict.DUPLICATE, "repeated_in_file", own)
        seen.add(own)
    rows = unnamed.get((line.date, line.amount, line.description))
    if rows:
        return Match(
            line, Verdict.DUPLICATE, "same_date_amount_and_text", own, rows.pop(0).transaction_id
        )
    reason = "not_in_the_book" if own == line.external_id else "bank_id_of_another_row"
    return Match(line, Verdict.NEW, reason, own)


def special_id(line: Line) -> str:
    """Return an id that says which row of the bank it is even where the bank's alone does not."""
    return f"{line.external_id[:230]}#{_content(line)}" if line.external_id else ""


def _content(line: Line) -> str:
    """Return a short fingerprint of what the line says."""
    said = f"{line.date.isoformat()}|{line.amount.normalize():f}|{line.description}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]


_KNOWN = """
SELECT e.transaction_id, e.date, e.amount, t.description, e.external_id
FROM transactions_entry e JOIN transactions_transaction t ON t.id = e.transaction_id
WHERE e.account_id = %s AND (
    (e.date BETWEEN %s AND %s AND e.external_id = '')
    OR (e.external_id = ANY(%s))
)
ORDER BY e.transaction_id, e.id
"""


def _known(account_id: UUID, lines: Iterable[Line], currency: str) -> list[_Known]:
    """Return the account's entries that a line could repeat."""
    listed = list(lines)
    if not listed:
        return []
    ids = {line.external_id for line in listed if line.external_id}
    ids |= {special_id(line) for line in listed if line.external_id}
    days = [line.date for line in listed]
    with connection.cursor() as cursor:
        cursor.execute(_KNOWN, (account_id, min(days), max(days), list(ids)))
        return [
            _Known(id, day, money.round_to(amount, currency), text, external_id)
            for id, day, amount, text, external_id in cursor.fetchall()
        ]
