"""Rules on what is recorded: tried, applied and taken back; nobody's own value is overwritten."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from conftest import TODAY, Api
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from raw import run

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Changes
from transactions.models import Entry, EntryEvent, RuleRun
from transactions.services.applying import AlreadyUndone
from transactions.services.trying import Trial

MAY = {"first": date(2026, 5, 1), "last": date(2026, 5, 31)}
DAY = date(2026, 5, 4)


@pytest.fixture
def market(book: Book, by: Actor, groceries: Account) -> Any:
    """A rule: what says Market is for groceries, at the Market."""
    vendor = ledger.create_vendor(book=book, by=by, name="Market")
    return ledger.create_rule(
        book=book,
        by=by,
        name="Market",
        contains="market",
        category_id=groceries.id,
        vendor_id=vendor.id,
    )


def category(id: UUID) -> str:
    """Return the name of the category that a transaction has."""
    entries = Entry.objects.filter(transaction_id=id, account__type__in=("expense", "income"))
    return entries.values_list("account__name", flat=True).get()


def content(book: Book) -> list[Any]:
    """Return all that the ledger says, but for its versions and history."""
    header = "SELECT id, date, description, vendor_id, notes FROM transactions_transaction"
    entry = "SELECT id, transaction_id, account_id, amount, status, note FROM transactions_entry"
    return [*run(f"{header} ORDER BY id"), *run(f"{entry} ORDER BY id")]


def apply(book: Book, by: Actor, **more: Any) -> tuple[RuleRun, Trial]:
    """Apply the book's rules to May."""
    return ledger.apply_rules(book=book, by=by, **MAY | more)


def undo(book: Book, by: Actor, run: RuleRun) -> dict[UUID, str]:
    """Take a run back and return why what was left was left."""
    _, left = ledger.undo_run(book=book, by=by, run_id=run.id, now=timezone.now())
    return {id: refusal.code for id, refusal in left.items()}


def test_a_run_gives_what_was_tried_and_is_taken_back(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, market: Any
) -> None:
    id = keeper.move(checking, DAY, "-12.50", description="MÁRKET 12")
    keeper.move(checking, DAY, "-1.00", description="Coffee")
    keeper.move(checking, date(2026, 6, 1), "-1.00", description="Market")
    before = content(book)

    tried = ledger.try_rules(book=book, **MAY)
    assert content(book) == before
    found, trial = apply(book, by)

    assert trial.differences == tried.differences
    assert (found.changed, found.rules) == (1, "Market")
    assert category(id) == "Groceries"
    assert apply(book, by)[0].changed == 0
    event = EntryEvent.objects.filter(transaction_id=id).order_by("pgh_id").last()
    assert event.pgh_context.metadata["reason"] == "rule Market"

    assert undo(book, by, found) == {}
    assert content(book) == before
    with pytest.raises(AlreadyUndone):
        undo(book, by, found)
    assert apply(book, by)[0].changed == 1


def test_a_person_s_own_value_is_never_overwritten(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, salary: Account, market: Any
) -> None:
    own = keeper.move(checking, DAY, "-1.00", description="Market", category_id=salary.id)
    ids = [keeper.move(checking, DAY, "-2.00", description="Market") for _ in range(4)]
    apply(book, by)
    corrected, cleared, back, untouched = ids
    change(book, by, corrected, category_id=salary.id)
    change(book, by, cleared, category_id=None, vendor_id=None)
    change(book, by, back, category_id=salary.id)
    change(book, by, back, category_id=market.category_id)
    food = chart.create_category(book=book, by=by, name="Food", type="expense")
    ledger.change_rule(book=book, by=by, rule_id=market.id, category_id=food.id)

    _, trial = apply(book, by, only_uncategorized=False)

    assert [category(id) for id in ids] == ["Salary", "Uncategorised expenses", "Groceries", "Food"]
    assert category(own) == "Salary"
    assert {one.found.id for one in trial.differences if one.category_id} == {untouched}
    assert trial.kept == 4


def change(book: Book, by: Actor, id: UUID, **given: Any) -> None:
    """Correct a transaction as a person does."""
    ledger.correct(book=book, by=by, transaction_id=id, changes=Changes(given))


def test_what_changed_since_stays_when_a_run_is_taken_back(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, salary: Account, market: Any
) -> None:
    moved, gone, closed, noted = (
        keeper.move(checking, day, "-2.00", description="Market")
        for day in (DAY, DAY, date(2026, 4, 2), DAY)
    )
    found, _ = apply(book, by, first=date(2026, 4, 1))
    change(book, by, moved, category_id=salary.id)
    change(book, by, noted, notes="Ours")
    ledger.delete(book=book, by=by, transaction_ids=[gone])
    ledger.close_month(book=book, by=by, month=date(2026, 4, 1), today=TODAY)

    left = undo(book, by, found)

    assert left == {moved: "changed_since", gone: "gone_since", closed: "invalid"}
    kept = found.changes.values_list("transaction_id", "left")
    assert dict(kept) == left | {closed: "month_closed"}
    assert [category(id) for id in (moved, closed, noted)] == [
        "Salary",
        "Groceries",
        "Uncategorised expenses",
    ]


def test_a_run_is_taken_back_in_parts(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, salary: Account, market: Any
) -> None:
    ids = [keeper.move(checking, DAY, "-2.00", description="Market") for _ in range(5)]
    found, _ = apply(book, by)
    for id in ids[:2]:
        change(book, by, id, category_id=salary.id)
    told = []

    for _ in range(3):
        run, left = ledger.undo_run(book=book, by=by, run_id=found.id, now=timezone.now(), most=2)
        back = [category(id) for id in ids].count("Uncategorised expenses")
        told.append((len(left), back, run.undone_at is not None))

    assert told == [(2, 0, False), (0, 2, False), (0, 3, True)]
    with pytest.raises(AlreadyUndone):
        undo(book, by, found)
    assert set(found.changes.values_list("left", flat=True)) == {"changed_since"}


def test_closed_months_and_archived_accounts_are_named_and_left(
    api: Api,
    book: Book,
    by: Actor,
    keeper: Bookkeeper,
    checking: Account,
    savings: Account,
    market: Any,
) -> None:
    closed = keeper.move(checking, date(2026, 4, 2), "-2.00", description="Market")
    archived = keeper.move(savings, DAY, "-2.00", description="Market")
    good = keeper.move(checking, DAY, "-2.00", description="Market")
    keeper.move(savings, DAY, "2.00")
    ledger.close_month(book=book, by=by, month=date(2026, 4, 1), today=TODAY)
    chart.archive_account(book=book, by=by, account_id=savings.id)
    body = {"date_from": "2026-04-01", "date_to": "2026-05-31"}

    tried = api.post("/rules/try", body).json()
    applied = api.post("/rules/apply", body).json()

    refused = {row["transaction"]: row["refused"] for row in tried["results"] if row["refused"]}
    assert refused == {row["transaction"]: row["detail"] for row in applied["refused"]}
    assert {row["transaction"]: row["code"] for row in applied["refused"]} == {
        str(closed): "month_closed",
        str(archived): "archived",
    }
    assert tried["counts"] == applied["counts"]
    assert applied["counts"] == {"looked_at": 4, "changed": 1, "kept": 0, "refused": 2}
    assert category(good) == "Groceries"


def test_transfers_and_splits_are_left_alone(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, savings: Account, market: Any
) -> None:
    keeper.move(checking, DAY, "-2.00", description="Market", transfer_to_id=savings.id)

    assert ledger.try_rules(book=book, **MAY, only_uncategorized=False).looked_at == 0


def test_a_rule_that_is_not_there_is_tried(
    api: Api, keeper: Bookkeeper, checking: Account, groceries: Account
) -> None:
    keeper.move(checking, DAY, "-2.00", description="Market hall")
    body = {"date_from": "2026-05-01", "date_to": "2026-05-31"}
    rule = {"regex": "^market", "category": str(groceries.id)}

    found = api.post("/rules/try", body | {"rule": rule}).json()

    assert [row["proposed_category"] for row in found["results"]] == [str(groceries.id)]
    wrong = api.post("/rules/try", body | {"rule": {**rule, "regex": "("}})
    assert wrong.json()["errors"][0]["pointer"] == "/rule/regex"
    assert api.post("/rules/try", body | {"rule": rule, "rules": []}).status_code == 400
    assert api.get("/rules").json()["results"] == []


def test_a_run_is_listed_and_taken_back_by_the_api(
    api: Api, keeper: Bookkeeper, checking: Account, market: Any, person: Any, sign_in: Any
) -> None:
    keeper.move(checking, DAY, "-2.00", description="Market hall")
    body = {"date_from": "2026-05-01", "date_to": "2026-05-31", "rules": [str(market.id)]}
    id = api.post("/rules/apply", body).json()["id"]
    stranger = sign_in(person("stranger", Book.objects.create(name="T", base_currency="BRL")))

    assert [row["id"] for row in api.get("/rules/runs").json()["results"]] == [id]
    assert stranger.post(f"/rules/runs/{id}/undo").status_code == 404
    undone = api.post(f"/rules/runs/{id}/undo").json()
    assert (undone["left_count"], undone["undone_at"] is not None) == (0, True)
    assert api.post(f"/rules/runs/{id}/undo").json()["code"] == "already_undone"


def test_one_call_changes_so_many_and_says_that_there_is_more(
    book: Book,
    by: Actor,
    keeper: Bookkeeper,
    checking: Account,
    market: Any,
    monkeypatch: Any,
    django_assert_max_num_queries: Any,
) -> None:
    monkeypatch.setattr("transactions.services.trying.MOST_CHANGED", 2)
    for _ in range(3):
        keeper.move(checking, DAY, "-2.00", description="Market")

    with django_assert_max_num_queries(20):
        assert apply(book, by)[1].more
    assert not apply(book, by)[1].more
    assert not ledger.try_rules(book=book, **MAY).differences


TEXTS = ("Market 1", "Café", "Rent", "market café")
MOVES = st.lists(
    st.tuples(
        st.sampled_from(TEXTS),
        st.integers(-3000, 3000).filter(bool),
        st.integers(1, 60),
        st.sampled_from(("", "Groceries", "Salary")),
    ),
    min_size=1,
    max_size=8,
)
RULES = st.lists(
    st.tuples(
        st.sampled_from(("market", "cafe", "t")),
        st.sampled_from(("any", "in", "out")),
        st.sampled_from((None, 5, 20)),
        st.sampled_from(("Groceries", "Salary")),
    ),
    min_size=1,
    max_size=4,
)


@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(moves=MOVES, rules=RULES, again=st.booleans())
def test_what_was_tried_is_what_is_applied_and_taking_it_back_leaves_no_trace(
    moves: list[Any],
    rules: list[Any],
    again: bool,
    book: Book,
    by: Actor,
    keeper: Bookkeeper,
    checking: Account,
    groceries: Account,
    salary: Account,
) -> None:
    ids = {"Groceries": groceries.id, "Salary": salary.id, "": None}
    for text, cents, day, name in moves:
        on = date(2026, 4, 1) + timedelta(days=day)
        keeper.move(checking, on, f"{cents / 100:.2f}", description=text, category_id=ids[name])
    made = [
        ledger.create_rule(
            book=book,
            by=by,
            name=f"Rule {number}",
            contains=text,
            direction=direction,
            amount_min=None if least is None else Decimal(least),
            category_id=ids[name],
        )
        for number, (text, direction, least, name) in enumerate(rules)
    ]
    days = {"first": date(2026, 4, 1), "last": date(2026, 6, 30)}
    before = content(book)

    tried = ledger.try_rules(book=book, **days, only_uncategorized=not again)
    found, trial = ledger.apply_rules(book=book, by=by, **days, only_uncategorized=not again)

    assert trial.differences == tried.differences
    for one in tried.differences:
        entry = Entry.objects.get(id=one.found.entry_id)
        assert (entry.account_id, one.found.category_name) == (one.category_id, "")
    assert undo(book, by, found) == {}
    assert content(book) == before
    for one in made:
        ledger.delete_rule(book=book, by=by, rule_id=one.id)
    run("DELETE FROM transactions_entry")
    run("DELETE FROM transactions_transaction")
