"""A report of what was known at an instant: what it tells, what it refuses, and what it leaves."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from threading import Thread
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from cards import Cardholder
from django.apps import apps
from django.db import DatabaseError, connections
from django.db.models import Count
from django.db.transaction import atomic
from drafting import correct, record
from pghistory.models import Event
from raw import one, run
from telling import now, told, told_as_known

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services as cards
from invoices.models import InvoiceChange, InvoiceLine
from reports.known import (
    BookNotYetKept,
    NotKept,
    NotYet,
    WriteUnderWay,
    as_known,
    end_of_day,
    session,
)
from reports.known.shadows import OF_NOW
from transactions import services as ledger
from transactions.models import (
    ClosedMonth,
    Entry,
    ImportFile,
    ImportLine,
    RuleChange,
    Transaction,
    Verification,
)
from transactions.queries import balances, transactions

ON = date(2026, 6, 30)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def card(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that checking pays."""
    return Cardholder(book, by, checking, closing_day=10, due_day=20)


def balance(book: Book, account: Account) -> str:
    """Return what is on an account."""
    return balances.account(book.id, account.id, ON)["balance"]


def known(book: Book, account: Account, *instants: datetime) -> list[str]:
    """Return what was known to be on an account at each instant."""
    found = []
    for at in instants:
        with as_known(book, at):
            found.append(balance(book, account))
    return found


# What is told


def test_a_transaction_is_there_between_recording_deletion_and_return(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    instants = [now()]
    id = record(book, by, account=checking, amount="-10", category=groceries)
    instants.append(now())
    correct(book, by, id, amount="-12", date=date(2026, 5, 1))
    instants.append(now())
    ledger.delete(book=book, by=by, transaction_ids=[id])
    instants.append(now())
    ledger.restore(book=book, by=by, transaction_id=id)
    instants.append(now())
    correct(book, by, id, amount="-15")
    instants.append(now())

    found = known(book, checking, *instants)

    assert found == ["0.00", "-10.00", "-12.00", "0.00", "-12.00", "-15.00"]


def test_what_is_recorded_later_for_an_earlier_day_was_not_known(
    book: Book, by: Actor, checking: Account
) -> None:
    keeper = Bookkeeper(book, by)
    keeper.move(checking, date(2026, 6, 1), "100")
    before, at = told(book, ON), now()

    keeper.move(checking, date(2026, 1, 1), "-40")

    assert told_as_known(book, ON, at) == before
    assert told(book, ON) != before


def test_a_merged_category_and_a_renamed_account_are_what_they_were(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    who = {"book": book, "by": by}
    market = chart.create_category(**who, name="Market", type="expense", parent_id=groceries.id)
    record(book, by, account=checking, amount="-10", category=market)
    before, at = told(book, ON), now()

    ledger.merge_categories(**who, source_id=market.id, target_id=groceries.id)
    chart.change_account(**who, account_id=checking.id, name="Current")
    chart.archive_account(**who, account_id=checking.id)

    assert told_as_known(book, ON, at) == before


def test_transactions_name_their_accounts_as_they_were_called(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    def names() -> list[tuple[str, str]]:
        found = transactions.page(book.id, transactions.Filters(), limit=5)
        return [(one["account_name"], one["category_name"]) for one in found]

    record(book, by, account=checking, amount="-10", category=groceries)
    assert names() == [("Checking", "Groceries")]
    then = now()
    run("UPDATE accounts_account SET name = name || '!'")

    with as_known(book, then):
        assert names() == [("Checking", "Groceries")]

    assert names() == [("Checking!", "Groceries!")]


def test_a_transaction_names_an_account_that_is_gone(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    gone = Bookkeeper(book, by).open("Gone", "cash", "BRL")
    chart.change_account(book=book, by=by, account_id=checking.id, name="Daily")
    id = record(book, by, account=gone, amount="-10", category=groceries)
    then = now()
    ledger.delete(book=book, by=by, transaction_ids=[id])
    ledger.delete_account(book=book, by=by, account_id=gone.id)
    record(book, by, account=checking, amount="-10", category=groceries)
    # The account that changed last is there then and now, so both charts have one number.
    assert transactions.page(book.id, transactions.Filters(), limit=5)[0]["account_name"] == "Daily"

    with as_known(book, then):
        (one,) = transactions.page(book.id, transactions.Filters(), limit=5)

    assert (one["id"], one["account_name"]) == (str(id), "Gone")


def test_a_month_was_closed_from_its_closing_to_its_reopening(book: Book, by: Actor) -> None:
    who, month = {"book": book, "by": by}, date(2026, 5, 1)
    instants = [now()]
    ledger.close_month(**who, month=month, today=ON)
    instants.append(now())
    ledger.reopen_month(**who, month=month, reason="x")
    instants.append(now())
    ledger.close_month(**who, month=month, today=ON)

    found = []
    for at in instants:
        with as_known(book, at):
            found.append(ClosedMonth.objects.filter(month=month).count())

    assert found == [0, 1, 0]


def test_a_line_stood_on_its_statement_until_it_was_moved(
    card: Cardholder, groceries: Account
) -> None:
    id = card.spend("2026-05-05", "30", groceries)
    told_then, at = told(card.book, ON), now()
    card.move(id, "2026-06", "2026-06-15")
    told_moved, at_moved = told(card.book, ON), now()
    ledger.delete(**card.who, transaction_ids=[id])
    ledger.restore(**card.who, transaction_id=id)

    assert told_as_known(card.book, ON, at) == told_then
    assert told_as_known(card.book, ON, at_moved) == told_moved
    assert told_then != told_moved


def test_a_payment_settled_its_statement_until_it_was_taken_back(
    card: Cardholder, groceries: Account
) -> None:
    card.spend("2026-05-05", "30", groceries)
    paid = card.pay("2026-05", "2026-05-15")
    before, at = told(card.book, ON), now()

    invoice = card.statement("2026-05", "2026-05-15").invoice
    entry = card.line(paid).entry_id
    cards.take_back(**card.who, invoice_id=invoice.id, entry_id=entry, today=date(2026, 5, 15))

    assert told_as_known(card.book, ON, at) == before
    assert told(card.book, ON)["cards"] != before["cards"]


def test_parcels_and_late_changes_of_a_card_that_is_gone_are_told(
    card: Cardholder, groceries: Account
) -> None:
    bought = card.spend("2026-05-05", "30", groceries)
    correct(card.book, card.who["by"], bought, amount="-31")
    plan = cards.create_plan(
        **card.who,
        card_id=card.card.id,
        description="Sofa",
        total=Decimal(90),
        parcels=3,
        purchased_on=date(2028, 1, 1),
        category_id=groceries.id,
    )
    today = date(2028, 1, 2)
    before, at = told(card.book, today), now()
    assert InvoiceChange.objects.exists()

    cards.delete_plan(**card.who, plan_id=plan.id, today=today)
    ledger.delete(**card.who, transaction_ids=[bought])
    cards.delete_card(**card.who, card_id=card.card.id)

    assert told_as_known(card.book, today, at) == before
    assert not InvoiceLine.objects.exists()


def test_the_book_is_the_one_of_then(book: Book, by: Actor) -> None:
    at = now()
    run("UPDATE buffet_book SET name = 'Other', base_currency = 'USD' WHERE id = %s", book.id)

    with as_known(book, at) as then:
        assert (then.name, then.base_currency) == ("Household", "BRL")


def test_versions_of_rows_that_changed_since_are_not_told(
    book: Book, by: Actor, checking: Account, savings: Account
) -> None:
    version = one("SELECT version FROM accounts_account WHERE id = %s", savings.id)
    at = now()
    chart.change_account(book=book, by=by, account_id=checking.id, name="Current")

    with as_known(book, at):
        found = dict(run("SELECT id, version FROM accounts_account WHERE type = 'asset'"))

    assert found == {checking.id: 0, savings.id: version}


# What is refused


def test_what_keeps_no_history_is_refused(book: Book) -> None:
    with pytest.raises(NotKept), as_known(book, now()):
        ImportLine.objects.filter(book=book).exists()


def test_a_book_is_not_known_before_it_was_kept(book: Book) -> None:
    with pytest.raises(BookNotYetKept), as_known(book, book.created_at - timedelta(seconds=1)):
        pytest.fail("nothing was known")


def test_half_a_write_is_refused(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = record(book, by, account=checking, amount="-10", category=groceries)
    at = now()
    correct(book, by, id, amount="-11")
    run("DELETE FROM transactions_entryevent WHERE amount < 0")

    with pytest.raises(WriteUnderWay), as_known(book, at):
        pytest.fail("its entries do not add up")


def test_a_day_ends_where_the_book_is_kept_and_must_have_begun(book: Book) -> None:
    at = datetime(2026, 6, 15, 2, 30, tzinfo=UTC)

    assert end_of_day(book, date(2026, 6, 13), at) == datetime(
        2026, 6, 14, 2, 59, 59, 999999, tzinfo=UTC
    )
    assert end_of_day(book, date(2026, 6, 14), at) == at
    with pytest.raises(NotYet):
        end_of_day(book, date(2026, 6, 15), at)


# What is left as it is


def test_others_see_the_book_as_it_is_meanwhile(book: Book, by: Actor, checking: Account) -> None:
    at = now()
    Bookkeeper(book, by).move(checking, ON, "100")
    seen: list[str] = []

    def look() -> None:
        seen.append(balance(book, checking))
        connections.close_all()

    with as_known(book, at):
        other = Thread(target=look)
        other.start()
        other.join()
        seen.append(balance(book, checking))

    assert [*seen, balance(book, checking)] == ["100.00", "0.00", "100.00"]


def test_after_an_error_the_connection_is_the_one_of_before(
    book: Book, by: Actor, checking: Account
) -> None:
    before, at = connections["default"], now()
    Bookkeeper(book, by).move(checking, ON, "100")

    for fails in ({}.popitem, lambda: run("SELECT 1 FROM nowhere")):
        with pytest.raises((KeyError, DatabaseError)), as_known(book, at):
            fails()
        assert connections["default"] is before
        assert balance(book, checking) == "100.00"
    sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
    assert one(f"{sessions} AND pid <> pg_backend_pid() AND state LIKE 'idle in%%'") == 0


def test_another_book_is_not_seen(book: Book, by: Actor, checking: Account) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL", time_zone="UTC")
    account = ledger.open_account(
        book=other, by=by, today=ON, name="Theirs", kind="cash", currency="BRL"
    )
    id = Bookkeeper(other, by).move(account, ON, "5")
    correct(other, by, id, amount="6")

    with as_known(book, now()):
        seen = [
            model._meta.label
            for model in apps.get_models()
            if model._meta.app_label in ("accounts", "transactions", "invoices")
            and {field.name for field in model._meta.get_fields()} & {"book"}
            and model not in (ImportFile, ImportLine, RuleChange, Verification)
            and model.objects.filter(book=other).exists()
        ]
        assert Book.objects.get() == book

    assert seen == []


@pytest.mark.parametrize(
    "write",
    [
        "UPDATE transactions_entry SET note = 'x'",
        "DELETE FROM accounts_account",
        "INSERT INTO transactions_balancecheck (id) VALUES (1)",
        "TRUNCATE invoices_invoiceline",
        "UPDATE buffet_user SET name = 'x'",
        "DELETE FROM transactions_entryevent",
        "CREATE TABLE more (id int)",
    ],
)
def test_nothing_can_be_written(book: Book, by: Actor, checking: Account, write: str) -> None:
    Bookkeeper(book, by).move(checking, ON, "100")

    with pytest.raises(DatabaseError), as_known(book, now()):
        run(write)

    assert balance(book, checking) == "100.00"


def test_a_verb_writes_nothing(book: Book, by: Actor, checking: Account) -> None:
    with pytest.raises(DatabaseError), as_known(book, now()):
        Bookkeeper(book, by).move(checking, ON, "100")

    assert not Transaction.objects.exists()


def test_any_query_works_as_ever(book: Book, by: Actor, checking: Account) -> None:
    keeper = Bookkeeper(book, by)
    id = keeper.move(checking, ON, "100")

    with as_known(book, now()):
        counted = Transaction.objects.annotate(count=Count("entries")).get(id=id)
        named = Entry.objects.select_related("transaction", "account").get(account=checking)

    assert (counted.count, named.transaction_id, named.account.name) == (2, id, "Checking")


# What a new table must say


def test_each_history_keeps_what_its_rows_were() -> None:
    partial = {"transactions.ClosedMonth", "invoices.InvoiceChange"}
    keeps_no_update = {
        model.pgh_tracked_model._meta.label
        for model in apps.get_models()
        if issubclass(model, Event)
        and {one.label for one in model.pgh_trackers} != {"update", "delete"}
    }
    # Rows that are never updated.
    assert keeps_no_update == partial


def test_each_table_of_a_book_is_told_or_refused(book: Book) -> None:
    models = [
        model
        for model in apps.get_models()
        if {field.column for field in model._meta.concrete_fields} & {"book_id"}
        and model._meta.app_label != "buffet"
        and model not in OF_NOW
    ]
    refused = []

    with as_known(book, now()):
        shown = {
            row
            for (row,) in run(
                "SELECT relname FROM pg_class WHERE relnamespace = pg_my_temp_schema()"
            )
        }
        for model in models:
            try:
                with atomic():
                    model.objects.exists()
            except DatabaseError:
                refused.append(model)

    assert {model._meta.db_table for model in models} <= shown
    assert refused == [ImportFile, ImportLine, RuleChange, Verification]


def test_ids_say_since_when_an_entry_is_there(
    book: Book, by: Actor, checking: Account, groceries: Account, salary: Account
) -> None:
    id = record(book, by, entries=[(checking, "-10"), (groceries, "10")])
    at = now()
    entries: list[UUID] = [row for (row,) in run("SELECT id FROM transactions_entry ORDER BY id")]
    correct(
        book,
        by,
        id,
        entries=[
            (None, {"account_id": salary.id, "amount": 3}),
            (None, {"account_id": groceries.id, "amount": -3}),
        ],
    )

    with as_known(book, at):
        found = [row for (row,) in run("SELECT id FROM transactions_entry ORDER BY id")]

    assert found == entries
    assert Entry.objects.count() == 4


def test_others_are_told_to_come_back_while_a_process_looks_into_the_past(
    monkeypatch: pytest.MonkeyPatch, book: Book
) -> None:
    monkeypatch.setattr(session, "_PATIENCE", 0.01)

    with as_known(book, now()):
        with pytest.raises(session.OthersAsk) as told, as_known(book, now()):
            pytest.fail("there were two sessions of the past at once")
        assert (told.value.status, told.value.retry_after) == (503, 2)
    with as_known(book, now()):
        pass
