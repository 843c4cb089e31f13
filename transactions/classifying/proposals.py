"""What texts would be given: by a book's rules, and where they say nothing by its past.

Nothing here asks the database, so that long work can be done in another process.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import islice
from typing import Any
from uuid import UUID

import orjson

from transactions.classifying import rules
from transactions.classifying.history import History, Row, told_by
from transactions.classifying.rules import Given, PlainRule, Rulebook, asks_amount

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


def written(known: Known, account_id: UUID, texts: Iterable[Text]) -> Iterator[bytes]:
    """Write what texts of lines of an account would be given, each looked at once.

    Yields arrays of JSON, each of some objects: `description`, `comes_in`, `amount` (None where it
    does not count), `category`, `why`, `vendor` and `why_vendor`.
    """
    proposed = iter(_proposed(Proposer.of(known), account_id, list(texts)))
    while part := list(islice(proposed, _TOGETHER)):
        yield orjson.dumps(part)


def _proposed(
    proposer: Proposer, account_id: UUID, texts: Sequence[Text]
) -> Iterator[dict[str, Any]]:
    meeting = proposer.rulebook.of_texts(text for text, _, _ in texts)
    by_amount = {text for text, met in meeting.items() if asks_amount(met)}
    seen: set[tuple[str, bool]] = set()
    for text, comes_in, said in texts:
        counts = text in by_amount
        if not counts:
            if (text, comes_in) in seen:
                continue
            seen.add((text, comes_in))
        amount = Decimal(said) if counts and said is not None else _SIGNS[comes_in]
        given = proposer.given(text, amount, account_id, meeting.get(text, ()))
        yield {
            "description": text,
            "comes_in": comes_in,
            "amount": said if counts else None,
            "category": given.category_id,
            "why": given.category_reason,
            "vendor": given.vendor_id,
            "why_vendor": given.vendor_reason,
        }
