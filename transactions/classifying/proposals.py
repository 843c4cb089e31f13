"""What a transaction would be given: by a book's rules, and where they say nothing by its past."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from uuid import UUID

from transactions.classifying import rules
from transactions.classifying.history import History
from transactions.classifying.rules import Given, Rulebook
from transactions.models import Rule


@dataclass(frozen=True, slots=True)
class Proposer:
    """A book's rules and its history."""

    rulebook: Rulebook
    history: History

    @classmethod
    def of_book(cls, book_id: UUID) -> "Proposer":
        """Read the rules in force and the history of a book, in two statements."""
        return cls(Rulebook(list(active_rules(book_id))), History.of_book(book_id))

    def given(
        self,
        text: str,
        amount: Decimal,
        account_id: UUID | None,
        meeting: Sequence[Rule] | None = None,
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


def active_rules(book_id: UUID) -> "list[Rule]":
    """Return a book's rules that are in force, in their order."""
    rows = Rule.objects.filter(book_id=book_id, is_active=True).select_related("category")
    return list(rows.order_by("position", "id"))
