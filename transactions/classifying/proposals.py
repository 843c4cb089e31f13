"""What texts would be given: by a book's rules, and where they say nothing by its past.

Nothing here asks the database, so that long work can be done in another process.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson

from transactions.classifying import rules
from transactions.classifying.history import History, Row, told_by
from transactions.classifying.rules import Given, PlainRule, Rulebook, asks_amount

T = TypeVar("T")
#: The text of lines, whether their money comes in, and the amount, where rules ask for it.
Text = tuple[str, bool, str | None]
#: An amount that goes out, and one that comes in.
_SIGNS = Decimal(-1), Decimal(1)
#: How many proposals are written together, so that not all of a long file's are held at once.
_TOGETHER = 20_000


@dataclass(frozen=True, slots=True)
class Known:
    """A book's rules in force, in their order, and rows of its latest transactions."""

    rules: Sequence[PlainRule]
    told: Sequence[Row]

    @property
    def asks_amount(self) -> bool:
        """Whether more than the sign of an amount counts."""
        return asks_amount(self.rules)


#: Of a book in which nothing is to be looked up.
NOTHING_KNOWN = Known((), ())


@dataclass(frozen=True, slots=True)
class Proposer:
    """A book's rules and its history."""

    rulebook: Rulebook
    history: History

    @classmethod
    def of(cls, known: Known) -> "Proposer":
        """Make them of what was read."""
        return cls(Rulebook(known.rules), History(told_by(known.told)))

    def given(
        self,
        text: str,
        amount: Decimal,
        account_id: UUID | None,
        meeting: Sequence[PlainRule] | None = None,
    ) -> Given:
        """Return what a transaction would be given; `meeting` are the rules its text meets."""
        meeting = self.rulebook.of_text(text) if meeting is None else meeting
        ruled = rules.given(meeting, amount, account_id)
        if ruled.category_id is not None and ruled.vendor_id is not None:
            return ruled
        past = self.history.given(text, comes_in=amount > 0)
        if past is rules.NOTHING:
            return ruled
        if ruled is rules.NOTHING:
            return past
        if ruled.category_id is None:
            ruled = replace(
                ruled,
                category_id=past.category_id,
                category_reason=past.category_reason,
                count=past.count,
            )
        if ruled.vendor_id is None:
            ruled = replace(ruled, vendor_id=past.vendor_id, vendor_reason=past.vendor_reason)
        return ruled


class Lookup(Generic[T]):
    """What lines of an account are given, in some shape; each text is looked at once.

    Only where rules ask for the amount, each amount of a text is looked at.
    """

    def __init__(self, proposer: Proposer, account_id: UUID, shape: Callable[[Given], T]) -> None:
        self._proposer, self._account_id, self._shape = proposer, account_id, shape
        self._by_amount: dict[str, list[PlainRule]] = {}
        self._found: dict[tuple[str, bool], T] = {}

    def of(self, text: str, amount: Decimal) -> T:
        """Return what a text is given, for an amount."""
        place = text, amount > 0
        found = self._found.get(place)
        if found is None:
            meeting = self._by_amount.get(text)
            if meeting is None:
                meeting = self._proposer.rulebook.of_text(text)
            found = self._shape(self._proposer.given(text, amount, self._account_id, meeting))
            if asks_amount(meeting):
                self._by_amount[text] = meeting
            else:
                self._found[place] = found
        return found

    def counts_amount(self, text: str) -> bool:
        """Whether rules ask for the amounts of a text that was looked at."""
        return text in self._by_amount


def written(known: Known, account_id: UUID, texts: Iterable[Text]) -> Iterator[bytes]:
    """Write what texts of lines of an account would be given, each looked at once.

    Yields arrays of JSON, each of some objects: `description`, `comes_in`, `amount` (None where it
    does not count), `category`, `why`, `vendor` and `why_vendor`.
    """
    # All are taken before the first is given: whoever asks may have but one cursor.
    proposed = _proposed(Proposer.of(known), account_id, list(texts))
    while part := list(islice(proposed, _TOGETHER)):
        yield orjson.dumps(part)


def _proposed(
    proposer: Proposer, account_id: UUID, texts: Iterable[Text]
) -> Iterator[dict[str, Any]]:
    lookup: Lookup[Given] = Lookup(proposer, account_id, lambda given: given)
    seen: set[tuple[str, bool]] = set()
    for text, comes_in, said in texts:
        given = lookup.of(text, _SIGNS[comes_in] if said is None else Decimal(said))
        counts = lookup.counts_amount(text)
        if not counts:
            if (text, comes_in) in seen:
                continue
            seen.add((text, comes_in))
        yield {
            "description": text,
            "comes_in": comes_in,
            "amount": said if counts else None,
            "category": given.category_id,
            "why": given.category_reason,
            "vendor": given.vendor_id,
            "why_vendor": given.vendor_reason,
        }
