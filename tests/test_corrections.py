"""A correction changes what it names and nothing else; the entries keep their ids."""

from datetime import date
from typing import Any

import pytest
from drafting import DAY, correct, entries, ids, record
from raw import one, run

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.simple_form import IsSplit

Entries = list[tuple[str, ...]]


def purchase(other: str = "Groceries", amount: str = "42.5", **own: str) -> Entries:
    """Return the entries of a purchase from the checking account."""
    account, status = own.get("account", "Checking"), own.get("status", "cleared")
    name = own.get("external_id", "bank-1")
    return [
        (account, f"-{amount}", "BRL", status, name),
        (other, amount, "BRL", "cleared", ""),
    ]


SIMPLE: dict[str, tuple[dict[str, Any], Entries]] = {
    "the amount": ({"amount": "-43"}, purchase(amount="43")),
    "the category": ({"category": "fruit"}, purchase("Fruit")),
    "the account": ({"account": "savings"}, purchase(account="Savings")),
    "the status": ({"status": "reconciled"}, purchase(status="reconciled")),
    "no external id": ({"external_id": ""}, purchase(external_id="")),
    "no category": ({"category": None}, purchase("Uncategorised expenses")),
    "all of it": (
        {"amount": "-1", "account": "savings", "status": "pending", "external_id": ""},
        purchase(amount="1", account="Savings", status="pending", external_id=""),
    ),
    "its sign": (
        {"amount": "42.5", "category": None},
        [
            ("Checking", "42.5", "BRL", "cleared", "bank-1"),
            ("Uncategorised income", "-42.5", "BRL", "cleared", ""),
        ],
    ),
    "into a transfer": ({"transfer_to": "savings"}, purchase("Savings")),
    "into a transfer abroad": (
        {"transfer_to": "dollars", "transfer_amount": "8"},
        [
            ("Checking", "-42.5", "BRL", "cleared", "bank-1"),
            ("Dollars", "8", "USD", "cleared", ""),
            ("Currency conversion", "42.5", "BRL", "cleared", ""),
            ("Currency conversion", "-8", "USD", "cleared", ""),
        ],
    ),
}


@pytest.fixture
def named(
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    dollars: Account,
    groceries: Account,
) -> dict[str, Account]:
    """Accounts by the names that the tables here use."""
    fruit = chart.create_category(book=book, by=by, name="Fruit", type="expense")
    rows = {"checking": checking, "savings": savings, "dollars": dollars, "fruit": fruit}
    return rows | {"groceries": groceries}


def with_rows(given: dict[str, Any], named: dict[str, Account]) -> dict[str, Any]:
    """Return the fields with accounts in place of their names."""
    roles = ("account", "category", "transfer_to")
    return {
        field: named[value] if field in roles and value else value for field, value in given.items()
    }


@pytest.mark.parametrize("what", SIMPLE)
def test_a_purchase_changes(
    book: Book,
    by: Actor,
    named: dict[str, Account],
    what: str,
) -> None:
    given, expected = SIMPLE[what]
    id = record(
        book,
        by,
        account=named["checking"],
        amount="-42.50",
        category=named["groceries"],
        external_id="bank-1",
    )
    before = ids(id)

    correct(book, by, id, **with_rows(given, named))

    assert entries(id) == expected
    assert ids(id)[:2] == before


ABROAD: dict[str, tuple[dict[str, Any], list[str], int]] = {
    "what leaves": ({"amount": "-11"}, ["-11", "2", "11", "-2"], 4),
    "what arrives": ({"transfer_amount": "3"}, ["-10", "3", "10", "-3"], 4),
    "the direction": ({"amount": "10"}, ["10", "-2", "-10", "2"], 4),
    "into one at home": ({"transfer_to": "savings"}, ["-10", "10"], 2),
    "into a purchase": ({"category": "fruit"}, ["-10", "10"], 2),
    "into one that is not sorted": ({"transfer_to": None}, ["-10", "10"], 2),
}


@pytest.mark.parametrize("what", ABROAD)
def test_a_transfer_abroad_changes(
    book: Book,
    by: Actor,
    named: dict[str, Account],
    what: str,
) -> None:
    given, expected, kept = ABROAD[what]
    id = record(
        book,
        by,
        account=named["checking"],
        amount="-10",
        transfer_to=named["dollars"],
        transfer_amount="2",
    )
    before = ids(id)

    correct(book, by, id, **with_rows(given, named))

    assert [amount for _, amount, *_ in entries(id)] == expected
    assert ids(id) == before[:kept]


def test_the_other_banks_side_of_a_transfer_stays_known(
    book: Book, by: Actor, named: dict[str, Account]
) -> None:
    id = record(
        book, by, entries=[(named["checking"], "-10"), (named["savings"], "10", "", "there")]
    )
    run("UPDATE transactions_entry SET status = 'reconciled' WHERE amount > 0")

    correct(book, by, id, amount="-12", external_id="here", status="pending")

    assert entries(id) == [
        ("Checking", "-12", "BRL", "pending", "here"),
        ("Savings", "12", "BRL", "reconciled", "there"),
    ]
    correct(book, by, id, category=named["fruit"])
    assert entries(id)[1] == ("Fruit", "12", "BRL", "pending", "")


def test_the_order_of_entries_does_not_make_a_split(
    book: Book, by: Actor, named: dict[str, Account]
) -> None:
    id = record(book, by, entries=[(named["fruit"], "10"), (named["checking"], "-10")])

    correct(book, by, id, amount="-12")

    assert [(name, amount) for name, amount, *_ in entries(id)] == [
        ("Fruit", "12"),
        ("Checking", "-12"),
    ]


def test_what_has_no_simple_form_is_changed_by_its_entries(
    book: Book,
    by: Actor,
    named: dict[str, Account],
) -> None:
    checking, savings, dollars = named["checking"], named["savings"], named["dollars"]
    conversion = Account.objects.get_or_create(
        book=book, kind="conversion", type="equity", defaults={"name": "Currency conversion"}
    )[0]
    splits = [
        [(checking, "-10"), (named["fruit"], "4"), (named["groceries"], "6")],
        [(named["fruit"], "4", "BRL"), (named["groceries"], "-4", "BRL")],
        # Four entries that look like a transfer abroad and are none.
        [(checking, "-10"), (savings, "4"), (conversion, "3"), (conversion, "3")],
        [
            (checking, "-10", "BRL"),
            (dollars, "-2", "USD"),
            (conversion, "10", "BRL"),
            (conversion, "2", "USD"),
        ],
    ]
    for split in splits:
        id = record(book, by, entries=split)
        before = entries(id)

        with pytest.raises(IsSplit, match="change it by its entries"):
            correct(book, by, id, amount="-12")
        correct(book, by, id, description="Renamed")

        assert entries(id) == before


def test_the_header_changes_alone(
    book: Book,
    by: Actor,
    named: dict[str, Account],
) -> None:
    vendor = ledger.create_vendor(book=book, by=by, name="Market")
    id = record(book, by, account=named["checking"], amount="-1")
    before = entries(id)

    correct(book, by, id, date=date(2026, 5, 1), description="Other", vendor=vendor, notes="More")

    sql = "SELECT date, description, vendor_id, notes FROM transactions_transaction WHERE id = %s"
    assert run(sql, id) == [(date(2026, 5, 1), "Other", vendor.id, "More")]
    assert entries(id) == before
    assert one("SELECT count(*) FROM transactions_entry WHERE date = '2026-05-01'") == 2
    correct(book, by, id, vendor=None, notes="")
    assert run(sql, id) == [(date(2026, 5, 1), "Other", None, "")]


def test_nothing_new_changes_nothing(book: Book, by: Actor, named: dict[str, Account]) -> None:
    id = record(book, by, account=named["checking"], amount="-1", category=named["fruit"])
    events = one("SELECT count(*) FROM transactions_entryevent")

    correct(book, by, id, amount="-1.00", category=named["fruit"], date=DAY, description="Test")

    assert one("SELECT count(*) FROM transactions_entryevent") == events
    assert one("SELECT count(*) FROM transactions_transactionevent") == 0


def test_entries_change_come_and_go_and_the_others_stay(
    book: Book, by: Actor, named: dict[str, Account]
) -> None:
    id = record(
        book,
        by,
        entries=[
            (named["checking"], "-10", "", "bank-1"),
            (named["fruit"], "4"),
            (named["groceries"], "6"),
        ],
    )
    own, fruit, groceries = ids(id)

    correct(
        book,
        by,
        id,
        entries=[
            (groceries, {"amount": "7", "note": "More"}),
            (None, {"account": named["savings"], "amount": "3"}),
            (fruit, None),
        ],
    )

    assert [(name, amount) for name, amount, *_ in entries(id)] == [
        ("Checking", "-10"),
        ("Groceries", "7"),
        ("Savings", "3"),
    ]
    assert ids(id)[:2] == [own, groceries]
    assert entries(id)[0][4] == "bank-1"


def test_two_entries_swap_their_external_ids(
    book: Book, by: Actor, named: dict[str, Account]
) -> None:
    checking = named["checking"]
    id = record(
        book,
        by,
        entries=[
            (checking, "-10", "", "a"),
            (checking, "-5", "", "b"),
            (named["fruit"], "15"),
        ],
    )
    first, second, _ = ids(id)

    correct(book, by, id, entries=[(first, {"external_id": "b"}), (second, {"external_id": "a"})])

    assert [name for *_, name in entries(id)] == ["b", "a", ""]


def test_an_entry_moves_to_an_account_in_another_currency(
    book: Book, by: Actor, named: dict[str, Account]
) -> None:
    id = record(book, by, entries=[(named["checking"], "-10"), (named["fruit"], "10")])
    own, other = ids(id)

    correct(
        book, by, id, entries=[(own, {"account": named["dollars"]}), (other, {"currency": "USD"})]
    )

    assert [row[:3] for row in entries(id)] == [("Dollars", "-10", "USD"), ("Fruit", "10", "USD")]
