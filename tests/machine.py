"""A book that random verbs are played on, and beside it the model of what it should hold."""

import random
from collections.abc import Callable, Collection
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from book_model import Model
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition
from raw import one, run

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book
from buffet.money import decimals, text
from transactions import services as ledger
from transactions.chart import Chart
from transactions.queries import balances
from transactions.queries.verification import verify

TODAY = date(2026, 6, 15)
CURRENCIES = ("BRL", "BRL", "USD", "JPY", "KWD", "BTC")
DAYS = st.integers(-20, 110).map(lambda ago: TODAY - timedelta(days=ago))
MONTHS = st.integers(-1, 3).map(lambda ago: (TODAY - timedelta(days=30 * ago)).replace(day=1))
EXTERNAL_IDS = st.sampled_from(["", "", "", "a", "b"])


#: Verbs about the chart and months come now and then, between those that move money.
sometimes = precondition(lambda self: self.calls % 4 == 0)


@st.composite
def amounts(draw: st.DrawFn, currency: str, least: int = -99_999) -> Decimal:
    """Draw an amount, now and then one that the currency has not."""
    units = draw(st.integers(least, 99_999).filter(bool))
    odd = draw(st.integers(0, 11))
    if odd == 0:
        return Decimal(0)
    return Decimal(units * 10 + 1 if odd == 1 else units).scaleb(-decimals(currency) - (odd == 1))


class Machine(RuleBasedStateMachine):
    """The book, the model, and what must hold after each verb; the verbs are in subclasses."""

    def __init__(self) -> None:
        super().__init__()
        self.who = {
            "book": Book.objects.create(name="Property", base_currency="BRL"),
            "by": Actor(None, "test"),
        }
        self.book = self.who["book"]
        self.model = Model()
        self.names = self.calls = 0

    def teardown(self) -> None:
        broken = [check for check in verify(self.book.id) if not check.ok]
        assert not broken, broken

    @initialize()
    def begin(self) -> None:
        with_own = Chart.read(self.book.id, [])
        for own in Account.objects.filter(book=self.book):
            self.model.own[own.kind, own.type] = with_own.system(own.kind, own.type).id
        for currency in ("BRL", "BRL", "USD"):
            self.model.real[self.account(currency).id] = currency
        for type in ("expense", "expense", "income"):
            self.category(type, None)

    def name(self) -> str:
        self.names += 1
        return f"Name {self.names}"

    def does(self, faults: Collection[str], change: Callable[[], Any]) -> Any:
        """Make a change and return what it returns; it is refused as the model says, or not."""
        self.calls += 1
        before = self.version()
        try:
            done = change()
        except Refusal as refusal:
            said = {fault.code for fault in refusal.faults} or {refusal.code}
            assert said & set(faults), (said, faults)
            assert self.version() == before
            return None
        assert not faults, faults
        assert self.version() in (before, before + 1)
        return done

    def version(self) -> int:
        return one("SELECT version FROM buffet_book WHERE id = %s", self.book.id)

    def draw(self, data: st.DataObject, among: Collection[UUID]) -> UUID:
        return data.draw(st.sampled_from(sorted(among)))

    def account(self, currency: str, **fields: Any) -> Account:
        return ledger.open_account(
            **self.who, today=TODAY, name=self.name(), kind="cash", currency=currency, **fields
        )

    def category(self, type: str, parent: UUID | None) -> None:
        made = chart.create_category(**self.who, name=self.name(), type=type, parent_id=parent)
        self.model.categories[made.id] = type, parent

    # What must hold after each of them

    @invariant()
    def the_entries_are_those_of_the_model(self) -> None:
        rows = run(
            "SELECT transaction_id, date, account_id, currency, amount, external_id "
            "FROM transactions_entry WHERE book_id = %s",
            self.book.id,
        )
        expected = [
            (id, kept.day, line.account, line.currency, line.amount, line.external_id)
            for id, kept in self.model.there.items()
            for line in kept.lines
        ]
        assert sorted(rows) == sorted(expected)

    @invariant()
    def the_months_are_those_of_the_model(self) -> None:
        rows = run(
            "SELECT account_id, currency, month, debit, credit, entries "
            "FROM transactions_monthlybalance WHERE book_id = %s "
            "AND (debit, credit, entries) <> (0, 0, 0)",
            self.book.id,
        )
        found = {(account, code, month): tuple(sums) for account, code, month, *sums in rows}
        assert found == self.model.months()

    @invariant()
    def the_balances_are_those_of_the_model(self) -> None:
        some_day = TODAY - timedelta(days=random.Random(self.calls).randint(-25, 115))
        for on in (TODAY, some_day):
            found = {row["id"]: row["balance"] for row in balances.accounts(self.book.id, on)}
            expected = self.model.balances(on)
            assert found == {
                str(id): text(total, self.model.real[id]) for id, total in expected.items()
            }
