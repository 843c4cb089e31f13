"""What left one account and arrived on another came as two: they become one transfer."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from conftest import Api
from importing import Importer, transaction_of, verdicts

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book
from transactions import services as ledger
from transactions.models import Import, Transaction

DAY = date(2026, 5, 6)
LEFT = ("20260506", "-300.00", "B1", "TED SENT")
CAME = ("20260507", "300.00", "S1", "TED RECEIVED")


@dataclass(frozen=True)
class Both:
    """The imports of both accounts, and what each brought."""

    bank: Importer
    other: Importer
    left: Import
    came: Import

    @property
    def ids(self) -> tuple[Any, Any]:
        """The transactions: what left, what came."""
        return transaction_of(self.left), transaction_of(self.came)


@pytest.fixture
def both(book: Book, by: Actor, checking: Account, savings: Account) -> Both:
    """Two accounts' statements, each imported as it is."""
    bank, other = Importer(book, by, checking), Importer(book, by, savings)
    return Both(bank, other, bank.bring([LEFT]), other.bring([CAME]))


def merge(api: Api, source: Any, target: Any) -> Any:
    return api.post(f"/transactions/{source}/merge", {"into": str(target)})


def balances(api: Api) -> dict[str, str]:
    return {row["name"]: row["balance"] for row in api.get("/accounts").json()["results"]}


@pytest.mark.django_db(transaction=True)
def test_two_sides_become_one_transfer(both: Both, api: Api, groceries: Account) -> None:
    left, came = both.ids
    api.patch(f"/transactions/{left}", {"category": str(groceries.id)})
    api.patch(f"/transactions/{came}", {"notes": "For the roof"})
    before = balances(api)
    answer = merge(api, came, left)
    assert answer.status_code == 200
    row = answer.json()
    assert (row["id"], row["kind"], row["amount"]) == (str(left), "transfer", "-300.00")
    assert (row["date"], row["description"], row["notes"]) == (
        "2026-05-06",
        "TED SENT",
        "For the roof",
    )
    assert row["category"] is None
    there = next(one for one in row["entries"] if one["account_name"] == "Savings")
    assert (there["amount"], there["external_id"], there["status"]) == ("300.00", "S1", "cleared")
    assert balances(api) == before == {"Checking": "-300.00", "Savings": "300.00"}
    assert api.get(f"/transactions/{came}").status_code == 404
    assert verdicts(both.came) == [("transfer", "chosen")]
    assert transaction_of(both.came) == left
    # Each statement again brings nothing.
    assert verdicts(both.other.look([CAME])) == [("duplicate", "told_before")]
    assert verdicts(both.bank.look([LEFT])) == [("duplicate", "same_bank_id")]
    # Sent twice, it is merged once.
    assert merge(api, came, left).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_either_import_can_be_taken_back_afterwards(both: Both, api: Api) -> None:
    left, came = both.ids
    merge(api, came, left)
    version = both.came.version
    both.came.refresh_from_db()
    assert both.came.version > version
    both.other.revert(both.came)
    assert balances(api) == {"Checking": "-300.00", "Savings": "0.00"}
    assert api.get(f"/transactions/{left}").json()["kind"] == "expense"


@pytest.mark.django_db(transaction=True)
def test_what_the_other_import_brought_stays_without_the_first(both: Both, api: Api) -> None:
    left, came = both.ids
    merge(api, came, left)
    both.bank.revert(both.left)
    assert balances(api) == {"Checking": "0.00", "Savings": "300.00"}
    (row,) = api.get("/transactions").json()["results"]
    assert (row["date"], row["description"], row["kind"]) == (
        "2026-05-07",
        "TED RECEIVED",
        "income",
    )
    both.other.revert(both.came)
    assert balances(api) == {"Checking": "0.00", "Savings": "0.00"}


@pytest.mark.django_db(transaction=True)
def test_what_was_merged_comes_back_once_the_transfer_is_none(both: Both, api: Api) -> None:
    left, came = both.ids
    merge(api, came, left)
    refused = api.post(f"/transactions/{came}/restore")
    assert (refused.status_code, refused.json()["errors"][0]["code"]) == (400, "duplicate")
    api.patch(f"/transactions/{left}", {"transfer_to": None})
    assert api.post(f"/transactions/{came}/restore").status_code == 200
    assert balances(api) == {"Checking": "-300.00", "Savings": "300.00"}
    assert verdicts(both.came) == [("new", "not_in_the_book")]
    both.other.revert(both.came)
    assert balances(api) == {"Checking": "-300.00", "Savings": "0.00"}


@pytest.mark.django_db(transaction=True)
def test_a_later_file_that_told_of_it_tells_of_the_transfer(both: Both, api: Api) -> None:
    left, came = both.ids
    again = both.other.bring([CAME])
    merge(api, came, left)
    assert verdicts(again) == [("duplicate", "same_bank_id")]
    assert transaction_of(again) == left


@pytest.mark.django_db
def test_a_transfer_recorded_by_hand_takes_in_what_a_statement_told(
    keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    transfer = keeper.move(checking, DAY, "-300.00", transfer_to_id=savings.id)
    came = keeper.move(savings, DAY + timedelta(days=1), "300.00", external_id="S1")
    again = keeper.move(savings, DAY + timedelta(days=1), "300.00", external_id="S2")
    row = merge(api, came, transfer).json()
    assert row["kind"] == "transfer"
    assert [one["external_id"] for one in row["entries"]] == ["", "S1"]
    assert balances(api) == {"Checking": "-300.00", "Savings": "600.00"}
    told = merge(api, again, transfer)
    assert told.status_code == 400
    assert told.json()["errors"][0]["code"] == "told_already"


@pytest.mark.django_db
def test_what_arrives_in_another_currency_is_what_arrived(
    keeper: Bookkeeper, checking: Account, dollars: Account, api: Api
) -> None:
    left = keeper.move(checking, DAY, "-500.00")
    came = keeper.move(dollars, DAY, "90.25", external_id="D1")
    row = merge(api, left, came).json()
    assert (row["kind"], row["account_name"], row["amount"]) == ("transfer", "Dollars", "90.25")
    assert (row["transfer_amount"], row["currency"]) == ("500.00", "USD")
    assert balances(api) == {"Checking": "-500.00", "Dollars": "90.25"}
    # It is a transfer like any other: its amount there can be corrected.
    answer = api.patch(f"/transactions/{came}", {"transfer_amount": "505.00"})
    assert answer.status_code == 200
    assert balances(api) == {"Checking": "-505.00", "Dollars": "90.25"}


@pytest.mark.django_db
def test_what_are_no_two_sides_of_one_movement_is_refused_and_changes_nothing(
    keeper: Bookkeeper, checking: Account, savings: Account, groceries: Account, salary: Account,
    api: Api,
) -> None:  # fmt: skip
    left = keeper.move(checking, DAY, "-300.00")
    moves = {
        "transfer_to_itself": keeper.move(checking, DAY, "300.00"),
        "same_direction": keeper.move(savings, DAY, "-300.00"),
        "other_amount": keeper.move(savings, DAY, "299.99"),
        "not_one_side": api.post("/transactions", {
            "date": "2026-05-06", "description": "Split", "entries": [
                {"account": str(savings.id), "amount": "300.00"},
                {"account": str(salary.id), "amount": "-200.00"},
                {"account": str(groceries.id), "amount": "-100.00"},
            ],
        }).json()["id"],
        "not_found": checking.id,
    }  # fmt: skip
    before, rows = balances(api), Transaction.objects.count()
    for code, other in moves.items():
        answer = merge(api, left, other)
        (fault,) = answer.json()["errors"]
        assert (answer.status_code, fault["code"], fault["pointer"]) == (400, code, "/into")
    answer = merge(api, moves["not_one_side"], left)
    (fault,) = answer.json()["errors"]
    assert (answer.status_code, fault["code"], fault["pointer"]) == (400, "not_one_side", "")
    itself = merge(api, left, left)
    assert (itself.status_code, itself.json()["code"]) == (409, "merge_of_itself")
    assert balances(api) == before
    assert Transaction.objects.count() == rows


@pytest.mark.django_db
def test_neither_a_closed_month_nor_reconciled_days_change(
    keeper: Bookkeeper, book: Book, by: Actor, checking: Account, savings: Account, api: Api
) -> None:
    april, may = date(2026, 4, 30), date(2026, 5, 1)
    left = keeper.move(checking, april, "-300.00")
    came = keeper.move(savings, may, "300.00")
    ledger.close_month(book=book, by=by, month=april.replace(day=1), today=may)
    for source, target, pointer in ((came, left, "/into"), (left, came, "")):
        answer = merge(api, source, target)
        (fault,) = answer.json()["errors"]
        assert (answer.status_code, fault["code"], fault["pointer"]) == (
            400,
            "month_closed",
            pointer,
        )
    assert Transaction.objects.filter(id__in=[left, came]).count() == 2
    ledger.reopen_month(book=book, by=by, month=april.replace(day=1), reason="x")
    point = keeper.point(savings, date(2026, 5, 31), "300.00")
    ledger.reconcile(book=book, by=by, point_id=point.id)
    with pytest.raises(Refusal, match="reconciled"):
        ledger.merge_into_transfer(book=book, by=by, source_id=came, target_id=left)
    assert balances(api) == {"Checking": "-300.00", "Savings": "300.00"}
    # What the bank agreed with stays as it is this way round.
    ledger.merge_into_transfer(book=book, by=by, source_id=left, target_id=came)
    assert balances(api) == {"Checking": "-300.00", "Savings": "300.00"}


@pytest.mark.django_db(transaction=True)
def test_it_is_neither_income_nor_expense_any_more(both: Both, api: Api) -> None:
    asked = "/reports/cash-flow?date_from=2026-05-01&date_to=2026-05-31"
    assert "300.00" in told(api.get(asked).json())
    left, came = both.ids
    merge(api, came, left)
    assert "300.00" not in told(api.get(asked).json())


def told(answer: Any) -> set[str]:
    """Return every text of an answer, however deep."""
    if isinstance(answer, dict):
        answer = list(answer.values())
    if isinstance(answer, list):
        return set().union(*map(told, answer))
    return {str(answer)}
