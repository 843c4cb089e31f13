"""Random service calls against a plain model of the books: balances equal at every step."""

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.transaction import atomic, set_rollback
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book
from buffet.money import decimals, text
from transactions import services as ledger
from transactions.drafts import Changes, Draft, DraftEntry, EntryChange
from transactions.queries import balances
from transactions.queries.verification import verify

TODAY = date(2026, 6, 15)
CURRENCIES = ("BRL", "USD", "JPY", "KWD", "BTC")
DAYS = st.integers(0, 150).map(lambda ago: TODAY - timedelta(days=ago))
UNITS = st.integers(-99_999, 99_999).filter(bool)
Entries = list[tuple[UUID, str, Decimal]]


def amount(units: int, currency: str) -> Decimal:
    """Return so many of the smallest units of a currency."""
    return Decimal(units).scaleb(-decimals(currency))


class Books(RuleBasedStateMachine):
    """A book, and beside it the dictionaries that say what it should hold."""

    def __init__(self) -> None:
        super().__init__()
        self.atomic = atomic()
        self.atomic.__enter__()
        self.by = Actor(None, "test")
        self.book = Book.objects.create(name="Property", base_currency="BRL")
        self.real: dict[UUID, str] = {}
        self.categories: dict[UUID, str] = {}
        self.archived: set[UUID] = set()
        self.closed: set[date] = set()
        self.there: dict[UUID, tuple[date, Entries]] = {}
        self.deleted: dict[UUID, tuple[date, Entries]] = {}
        self.names = 0

    def teardown(self) -> None:
        try:
            with connection.cursor() as cursor:
                # What waits for the commit is looked at now.
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            broken = [check for check in verify(self.book.id) if not check.ok]
            assert not broken, broken
        finally:
            set_rollback(True)
            self.atomic.__exit__(None, None, None)

    # What the model knows

    def name(self) -> str:
        self.names += 1
        return f"Name {self.names}"

    def is_closed(self, *days: date) -> bool:
        return any(day.replace(day=1) in self.closed for day in days)

    def is_archived(self, entries: Entries) -> bool:
        return any(account in self.archived for account, _, _ in entries)

    def does(self, allowed: bool, change: Callable[[], Any]) -> Any:
        """Make a change, which is refused unless the model allows it."""
        done, refused = None, ""
        try:
            with atomic():
                done = change()
        except Refusal as refusal:
            refused = refusal.detail
        assert allowed == (not refused), refused or "the model does not allow this"
        return done

    def keep(self, id: UUID, day: date) -> None:
        """Write down what a service recorded, from its entries' own rows."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT account_id, currency, amount FROM transactions_entry "
                "WHERE transaction_id = %s ORDER BY id",
                [id],
            )
            self.there[id] = (day, cursor.fetchall())

    # The verbs

    @initialize()
    def begin(self) -> None:
        for currency in ("BRL", "BRL", "USD"):
            self.open(currency, 12_345)
        for kind in ("expense", "income"):
            self.add_category(kind)

    def open(self, currency: str, units: int) -> None:
        account = ledger.open_account(
            book=self.book, by=self.by, today=TODAY, name=self.name(), kind="checking",
            currency=currency, opened_on=TODAY, opening_balance=amount(units, currency),
        )  # fmt: skip
        self.real[account.id] = currency
        if units:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT transaction_id FROM transactions_entry WHERE account_id = %s",
                    [account.id],
                )
                id = cursor.fetchone()[0]
            self.keep(id, TODAY)
            assert self.there[id][1][0] == (account.id, currency, amount(units, currency))

    def add_category(self, kind: str) -> None:
        category = chart.create_category(book=self.book, by=self.by, name=self.name(), type=kind)
        self.categories[category.id] = kind

    @precondition(lambda self: len(self.real) < 7)
    @rule(currency=st.sampled_from(CURRENCIES), units=st.integers(-5000, 5000))
    def open_account(self, currency: str, units: int) -> None:
        self.open(currency, units)

    @precondition(lambda self: len(self.categories) < 7)
    @rule(kind=st.sampled_from(["expense", "income"]))
    def create_category(self, kind: str) -> None:
        self.add_category(kind)

    @rule(data=st.data(), day=DAYS, units=UNITS, sorted_=st.booleans())
    def record_simple(self, data: st.DataObject, day: date, units: int, sorted_: bool) -> None:
        account = data.draw(st.sampled_from(sorted(self.real)))
        category = data.draw(st.sampled_from(sorted(self.categories))) if sorted_ else None
        value = amount(units, self.real[account])
        wanted = Draft(
            date=day, description="Simple", account_id=account, amount=value, category_id=category
        )
        allowed = not self.is_closed(day) and not ({account, category} & self.archived)

        done = self.does(
            allowed, lambda: ledger.record(book=self.book, by=self.by, drafts=[wanted])
        )

        if done:
            self.keep(done[0], day)
            kept = self.there[done[0]][1]
            assert kept[0] == (account, self.real[account], value)
            assert kept[1][2] == -value
            assert category in (None, kept[1][0])

    @rule(data=st.data(), day=DAYS, units=UNITS, arriving=st.integers(1, 9999))
    def transfer(self, data: st.DataObject, day: date, units: int, arriving: int) -> None:
        here = data.draw(st.sampled_from(sorted(self.real)))
        there = data.draw(st.sampled_from(sorted(self.real)))
        value = amount(units, self.real[here])
        same = self.real[here] == self.real[there]
        arrives = None if same else amount(arriving, self.real[there])
        wanted = Draft(
            date=day, description="Transfer", account_id=here, amount=value,
            transfer_to_id=there, transfer_amount=arrives,
        )  # fmt: skip
        allowed = here != there and not self.is_closed(day) and not ({here, there} & self.archived)

        done = self.does(
            allowed, lambda: ledger.record(book=self.book, by=self.by, drafts=[wanted])
        )

        if done:
            self.keep(done[0], day)
            sums: dict[UUID, Decimal] = defaultdict(Decimal)
            for account, _, moved in self.there[done[0]][1]:
                sums[account] += moved
            expected = -value if same else (arrives if units < 0 else -arrives)
            assert (sums[here], sums[there]) == (value, expected)

    @rule(data=st.data(), day=DAYS, parts=st.lists(UNITS, min_size=1, max_size=4))
    def split(self, data: st.DataObject, day: date, parts: list[int]) -> None:
        account = data.draw(st.sampled_from(sorted(self.real)))
        currency = self.real[account]
        ids = [data.draw(st.sampled_from(sorted(self.categories))) for _ in parts]
        entries = [
            (id, currency, amount(units, currency)) for id, units in zip(ids, parts, strict=True)
        ]
        whole = -sum(value for _, _, value in entries)
        entries.insert(0, (account, currency, whole))
        wanted = Draft(
            date=day,
            description="Split",
            entries=tuple(DraftEntry(id, value, code) for id, code, value in entries),
        )
        allowed = bool(whole) and not self.is_closed(day) and not self.is_archived(entries)

        done = self.does(
            allowed, lambda: ledger.record(book=self.book, by=self.by, drafts=[wanted])
        )

        if done:
            self.there[done[0]] = (day, entries)

    @precondition(lambda self: self.there)
    @rule(data=st.data(), day=DAYS, factor=st.integers(2, 3))
    def correct(self, data: st.DataObject, day: date, factor: int) -> None:
        id = data.draw(st.sampled_from(sorted(self.there)))
        before, entries = self.there[id]
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, amount FROM transactions_entry WHERE transaction_id = %s", [id]
            )
            changes = tuple(
                EntryChange(entry, given={"amount": value * factor})
                for entry, value in cursor.fetchall()
            )
        allowed = not self.is_closed(before, day) and not self.is_archived(entries)

        wanted = Changes({"date": day}, changes)
        done = self.does(
            allowed,
            lambda: ledger.correct(book=self.book, by=self.by, transaction_id=id, changes=wanted),
        )

        if done:
            self.there[id] = (
                day, [(account, code, value * factor) for account, code, value in entries]
            )  # fmt: skip

    @precondition(lambda self: self.there)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.there)))
        allowed = not self.is_closed(self.there[id][0])

        self.does(allowed, lambda: ledger.delete(book=self.book, by=self.by, transaction_ids=[id]))

        if allowed:
            self.deleted[id] = self.there.pop(id)

    @precondition(lambda self: self.deleted)
    @rule(data=st.data())
    def restore(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.deleted)))
        day, entries = self.deleted[id]
        gone = {account for account, _, _ in entries} - set(
            Account.objects.filter(book=self.book).values_list("id", flat=True)
        )
        allowed = not self.is_closed(day) and not self.is_archived(entries) and not gone

        self.does(allowed, lambda: ledger.restore(book=self.book, by=self.by, transaction_id=id))

        if allowed:
            self.there[id] = self.deleted.pop(id)

    @rule(data=st.data())
    def archive_or_reopen(self, data: st.DataObject) -> None:
        id = data.draw(st.sampled_from(sorted(self.real | self.categories)))
        if id in self.archived:
            chart.reopen_account(book=self.book, by=self.by, account_id=id)
            self.archived.remove(id)
        elif len(self.archived) < 2:
            chart.archive_account(book=self.book, by=self.by, account_id=id)
            self.archived.add(id)

    @precondition(lambda self: len(self.categories) > 2)
    @rule(data=st.data())
    def merge(self, data: st.DataObject) -> None:
        source = data.draw(st.sampled_from(sorted(self.categories)))
        target = data.draw(st.sampled_from(sorted(self.categories)))
        touched = [day for day, entries in self.there.values() if source in {e[0] for e in entries}]
        allowed = (
            source != target
            and self.categories[source] == self.categories[target]
            and not self.is_closed(*touched)
        )
        # Both sides of a transaction on one category would move nothing.
        if allowed and any(
            {entry[0] for entry in entries} <= {source, target}
            for _, entries in self.there.values()
        ):
            return

        self.does(
            allowed,
            lambda: ledger.merge_categories(
                book=self.book, by=self.by, source_id=source, target_id=target
            ),
        )

        if allowed:
            del self.categories[source]
            self.archived.discard(source)
            for id, (day, entries) in self.there.items():
                moved = [(target if a == source else a, code, value) for a, code, value in entries]
                self.there[id] = (day, moved)

    @rule(back=st.integers(1, 5))
    def close_or_reopen(self, back: int) -> None:
        month = (TODAY.replace(day=1) - timedelta(days=30 * back)).replace(day=1)
        if month in self.closed:
            ledger.reopen_month(book=self.book, by=self.by, month=month)
            self.closed.remove(month)
        elif not self.closed:
            ledger.close_month(book=self.book, by=self.by, month=month, today=TODAY)
            self.closed.add(month)

    # What must hold after each of them

    @invariant()
    def balances_are_those_of_the_model(self) -> None:
        for on in (TODAY, TODAY - timedelta(days=len(self.there) * 7 % 150)):
            sums: dict[UUID, Decimal] = defaultdict(Decimal)
            for day, entries in self.there.values():
                for account, _, value in entries:
                    sums[account] += value if day <= on else 0
            expected = {str(id): text(sums[id], code) for id, code in self.real.items()}
            found = {row["id"]: row["balance"] for row in balances.accounts(self.book.id, on)}
            assert found == expected


class TestBooks(Books.TestCase, TestCase):
    """The machine as a test; every example's database changes are undone."""

    settings = settings(
        max_examples=25,
        stateful_step_count=30,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
