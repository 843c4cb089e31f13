"""Which lines of an import are to be decided, and the SQL that all who decide speak of them."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.models import Account
from transactions.models import Import

#: The lines to decide; those of them that nothing was found for so far.
FREE = "l.of_import_id = %(import)s AND l.number > %(done)s AND NOT l.is_chosen"
OPEN = f"{FREE} AND l.verdict = 'new'"
#: The transactions that lines of the import stand for already.
TAKEN = """(
    SELECT x.transaction_id AS id FROM transactions_importline x
    WHERE x.of_import_id = %(import)s AND x.transaction_id IS NOT NULL
    UNION ALL
    SELECT x.new_id FROM transactions_importline x
    WHERE x.of_import_id = %(import)s AND x.verdict = 'new' AND x.number <= %(done)s
)"""
#: How many lines and how many entries are looked at together, the earliest ones.
MOST = 20_000


def is_shut(day: str) -> str:
    """Return the SQL of whether entries of the account may not change on a day."""
    return f"""({day} <= %(locked)s OR EXISTS (
        SELECT FROM transactions_closedmonth AS shut
        WHERE shut.book_id = %(book)s AND shut.month = date_trunc('month', {day})::date
    ))"""


@dataclass(frozen=True, slots=True)
class Line:
    """A line of an import that nothing was found for so far."""

    id: int
    date: date
    amount: Decimal
    description: str
    special_id: str

    @property
    def first_word(self) -> str:
        """The word by which a shop is known, in small letters."""
        return next(iter(self.description.lower().split()), "")


@dataclass(frozen=True, slots=True)
class Side:
    """An entry that a line may be: `amount` is what it brings, or would bring, to the account."""

    transaction_id: UUID
    entry_id: UUID
    date: date
    amount: Decimal
    description: str = ""
    account: str = ""
    is_ahead: bool = False

    @property
    def first_word(self) -> str:
        """The word by which a shop is known, in small letters."""
        return next(iter(self.description.lower().split()), "")


@dataclass(frozen=True, slots=True)
class Finding:
    """What a line was found to be; the fields are those of the line."""

    line: Line
    verdict: str = "new"
    reason: str = "not_in_the_book"
    transaction_id: UUID | None = None
    entry_id: UUID | None = None
    #: None leaves the id as it is.
    kept_id: str | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """The lines of an import that are to be decided: those behind `done` that nobody chose."""

    started: Import
    account: Account
    first: date
    last: date
    values: dict[str, Any] = field(init=False)

    def __post_init__(self) -> None:
        values = {
            "import": self.started.id,
            "book": self.started.book_id,
            "account": self.account.id,
            "currency": self.account.currency,
            "format": self.started.format,
            "done": self.started.done,
            "first": self.first,
            "last": self.last,
            "locked": self.account.locked_through or date.min,
            "most": MOST,
        }
        object.__setattr__(self, "values", values)

    def run(self, sql: str, **more: Any) -> int:
        """Carry a statement out and return how many rows it changed."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.values, **more})
            return cursor.rowcount

    def rows(self, sql: str, **more: Any) -> list[Any]:
        """Return the rows of a question."""
        with connection.cursor() as cursor:
            cursor.execute(sql, {**self.values, **more})
            return cursor.fetchall()

    def lines(self, amounts: Sequence[Decimal]) -> list[Line]:
        """Return the open lines with one of some amounts, in the order of their days."""
        if not amounts:
            return []
        return [Line(*row) for row in self.rows(_LINES, amounts=list(set(amounts)))]

    def keep(self, findings: Sequence[Finding]) -> None:
        """Write down what was found."""
        if findings:
            self.run(
                _KEEP,
                ids=[one.line.id for one in findings],
                verdicts=[str(one.verdict) for one in findings],
                reasons=[one.reason for one in findings],
                transactions=[one.transaction_id for one in findings],
                entries=[one.entry_id for one in findings],
                kept=[one.kept_id for one in findings],
            )

    def propose(self, verdict: str, found: Sequence[tuple[Line, Side, int]]) -> None:
        """Write down what lines may be, each with how sure that is, where nothing was proposed."""
        if found:
            self.run(
                _PROPOSE,
                verdict=str(verdict),
                ids=[line.id for line, _, _ in found],
                transactions=[side.transaction_id for _, side, _ in found],
                scores=[score for _, _, score in found],
            )


_LINES = f"""
SELECT l.id, l.date, l.amount, l.description, l.special_id FROM transactions_importline l
WHERE {OPEN} AND NOT l.is_pending AND l.amount = ANY(%(amounts)s::numeric[])
ORDER BY l.date, l.number LIMIT %(most)s
"""
_KEEP = """
UPDATE transactions_importline l SET verdict = f.verdict, reason = f.reason,
    transaction_id = f.transaction_id, entry_id = f.entry_id,
    kept_id = coalesce(f.kept_id, l.kept_id)
FROM unnest(%(ids)s::bigint[], %(verdicts)s::text[], %(reasons)s::text[],
    %(transactions)s::uuid[], %(entries)s::uuid[], %(kept)s::text[])
    AS f (id, verdict, reason, transaction_id, entry_id, kept_id)
WHERE l.id = f.id
"""
_PROPOSE = """
UPDATE transactions_importline l
SET proposed_verdict = %(verdict)s, proposed_id = p.transaction_id, proposed_score = p.score
FROM unnest(%(ids)s::bigint[], %(transactions)s::uuid[], %(scores)s::int[])
    AS p (id, transaction_id, score)
WHERE l.id = p.id AND l.proposed_verdict = '' AND l.subscription_id IS NULL
"""
