"""What follows from amounts may be larger than one may be: that is refused, and nothing changes."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper
from cards import Cardholder
from conftest import Api
from raw import one

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import AmountTooLarge
from buffet.models import Book
from invoices import services as cards
from invoices.models import Installment

MOST = "999999999999999.99"
MAY = date(2026, 5, 31)


@pytest.fixture
def funds(keeper: Bookkeeper) -> Account:
    """An investment of 180.00."""
    return keeper.open(
        "Funds", "investment", "BRL", opened_on=date(2026, 1, 2), opening_balance=Decimal("180.00")
    )


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 25th and is due on the 5th."""
    return Cardholder(book, by, checking, closing_day=25, due_day=5)


def _version() -> Any:
    return one("SELECT version FROM buffet_book")


def _faults(answer: Any) -> list[tuple[str, str]]:
    assert answer.status_code == 400, answer.content
    return [(fault["pointer"], fault["code"]) for fault in answer.json()["errors"]]


def test_a_value_that_is_too_far_from_the_ledger_is_refused(
    api: Api, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "200.00", kind="valuation")
    before = _version()
    value = {"account": str(funds.id), "on": "2026-06-01", "kind": "valuation"}

    answers = [
        api.post("/balance-points", value | {"balance": f"-{MOST}"}),
        api.patch(f"/balance-points/{point.id}", {"balance": f"-{MOST}"}),
    ]

    assert [_faults(answer) for answer in answers] == [[("/balance", "too_large")]] * 2
    assert answers[0].json()["detail"] == (
        "This comes to an amount that is too large: one has at most 15 digits before the point."
    )
    assert _version() == before


def test_a_value_is_not_booked_again_where_the_gain_is_too_large(
    api: Api, keeper: Bookkeeper, funds: Account
) -> None:
    point = keeper.point(funds, MAY, "200.00", kind="valuation")
    for _ in range(2):
        keeper.move(funds, date(2026, 5, 2), MOST)
    before = _version()

    answer = api.post(f"/balance-points/{point.id}/revalue", {})

    assert [code for _, code in _faults(answer)] == ["too_large"]
    assert _version() == before


def test_a_statement_that_is_too_large_is_paid_in_parts(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    for _ in range(2):
        holder.spend("2026-04-20", MOST, groceries)
    address = f"/invoices/{holder.statement('2026-04', '2026-06-15').invoice.id}/pay"
    before = _version()

    answer = api.post(address, {})

    assert _faults(answer) == [("/amount", "too_large")]
    assert _version() == before
    assert api.post(address, {"amount": MOST}).status_code == 200


def test_what_only_the_database_finds_too_large_is_refused(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    plan = cards.create_plan(
        **holder.who,
        card_id=holder.card.id,
        description="Lamp",
        total=Decimal("100.00"),
        parcels=2,
        purchased_on=TODAY,
        category_id=groceries.id,
    )
    first, _ = Installment.objects.filter(plan=plan).order_by("number")
    before = _version()

    answer = api.patch(f"/transactions/{first.transaction_id}", {"amount": f"-{MOST}"})

    assert (answer.status_code, answer.json()["code"]) == (409, "amount_too_large")
    assert answer.json()["detail"] == AmountTooLarge.__doc__
    assert _version() == before
