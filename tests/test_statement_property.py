"""Whatever is bought, returned, paid and moved: the statements are the account."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from cards import Cardholder
from conftest import TODAY
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book
from invoices import services
from invoices.models import AllocationChoice, InvoiceLine
from invoices.queries import statements
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import Entry
from transactions.queries import balances
from transactions.queries.verification import verify

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 650).map(lambda days: FIRST + timedelta(days=days))
AMOUNTS = st.integers(1, 50_000).map(lambda cents: Decimal(cents) / 100)
PLACES = st.integers(0, 30)
STEPS = st.one_of(
    st.tuples(st.just("spend"), DAYS, AMOUNTS),
    st.tuples(st.just("refund"), DAYS, AMOUNTS),
    st.tuples(st.just("transfer"), DAYS, AMOUNTS),
    st.tuples(st.just("pay"), PLACES, st.none() | AMOUNTS),
    st.tuples(st.just("close"), PLACES, st.integers(-4, 4)),
    st.tuples(st.just("days"), st.integers(1, 31), st.integers(1, 31)),
    st.tuples(st.just("move"), PLACES, PLACES),
    st.tuples(st.just("back"), PLACES, st.none()),
    st.tuples(st.just("take_back"), PLACES, PLACES),
    st.tuples(st.just("choose"), PLACES, PLACES),
    st.tuples(st.just("delete"), PLACES, st.none()),
    st.tuples(st.just("change"), PLACES, DAYS),
)


class Play:
    """A card, and what may happen to it."""

    def __init__(self, holder: Cardholder, category: Account) -> None:
        self.holder, self.category, self.made = holder, category, []

    def step(self, verb: str, one: Any, other: Any) -> None:
        """Do it; what is refused changes nothing."""
        try:
            with transaction.atomic():
                getattr(self, f"do_{verb}")(one, other)
        except Refusal:
            return

    def _all(self) -> list[statements.Statement]:
        found = statements.of_cards(self.holder.book.id, TODAY)[self.holder.card.id]
        return found.statements

    def _one(self, place: int) -> statements.Statement:
        found = self._all()
        return found[place % len(found)]

    def _line(self, place: int, **only: Any) -> InvoiceLine | None:
        found = list(InvoiceLine.objects.filter(card=self.holder.card, **only))
        return found[place % len(found)] if found else None

    def do_spend(self, day: date, amount: Decimal) -> None:
        self.made.append(self.holder.spend(str(day), str(amount), self.category))

    def do_refund(self, day: date, amount: Decimal) -> None:
        self.made.append(self.holder.spend(str(day), str(-amount), self.category))

    def do_transfer(self, day: date, amount: Decimal) -> None:
        self.made.append(self.holder.transfer(str(day), str(amount)))

    def do_pay(self, place: int, amount: Decimal | None) -> None:
        invoice_id = self._one(place).invoice.id
        id = services.pay(**self.holder.who, invoice_id=invoice_id, today=TODAY, amount=amount)
        self.made.append(id)

    def do_close(self, place: int, days: int) -> None:
        row = self._one(place).invoice
        services.change_invoice(
            **self.holder.who,
            invoice_id=row.id,
            closes_on=row.closes_on + timedelta(days=days),
        )

    def do_days(self, closing: int, due: int) -> None:
        services.change_card(
            **self.holder.who, card_id=self.holder.card.id, today=TODAY, closing_day=closing,
            due_day=due, from_month=date(2025, 6, 1),
        )  # fmt: skip

    def do_move(self, place: int, to: int) -> None:
        if line := self._line(place):
            target = self._one(to).invoice.id
            services.move_line(**self.holder.who, entry_id=line.entry_id, invoice_id=target)

    def do_back(self, place: int, _: None) -> None:
        if line := self._line(place, chosen_month__isnull=False):
            services.move_line(**self.holder.who, entry_id=line.entry_id, invoice_id=None)

    def do_take_back(self, place: int, payment: int) -> None:
        parts = self._one(place).allocations
        for part in parts[:1]:
            if part.payment:
                services.take_back(
                    **self.holder.who, invoice_id=part.invoice_id,
                    entry_id=part.payment.entry_id, today=TODAY,
                )  # fmt: skip

    def do_choose(self, place: int, payment: int) -> None:
        if line := self._line(payment, section="payment"):
            services.allocate(
                **self.holder.who, invoice_id=self._one(place).invoice.id, entry_id=line.entry_id
            )

    def do_delete(self, place: int, _: None) -> None:
        if self.made:
            id = self.made.pop(place % len(self.made))
            ledger.delete(**self.holder.who, transaction_ids=[id])

    def do_change(self, place: int, day: date) -> None:
        if self.made:
            ledger.correct(
                **self.holder.who,
                transaction_id=self.made[place % len(self.made)],
                changes=Changes({"date": day}),
            )

    def look(self) -> None:
        """Check that the statements are the account."""
        account = self.holder.card.account_id
        entries = dict(Entry.objects.filter(account_id=account).values_list("id", "amount"))
        lines = dict(
            InvoiceLine.objects.filter(card=self.holder.card).values_list("entry_id", "amount")
        )
        assert lines == entries
        found = self._all()
        billed = list(
            InvoiceLine.objects.filter(invoice__card=self.holder.card).values_list("date", "amount")
        )
        posted = list(Entry.objects.filter(account_id=account).values_list("date", "amount"))
        # The days on which either changes, and so every day.
        for day in {on for on, _ in (*billed, *posted)}:
            of_statements = sum((amount for on, amount in billed if on <= day), Decimal(0))
            of_account = balances.balance(self.holder.book.id, account, day)
            assert of_statements == of_account
            assert of_account == sum((amount for on, amount in posted if on <= day), Decimal(0))
        owed = sum((one.total - one.invoice.payments for one in found), Decimal(0))
        assert owed == -sum(entries.values(), Decimal(0)) == found[-1].balance
        settlement = statements.of_cards(self.holder.book.id, TODAY)[self.holder.card.id].settlement
        given: dict[Any, Decimal] = {}
        for one in found:
            assert 0 <= one.paid <= max(one.total, Decimal(0))
            assert one.paid == sum((part.amount for part in one.allocations), Decimal(0))
            assert 0 <= one.unscheduled <= one.remaining
            assert all(part.payment.date <= TODAY for part in one.allocations if part.payment)
            assert all(part.payment and part.payment.date > TODAY for part in one.scheduled)
            for part in (*one.allocations, *one.scheduled):
                source = part.payment.entry_id if part.payment else part.credit_of
                given[source] = given.get(source, Decimal(0)) + part.amount
        had = {row.entry_id: row.amount for row in
               InvoiceLine.objects.filter(card=self.holder.card, section="payment")}  # fmt: skip
        had |= {one.invoice.id: -one.total for one in found if one.total < 0}
        for source, amount in had.items():
            kept = settlement.left.get(source, Decimal(0))
            kept += settlement.awaited.get(source, Decimal(0))
            assert given.get(source, Decimal(0)) + kept == amount
        assert set(given) <= set(had)
        refused = set(AllocationChoice.objects.filter(refused=True)
                      .values_list("invoice_id", "entry_id"))  # fmt: skip
        settled = {(one.invoice.id, part.payment.entry_id)
                   for one in found for part in (*one.allocations, *one.scheduled)
                   if part.payment}  # fmt: skip
        assert not refused & settled


@pytest.mark.django_db
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    steps=st.lists(STEPS, min_size=1, max_size=14),
    closing_day=st.integers(1, 31),
    due_day=st.integers(1, 31),
    is_next=st.booleans(),
)
def test_the_sum_of_the_statements_is_the_balance_of_the_account(
    book: Book,
    by: Actor,
    checking: Account,
    groceries: Account,
    steps: list[tuple[str, Any, Any]],
    closing_day: int,
    due_day: int,
    is_next: bool,
) -> None:
    with transaction.atomic():
        holder = Cardholder(
            book, by, checking,
            closing_day=closing_day, due_day=due_day, closing_day_is_next=is_next,
        )  # fmt: skip
        play = Play(holder, groceries)
        for step in steps:
            play.step(*step)
        play.look()
        with transaction.get_connection().cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        assert [check for check in verify(book.id) if not check.ok] == []
        transaction.set_rollback(True)
