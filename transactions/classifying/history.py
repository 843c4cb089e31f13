"""What a book's own transactions with the same words were about."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from transactions.classifying.rules import NOTHING, Given
from transactions.classifying.texts import key
from transactions.queries.given import GIVEN

#: How many of a book's latest transactions are looked through, and how many of one text count.
RECENT, LAST = 20_000, 5
REASON = "history"


@dataclass(frozen=True, slots=True)
class Told:
    """What a transaction was about, and what it had been given by a proposal, if by one."""

    text: str
    comes_in: bool
    category_id: UUID | None
    vendor_id: UUID | None
    given_category: UUID | None = None
    given_vendor: UUID | None = None


@dataclass(slots=True)
class _Votes:
    """For one text's words and one direction: what counts, the newest first.

    What was proposed and nobody touched is an echo, or proposals would confirm themselves: it
    counts only where no person ever said anything. What a person put in its place of the same text
    counts before all else.
    """

    own: list[UUID] = field(default_factory=list)
    echoes: list[UUID] = field(default_factory=list)
    exact: dict[str, UUID] = field(default_factory=dict)
    corrected: dict[str, UUID] = field(default_factory=dict)

    def add(self, text: str, value: UUID, given: UUID | None) -> None:
        """Count an older vote."""
        if value == given:
            if len(self.echoes) < LAST:
                self.echoes.append(value)
            return
        if text not in self.exact:
            self.exact[text] = value
            if given is not None:
                self.corrected[text] = value
        if len(self.own) < LAST:
            self.own.append(value)

    def decided(self, text: str) -> tuple[UUID | None, int]:
        """Return what a text is about, and how many say so; None if that is not clear."""
        if text in self.corrected:
            return self.corrected[text], 1
        last = self.own or self.echoes
        if last:
            value, count = Counter(last).most_common(1)[0]
            if count >= 2 and 2 * count > len(last):
                return value, count
        return self.exact.get(text), 1


# Latest first, by the index of the list. Only plain income and expenses: a transfer, a split and
# equity say nothing about another.
_TOLD = f"""
    WITH recent AS MATERIALIZED (
        SELECT t.id, t.date, t.description, t.vendor_id FROM transactions_transaction t
        WHERE t.book_id = %s ORDER BY t.date DESC, t.id DESC LIMIT {RECENT}
    )
    SELECT t.description, c.amount < 0, CASE WHEN a.archived_at IS NULL THEN a.id END, t.vendor_id,
        g.category_id, g.vendor_id
    FROM recent t
    JOIN transactions_entry c ON c.transaction_id = t.id
    JOIN accounts_account a ON a.id = c.account_id AND a.kind = 'category'
    LEFT JOIN LATERAL ({GIVEN}) AS g ON true
    WHERE (SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = t.id) <= 2
    -- By itself, so that it is joined at once and not asked again for each row.
    AND NOT EXISTS (
        SELECT FROM transactions_entry o JOIN accounts_account b ON b.id = o.account_id
        WHERE o.transaction_id = t.id AND o.id <> c.id AND b.type NOT IN ('asset', 'liability')
    )
    ORDER BY t.date DESC, t.id DESC
"""


class History:
    """What texts were about in the latest transactions of a book."""

    def __init__(self, told: Iterable[Told]) -> None:
        """Take transactions, the newest first."""
        self._categories: dict[tuple[str, bool], _Votes] = {}
        self._vendors: dict[tuple[str, bool], _Votes] = {}
        keys: dict[str, str] = {}
        for one in told:
            words = keys.get(one.text)
            if words is None:
                words = keys[one.text] = key(one.text)
            place = words, one.comes_in
            for votes, value, given in (
                (self._categories, one.category_id, one.given_category),
                (self._vendors, one.vendor_id, one.given_vendor),
            ):
                if value is not None:
                    votes.setdefault(place, _Votes()).add(one.text, value, given)

    @classmethod
    def of_book(cls, book_id: UUID) -> "History":
        """Read a book's latest transactions, in one statement."""
        with connection.cursor() as cursor:
            cursor.execute(_TOLD, (book_id,))
            return cls(Told(*row) for row in cursor.fetchall())

    def given(self, text: str, *, comes_in: bool) -> Given:
        """Return what the history gives a text, for money that comes in or goes out."""
        if not self._categories and not self._vendors:
            return NOTHING
        place = key(text), comes_in
        category, count = _decided(self._categories.get(place), text)
        vendor, vendor_count = _decided(self._vendors.get(place), text)
        if category is None and vendor is None:
            return NOTHING
        return Given(
            category,
            REASON if category else "",
            vendor,
            REASON if vendor else "",
            count if category else vendor_count,
        )


def _decided(votes: _Votes | None, text: str) -> tuple[Any, int]:
    return votes.decided(text) if votes is not None else (None, 0)
