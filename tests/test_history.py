"""Nothing is lost: what was before is kept with who, when, by which door and why."""

import json
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db.transaction import atomic
from django.utils import timezone
from drafting import DAY, correct, entries, ids, record
from raw import monthly, one, put, run
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid, NotFound
from buffet.models import Book
from transactions import services as ledger
from transactions.models import EntryEvent, TransactionEvent
from transactions.services.deleting import NothingToRestore, StillThere

# Each verb ends in a commit of its own, as it does in life: history goes by database transactions.
pytestmark = pytest.mark.django_db(transaction=True)


def events(table: str, id: UUID) -> list[dict[str, Any]]:
    """Return the events of a row, oldest first."""
    rows = run(
        f"SELECT to_jsonb(e) || jsonb_build_object('context', c.metadata) FROM {table}event e "
        "LEFT JOIN pghistory_context c ON c.id = e.pgh_context_id WHERE e.pgh_obj_id = %s "
        "ORDER BY e.pgh_id",
        id,
    )
    return [json.loads(row) for (row,) in rows]


@pytest.fixture
def purchase(book: Book, by: Actor, checking: Account, groceries: Account, salary: Account) -> UUID:
    """A purchase of two parts, with all that a transaction can have."""
    vendor = ledger.create_vendor(book=book, by=by, name="Market")
    id = record(
        book,
        by,
        vendor=vendor,
        notes="Notes",
        entries=[(checking, "-10", "", "bank-1"), (groceries, "12"), (salary, "-2")],
    )
    run("UPDATE transactions_entry SET status = 'reconciled', note = 'Own' WHERE amount = -10")
    return id


def whole(id: UUID) -> list[tuple[Any, ...]]:
    """Return all that a transaction and its entries say."""
    header = "SELECT id, date, description, vendor_id, notes, source"
    return run(f"{header} FROM transactions_transaction WHERE id = %s", id) + run(
        "SELECT id, account_id, date, currency, amount, status, external_id, note "
        "FROM transactions_entry WHERE transaction_id = %s ORDER BY id",
        id,
    )


def delete(book: Book, by: Actor, id: UUID) -> None:
    """Delete a transaction."""
    ledger.delete(book=book, by=by, transaction_ids=[id], reason="By mistake")


def restore(book: Book, by: Actor, id: UUID) -> None:
    """Bring a transaction back."""
    ledger.restore(book=book, by=by, transaction_id=id)


# What a change leaves


def test_a_correction_leaves_what_was_before(
    book: Book, by: Actor, checking: Account, groceries: Account
) -> None:
    id = record(book, by, account=checking, amount="-10", category=groceries)
    own, other = ids(id)
    started = timezone.now()

    correct(book, by, id, amount="-11", description="Corrected")
    correct(book, by, id, amount="-12")

    assert [event["description"] for event in events("transactions_transaction", id)] == ["Test"]
    for entry, before in ((own, [-10, -11]), (other, [10, 11])):
        kept = events("transactions_entry", entry)
        assert [event["amount"] for event in kept] == before
        assert [event["pgh_label"] for event in kept] == ["update", "update"]
        for event in kept:
            context = event["context"]
            assert context.pop("since") < context.pop("until")
            assert context == {
                "user": str(by.user_id),
                "email": "owner@example.com",
                "door": "api",
                "book": str(book.id),
                "reason": "Test",
            }
    when = EntryEvent.objects.latest("pgh_id").pgh_created_at
    assert started - timedelta(seconds=1) <= when <= timezone.now()


def test_recording_leaves_no_history_but_a_maker(book: Book, by: Actor, checking: Account) -> None:
    id = record(book, by, account=checking, amount="-10")

    assert one("SELECT count(*) FROM transactions_transactionevent") == 0
    assert one("SELECT count(*) FROM transactions_entryevent") == 0
    made = "SELECT created_by, created_via, created_at = updated_at FROM transactions_transaction"
    assert run(f"{made} WHERE id = %s", id) == [(by.user_id, "api", True)]


def test_what_the_database_keeps_by_itself_is_no_news(
    book: Book, by: Actor, purchase: UUID
) -> None:
    version = one("SELECT version FROM transactions_transaction")

    correct(book, by, purchase, entries=[(ids(purchase)[0], {"note": "New"})])

    assert one("SELECT version FROM transactions_transaction") == version + 1
    assert events("transactions_transaction", purchase) == []
    assert one("SELECT count(*) FROM buffet_bookevent") == 0


def test_a_change_past_the_services_is_kept_without_a_name(
    book: Book, checking: Account, groceries: Account
) -> None:
    put_ids = [put_one(book, checking, groceries) for _ in range(3)]

    run("UPDATE transactions_transaction SET description = 'Changed'")

    for id in put_ids:
        (event,) = events("transactions_transaction", id)
        assert (event["description"], event["context"]) == ("Raw", None)


def put_one(book: Book, account: Account, category: Account) -> UUID:
    """Insert a transaction past the services; statements commit one by one here."""
    with atomic():
        return put(book, (account, "-1.00"), (category, "1.00"))


def test_every_setting_of_a_book_has_a_history_and_its_version_none(book: Book) -> None:
    """The trigger names its columns; one more that it does not name would leave none."""
    untold = {"id", "created_at", "version"}
    settings = [f.column for f in Book._meta.concrete_fields if f.column not in untold]
    other = {"month_start_day": 12, "base_currency": "CHF"}
    run("UPDATE buffet_book SET version = version + 1 WHERE id = %s", book.id)
    assert events("buffet_book", book.id) == []

    for number, column in enumerate(settings, 1):
        sql = f"UPDATE buffet_book SET {column} = %s WHERE id = %s"
        run(sql, other.get(column, f"new {column}"), book.id)

        assert len(events("buffet_book", book.id)) == number, column


def test_accounts_vendors_and_closed_months_have_their_history(
    book: Book, by: Actor, checking: Account
) -> None:
    may = date(2026, 5, 1)
    vendor = ledger.create_vendor(book=book, by=by, name="Market")
    month = ledger.close_month(book=book, by=by, month=may, today=DAY)

    chart.change_account(book=book, by=by, account_id=checking.id, name="Giro")
    ledger.change_vendor(book=book, by=by, vendor_id=vendor.id, name="Shop")
    ledger.delete_vendor(book=book, by=by, vendor_id=vendor.id)
    ledger.reopen_month(book=book, by=by, month=may, reason="A late bill")

    assert [event["name"] for event in events("accounts_account", checking.id)] == ["Checking"]
    assert [
        (event["name"], event["pgh_label"]) for event in events("transactions_vendor", vendor.id)
    ] == [("Market", "update"), ("Shop", "delete")]
    (reopened,) = events("transactions_closedmonth", month.id)
    assert (reopened["month"], reopened["context"]["reason"]) == ("2026-05-01", "A late bill")
    assert UUID(reopened["created_by"]) == by.user_id


# What a deletion leaves, and what comes back


def test_a_deleted_transaction_is_kept_whole(book: Book, by: Actor, purchase: UUID) -> None:
    before = ids(purchase)

    delete(book, by, purchase)

    assert whole(purchase) == []
    event = TransactionEvent.objects.get(pgh_obj_id=purchase, pgh_label="delete")
    assert (event.description, event.notes) == ("Test", "Notes")
    assert event.pgh_context.metadata["reason"] == "By mistake"
    gone = EntryEvent.objects.filter(transaction_id=purchase, pgh_label="delete")
    assert sorted(gone.values_list("pgh_obj_id", flat=True)) == before


def test_it_comes_back_as_it_was(book: Book, by: Actor, purchase: UUID, checking: Account) -> None:
    before, sums = whole(purchase), monthly(checking)

    for _ in range(2):
        delete(book, by, purchase)
        assert monthly(checking) == {}
        restore(book, by, purchase)

        assert whole(purchase) == before
        assert monthly(checking) == sums


def test_it_comes_back_as_it_last_was(book: Book, by: Actor, purchase: UUID) -> None:
    own, groceries, salary = ids(purchase)
    correct(book, by, purchase, entries=[(groceries, {"amount": "10"}), (salary, None)])
    before = whole(purchase)

    delete(book, by, purchase)
    restore(book, by, purchase)

    assert whole(purchase) == before
    assert ids(purchase) == [own, groceries]


def test_it_comes_back_without_a_vendor_that_is_gone(book: Book, by: Actor, purchase: UUID) -> None:
    (header, *kept) = whole(purchase)
    delete(book, by, purchase)
    ledger.delete_vendor(book=book, by=by, vendor_id=header[3])

    restore(book, by, purchase)

    assert whole(purchase) == [(*header[:3], None, *header[4:]), *kept]


def test_it_comes_back_to_a_renamed_account(
    book: Book, by: Actor, purchase: UUID, groceries: Account
) -> None:
    delete(book, by, purchase)
    chart.change_category(book=book, by=by, category_id=groceries.id, name="Food")

    restore(book, by, purchase)

    assert [name for name, *_ in entries(purchase)] == ["Checking", "Food", "Salary"]


def close(book: Book, by: Actor, **_: Account) -> None:
    """Close the purchase's month."""
    ledger.close_month(book=book, by=by, month=DAY, today=date(2026, 7, 1))


def take(book: Book, by: Actor, checking: Account, **_: Account) -> None:
    """Give the purchase's external id to another."""
    record(book, by, account=checking, amount="-1", external_id="bank-1")


def archive(book: Book, by: Actor, groceries: Account, **_: Account) -> None:
    """Archive the purchase's category."""
    chart.archive_account(book=book, by=by, account_id=groceries.id)


def merge(book: Book, by: Actor, groceries: Account, fruit: Account, **_: Account) -> None:
    """Merge the purchase's category into another."""
    ledger.merge_categories(book=book, by=by, source_id=groceries.id, target_id=fruit.id)


@pytest.mark.parametrize(
    ("meanwhile", "fault", "sentence"),
    [
        (close, ("/date", "month_closed"), "2026-06 is closed"),
        (take, ("/external_id", "duplicate"), "already has an entry with the external id bank-1"),
        (archive, ("/entries/1/account", "archived"), "Groceries is archived"),
        (merge, ("/entries/1/account", "not_found"), "no such account"),
    ],
)
def test_it_does_not_come_back(
    book: Book,
    by: Actor,
    purchase: UUID,
    checking: Account,
    groceries: Account,
    meanwhile: Any,
    fault: tuple[str, str],
    sentence: str,
) -> None:
    fruit = chart.create_category(book=book, by=by, name="Fruit", type="expense")
    delete(book, by, purchase)
    meanwhile(book, by, checking=checking, groceries=groceries, fruit=fruit)

    with pytest.raises(Invalid, match=sentence) as refused:
        restore(book, by, purchase)

    assert [(one.pointer, one.code) for one in refused.value.faults] == [fault]
    assert whole(purchase) == []


def test_what_is_there_or_never_was_does_not_come_back(
    book: Book, by: Actor, purchase: UUID
) -> None:
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")

    with pytest.raises(StillThere):
        restore(book, by, purchase)
    with pytest.raises(NothingToRestore):
        restore(book, by, uuid7())
    delete(book, by, purchase)
    with pytest.raises(NothingToRestore):
        restore(theirs, by, purchase)


def test_deleting_is_all_or_none(book: Book, by: Actor, purchase: UUID) -> None:
    before = whole(purchase)

    with pytest.raises(NotFound):
        ledger.delete(book=book, by=by, transaction_ids=[purchase, uuid7()])

    assert whole(purchase) == before
