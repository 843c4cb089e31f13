"""What a book's own transactions with the same words were about."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection

from transactions.classifying.rules import NOTHING, Given
from transactions.classifying.texts import key
from transactions.queries.given import GIVEN_TO_RECENT

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


# Latest first, by the index of the list, and before them what they were given. Only plain income
# and expenses: a transfer, a split and equity say nothing about another. Entries are looked up by
# their index, however many others there are: OFFSET 0 keeps them from being joined to all. The
# parts are put together by who reads them; no plan knows how many there are of each.
_TOLD = f"""
    WITH recent AS MATERIALIZED (
        SELECT t.id, t.date, t.description, t.vendor_id FROM transactions_transaction t
        WHERE t.book_id = %s ORDER BY t.date DESC, t.id DESC LIMIT {RECENT}
    ), moved AS MATERIALIZED (
        SELECT t.*, e.account_id, e.amount FROM recent t CROSS JOIN LATERAL (
            SELECT account_id, amount FROM transactions_entry WHERE transaction_id = t.id OFFSET 0
        ) AS e
    )
    SELECT m.id, m.date, m.description, bool_or(m.amount < 0) FILTER (WHERE a.kind = 'category'),
        (array_agg(a.id) FILTER (WHERE a.kind = 'category' AND a.archived_at IS NULL))[1],
        m.vendor_id
    FROM moved m JOIN accounts_account a ON a.id = m.account_id
    GROUP BY m.id, m.date, m.description, m.vendor_id
    HAVING count(*) <= 2 AND count(*) FILTER (WHERE a.kind = 'category') = 1
        AND count(*) FILTER (WHERE a.type NOT IN ('asset', 'liability')) = 1
    UNION ALL
    SELECT g.id, NULL, '', g.by_rule, g.category_id, g.vendor_id FROM ({GIVEN_TO_RECENT}) AS g
    ORDER BY 2 DESC NULLS FIRST, 1 DESC
"""


class History:
    """What texts were about in the latest transactions of a book."""

    def __init__(self, told: Iterable[Told]) -> None:
        """Take transactions, the newest first."""
        self._categories: dict[tuple[str, bool], _Votes] = {}
        self._vendors: dict[tuple[str, bool], _Votes] = {}
        self._of_others: dict[tuple[str, bool], Given] = {}
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
            return cls(_told(cursor.fetchall()))

    def given(self, text: str, *, comes_in: bool) -> Given:
        """Return what the history gives a text, for money that comes in or goes out."""
        if not self._categories and not self._vendors:
            return NOTHING
        place = key(text), comes_in
        categories, vendors = self._categories.get(place), self._vendors.get(place)
        if (categories and text in categories.exact) or (vendors and text in vendors.exact):
            return _given(categories, vendors, text)
        # All others of these words are told the same: a long file has many.
        found = self._of_others.get(place)
        if found is None:
            found = self._of_others[place] = _given(categories, vendors, text)
        return found


def _given(categories: _Votes | None, vendors: _Votes | None, text: str) -> Given:
    """Return what those who voted on the category and on the vendor give a text."""
    category, count = categories.decided(text) if categories else (None, 0)
    vendor, vendor_count = vendors.decided(text) if vendors else (None, 0)
    if category is None and vendor is None:
        return NOTHING
    return Given(
        category,
        REASON if category else "",
        vendor,
        REASON if vendor else "",
        count if category else vendor_count,
    )


def _told(rows: Iterable[Sequence[Any]]) -> Iterator[Told]:
    """Yield transactions; what they were given goes before them, a rule's word before a line's."""
    given: dict[tuple[UUID, bool], tuple[UUID | None, UUID | None]] = {}
    nothing = (None, None)
    for id, day, text, flag, category_id, vendor_id in rows:
        if day is None:
            given[id, flag] = category_id, vendor_id
            continue
        category, vendor = given.get((id, True), nothing)
        other_category, other_vendor = given.get((id, False), nothing)
        yield Told(
            *(text, flag, category_id, vendor_id),
            given_category=category or other_category,
            given_vendor=vendor or other_vendor,
        )
