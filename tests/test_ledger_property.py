"""Random calls of every verb against a plain model: the same refusals, the same books."""

import os
import random
from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from book_model import Kept, Line, Model, Simple
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from raw import one, run

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book
from buffet.money import decimals, text
from transactions import services as ledger
from transactions.chart import Chart
from transactions.drafts import Changes, Draft, DraftEntry, EntryChange
from transactions.queries import balances
from transactions.queries.verification import verify

TODAY = date(2026, 6, 15)
CURRENCIES = ("BRL", "BRL", "USD", "JPY", "KWD", "BTC")
DAYS = st.integers(-20, 110).map(lambda ago: TODAY - timedelta(days=ago))
MONTHS = st.integers(-1, 3).map(lambda ago: (TODAY - timedelta(days=30 * ago)).replace(day=1))
EXTERNAL_IDS = st.sampled_from(["", "", "", "a", "b"])
MORE_EXAMPLES = os.environ.get("PROPERTY_EXAMPLES")


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


class Books(RuleBasedStateMachine):
    """A book, and beside it the model of what it should hold."""

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

    # Accounts

    def account(self, currency: str, **fields: Any) -> Account:
        return ledger.open_account(
            **self.who, today=TODAY, name=self.name(), kind="cash", currency=currency, **fields
        )

    def category(self, type: str, parent: UUID | None) -> None:
        made = chart.create_category(**self.who, name=self.name(), type=type, parent_id=parent)
        self.model.categories[made.id] = type, parent

    @sometimes
    @precondition(lambda self: len(self.model.real) < 7)
    @rule(data=st.data(), currency=st.sampled_from(CURRENCIES), day=DAYS)
    def open_account(self, data: st.DataObject, currency: str, day: date) -> None:
        opening = data.draw(amounts(currency))
        # Before it exists, the account stands in for itself.
        new, equity = UUID(int=0), self.model.own["opening_balances", "equity"]
        self.model.real[new] = currency
        lines = (Line(new, currency, opening), Line(equity, currency, -opening))
        faults = self.model.faults([day], lines) if opening else set()
        del self.model.real[new]

        done = self.does(
            faults, lambda: self.account(currency, opened_on=day, opening_balance=opening)
        )

        if done:
            self.model.real[done.id] = currency
            if opening:
                sql = "SELECT transaction_id FROM transactions_entry WHERE account_id = %s"
                own = replace(lines[0], account=done.id)
                self.model.there[one(sql, done.id)] = Kept(day, (own, lines[1]))

    @sometimes
    @precondition(lambda self: len(self.model.categories) < 8)
    @rule(data=st.data(), type=st.sampled_from(["expense", "income"]))
    def create_category(self, data: st.DataObject, type: str) -> None:
        parents = [id for id, (of, _) in self.model.categories.items() if of == type]
        below = data.draw(st.booleans()) and parents
        self.category(type, self.draw(data, parents) if below else None)

    @sometimes
    @rule(data=st.data(), to_top=st.integers(0, 3))
    def move_category(self, data: st.DataObject, to_top: int) -> None:
        model = self.model
        id = self.draw(data, model.categories)
        parent = self.draw(data, model.categories) if to_top else None

        done = self.does(
            model.faults_of_move(id, parent),
            lambda: chart.change_category(**self.who, category_id=id, parent_id=parent),
        )

        if done:
            model.categories[id] = model.categories[id][0], parent

    @sometimes
    @rule(data=st.data(), closes=st.booleans())
    def archive_or_reopen(self, data: st.DataObject, closes: bool) -> None:
        archived = self.model.archived
        id = self.draw(data, [*self.model.real, *self.model.categories])
        # Few at a time, or there would be little left to record on.
        closes = closes and (id in archived or len(archived) < 2)
        if not closes and not archived:
            return
        verb = chart.archive_account if closes else chart.reopen_account
        code = "already_archived" if closes else "not_archived"

        done = self.does(
            {code} if closes == (id in archived) else (),
            lambda: verb(**self.who, account_id=id),
        )

        if done:
            (archived.add if closes else archived.remove)(id)

    @sometimes
    @rule(data=st.data())
    def delete_account(self, data: st.DataObject) -> None:
        model = self.model
        id = self.draw(data, [*model.real, *model.categories])
        if len(model.real) <= 3 or len(model.categories) <= 3:
            return

        faults = model.faults_of_deletion(id)
        self.does(faults, lambda: ledger.delete_account(**self.who, account_id=id))

        if not faults:
            model.drop(id)

    @sometimes
    @precondition(lambda self: len(self.model.categories) > 3)
    @rule(data=st.data())
    def merge_categories(self, data: st.DataObject) -> None:
        of = self.model.categories
        source = self.draw(data, of)
        target = self.draw(data, [id for id in of if of[id][0] == of[source][0] or id < source])

        done = self.does(
            self.model.faults_of_merge(source, target),
            lambda: ledger.merge_categories(**self.who, source_id=source, target_id=target),
        )

        if done:
            self.model.merge(source, target)

    # Months

    @sometimes
    @rule(month=MONTHS, closes=st.booleans())
    def close_or_reopen(self, month: date, closes: bool) -> None:
        closed = self.model.closed
        # One at a time, or there would be few days left to record on.
        if not closed and not closes:
            return
        if not closes or closed - {month}:
            faults = set() if month in closed else {"not_closed"}
            self.does(faults, lambda: ledger.reopen_month(**self.who, month=month))
            closed.discard(month)
            return
        faults = {"already_closed"} if month in closed else set()
        faults |= {"month_not_over"} if month >= TODAY.replace(day=1) else set()
        if self.does(faults, lambda: ledger.close_month(**self.who, month=month, today=TODAY)):
            closed.add(month)

    # Transactions

    def form(self, data: st.DataObject) -> Simple:
        """Draw a transaction in simple form."""
        model = self.model
        account = self.draw(data, model.real)
        form = Simple(
            account,
            data.draw(amounts(model.real[account])),
            external_id=data.draw(EXTERNAL_IDS),
        )
        kind = data.draw(st.sampled_from(["category", "transfer", "transfer", "neither"]))
        if kind == "category":
            return replace(form, category=self.draw(data, model.categories))
        if kind == "neither":
            return form
        to = self.draw(data, model.real)
        crosses = model.real[to] != model.real[account]
        arrives = data.draw(amounts(model.real[to], 1)) if crosses else None
        return replace(form, transfer_to=to, arrives=arrives)

    @rule(data=st.data(), day=DAYS)
    def record_simple(self, data: st.DataObject, day: date) -> None:
        form = self.form(data)
        wanted = Draft(
            date=day,
            description="Simple",
            account_id=form.account,
            amount=form.amount,
            category_id=form.category,
            transfer_to_id=form.transfer_to,
            transfer_amount=form.arrives,
            external_id=form.external_id,
        )
        lines = self.model.lines(form)

        self.record(wanted, Kept(day, lines, form), self.model.faults_of_form(form))

    @rule(data=st.data(), day=DAYS, balanced=st.integers(0, 7))
    def record_entries(self, data: st.DataObject, day: date, balanced: int) -> None:
        model = self.model
        currency = data.draw(st.sampled_from(sorted(set(model.real.values()))))
        own = [id for id, of in model.real.items() if of == currency]
        among = [*own, *model.categories]
        lines = [
            Line(self.draw(data, among), currency, data.draw(amounts(currency)))
            for _ in range(data.draw(st.integers(1, 4)))
        ]
        off = sum((line.amount for line in lines), Decimal(0)) - (balanced == 0)
        lines.insert(0, Line(self.draw(data, own), currency, -off, data.draw(EXTERNAL_IDS)))
        wanted = Draft(
            date=day,
            description="Entries",
            entries=tuple(
                DraftEntry(line.account, line.amount, currency, external_id=line.external_id)
                for line in lines
            ),
        )

        self.record(wanted, Kept(day, tuple(lines)), set())

    def record(self, wanted: Draft, kept: Kept, faults: set[str]) -> None:
        faults |= self.model.faults([kept.day], kept.lines)
        done = self.does(faults, lambda: ledger.record(**self.who, drafts=[wanted]))
        if done:
            self.model.there[done[0]] = kept

    def correct(self, id: UUID, changes: Changes, kept: Kept, faults: set[str]) -> None:
        days = {self.model.there[id].day, kept.day}
        faults |= self.model.faults(days, kept.lines, besides=id)
        done = self.does(
            faults, lambda: ledger.correct(**self.who, transaction_id=id, changes=changes)
        )
        if done:
            self.model.there[id] = kept

    @precondition(lambda self: any(kept.form for kept in self.model.there.values()))
    @rule(data=st.data())
    def correct_amount(self, data: st.DataObject) -> None:
        model = self.model
        id = self.draw(data, [id for id, kept in model.there.items() if kept.form])
        before = model.there[id]
        assert before.form is not None
        form = replace(before.form, amount=data.draw(amounts(before.lines[0].currency)))
        kept = Kept(before.day, model.lines(form), form)

        self.correct(id, Changes({"amount": form.amount}), kept, model.faults_of_form(form))

    @precondition(lambda self: any(kept.form for kept in self.model.there.values()))
    @rule(data=st.data(), day=DAYS)
    def correct_simple(self, data: st.DataObject, day: date) -> None:
        model = self.model
        id = self.draw(data, [id for id, kept in model.there.items() if kept.form])
        before, wanted = model.there[id].form, self.form(data)
        assert before is not None
        if wanted.transfer_to is not None:
            names = ["category", "transfer_to", "transfer_amount"]
        elif wanted.category is not None:
            names = ["category", "transfer_to"]
        else:
            names = ["amount", "external_id"]
        names = [name for name in ("account", *names) if data.draw(st.booleans())]
        roles = {"transfer_amount": "arrives"}
        given = {name: getattr(wanted, roles.get(name, name)) for name in names}
        form = replace(before, **{roles.get(name, name): value for name, value in given.items()})
        # As the service reads it: one of the two takes the other's place.
        if given.get("transfer_to") and "category" not in given:
            form = replace(form, category=None)
        if given.get("category") and "transfer_to" not in given:
            form = replace(form, transfer_to=None)
        if "transfer_amount" not in given and (
            form.transfer_to is None or model.real[form.account] == model.real[form.transfer_to]
        ):
            form = replace(form, arrives=None)
        faults = model.faults_of_form(form)
        references = ("account", "category", "transfer_to")
        sent = {f"{name}_id" if name in references else name: given[name] for name in given}
        moves = data.draw(st.booleans())
        kept = Kept(day if moves else model.there[id].day, model.lines(form), form)

        self.correct(id, Changes(sent | ({"date": day} if moves else {})), kept, faults)

    @precondition(lambda self: self.model.there)
    @rule(data=st.data(), day=DAYS)
    def correct_entries(self, data: st.DataObject, day: date) -> None:
        model = self.model
        id = self.draw(data, model.there)
        lines = list(model.there[id].lines)
        sql = "SELECT id FROM transactions_entry WHERE transaction_id = %s ORDER BY id"
        ids = [row for (row,) in run(sql, id)]
        at = data.draw(st.integers(0, len(lines) - 1))
        was = lines[at]
        what = data.draw(st.sampled_from(["double", "add", "remove", "move", "name", "unbalance"]))
        changes = []
        if what == "double":
            lines = [replace(line, amount=line.amount * 2) for line in lines]
            changes = [
                EntryChange(entry, given={"amount": line.amount})
                for entry, line in zip(ids, lines, strict=True)
            ]
        elif what == "add":
            part = data.draw(amounts(was.currency))
            account = self.draw(data, model.categories)
            lines[at] = replace(was, amount=was.amount - part)
            lines.append(Line(account, was.currency, part))
            given = {"account_id": account, "amount": part, "currency": was.currency}
            changes = [
                EntryChange(ids[at], given={"amount": lines[at].amount}),
                EntryChange(given=given),
            ]
        elif what == "remove":
            other = (at + 1) % len(lines)
            if lines[other].currency != was.currency:
                return
            lines[other] = replace(lines[other], amount=lines[other].amount + was.amount)
            changes = [
                EntryChange(ids[at], remove=True),
                EntryChange(ids[other], given={"amount": lines[other].amount}),
            ]
            del lines[at]
        elif what == "move":
            own = [account for account, of in model.real.items() if of == was.currency]
            account = self.draw(data, [*own, *model.categories])
            lines[at] = replace(was, account=account)
            given = {"account_id": account, "currency": was.currency}
            changes = [EntryChange(ids[at], given=given)]
        elif what == "name":
            lines[at] = replace(was, external_id=data.draw(EXTERNAL_IDS))
            changes = [EntryChange(ids[at], given={"external_id": lines[at].external_id})]
        else:
            lines[at] = replace(was, amount=was.amount + 1)
            changes = [EntryChange(ids[at], given={"amount": lines[at].amount})]

        self.correct(id, Changes({"date": day}, tuple(changes)), Kept(day, tuple(lines)), set())

    @precondition(lambda self: self.model.there)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        id = self.draw(data, self.model.there)
        faults = self.model.faults([self.model.there[id].day], ()) & {"month_closed"}

        self.does(faults, lambda: ledger.delete(**self.who, transaction_ids=[id]))

        if not faults:
            self.model.deleted[id] = self.model.there.pop(id)

    @precondition(lambda self: self.model.deleted)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        id = self.draw(data, self.model.deleted)
        kept = self.model.deleted[id]

        done = self.does(
            self.model.faults([kept.day], kept.lines),
            lambda: ledger.restore(**self.who, transaction_id=id),
        )

        if done:
            self.model.there[id] = self.model.deleted.pop(id)

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


@pytest.mark.django_db(transaction=True)
def test_the_books_are_what_the_model_says() -> None:
    run_state_machine_as_test(
        Books,
        settings=settings(
            max_examples=int(MORE_EXAMPLES or 25),
            stateful_step_count=40,
            derandomize=not MORE_EXAMPLES,
            database=None,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
