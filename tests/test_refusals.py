"""What people may not record: refused at the place they said it, with a code and a sentence."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from drafting import DAY, draft
from raw import one
from uuid_utils.compat import uuid7

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Transaction


@pytest.fixture
def stage(
    book: Book,
    by: Actor,
    checking: Account,
    savings: Account,
    dollars: Account,
    groceries: Account,
    salary: Account,
) -> dict[str, Account]:
    """Accounts by the names that the refusals below use."""
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")
    old = chart.create_category(book=book, by=by, name="Old", type="expense")
    yen = ledger.open_account(book=book, by=by, today=DAY, name="Yen", kind="cash", currency="JPY")
    cash = ledger.open_account(
        book=theirs, by=by, today=DAY, name="Cash", kind="cash", currency="BRL"
    )
    sport = chart.create_category(book=theirs, by=by, name="Sport", type="expense")
    vendor = ledger.create_vendor(book=theirs, by=by, name="Market")
    chart.archive_account(book=book, by=by, account_id=old.id)
    ledger.record(
        book=book, by=by, drafts=[draft(account=checking, amount="-1", external_id="bank-1")]
    )
    ledger.close_month(book=book, by=by, month=date(2026, 4, 1), today=DAY)
    equity = Account.objects.get(book=book, kind="conversion")
    rows = (checking, savings, dollars, groceries, salary, old, yen, cash, sport, equity)
    nobody = Account(id=uuid7(), name="Nobody")
    return {row.name: row for row in (*rows, nobody)} | {"Market": vendor}  # type: ignore[dict-item]  # has an id too


CHECKING = {"account": "Checking", "amount": "-1"}
REFUSED = {
    "no account": ({"amount": "-1"}, "/account", "not_found"),
    "an account that is not there": (CHECKING | {"account": "Nobody"}, "/account", "not_found"),
    "another book's account": (CHECKING | {"account": "Cash"}, "/account", "not_found"),
    "a category as the account": (
        CHECKING | {"account": "Groceries"},
        "/account",
        "not_a_real_account",
    ),
    "no amount": ({"account": "Checking"}, "/amount", "required"),
    "zero": (CHECKING | {"amount": "0.00"}, "/amount", "zero"),
    "a third decimal": (CHECKING | {"amount": "-1.001"}, "/amount", "too_many_decimals"),
    "a tenth of a yen": (
        {"account": "Yen", "amount": "0.1"},
        "/amount",
        "too_many_decimals",
    ),
    "another currency": (CHECKING | {"currency": "USD"}, "/currency", "other_currency"),
    "another book's category": (CHECKING | {"category": "Sport"}, "/category", "not_found"),
    "an account as the category": (CHECKING | {"category": "Savings"}, "/category", "not_found"),
    "the book's own account as the category": (
        CHECKING | {"category": "Currency conversion"},
        "/category",
        "not_found",
    ),
    "an archived category": (CHECKING | {"category": "Old"}, "/category", "archived"),
    "a transfer to itself": (
        CHECKING | {"transfer_to": "Checking"},
        "/transfer_to",
        "transfer_to_itself",
    ),
    "a transfer to a category": (
        CHECKING | {"transfer_to": "Groceries"},
        "/transfer_to",
        "not_a_real_account",
    ),
    "a transfer to another book": (
        CHECKING | {"transfer_to": "Cash"},
        "/transfer_to",
        "not_found",
    ),
    "a transfer with a category": (
        CHECKING | {"transfer_to": "Savings", "category": "Groceries"},
        "/category",
        "transfer_with_category",
    ),
    "a transfer of two amounts": (
        CHECKING | {"transfer_to": "Savings", "transfer_amount": "2"},
        "/transfer_amount",
        "other_amount",
    ),
    "a transfer into dollars without their amount": (
        CHECKING | {"transfer_to": "Dollars"},
        "/transfer_amount",
        "required",
    ),
    "a transfer into dollars with a sign": (
        CHECKING | {"transfer_to": "Dollars", "transfer_amount": "-2"},
        "/transfer_amount",
        "signed",
    ),
    "a transfer of no dollars": (
        CHECKING | {"transfer_to": "Dollars", "transfer_amount": "0"},
        "/transfer_amount",
        "zero",
    ),
    "a transfer of a thousandth of a dollar": (
        CHECKING | {"transfer_to": "Dollars", "transfer_amount": "0.001"},
        "/transfer_amount",
        "too_many_decimals",
    ),
    "what arrives, of no transfer": (
        CHECKING | {"transfer_amount": "1"},
        "/transfer_amount",
        "not_a_transfer",
    ),
    "another book's vendor": (CHECKING | {"vendor": "Market"}, "/vendor", "not_found"),
    "a day in a closed month": (
        CHECKING | {"date": date(2026, 4, 30)},
        "/date",
        "month_closed",
    ),
    "an external id that is taken": (
        CHECKING | {"external_id": "bank-1"},
        "/external_id",
        "duplicate",
    ),
    "entries that are off": (
        {"entries": [("Checking", "-1"), ("Groceries", "0.99")]},
        "/entries",
        "unbalanced",
    ),
    "entries that are off in one currency": (
        {"entries": [("Checking", "-1"), ("Groceries", "1", "USD")]},
        "/entries",
        "unbalanced",
    ),
    "entries on one account": (
        {"entries": [("Checking", "-1"), ("Checking", "1")]},
        "/entries",
        "transfer_to_itself",
    ),
    "an entry of zero": (
        {"entries": [("Checking", "-1"), ("Groceries", "1"), ("Salary", "0")]},
        "/entries/2/amount",
        "zero",
    ),
    "an entry with a third decimal": (
        {"entries": [("Checking", "-1.001"), ("Groceries", "1")]},
        "/entries/0/amount",
        "too_many_decimals",
    ),
    "an entry of another book": (
        {"entries": [("Checking", "-1"), ("Sport", "1")]},
        "/entries/1/account",
        "not_found",
    ),
    "an entry on an archived category": (
        {"entries": [("Checking", "-1"), ("Old", "1")]},
        "/entries/1/account",
        "archived",
    ),
    "an entry in another currency": (
        {"entries": [("Checking", "-1", "USD"), ("Groceries", "1", "USD")]},
        "/entries/0/currency",
        "other_currency",
    ),
    "an entry in either of two currencies": (
        {"entries": [("Checking", "-1"), ("Dollars", "1"), ("Groceries", "1")]},
        "/entries/2/currency",
        "required",
    ),
    "an entry with an external id that is taken": (
        {"entries": [("Checking", "-1", "BRL", "bank-1"), ("Groceries", "1")]},
        "/entries/0/external_id",
        "duplicate",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_by_pointer_code_and_sentence(
    book: Book, by: Actor, stage: dict[str, Account], name: str
) -> None:
    said, pointer, code = REFUSED[name]
    fields: dict[str, Any] = dict(said)
    for role in ("account", "category", "transfer_to", "vendor"):
        if role in fields:
            fields[role] = stage[fields[role]]
    if "entries" in fields:
        fields["entries"] = [(stage[account], *more) for account, *more in fields["entries"]]
    wanted = [
        draft(account=stage["Checking"], amount="-1", pointer="/transactions/0"),
        draft(**fields, pointer="/transactions/1"),
    ]
    before = one("SELECT version FROM buffet_book WHERE id = %s", book.id)

    with pytest.raises(Invalid) as refused:
        ledger.record(book=book, by=by, drafts=wanted)

    (fault,) = refused.value.faults
    assert (fault.pointer, fault.code) == (f"/transactions/1{pointer}", code)
    assert fault.detail.endswith(".")
    assert fault.detail in str(refused.value)
    assert Transaction.objects.filter(book=book).count() == 1
    assert one("SELECT version FROM buffet_book WHERE id = %s", book.id) == before


def test_everything_that_is_wrong_is_said_at_once(
    book: Book, by: Actor, stage: dict[str, Account]
) -> None:
    wanted = [
        draft(account=stage["Checking"], amount="0", date=date(2026, 4, 1), pointer="/0"),
        draft(account=stage["Cash"], amount="1", vendor=stage["Market"], pointer="/1"),
        draft(account=stage["Checking"], amount="1", external_id="twice", pointer="/2"),
        draft(account=stage["Checking"], amount="1", external_id="twice", pointer="/3"),
    ]

    with pytest.raises(Invalid) as refused:
        ledger.record(book=book, by=by, drafts=wanted)

    assert {(fault.pointer, fault.code) for fault in refused.value.faults} == {
        ("/0/amount", "zero"),
        ("/0/date", "month_closed"),
        ("/1/account", "not_found"),
        ("/1/vendor", "not_found"),
        ("/2/external_id", "duplicate"),
        ("/3/external_id", "duplicate"),
    }


@pytest.mark.parametrize(
    ("fields", "pointer", "code"),
    [
        ({"opening_balance": Decimal("1.001")}, "/opening_balance", "too_many_decimals"),
        (
            {"opening_balance": Decimal(1), "opened_on": date(2026, 4, 1)},
            "/opened_on",
            "month_closed",
        ),
    ],
)
def test_an_opening_balance_is_refused_where_it_was_said(
    book: Book,
    by: Actor,
    stage: dict[str, Account],
    fields: dict[str, Any],
    pointer: str,
    code: str,
) -> None:
    with pytest.raises(Invalid) as refused:
        ledger.open_account(
            book=book, by=by, today=DAY, name="New", kind="cash", currency="BRL", **fields
        )

    assert [(fault.pointer, fault.code) for fault in refused.value.faults] == [(pointer, code)]
    assert not Account.objects.filter(name="New").exists()
