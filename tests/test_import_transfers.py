"""A card's payment is on two statements, the bank's and the card's, and in the book once."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import Bookkeeper
from conftest import TODAY, Api
from importing import Importer
from test_imports import Row, balance, ofx, upload

from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.models import Book
from invoices import services as cards
from transactions import services as ledger
from transactions.drafts import Draft
from transactions.models import BalancePoint, Transaction

BANK: list[Row] = [("20260506", "-300.00", "B1", "PAGTO FATURA")]
CARD: list[Row] = [
    ("20260420", "-300.00", "C1", "Market"),
    ("20260507", "300.00", "C2", "PAGAMENTO RECEBIDO"),
]


@pytest.fixture
def card(book: Book, by: Actor) -> CreditCard:
    """A card that closes on the 25th and is due on the 5th."""
    return cards.create_card(
        book=book, by=by, today=TODAY, name="Platinum", currency="BRL", closing_day=25, due_day=5
    )


def bring(api: Api, account: Account, rows: list[Row]) -> Any:
    """Import a file and return what became of its lines."""
    started = upload(api, account, ofx(rows)).json()
    return api.post(f"/imports/{started['id']}/commit").json()


def verdicts(answer: Any) -> list[str]:
    return [line["verdict"] for line in answer["lines"]]


def invoice(api: Api, card: CreditCard) -> Any:
    rows = api.get(f"/invoices?card={card.id}&limit=500").json()["results"]
    return next(row for row in rows if row["month"] == "2026-04")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("is_bank_first", [True, False])
def test_a_payment_on_both_statements_pays_the_bill_once(
    is_bank_first: bool, checking: Account, card: CreditCard, api: Api
) -> None:
    files = [(checking, BANK), (card.account, CARD)]
    first, second = files if is_bank_first else reversed(files)
    bring(api, *first)
    preview = upload(api, second[0], ofx(second[1])).json()
    assert preview["lines"][-1]["reason"] == "other_side_of_card_payment"
    assert preview["counts"]["transfer"] == 1

    committed = api.post(f"/imports/{preview['id']}/commit").json()

    assert verdicts(committed)[-1] == "transfer"
    (paid,) = [one for one in api.get("/transactions").json()["results"] if one["transfer_to"]]
    assert {paid["account"], paid["transfer_to"]} == {str(checking.id), str(card.account_id)}
    assert balance(api, card.account) == "0.00"
    assert balance(api, checking) == "-300.00"
    assert (invoice(api, card)["status"], invoice(api, card)["paid"]) == ("paid", "300.00")
    # The same files again, whichever day the transaction has.
    assert verdicts(bring(api, checking, BANK)) == ["duplicate"]
    assert verdicts(bring(api, card.account, CARD)) == ["duplicate"] * 2
    assert api.get("/integrity").json()["ok"]


def test_a_reverted_file_leaves_the_other_side_waiting(
    checking: Account, card: CreditCard, api: Api
) -> None:
    bring(api, checking, BANK)
    before = api.get("/transactions").json()["results"][0]
    started = bring(api, card.account, CARD)

    assert api.post(f"/imports/{started['id']}/revert").status_code == 200

    (after,) = api.get("/transactions").json()["results"]
    same = ("id", "date", "account", "amount", "category", "transfer_to", "kind")
    assert [after[name] for name in same] == [before[name] for name in same]
    assert balance(api, card.account) == "0.00"
    assert verdicts(bring(api, card.account, CARD)) == ["new", "transfer"]


def test_a_reverted_file_leaves_what_another_account_s_file_told_of_since(
    checking: Account, card: CreditCard, api: Api
) -> None:
    bank, there = bring(api, checking, BANK), bring(api, card.account, CARD)

    assert api.post(f"/imports/{bank['id']}/revert").status_code == 200

    left = api.get(f"/imports/{there['id']}").json()
    assert verdicts(left) == ["new", "new"]
    paid = api.get(f"/transactions/{left['lines'][1]['transaction']}").json()
    said = ("2026-05-07", str(card.account_id), "300.00", "PAGAMENTO RECEBIDO", None)
    names = ("date", "account", "amount", "description", "transfer_to")
    assert tuple(paid[name] for name in names) == said
    assert (balance(api, card.account), balance(api, checking)) == ("0.00", "0.00")
    assert verdicts(bring(api, card.account, CARD)) == ["duplicate"] * 2
    # The bank's file comes in again, and completes the card's; then that one goes.
    assert verdicts(bring(api, checking, BANK)) == ["transfer"]
    api.post(f"/imports/{there['id']}/revert")
    assert (balance(api, card.account), balance(api, checking)) == ("0.00", "-300.00")
    assert len(api.get("/transactions").json()["results"]) == 1
    assert api.get("/integrity").json()["ok"]


def test_what_another_account_s_file_told_of_stays_off_its_reconciled_days(
    checking: Account, savings: Account, keeper: Bookkeeper, api: Api, book: Book, by: Actor
) -> None:
    bank, there = bring(api, checking, BANK), Importer(book, by, savings)
    preview = there.look([("20260505", "300.00", "S1", "TED RECEIVED")])
    paid = UUID(bank["lines"][0]["transaction"])
    there.choose(preview, 1, verdict="transfer", transaction_id=paid)
    there.commit(preview)
    BalancePoint.objects.filter(account=savings).delete()
    point = keeper.point(savings, date(2026, 5, 5), "0.00")
    ledger.reconcile(book=book, by=by, point_id=point.id)

    answer = api.post(f"/imports/{bank['id']}/revert")

    assert answer.status_code == 400
    assert [one["code"] for one in answer.json()["errors"]] == ["days_reconciled"]
    assert "Savings is reconciled up to 2026-05-05" in answer.json()["detail"]
    assert balance(api, savings) == "300.00"


def test_a_payment_that_was_recorded_is_not_brought_again(
    checking: Account, card: CreditCard, api: Api, book: Book, by: Actor
) -> None:
    bring(api, card.account, CARD[:1])
    paid = {"from_account": str(checking.id), "date": "2026-05-05"}
    assert api.post(f"/invoices/{invoice(api, card)['id']}/pay", paid).status_code == 200

    for account, rows in ((card.account, CARD), (checking, BANK)):
        answer = bring(api, account, rows)
        assert verdicts(answer)[-1] == "duplicate"
        assert answer["lines"][-1]["reason"] == "recorded_as_transfer"

    assert balance(api, card.account) == "0.00"
    assert balance(api, checking) == "-300.00"


def test_what_could_be_either_of_two_stays_a_line_of_its_own(
    checking: Account, card: CreditCard, api: Api
) -> None:
    bring(api, checking, [("20260506", "-300.00", "B1", "A"), ("20260506", "-300.00", "B2", "B")])

    answer = bring(api, card.account, CARD)

    assert verdicts(answer) == ["new", "new"]


@pytest.mark.parametrize(
    ("day", "amount"), [("20260511", "-300.00"), ("20260506", "-300.01"), ("20260506", "300.00")]
)
def test_another_day_amount_or_way_is_no_other_side(
    day: str, amount: str, checking: Account, card: CreditCard, api: Api
) -> None:
    bring(api, checking, [(day, amount, "B1", "PAGTO FATURA")])

    assert verdicts(bring(api, card.account, CARD)) == ["new", "new"]


def test_what_is_sorted_or_in_a_closed_month_stays_as_it_is(
    checking: Account, groceries: Account, card: CreditCard, api: Api, book: Book, by: Actor
) -> None:
    sorted_one = Draft(
        date=date(2026, 5, 6), description="Market", account_id=checking.id,
        amount=Decimal("-300.00"), category_id=groceries.id,
    )  # fmt: skip
    ledger.record(book=book, by=by, drafts=[sorted_one])
    bring(api, checking, [("20260430", "-70.00", "B9", "PAGTO FATURA")])
    ledger.close_month(book=book, by=by, month=date(2026, 4, 1), today=TODAY)

    answer = bring(api, card.account, [CARD[1], ("20260502", "70.00", "C3", "PAGAMENTO")])

    assert verdicts(answer) == ["new", "new"]


def test_another_book_s_payment_is_no_other_side(
    checking: Account, card: CreditCard, api: Api, by: Actor
) -> None:
    other = Book.objects.create(name="Elsewhere", base_currency="BRL")
    purse = ledger.open_account(
        book=other, by=by, today=TODAY, name="Purse", kind="cash", currency="BRL"
    )
    paid = Draft(
        date=date(2026, 5, 6), description="x", account_id=purse.id, amount=Decimal("-300.00")
    )
    ledger.record(book=other, by=by, drafts=[paid])

    assert verdicts(bring(api, card.account, CARD)) == ["new", "new"]
    assert Transaction.objects.filter(book=other).count() == 1
