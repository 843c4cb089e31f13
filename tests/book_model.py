"""A book in plain Python: what the ledger should hold, and why it should refuse a change."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from buffet.money import decimals


@dataclass(frozen=True)
class Line:
    """One entry."""

    account: UUID
    currency: str
    amount: Decimal
    external_id: str = ""


@dataclass(frozen=True)
class Simple:
    """The simple form of a transaction."""

    account: UUID
    amount: Decimal
    category: UUID | None = None
    transfer_to: UUID | None = None
    arrives: Decimal | None = None
    external_id: str = ""


@dataclass(frozen=True)
class Kept:
    """A transaction; those changed by their entries have no simple form here any more."""

    day: date
    lines: tuple[Line, ...]
    form: Simple | None = None


@dataclass
class Model:
    """The whole book."""

    #: currency of each real account
    real: dict[UUID, str] = field(default_factory=dict)
    #: type and parent of each category
    categories: dict[UUID, tuple[str, UUID | None]] = field(default_factory=dict)
    #: the book's own accounts by kind and type
    own: dict[tuple[str, str], UUID] = field(default_factory=dict)
    archived: set[UUID] = field(default_factory=set)
    closed: set[date] = field(default_factory=set)
    there: dict[UUID, Kept] = field(default_factory=dict)
    deleted: dict[UUID, Kept] = field(default_factory=dict)

    # What a change would make

    def lines(self, form: Simple) -> tuple[Line, ...]:
        """Return the entries of the simple form."""
        here = self.real[form.account]
        own = Line(form.account, here, form.amount, form.external_id)
        if form.transfer_to is None:
            side = "expense" if form.amount < 0 else "income"
            category = form.category or self.own["uncategorized", side]
            return own, Line(category, here, -form.amount)
        there = self.real[form.transfer_to]
        if here == there:
            return own, Line(form.transfer_to, there, -form.amount)
        arrives = form.arrives or Decimal(0)
        arrives = arrives if form.amount < 0 else -arrives
        conversion = self.own["conversion", "equity"]
        return (
            own,
            Line(form.transfer_to, there, arrives),
            Line(conversion, here, -form.amount),
            Line(conversion, there, -arrives),
        )

    # Why it is refused: the codes, any of which may be said

    def faults_of_form(self, form: Simple) -> set[str]:
        """Return what is wrong with a simple form by itself."""
        found = set()
        if form.transfer_to is not None:
            crosses = self.real[form.account] != self.real[form.transfer_to]
            if form.account == form.transfer_to:
                found.add("transfer_to_itself")
            if form.category is not None:
                found.add("transfer_with_category")
            if crosses and form.arrives is None:
                found.add("required")
            if not crosses and form.arrives not in (None, abs(form.amount)):
                found.add("other_amount")
        elif form.arrives is not None:
            found.add("not_a_transfer")
        return found

    def faults(
        self, days: Iterable[date], lines: Sequence[Line], besides: UUID | None = None
    ) -> set[str]:
        """Return what is wrong with entries on these days; `besides` is being rewritten."""
        found = set()
        if any(day.replace(day=1) in self.closed for day in days):
            found.add("month_closed")
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for line in lines:
            sums[line.currency] += line.amount
            if not line.amount:
                found.add("zero")
            if line.amount != round(line.amount, decimals(line.currency)):
                found.add("too_many_decimals")
            if line.account in self.archived:
                found.add("archived")
            if line.account not in (*self.real, *self.categories, *self.own.values()):
                found.add("not_found")
        if any(sums.values()):
            found.add("unbalanced")
        if len({line.account for line in lines}) < 2:
            found.add("transfer_to_itself")
        taken = [(line.account, line.external_id) for line in lines if line.external_id]
        for id, kept in self.there.items():
            if id != besides:
                taken += {(line.account, line.external_id) for line in kept.lines}
        if any(line.external_id and taken.count((line.account, line.external_id)) > 1
               for line in lines):  # fmt: skip
            found.add("duplicate")
        return found

    def faults_of_merge(self, source: UUID, target: UUID) -> set[str]:
        """Return what stands in the way of a merge."""
        found = set()
        if target in self.subtree(source):
            found.add("merge_of_itself")
        if self.categories[source][0] != self.categories[target][0]:
            found.add("merge_of_types")
        of_target = {line.external_id for line in self.lines_on(target)} - {""}
        if any(line.external_id in of_target for line in self.lines_on(source)):
            found.add("duplicate")
        for kept in self.there.values():
            accounts = {line.account for line in kept.lines}
            if source in accounts and kept.day.replace(day=1) in self.closed:
                found.add("month_closed")
            if source in accounts and accounts <= {source, target}:
                found.add("merge_empties")
        return found

    def faults_of_move(self, category: UUID, parent: UUID | None) -> set[str]:
        """Return what stands in the way of a category's move."""
        found = set()
        if parent is not None and parent in self.subtree(category):
            found.add("cycle")
        if parent is not None and self.categories[parent][0] != self.categories[category][0]:
            found.add("other_type")
        return found

    def faults_of_deletion(self, account: UUID) -> set[str]:
        """Return what stands in the way of an account's deletion."""
        found = {"has_entries"} if self.lines_on(account) else set()
        if any(parent == account for _, parent in self.categories.values()):
            found.add("has_children")
        return found

    # Questions

    def subtree(self, category: UUID) -> set[UUID]:
        """Return a category and all below it."""
        below = {id for id, (_, parent) in self.categories.items() if parent == category}
        return {category}.union(*(self.subtree(id) for id in below))

    def lines_on(self, account: UUID) -> list[Line]:
        """Return the entries on an account."""
        lines = (line for kept in self.there.values() for line in kept.lines)
        return [line for line in lines if line.account == account]

    def balances(self, on: date) -> dict[UUID, Decimal]:
        """Return what is on each real account at the end of a day."""
        sums = dict.fromkeys(self.real, Decimal(0))
        for kept in self.there.values():
            for line in kept.lines:
                if kept.day <= on and line.account in sums:
                    sums[line.account] += line.amount
        return sums

    def months(self) -> dict[tuple[UUID, str, date], tuple[Decimal, Decimal, int]]:
        """Return (debit, credit, entries) by account, currency and month."""
        sums: dict[tuple[UUID, str, date], tuple[Decimal, Decimal, int]] = {}
        for kept in self.there.values():
            for line in kept.lines:
                key = line.account, line.currency, kept.day.replace(day=1)
                debit, credit, entries = sums.get(key, (Decimal(0), Decimal(0), 0))
                debit, credit = debit + max(line.amount, 0), credit + max(-line.amount, 0)
                sums[key] = debit, credit, entries + 1
        return sums

    # Changes that touch more than one transaction

    def merge(self, source: UUID, target: UUID) -> None:
        """Move everything of one category into another."""
        for id, kept in self.there.items():
            lines = tuple(
                replace(line, account=target) if line.account == source else line
                for line in kept.lines
            )
            form = kept.form
            if form is not None and form.category == source:
                form = replace(form, category=target)
            self.there[id] = replace(kept, lines=lines, form=form)
        for id, (type, parent) in self.categories.items():
            if parent == source:
                self.categories[id] = type, target
        self.drop(source)

    def drop(self, account: UUID) -> None:
        """Forget an account."""
        self.real.pop(account, None)
        self.categories.pop(account, None)
        self.archived.discard(account)
