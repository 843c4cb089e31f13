"""What a book's own transactions with the same words were about."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

from transactions.classifying.rules import NOTHING, Given
from transactions.classifying.texts import key

#: How many of one text count.
LAST = 5
REASON = "history"


#: A transaction's id, whether this is what it was given or what it is, its text, whether money came
#: in (of what it was given: whether by a rule), the ids of its category and of its vendor.
Row = tuple[str, bool, str, bool, str | None, str | None]


@dataclass(frozen=True, slots=True)
class Told:
    """What a transaction was about, and what it had been given by a proposal, if by one."""

    text: str
    comes_in: bool
    category_id: str | None
    vendor_id: str | None
    given_category: str | None = None
    given_vendor: str | None = None


@dataclass(slots=True)
class _Votes:
    """For one text's words and one direction: what counts, the newest first.

    What was proposed and nobody touched is an echo, or proposals would confirm themselves: it
    counts only where no person ever said anything. What a person put in its place of the same text
    counts before all else.
    """

    own: list[str] = field(default_factory=list)
    echoes: list[str] = field(default_factory=list)
    exact: dict[str, str] = field(default_factory=dict)
    corrected: dict[str, str] = field(default_factory=dict)

    def add(self, text: str, value: str, given: str | None) -> None:
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

    def decided(self, text: str) -> tuple[str | None, int]:
        """Return what a text is about, and how many say so; None if that is not clear."""
        if text in self.corrected:
            return self.corrected[text], 1
        last = self.own or self.echoes
        if last:
            value, count = Counter(last).most_common(1)[0]
            if count >= 2 and 2 * count > len(last):
                return value, count
        return self.exact.get(text), 1


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
        UUID(category) if category else None,
        REASON if category else "",
        UUID(vendor) if vendor else None,
        REASON if vendor else "",
        count if category else vendor_count,
    )


def told_by(rows: Iterable[Row]) -> Iterator[Told]:
    """Yield transactions of what `known.known_of` read, a rule's word before a line's."""
    given: dict[tuple[str, bool], tuple[str | None, str | None]] = {}
    nothing = (None, None)
    for id, is_given, text, flag, category_id, vendor_id in rows:
        if is_given:
            given[id, flag] = category_id, vendor_id
            continue
        category, vendor = given.get((id, True), nothing)
        other_category, other_vendor = given.get((id, False), nothing)
        yield Told(
            *(text, flag, category_id, vendor_id),
            given_category=category or other_category,
            given_vendor=vendor or other_vendor,
        )
