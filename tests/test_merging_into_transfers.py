"""What hangs on two transactions that become one transfer: imports, subscriptions, cards."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from cards import Cardholder
from conftest import Api
from fields import sent_by
from importing import Importer, transaction_of, verdicts
from raw import check_now
from subscribing import Subscriber
from test_imports import ofx
from test_uniting import balances, merge
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from invoices import services as invoices
from transactions import services as ledger
from transactions.models import Import, Transaction
from transactions.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2026, 5, 6)


@pytest.fixture(autouse=True)
def _sound() -> Any:
    """Whatever was merged and taken back, the book is sound."""
    yield
    check_now()
    assert [check for check in verify() if not check.ok] == []


@pytest.fixture
def table(book: Book, by: Actor) -> Callable[..., Import]:
    """A maker of imports of files that give rows no ids: `table(account, ("2026-05-06", "1"))`."""

    def bring(account: Account, *rows: tuple[str, str]) -> Import:
        lines = "".join(f"{day},Row {place},{amount}\n" for place, (day, amount) in enumerate(rows))
        file = BytesIO(f"Date,Description,Amount\n{lines}".encode())
        started = ledger.preview(
            book=book, by=by, account_id=account.id, file=file, file_name="x.csv"
        )
        return ledger.commit(book=book, by=by, import_id=started.id)

    return bring


def test_a_side_that_a_file_without_ids_told_takes_in_no_other_row_of_it(
    table: Callable[..., Import], page: Any, checking: Account, savings: Account, api: Api
) -> None:
    left = transaction_of(table(checking, ("2026-05-06", "-300.00")))
    both = table(savings, ("2026-05-07", "300.00"), ("2026-05-08", "300.00"))
    assert merge(api, transaction_of(both), left).status_code == 200
    assert "Is it in the book twice?" not in text_of(page(f"/transactions/{left}"))
    refused = merge(api, transaction_of(both, 2), left)
    assert refused.json()["errors"][0]["code"] == "told_already"
    assert balances(api)["Savings"] == "600.00"


def test_a_transfer_recorded_by_hand_stays_when_the_import_that_told_of_it_goes(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    transfer = keeper.move(checking, DAY, "-300.00", transfer_to_id=savings.id)
    importer = Importer(book, by, savings)
    told = importer.bring([("20260520", "300.00", "S1", "TED RECEIVED")])
    assert merge(api, transaction_of(told), transfer).status_code == 200
    assert verdicts(told) == [("duplicate", "chosen")]
    importer.revert(told)
    assert balances(api) == {"Checking": "-300.00", "Savings": "300.00"}


def test_what_was_recorded_by_hand_is_what_stays(
    book: Book, by: Actor, keeper: Bookkeeper, client: Any, page: Any, checking: Account,
    savings: Account, api: Api,
) -> None:  # fmt: skip
    importer = Importer(book, by, checking)
    brought = importer.bring([("20260506", "-300.00", "B1", "TED SENT")])
    imported = transaction_of(brought)
    own = keeper.move(savings, DAY, "300.00", description="To the piggy bank")
    refused = merge(api, own, imported)
    assert (refused.status_code, refused.json()["code"]) == (409, "brought_by_import")
    assert "To the piggy bank" in text_of(page(f"/transactions/{imported}"))
    answer = client.post(f"/transactions/{imported}", {"action": "unite", "other": str(own)})
    assert answer["Location"] == f"/transactions/{own}?told=united#content"
    importer.revert(brought)
    assert balances(api) == {"Checking": "0.00", "Savings": "300.00"}


@pytest.fixture
def posted(book: Book, by: Actor, keeper: Bookkeeper, checking: Account) -> Import:
    """An import by which 100 that were pending were posted as 102."""
    importer = Importer(book, by, checking)
    pending = keeper.move(checking, DAY, "-100.00", status="pending", description="TED x")
    told = importer.look([("20260508", "-102.00", "B1", "TED x")])
    importer.choose(told, 1, verdict="posted", transaction_id=pending)
    return importer.commit(told)


def test_what_was_posted_since_stays_as_it_was_posted(
    posted: Import, keeper: Bookkeeper, dollars: Account, api: Api
) -> None:
    arrived = keeper.move(dollars, DAY, "20.00")
    assert merge(api, transaction_of(posted), arrived).status_code == 200
    assert api.post(f"/imports/{posted.id}/revert").status_code == 200
    assert balances(api) == {"Checking": "0.00", "Dollars": "20.00"}


def test_a_posted_row_that_became_a_transfer_is_pending_again_with_its_amounts(
    posted: Import, dollars: Account, api: Api
) -> None:
    changes = {"transfer_to": str(dollars.id), "transfer_amount": "20.00"}
    assert api.patch(f"/transactions/{transaction_of(posted)}", changes).status_code == 200
    assert api.post(f"/imports/{posted.id}/revert").status_code == 200
    assert balances(api) == {"Checking": "-102.00", "Dollars": "20.00"}


@pytest.mark.parametrize("goes", ["here", "there"])
def test_of_two_currencies_what_is_left_counts_in_its_own(
    goes: str, book: Book, by: Actor, checking: Account, dollars: Account, api: Api
) -> None:
    here, there = Importer(book, by, checking), Importer(book, by, dollars)
    left = here.bring([("20260506", "-500.00", "B1", "SENT")])
    file = ofx([("20260507", "90.25", "D1", "CAME")], currency="USD")

    def bring() -> Import:
        started = ledger.preview(
            book=book, by=by, account_id=dollars.id, file=BytesIO(file), file_name="x.ofx"
        )
        return there.commit(started)

    came = bring()
    assert merge(api, transaction_of(came), transaction_of(left)).status_code == 200
    if goes == "here":
        here.revert(left)
        (row,) = api.get("/transactions").json()["results"]
        assert {one["amount"] for one in row["entries"]} == {"90.25", "-90.25"}
        assert {one["currency"] for one in row["entries"]} == {"USD"}
    else:
        there.revert(came)
        (row,) = api.get("/transactions").json()["results"]
        assert {one["amount"] for one in row["entries"]} == {"-500.00", "500.00"}
        assert {one["currency"] for one in row["entries"]} == {"BRL"}
        again = bring()
        assert merge(api, transaction_of(again), row["id"]).status_code == 200


def test_what_one_of_them_paid_is_paid(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    ana = Subscriber(book, by, checking)
    row = ana.subscribe()
    day = date(2026, 6, 10)
    (paid,) = ana.pay(row, day)
    was = ana.due_dates(row)
    arrived = keeper.move(savings, day, "20.00")
    assert merge(api, paid, arrived).status_code == 200
    assert ana.due_dates(row) == was != []


def test_two_payments_do_not_become_one(
    book: Book, by: Actor, checking: Account, savings: Account, salary: Account, api: Api
) -> None:
    ana, ben = Subscriber(book, by, checking), Subscriber(book, by, savings)
    (left,) = ana.pay(ana.subscribe(), date(2026, 6, 10))
    rent = ben.subscribe(name="Rent", category_id=salary.id)
    (came,) = ben.pay(rent, date(2026, 6, 10), amount="20.00")
    refused = merge(api, left, came)
    assert refused.json()["errors"][0]["code"] == "already_linked"


def test_parcels_are_bought_and_not_moved(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5)
    plan = invoices.create_plan(
        **holder.who,
        card_id=holder.card.id,
        description="Lamp",
        total=Decimal("90.00"),
        parcels=3,
        purchased_on=date(2026, 6, 10),
    )
    parcel = plan.installments.get(number=1).transaction_id
    arrived = keeper.move(savings, date(2026, 6, 10), "30.00")
    for source, target in ((parcel, arrived), (arrived, parcel)):
        refused = merge(api, source, target)
        assert (refused.status_code, refused.json()["code"]) == (409, "is_parcel")
    assert Transaction.objects.filter(id__in=[parcel, arrived]).count() == 2


def test_a_line_that_was_moved_to_another_statement_stays_there(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, groceries: Account, api: Api
) -> None:
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5)
    refund = holder.spend("2026-05-10", "-50.00", groceries)
    holder.move(refund, "2026-06", "2026-06-15")
    left = keeper.move(checking, date(2026, 5, 10), "-50.00")
    assert merge(api, refund, left).status_code == 200
    assert holder.line(left).invoice.month == date(2026, 6, 1)


def test_what_is_twice_on_one_account_is_no_transfer(
    keeper: Bookkeeper, checking: Account, groceries: Account, api: Api
) -> None:
    entries = [
        {"account": str(checking.id), "amount": "-100.00"},
        {"account": str(checking.id), "amount": "-200.00"},
        {"account": str(groceries.id), "amount": "300.00"},
    ]
    body = {"date": "2026-05-06", "description": "Split", "entries": entries}
    split = api.post("/transactions", body).json()["id"]
    lone = keeper.move(checking, DAY, "-100.00")
    assert merge(api, lone, split).json()["errors"][0]["code"] == "not_one_side"


def test_what_is_on_no_account_has_a_page(
    page: Any, groceries: Account, salary: Account, api: Api
) -> None:
    entries = [
        {"account": str(groceries.id), "amount": "10.00", "currency": "BRL"},
        {"account": str(salary.id), "amount": "-10.00", "currency": "BRL"},
    ]
    body = {"date": "2026-05-06", "description": "Odd", "entries": entries}
    odd = api.post("/transactions", body).json()["id"]
    assert page(f"/transactions/{odd}").status_code == 200


def test_what_was_merged_is_separated_again(
    book: Book, by: Actor, checking: Account, savings: Account, groceries: Account, api: Api
) -> None:
    here, there = Importer(book, by, checking), Importer(book, by, savings)
    left = transaction_of(here.bring([("20260506", "-300.00", "B1", "TED SENT")]))
    told = there.bring([("20260507", "300.00", "S1", "TED RECEIVED")])
    came = transaction_of(told)
    api.patch(f"/transactions/{left}", {"category": str(groceries.id)})
    before = [api.get(f"/transactions/{id}").json() for id in (left, came)]
    assert merge(api, came, left).status_code == 200
    api.patch(f"/transactions/{left}", {"description": "To the savings"})
    answer = api.post(f"/transactions/{left}/separate")
    assert (answer.status_code, answer.json()["id"]) == (200, str(came))
    after = [api.get(f"/transactions/{id}").json() for id in (left, came)]
    assert after[0]["description"] == "To the savings"
    for was, now in zip(before, after, strict=True):
        for name in ("amount", "category", "kind", "date", "external_id", "entries"):
            assert now[name] == was[name], name
    assert verdicts(told) == [("new", "not_in_the_book")]
    again = api.post(f"/transactions/{left}/separate")
    assert (again.status_code, again.json()["code"]) == (409, "nothing_merged")
    assert api.post(f"/transactions/{checking.id}/separate").status_code == 404


def test_what_crossed_currencies_is_separated_into_each_of_them(
    keeper: Bookkeeper, checking: Account, dollars: Account, api: Api
) -> None:
    left = keeper.move(checking, DAY, "-500.00")
    came = keeper.move(dollars, DAY, "90.25", external_id="D1")
    before = [api.get(f"/transactions/{id}").json()["entries"] for id in (left, came)]
    # The entry that was changed stands first in what is left.
    merge(api, left, came)
    assert api.post(f"/transactions/{came}/separate").status_code == 200
    assert [api.get(f"/transactions/{id}").json()["entries"] for id in (left, came)] == before


def test_what_was_paid_is_paid_by_it_again(
    book: Book, by: Actor, keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    ana = Subscriber(book, by, checking)
    row = ana.subscribe()
    (paid,) = ana.pay(row, date(2026, 6, 10))
    arrived = keeper.move(savings, date(2026, 6, 12), "20.00")
    merge(api, paid, arrived)
    assert row.payments.get().date == date(2026, 6, 12)
    api.post(f"/transactions/{arrived}/separate")
    assert (row.payments.get().transaction_id, row.payments.get().date) == (paid, date(2026, 6, 10))


def test_a_transfer_that_was_told_again_is_what_it_was(
    keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    transfer = keeper.move(checking, DAY, "-300.00", transfer_to_id=savings.id)
    told = keeper.move(savings, DAY, "300.00", external_id="S1")
    before = api.get(f"/transactions/{transfer}").json()["entries"]
    merge(api, told, transfer)
    assert api.post(f"/transactions/{transfer}/separate").status_code == 200
    assert api.get(f"/transactions/{transfer}").json()["entries"] == before
    assert balances(api) == {"Checking": "-300.00", "Savings": "600.00"}


def test_an_import_taken_back_is_nothing_merged(
    book: Book, by: Actor, checking: Account, savings: Account, api: Api
) -> None:
    here, there = Importer(book, by, checking), Importer(book, by, savings)
    left = transaction_of(here.bring([("20260506", "-300.00", "B1", "TED SENT")]))
    rows = [("20260507", "300.00", "S1", "CAME"), ("20260508", "300.00", "S2", "GIFT")]
    told = there.bring(rows)
    merge(api, transaction_of(told), left)
    there.revert(told)
    assert api.post(f"/transactions/{left}/separate").status_code == 409


def test_a_transfer_of_two_days_is_of_the_one_that_is_chosen(
    page: Any, client: Any, keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    left = keeper.move(checking, DAY, "-300.00")
    came = keeper.move(savings, date(2026, 5, 8), "300.00")
    shown = page(f"/transactions/{left}").content.decode()
    assert "choose which" in shown
    for day in ("2026-05-06", "2026-05-08"):
        assert f'name="on" value="{day}"' in shown
    sent = {"action": "unite", "other": str(came), "on": "2026-05-08"}
    assert client.post(f"/transactions/{left}", sent).status_code == 303
    assert api.get(f"/transactions/{left}").json()["date"] == "2026-05-08"
    gone = text_of(client.get(f"/transactions/{came}"))
    assert "where both can be separated again" in gone
    assert "Bring it back" not in gone
    # By its button, twice.
    for _twice in range(2):
        answer = client.post(f"/transactions/{left}", {"action": "separate"})
        assert answer["Location"] == f"/transactions/{left}?told=separated#content"
    assert "They are two again" in text_of(client.get(answer["Location"]))
    assert api.get(f"/transactions/{left}").json()["date"] == "2026-05-08"
    assert api.get(f"/transactions/{came}").json()["date"] == "2026-05-08"


def test_what_is_corrected_to_be_no_transfer_lets_the_other_side_come_back(
    page: Any, client: Any, keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    left = keeper.move(checking, DAY, "-300.00")
    came = keeper.move(savings, DAY, "300.00")
    merge(api, came, left)
    form = sent_by(page(f"/transactions/{left}"), "initial-description")
    sent = form | {"action": "correct", "kind": "out"}
    assert client.post(f"/transactions/{left}", sent).status_code == 303
    assert balances(api) == {"Checking": "-300.00", "Savings": "300.00"}
    assert api.get(f"/transactions/{came}").status_code == 200


def test_the_day_of_a_transfer_is_said_with_it(
    keeper: Bookkeeper, checking: Account, savings: Account, api: Api
) -> None:
    left = keeper.move(checking, DAY, "-300.00")
    came = keeper.move(savings, DAY, "300.00")
    body = {"into": str(left), "date": "2026-05-09"}
    assert api.post(f"/transactions/{came}/merge", body).json()["date"] == "2026-05-09"
