"""A correction that would break a rule is refused where it was sent, and changes nothing."""

from datetime import date
from typing import Any

import pytest
from conftest import Api
from drafting import DAY, correct, entries, ids, record
from raw import one

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import ChangedMeanwhile, Invalid, NotFound
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Changes


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


def test_what_is_wrong_is_said_where_it_was_sent(
    book: Book,
    by: Actor,
    named: dict[str, Account],
) -> None:
    record(book, by, account=named["checking"], amount="-1", external_id="taken")
    record(book, by, account=named["checking"], amount="-1", date=date(2026, 4, 1))
    ledger.close_month(book=book, by=by, month=date(2026, 4, 1), today=DAY)
    id = record(book, by, entries=[(named["checking"], "-10"), (named["fruit"], "10")])
    own, other = ids(id)
    before, version = entries(id), one("SELECT version FROM buffet_book")
    wrong: list[tuple[dict[str, Any], set[tuple[str, str]]]] = [
        ({"amount": "0"}, {("/amount", "zero")}),
        ({"amount": "-0.001"}, {("/amount", "too_many_decimals")}),
        ({"transfer_to": named["checking"]}, {("/transfer_to", "transfer_to_itself")}),
        ({"transfer_amount": "3"}, {("/transfer_amount", "not_a_transfer")}),
        ({"transfer_to": named["dollars"]}, {("/transfer_amount", "required")}),
        ({"external_id": "taken"}, {("/external_id", "duplicate")}),
        ({"date": date(2026, 4, 2)}, {("/date", "month_closed")}),
        (
            {"entries": [(other, {"amount": "10.001"})]},
            {("/entries/0/amount", "too_many_decimals")},
        ),
        ({"entries": [(other, {"amount": "11"})]}, {("/entries", "unbalanced")}),
        (
            {"entries": [(None, {"account": named["fruit"], "amount": "0"})]},
            {("/entries/0/amount", "zero")},
        ),
        (
            {"entries": [(other, {"note": "x"}), (own, {"external_id": "taken"})]},
            {("/entries/1/external_id", "duplicate")},
        ),
        ({"entries": [(own, {}), (own, {"amount": "1"})]}, {("/entries", "unbalanced")}),
        ({"entries": [(named["fruit"].id, {"amount": "1"})]}, {("/entries/0/id", "not_found")}),
        ({"entries": [(own, None), (own, None)]}, {("/entries/1/id", "not_found")}),
        ({"entries": [(own, None), (other, None)]}, {("/entries", "required")}),
        (
            {"entries": [(other, {"account": named["checking"]})]},
            {("/entries", "transfer_to_itself")},
        ),
    ]
    for given, expected in wrong:
        with pytest.raises(Invalid) as refused:
            correct(book, by, id, **given)

        assert {(fault.pointer, fault.code) for fault in refused.value.faults} == expected
    assert entries(id) == before
    assert one("SELECT version FROM buffet_book") == version


def test_an_archived_account_at_fault_is_pointed_at(
    book: Book,
    by: Actor,
    named: dict[str, Account],
) -> None:
    id = record(book, by, entries=[(named["checking"], "-10"), (named["fruit"], "10")])
    chart.archive_account(book=book, by=by, account_id=named["fruit"].id)

    with pytest.raises(Invalid, match="Fruit is archived") as simple:
        correct(book, by, id, description="Renamed")
    with pytest.raises(Invalid, match="Fruit is archived") as by_entries:
        correct(book, by, id, entries=[(ids(id)[0], {"note": "x"})])

    assert [fault.pointer for fault in simple.value.faults] == [""]
    assert [fault.pointer for fault in by_entries.value.faults] == ["/entries"]


def test_a_transaction_that_changed_meanwhile_stays(
    book: Book, by: Actor, named: dict[str, Account]
) -> None:
    id = record(book, by, account=named["checking"], amount="-1")
    version = one("SELECT version FROM transactions_transaction WHERE id = %s", id)

    with pytest.raises(ChangedMeanwhile):
        correct(book, by, id, version=version - 1, amount="-2")
    correct(book, by, id, version=version, amount="-3")

    assert entries(id)[0][1] == "-3"


def test_another_books_transaction_is_not_there(
    book: Book, by: Actor, named: dict[str, Account]
) -> None:
    id = record(book, by, account=named["checking"], amount="-1")
    theirs = Book.objects.create(name="Theirs", base_currency="BRL")

    with pytest.raises(NotFound):
        ledger.correct(
            book=theirs, by=by, transaction_id=id, changes=Changes({"description": "Mine"})
        )


def test_a_number_does_not_become_another_money(
    book: Book, by: Actor, named: dict[str, Account], api: Api
) -> None:
    yen, cash = (
        ledger.open_account(book=book, by=by, today=DAY, name=name, kind="checking", currency="JPY")
        for name in ("Yen", "Cash in yen")
    )
    spent = record(book, by, account=named["checking"], amount="-1000", category=named["fruit"])
    abroad = record(
        book, by, account=named["checking"], amount="-50",
        transfer_to=named["dollars"], transfer_amount="10",
    )  # fmt: skip
    within = record(book, by, account=named["checking"], amount="-50", transfer_to=named["savings"])
    before, version = entries(spent), one("SELECT version FROM buffet_book")
    there = {"account": str(yen.id)}
    both = [{"id": str(id), **there} for id in ids(within)]
    both[1]["account"] = str(cash.id)
    changes = [
        (spent, there, "/amount"),
        (abroad, there, "/amount"),
        (abroad, {"transfer_to": str(yen.id)}, "/transfer_amount"),
        (spent, {"entries": [{"id": str(ids(spent)[0]), **there}]}, "/entries/0/amount"),
        (within, {"entries": both}, "/entries/0/amount"),
    ]

    for id, change, pointer in changes:
        for answer, at in (
            (api.patch(f"/transactions/{id}", change), ""),
            (
                api.patch("/transactions/bulk", {"transactions": [{"id": str(id), **change}]}),
                "/transactions/0",
            ),
        ):
            assert answer.status_code == 400, answer.content
            (fault,) = answer.json()["errors"]
            assert (fault["pointer"], fault["code"]) == (f"{at}{pointer}", "required")
    told = api.patch(f"/transactions/{spent}", there).json()["detail"]
    assert told == "Yen is in JPY, not in BRL: say how much it is."
    assert (entries(spent), one("SELECT version FROM buffet_book")) == (before, version)
    correct(book, by, spent, account=yen, amount="-25000")
    assert entries(spent)[0][:3] == ("Yen", "-25000", "JPY")
    correct(book, by, abroad, account=named["savings"])
    assert entries(abroad)[0][:3] == ("Savings", "-50", "BRL")
