"""The lines of an import are given categories: by the file, by rules, by what was done before."""

import time
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from conftest import Api
from test_imports import ofx, upload

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.classifying.history import History, Told
from transactions.imports.proposing import propose
from transactions.models import Entry, Import, ImportLine, Verdict

DAY = date(2026, 4, 4)


@pytest.fixture
def food(book: Book, by: Actor) -> Account:
    """Another category."""
    return chart.create_category(book=book, by=by, name="Food", type="expense")


def line(api: Api, account: Account, text: str, amount: str = "-9.90", day: int = 2) -> Any:
    """Import one line and return its import and the line as the preview shows it."""
    answer = upload(api, account, ofx([(f"202605{day:02}", amount, f"{text} {day}", text)]))
    assert answer.status_code == 201, answer.content
    return answer.json()["id"], answer.json()["lines"][0]


def test_what_was_done_before_is_proposed_recorded_and_learned_anew(
    api: Api, keeper: Bookkeeper, checking: Account, groceries: Account, food: Account
) -> None:
    for number in range(3):
        keeper.move(
            checking, DAY, "-5.00", description=f"MERCADO {number}/3", category_id=groceries.id
        )

    id, found = line(api, checking, "Mercado 77")
    assert (found["category"], found["category_reason"]) == (str(groceries.id), "history")

    api.post(f"/imports/{id}/commit")
    (recorded,) = api.get("/transactions?q=Mercado 77").json()["results"]
    assert recorded["category"] == str(groceries.id)

    api.patch(f"/transactions/{recorded['id']}", {"category": str(food.id)})
    assert line(api, checking, "Mercado 77", day=9)[1]["category"] == str(food.id)
    assert line(api, checking, "Mercado 78", day=9)[1]["category"] == str(groceries.id)


def test_what_a_rule_gave_is_no_word_of_a_person(
    api: Api, book: Book, by: Actor, keeper: Bookkeeper, checking: Account,
    groceries: Account, food: Account,
) -> None:  # fmt: skip
    for number in range(2):
        keeper.move(checking, DAY, "-5.00", description=f"Shop {number}", category_id=groceries.id)
    for number in range(2, 6):
        keeper.move(checking, DAY, "-5.00", description=f"Shop {number}")
    rule = ledger.create_rule(book=book, by=by, name="Shop", contains="shop", category_id=food.id)
    run, _ = ledger.apply_rules(book=book, by=by, first=DAY, last=DAY, rule_ids=[rule.id])
    assert run.changed == 4
    ledger.delete_rule(book=book, by=by, rule_id=rule.id)

    found = line(api, checking, "Shop 77")[1]

    assert (found["category"], found["category_reason"]) == (str(groceries.id), "history")


def test_rules_go_before_the_past_and_a_person_before_both(
    api: Api, book: Book, by: Actor, keeper: Bookkeeper, checking: Account,
    groceries: Account, food: Account, salary: Account,
) -> None:  # fmt: skip
    vendor = ledger.create_vendor(book=book, by=by, name="Market")
    for amount in ("-1.00", "-2.00"):
        keeper.move(
            checking,
            DAY,
            amount,
            description="Market",
            category_id=groceries.id,
            vendor_id=vendor.id,
        )
    rule = ledger.create_rule(
        book=book, by=by, name="Small", contains="market", amount_max=10, category_id=food.id
    )

    id, small = line(api, checking, "Market", "-9.90")
    _, large = line(api, checking, "Market", "-99.00", day=3)

    assert (small["category"], small["category_reason"]) == (str(food.id), f"rule:{rule.id}")
    assert (small["vendor"], small["vendor_reason"]) == (str(vendor.id), "history")
    assert large["category_reason"] == "history"
    api.patch(f"/imports/{id}/lines/1", {"category": str(salary.id)})
    propose(book.id, Import.objects.get(id=id).id)
    chosen = api.get(f"/imports/{id}").json()["lines"][0]
    assert (chosen["category"], chosen["category_reason"]) == (str(salary.id), "chosen")
    assert chosen["vendor_reason"] == "history"


def test_what_an_import_proposed_may_be_changed_by_rules_and_what_was_chosen_not(
    api: Api, book: Book, by: Actor, checking: Account, groceries: Account, food: Account
) -> None:
    rule = ledger.create_rule(
        book=book, by=by, name="One", contains="market", category_id=groceries.id
    )
    own, _ = line(api, checking, "Market own")
    api.patch(f"/imports/{own}/lines/1", {"category": str(groceries.id)})
    proposed, _ = line(api, checking, "Market proposed", day=3)
    for id in (own, proposed):
        api.post(f"/imports/{id}/commit")
    ledger.change_rule(book=book, by=by, rule_id=rule.id, category_id=food.id)
    days = {"date_from": "2026-05-01", "date_to": "2026-05-31"}

    assert api.post("/rules/apply", days).json()["changed"] == 0
    done = api.post("/rules/apply", days | {"only_uncategorized": False}).json()

    assert (done["changed"], done["counts"]["kept"]) == (1, 1)
    named = Entry.objects.filter(account=food).values_list("transaction__description", flat=True)
    assert list(named) == ["Market proposed"]


def test_what_is_archived_a_transfer_or_a_split_proposes_nothing(
    api: Api, book: Book, by: Actor, keeper: Bookkeeper,
    checking: Account, savings: Account, groceries: Account,
) -> None:  # fmt: skip
    for _ in range(2):
        keeper.move(checking, DAY, "-1.00", description="Put aside", transfer_to_id=savings.id)
        keeper.move(checking, DAY, "-1.00", description="Market", category_id=groceries.id)
    assert line(api, checking, "Market")[1]["category"]

    chart.archive_account(book=book, by=by, account_id=groceries.id)

    assert line(api, checking, "Market", day=3)[1]["category"] is None
    assert line(api, checking, "Put aside")[1]["category"] is None


A, B = (f"01a22264-a5a1-7161-a29f-0d7634d595a{number}" for number in range(2))


@pytest.mark.parametrize(
    ("told", "text", "decided"),
    [
        ([("Shop 1", A), ("Shop 2", A)], "Shop 3", A),
        ([("Shop 1", A)], "Shop 3", None),
        ([("Shop 1", A)], "Shop 1", A),
        ([("Shop 1", A), ("Shop 2", B)], "Shop 3", None),
        ([("Shop 1", A), ("Shop 2", B), ("Shop 4", B)], "Shop 3", B),
        ([("Shop", B)] * 5 + [("Shop", A)] * 9, "Shop", B),
        # What nobody touched since it was proposed does not confirm itself.
        ([("Shop 2", A, A), ("Shop 2", A, A), ("Shop 1", B), ("Shop 4", B)], "Shop 3", B),
        ([("Shop 2", A, A), ("Shop 2", A, A)], "Shop 3", A),
        # What a person put in a proposal's place counts at once, for the same text.
        ([("Shop 2", B, A), ("Shop 2", A), ("Shop 2", A)], "Shop 2", B),
        ([("Shop 2", B, A), ("Shop 2", A), ("Shop 2", A)], "Shop 3", A),
    ],
)
def test_the_past_decides_when_it_is_clear(told: list[Any], text: str, decided: Any) -> None:
    votes = [
        Told(said, False, category, None, given[0] if given else None)
        for said, category, *given in told
    ]

    found = History(votes).given(text, comes_in=False).category_id
    assert found == (decided and UUID(decided))
    assert History(votes).given(text, comes_in=True).category_id is None


def test_a_form_is_told_what_a_transaction_would_be_given(
    api: Api, book: Book, by: Actor, keeper: Bookkeeper, checking: Account, groceries: Account
) -> None:
    for _ in range(2):
        keeper.move(checking, DAY, "-1.00", description="Market", category_id=groceries.id)

    found = api.get(f"/transactions/proposal?description=market&account={checking.id}").json()
    assert (found["category_name"], found["category_reason"], found["count"]) == (
        "Groceries",
        "history",
        2,
    )

    rule = ledger.create_rule(book=book, by=by, name="In", direction="in", category_id=groceries.id)
    found = api.get("/transactions/proposal?description=x&amount=5.00").json()
    assert (found["rule"], found["rule_name"]) == (str(rule.id), "In")
    assert api.get("/transactions/proposal").status_code == 400
    nobody = "0192f0c0-0000-7000-8000-000000000000"
    assert api.get(f"/transactions/proposal?description=x&account={nobody}").status_code == 404


def test_a_long_file_is_looked_at_text_by_text(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, groceries: Account,
    django_assert_max_num_queries: Any,
) -> None:  # fmt: skip
    ledger.create_rule(
        book=book, by=by, name="One", regex="(a+)+$|shop", amount_max=50, category_id=groceries.id
    )
    keeper.move(checking, DAY, "-1.00", description="Bar 1", category_id=groceries.id)
    started = Import.objects.create(book=book, account=checking, file_name="x", format="csv")
    ImportLine.objects.bulk_create(
        ImportLine(
            book=book,
            of_import=started,
            number=number,
            date=DAY + timedelta(days=number % 28),
            amount=-number,
            description=f"{'Shop' if number % 9 else 'Bar'} {number % 400}",
            verdict=Verdict.NEW,
        )
        for number in range(1, 2001)
    )

    with django_assert_max_num_queries(9):
        began = time.perf_counter()
        propose(book.id, started.id)
        took = time.perf_counter() - began

    assert took < 1.5
    given = started.lines.filter(category_reason__startswith="rule:")
    assert {row.number for row in given} == {n for n in range(1, 51) if n % 9}
    assert started.lines.filter(category_reason="history").count() > 0
