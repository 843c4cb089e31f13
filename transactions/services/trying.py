"""What rules would change about what is recorded; nothing changes."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from buffet.errors import Fault, Invalid, Refusal, invalid
from buffet.models import Book
from transactions.classifying.known import active_rules, plain
from transactions.classifying.rules import Given, PlainRule, Rulebook, given
from transactions.drafts import Changes, Correction, EntryChange
from transactions.models import Rule
from transactions.queries.rule_candidates import Candidate, candidates
from transactions.services.correcting import refusals
from transactions.services.rules import refuse_wrong

#: How many transactions one call looks at, and how many it changes at most.
MOST_LOOKED_AT, MOST_CHANGED = 100_000, 5_000


class RangeTooLong(Refusal):
    """These days have more than 100,000 transactions to look at: choose fewer days."""

    code = "range_too_long"
    pointer = "/date_from"


@dataclass(frozen=True, slots=True)
class Difference:
    """What rules would change about a transaction: None stays. `refusal` says why it cannot be."""

    found: Candidate
    category_id: UUID | None
    vendor_id: UUID | None
    category_reason: str = ""
    vendor_reason: str = ""
    refusal: Refusal | None = None

    @property
    def correction(self) -> Correction:
        """The correction that carries it out; of the entries, only the category's is touched."""
        header = {"vendor_id": self.vendor_id} if self.vendor_id else {}
        return Correction(
            self.found.id, Changes(header, moved(self.found.entry_id, self.category_id))
        )


def moved(entry_id: UUID, category_id: UUID | None) -> tuple[EntryChange, ...]:
    """Return how an entry changes its category; not at all for None."""
    return (EntryChange(entry_id, given={"account_id": category_id}),) if category_id else ()


@dataclass(slots=True)
class Trial:
    """What rules would change; with `more`, that is not all, and the rest comes with a next call.

    `kept` counts what the rules would give another value, were it not somebody's own.
    """

    differences: list[Difference] = field(default_factory=list)
    looked_at: int = 0
    kept: int = 0
    more: bool = False

    @property
    def refused(self) -> list[Difference]:
        """What the ledger refuses."""
        return [one for one in self.differences if one.refusal is not None]

    def refuse(self, outcomes: Sequence[object]) -> None:
        """Take note of what the ledger said to each difference."""
        self.differences = [
            replace(one, refusal=said) if isinstance(said, Refusal) else one
            for one, said in zip(self.differences, outcomes, strict=True)
        ]


def try_rules(
    *,
    book: Book,
    first: date,
    last: date,
    rule_ids: Sequence[UUID] = (),
    draft: dict[str, Any] | None = None,
    only_uncategorized: bool = True,
) -> Trial:
    """Return what rules would change between two days.

    The rules are a `draft` of one, those of `rule_ids` in the book's order, or all in force.

    :raises Invalid: if the draft is wrong, or the book has not every rule.
    :raises RangeTooLong: if there are too many transactions.
    """
    rules = chosen(book, rule_ids) if draft is None else [_drafted(book, draft)]
    trial = found(book, rules, first, last, only_uncategorized=only_uncategorized)
    trial.refuse(refusals(book.id, [one.correction for one in trial.differences]))
    return trial


def _drafted(book: Book, draft: dict[str, Any]) -> Rule:
    wanted = Rule(book=book, **draft)
    try:
        refuse_wrong(wanted)
    except Invalid as error:
        raise Invalid(
            [Fault(f"/rule{one.pointer}", one.code, one.detail) for one in error.faults]
        ) from None
    return wanted


def chosen(book: Book, rule_ids: Sequence[UUID]) -> list[Rule]:
    """Return some of a book's rules in its order, or those in force.

    :raises Invalid: if the book has not every one of them.
    """
    if not rule_ids:
        return active_rules(book.id)
    rows = Rule.objects.filter(book=book, id__in=rule_ids).select_related("category")
    rules = list(rows.order_by("position", "id"))
    known = {rule.id for rule in rules}
    for place, id in enumerate(rule_ids):
        if id not in known:
            raise invalid(f"/rules/{place}", "not_found", "There is no such rule in this book.")
    return rules


def found(
    book: Book, rules: Sequence[Rule], first: date, last: date, *, only_uncategorized: bool
) -> Trial:
    """Return what rules would change, without asking the ledger.

    :raises RangeTooLong: if there are too many transactions.
    """
    trial, rulebook = Trial(), Rulebook(plain(rules))
    meeting: dict[str, list[PlainRule]] = {}
    if not rules:
        return trial
    for one in candidates(book.id, first, last, uncategorized=only_uncategorized):
        trial.looked_at += 1
        if trial.looked_at > MOST_LOOKED_AT:
            raise RangeTooLong
        met = meeting.get(one.description)
        if met is None:
            met = meeting[one.description] = rulebook.of_text(one.description)
        difference = _difference(one, given(met, one.amount, one.account_id), trial)
        if difference is None:
            continue
        if len(trial.differences) == MOST_CHANGED:
            trial.more = True
            break
        trial.differences.append(difference)
    return trial


def _difference(one: Candidate, wanted: Given, trial: Trial) -> Difference | None:
    """Return what would change about a transaction; None for nothing."""
    category_id = wanted.category_id if wanted.category_id != one.category_id else None
    vendor_id = wanted.vendor_id if wanted.vendor_id != one.vendor_id else None
    if (category_id and not one.category_is_free) or (vendor_id and not one.vendor_is_free):
        trial.kept += 1
    category_id = category_id if one.category_is_free else None
    vendor_id = vendor_id if one.vendor_is_free else None
    if category_id is None and vendor_id is None:
        return None
    return Difference(
        one,
        category_id,
        vendor_id,
        wanted.category_reason if category_id else "",
        wanted.vendor_reason if vendor_id else "",
    )
