"""The chart of accounts: names, moves, merges, archives, and what stands in their way."""

import pytest
from charting import Chart
from drafting import correct, record
from raw import monthly
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import Account, Broker
from accounts.services import (
    AlreadyArchived,
    BrokerInUse,
    HasChildren,
    NameTaken,
    NotArchived,
    WouldBeItsOwnAncestor,
)
from buffet.audit import Actor
from buffet.errors import Invalid, NotFound
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Import
from transactions.services.accounts import (
    HasEntries,
)
from transactions.services.vendors import VendorInUse, VendorNameTaken


@pytest.fixture
def book_chart(book: Book, by: Actor) -> Chart:
    """The verbs, in the book."""
    return Chart(book, by)


@pytest.fixture
def theirs(by: Actor) -> Chart:
    """The verbs, in another book."""
    return Chart(Book.objects.create(name="Theirs", base_currency="BRL"), by)


# Names


@pytest.mark.parametrize("name", ["Checking", "checking", "CHECKING"])
def test_a_name_is_taken_whatever_its_case(
    book: Book, by: Actor, book_chart: Chart, checking: Account, name: str
) -> None:
    with pytest.raises(NameTaken, match="already has an account of this name") as refused:
        book_chart.open(name)

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [
        ("/name", "name_taken")
    ]
    savings = book_chart.open("Other")
    with pytest.raises(NameTaken):
        chart.change_account(book=book, by=by, account_id=savings.id, name=name)
    chart.change_account(book=book, by=by, account_id=checking.id, name=name)


def test_names_of_brokers_and_vendors_are_taken_too(book: Book, by: Actor) -> None:
    who = {"book": book, "by": by}
    chart.create_broker(**who, name="Bank")
    other = chart.create_broker(**who, name="Other")
    ledger.create_vendor(**who, name="Market")
    shop = ledger.create_vendor(**who, name="Shop")

    with pytest.raises(NameTaken):
        chart.create_broker(**who, name="bank")
    with pytest.raises(NameTaken):
        chart.change_broker(**who, broker_id=other.id, name="BANK")
    with pytest.raises(VendorNameTaken):
        ledger.create_vendor(**who, name="market")
    with pytest.raises(VendorNameTaken):
        ledger.change_vendor(**who, vendor_id=shop.id, name="MARKET")


def test_a_category_may_be_named_as_one_elsewhere_in_the_tree(
    book_chart: Chart, theirs: Chart, groceries: Account
) -> None:
    home = book_chart.category("Home")

    book_chart.category("Other", parent=groceries)
    book_chart.category("Other", parent=home)
    book_chart.category("Groceries", type="income")
    theirs.category("Groceries")
    for parent in (None, home):
        with pytest.raises(NameTaken, match="already a category of this name here"):
            book_chart.category("groceries" if parent is None else "OTHER", parent=parent)


def test_a_move_or_rename_onto_a_sibling_of_that_name_is_refused(book_chart: Chart) -> None:
    home = book_chart.category("Home")
    book_chart.category("Rent", parent=home)
    rent = book_chart.category("Rent")
    flat = book_chart.category("Flat", parent=home)

    with pytest.raises(NameTaken):
        book_chart.change(rent, parent_id=home.id)
    with pytest.raises(NameTaken):
        book_chart.change(flat, name="rent")
    assert book_chart.change(rent, parent_id=home.id, name="Lease").parent_id == home.id


# The tree


def test_a_category_does_not_go_below_itself(book_chart: Chart, groceries: Account) -> None:
    fruit = book_chart.category("Fruit", parent=groceries)
    apples = book_chart.category("Apples", parent=fruit)

    for below in (groceries, fruit, apples):
        with pytest.raises(WouldBeItsOwnAncestor) as refused:
            book_chart.change(groceries, parent_id=below.id)
        assert refused.value.faults[0].pointer == "/parent"
    assert book_chart.change(apples, parent_id=None).parent_id is None
    assert book_chart.change(groceries, parent_id=apples.id).parent_id == apples.id


def test_a_parent_is_a_category_of_the_same_type_in_the_book(
    book_chart: Chart, theirs: Chart, checking: Account, salary: Account
) -> None:
    wrong = {
        "not_found": [checking, theirs.category("Theirs"), Account(id=uuid7())],
        "other_type": [salary],
    }
    sport = book_chart.category("Sport")

    for code, parents in wrong.items():
        for parent in parents:
            with pytest.raises(Invalid) as created:
                book_chart.category("New", parent=parent)
            with pytest.raises(Invalid) as moved:
                book_chart.change(sport, parent_id=parent.id)
            for refused in (created, moved):
                faults = [(fault.pointer, fault.code) for fault in refused.value.faults]
                assert faults == [("/parent", code)]


def test_what_the_book_made_for_itself_is_no_account_of_anybody(
    book: Book, by: Actor, book_chart: Chart, checking: Account
) -> None:
    record(book, by, account=checking, amount="-1")
    for own in Account.objects.filter(kind__in=["uncategorized", "conversion"]):
        for verb in (chart.archive_account, ledger.delete_account):
            with pytest.raises(NotFound):
                verb(book=book, by=by, account_id=own.id)
        with pytest.raises(NotFound):
            book_chart.change(own, name="Mine")


# Archive and reopen


def test_an_archived_account_takes_no_entries_until_it_is_reopened(
    book: Book, by: Actor, checking: Account, savings: Account
) -> None:
    who = {"book": book, "by": by, "account_id": savings.id}
    record(book, by, account=checking, amount="-5", transfer_to=savings)
    with pytest.raises(NotArchived):
        chart.reopen_account(**who)

    archived = chart.archive_account(**who)

    assert archived.archived_at is not None
    with pytest.raises(AlreadyArchived):
        chart.archive_account(**who)
    with pytest.raises(Invalid, match="Savings is archived; reopen it first"):
        record(book, by, account=checking, amount="-5", transfer_to=savings)
    assert monthly(savings) == {("2026-06", "BRL"): ("5", "0", 1)}
    assert chart.reopen_account(**who).archived_at is None
    record(book, by, account=checking, amount="-5", transfer_to=savings)


# Delete


def test_what_has_entries_or_children_is_not_deleted(
    book: Book, by: Actor, book_chart: Chart, checking: Account, groceries: Account
) -> None:
    book_chart.category("Fruit", parent=groceries)
    with pytest.raises(HasChildren):
        book_chart.delete(groceries)
    id = record(book, by, account=checking, amount="-1", category=groceries)
    for account, noun in ((checking, "account"), (groceries, "category")):
        with pytest.raises(HasEntries, match=f"This {noun} has entries: archive it"):
            book_chart.delete(account)

    ledger.delete(book=book, by=by, transaction_ids=[id])
    book_chart.delete(checking)

    assert not Account.objects.filter(id=checking.id).exists()


def test_an_account_with_imports_is_not_deleted(
    book: Book, book_chart: Chart, checking: Account
) -> None:
    Import.objects.create(book=book, account=checking)

    with pytest.raises(HasEntries, match="Files were imported"):
        book_chart.delete(checking)


def test_a_broker_or_vendor_in_use_is_not_deleted(
    book: Book, by: Actor, book_chart: Chart, checking: Account
) -> None:
    who = {"book": book, "by": by}
    broker = chart.create_broker(**who, name="Bank")
    vendor = ledger.create_vendor(**who, name="Market")
    held = book_chart.open("Held", broker_id=broker.id)
    id = record(book, by, account=checking, amount="-1", vendor=vendor)

    with pytest.raises(BrokerInUse):
        chart.delete_broker(**who, broker_id=broker.id)
    with pytest.raises(VendorInUse):
        ledger.delete_vendor(**who, vendor_id=vendor.id)

    chart.change_account(**who, account_id=held.id, broker_id=None)
    correct(book, by, id, vendor=None)
    chart.delete_broker(**who, broker_id=broker.id)
    ledger.delete_vendor(**who, vendor_id=vendor.id)
    assert not Broker.objects.exists()
