"""What becomes of a purchase in parcels and of its card's statements: foretold, then done so."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

from django import forms
from django.db import connection
from django.db.transaction import set_rollback

from buffet.audit import writing
from buffet.errors import ChangedMeanwhile
from buffet.money import Money
from invoices.models import InstallmentPlan
from invoices.queries import installments, statements
from invoices.queries.installments import Figures, Parcel
from reports.deeds import Deed
from reports.once import Once
from reports.requests import PageRequest


@dataclass(frozen=True, slots=True)
class Bill:
    """A statement that comes to something else: its total before and after."""

    month: date
    due_on: date
    before: Money
    after: Money


@dataclass(frozen=True, slots=True)
class Outlook:
    """What something made of a plan's parcels, and of the statements of its card.

    `before` has the parcels that were there by number; `dues` when each statement is due by month.
    """

    plan: InstallmentPlan
    before: Mapping[int, Parcel]
    parcels: Sequence[Parcel]
    bills: Sequence[Bill]
    dues: Mapping[date, date]
    today: date

    @property
    def moved(self) -> Sequence[tuple[Parcel, Parcel]]:
        """The parcels of which something became, each as it was and as it is."""
        pairs = [
            (self.before[one.number], one) for one in self.parcels if one.number in self.before
        ]
        return [(was, one) for was, one in pairs if was.fate != one.fate]

    @property
    def worth(self) -> Money:
        """What the moved parcels cost."""
        return self._money(sum((one.amount for _, one in self.moved), Decimal(0)))

    @property
    def month(self) -> date:
        """The month of the statement that they come to."""
        return self.moved[-1][1].month

    @property
    def due_on(self) -> date:
        """When that statement is due."""
        return self.dues[self.month]

    @property
    def figures(self) -> Figures:
        """What the plan comes to."""
        return installments.figures(self.parcels, self.plan.total, self.plan.parcels, self.today)

    @property
    def remaining(self) -> Money:
        """What is still to come of the plan."""
        return self._money(self.figures.remaining)

    @property
    def mark(self) -> str:
        """What is the same for two of these exactly if the same became of parcels and statements.

        What else is on the statements may change meanwhile.
        """
        parcels = [(one.number, one.date, one.month, one.amount, one.fate) for one in self.parcels]
        bills = [
            (one.month, one.due_on, one.after.amount - one.before.amount) for one in self.bills
        ]
        return sha256(repr((parcels, bills)).encode()).hexdigest()[:32]

    def _money(self, amount: Decimal) -> Money:
        return Money(amount, self.plan.card.account.currency)


def outlook(
    book_id: UUID, card_id: UUID, today: date, does: Callable[[], InstallmentPlan], *ids: UUID
) -> Outlook:
    """Do something that makes or changes a plan of a card, and return what became of it.

    `ids` names the plan, if it is there already. For who holds the book's lock.

    :raises Refusal: if the service will not.
    """
    before = installments.of_plans(book_id, ids)
    bills = _totals(book_id, card_id, today)
    plan = does()
    after = _totals(book_id, card_id, today)
    none = Money(Decimal(0), plan.card.account.currency)
    return Outlook(
        plan=plan,
        before={one.number: one for id in ids for one in before[id]},
        parcels=installments.of_plans(book_id, [plan.id])[plan.id],
        bills=[
            Bill(month, due_on, bills.get(month, (due_on, none))[1], total)
            for month, (due_on, total) in after.items()
            if bills.get(month, (due_on, none))[1] != total
        ],
        dues={month: due_on for month, (due_on, _) in after.items()},
        today=today,
    )


def _totals(book_id: UUID, card_id: UUID, today: date) -> dict[date, tuple[date, Money]]:
    """Return when each statement of a card is due and what it adds, by month."""
    found = statements.of_cards(book_id, today, [card_id])[card_id]
    return {
        one.invoice.month: (one.invoice.due_on, Money(one.total, one.currency))
        for one in found.statements
    }


class Foretold(Once, Deed):
    """Something about parcels that is told to the cent before it is done, and then done as told.

    Sent for the first time it is carried out to its last check and taken back; `told` is what came
    of it. Sent with the mark of that, it is done, if the same comes of it: to the plan `plan_id`.
    """

    request: PageRequest
    told: Outlook | None = None
    plan_id: UUID | None = None
    seen = forms.CharField(required=False, max_length=32, widget=forms.HiddenInput)

    def does(self) -> Outlook:
        """Do it and return what came of it, for who holds the book's lock.

        :raises Refusal: if the service will not.
        """
        raise NotImplementedError  # each deed says what it does

    @property
    def as_told(self) -> Sequence[Any]:
        """The fields that say again what was told, none of which is shown."""
        return [field.as_hidden() for field in self]

    def carry_out(self) -> None:
        """Do what was told before and keep whose plan it is, or tell what would be done.

        :raises ChangedMeanwhile: if something else would come of it by now, which is told.
        :raises Refusal: if the service will not.
        """
        if not self.cleaned_data["seen"]:
            self._foretell()
            return
        try:
            self.plan_id = self.once(self._as_seen)
        except ChangedMeanwhile:
            self._foretell()
            raise

    def _as_seen(self) -> UUID:
        done = self.does()
        if done.mark != self.cleaned_data["seen"]:
            raise ChangedMeanwhile
        return done.plan.id

    def _foretell(self) -> None:
        with writing(self.who["book"].id, by=self.who["by"]):
            told = self.does()
            with connection.cursor() as cursor:
                # As a commit would.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            set_rollback(True)
        self.told, self.data = told, self.data.copy()
        self.data[self.add_prefix("seen")] = told.mark
