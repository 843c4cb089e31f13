"""The API of cards and their statements: what is asked, what is refused, what is shown."""

from typing import Any

import pytest
from cards import Cardholder
from conftest import Api

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book

CARD = {"name": "Gold", "currency": "BRL", "closing_day": 25, "due_day": 5}


@pytest.fixture
def holder(book: Book, by: Actor, checking: Account) -> Cardholder:
    """A card that closes on the 25th and is due on the 5th."""
    return Cardholder(book, by, checking, closing_day=25, due_day=5)


def _faults(answer: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


def test_a_new_card_has_an_account_and_its_statements(api: Api, checking: Account) -> None:
    made = api.post(
        "/credit-cards",
        CARD
        | {
            "brand": "visa",
            "last_four": "4242",
            "limit": "5000",
            "paying_account": str(checking.id),
            "opening_balance": "-150.00",
        },
    )

    card = made.json()
    assert made.status_code == 201
    assert (card["limit"], card["outstanding"], card["available"]) == (
        "5000.00",
        "150.00",
        "4850.00",
    )
    assert (card["utilisation"], card["paying_account"]) == ("0.0300", str(checking.id))
    statements = api.get(f"/invoices?card={card['id']}").json()["results"]
    assert [one["total"] for one in statements if one["lines"]] == ["150.00"]
    assert card["next_statement"]["opens_on"] > card["current_statement"]["closes_on"]
    account = api.get(f"/accounts/{card['account']}").json()
    assert (account["kind"], account["balance"]) == ("credit_card", "-150.00")


def test_an_account_that_has_entries_becomes_a_card(
    api: Api, groceries: Account, checking: Account
) -> None:
    account = api.post("/accounts", {"name": "Old card", "kind": "credit_card", "currency": "BRL"})
    id = account.json()["id"]
    for day in ("2024-01-10", "2026-05-04"):
        spent = {"account": id, "amount": "-10.00", "date": day, "description": "x"}
        assert api.post("/transactions", spent).status_code == 201

    card = api.post("/credit-cards", {"account": id, "closing_day": 25, "due_day": 5}).json()

    assert (card["account"], card["outstanding"]) == (id, "20.00")
    months = {
        row["month"]: row["lines"] for row in api.get("/invoices?limit=100").json()["results"]
    }
    assert (months["2024-01"], months["2026-05"], months["2025-03"]) == (1, 1, 0)


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({"closing_day": 0}, [("/closing_day", "malformed")]),
        ({"due_day": 32}, [("/due_day", "malformed")]),
        ({"due_day": True}, [("/due_day", "malformed")]),
        ({"last_four": "12a4"}, [("/last_four", "malformed")]),
        ({"last_four": "١٢٣٤"}, [("/last_four", "malformed")]),
        ({"limit": "-1"}, [("/limit", "negative")]),
        ({"limit": "1.001"}, [("/limit", "too_many_decimals")]),
        ({"opening_balance": "1.001"}, [("/opening_balance", "malformed")]),
        ({"limit": "NaN"}, [("/limit", "malformed")]),
        ({"brand": "house"}, [("/brand", "malformed")]),
        ({"colour": "red"}, [("/colour", "unknown_field")]),
        ({"name": None}, [("/name", "malformed")]),
    ],
)
def test_what_a_card_cannot_have_is_refused(
    api: Api, sent: dict[str, Any], faults: list[tuple[str, str]]
) -> None:
    answer = api.post("/credit-cards", CARD | sent)

    assert answer.status_code == 400
    assert _faults(answer) == faults
    assert api.get("/credit-cards").json()["results"] == []


def test_a_card_is_of_a_card_account_or_says_what_it_is_called(
    api: Api, checking: Account, holder: Cardholder
) -> None:
    days = {"closing_day": 1, "due_day": 10}

    def refused(**sent: Any) -> list[tuple[str, str]]:
        return _faults(api.post("/credit-cards", days | sent))

    assert refused() == [("/name", "required")]
    assert refused(name="Gold") == [("/currency", "required")]
    assert refused(account=str(checking.id)) == [("/account", "not_a_card_account")]
    own = str(holder.card.account_id)
    assert refused(account=own) == [("/account", "has_card")]
    assert refused(account=own, name="Gold") == [("/name", "has_account")]
    assert refused(**CARD, paying_account=own) == [("/paying_account", "not_an_asset")]
    assert refused(**CARD, paying_account=str(holder.book.id)) == [("/paying_account", "not_found")]


def test_new_days_hold_from_a_month_on(api: Api, holder: Cardholder, groceries: Account) -> None:
    for month in range(3, 7):
        holder.spend(f"2026-{month:02}-01", "1.00", groceries)
    path = f"/credit-cards/{holder.card.id}"

    answer = api.patch(path, {"closing_day": 10, "due_day": 20, "from_month": "2026-05"})

    assert answer.status_code == 200
    rows = api.get(f"/invoices?card={holder.card.id}&sort=month&limit=100").json()["results"]
    dates = {row["month"]: (row["opens_on"], row["closes_on"], row["due_on"]) for row in rows}
    assert dates["2026-03"] == ("2026-02-26", "2026-03-25", "2026-04-05")
    assert dates["2026-04"] == ("2026-03-26", "2026-04-25", "2026-05-05")
    assert dates["2026-05"] == ("2026-04-26", "2026-05-10", "2026-05-20")
    assert dates["2026-06"] == ("2026-05-11", "2026-06-10", "2026-06-20")
    assert _faults(api.patch(path, {"from_month": "2026-05"})) == [("/from_month", "without_days")]


def test_dates_that_cross_are_refused(api: Api, holder: Cardholder, groceries: Account) -> None:
    holder.spend("2026-05-01", "1.00", groceries)
    may = f"/invoices/{holder.statement('2026-05', '2026-06-15').invoice.id}"
    before = api.get(may).json()

    assert _faults(api.patch(may, {"closes_on": "2026-04-01"})) == [
        ("/closes_on", "before_opening")
    ]
    assert _faults(api.patch(may, {"closes_on": "2026-06-25", "due_on": "2026-07-05"})) == [
        ("/closes_on", "crosses_next")
    ]
    assert _faults(api.patch(may, {"due_on": "2026-05-01"})) == [("/due_on", "before_closing")]
    assert _faults(api.patch(may, {"opens_on": "2026-03-01"})) == [
        ("/opens_on", "crosses_previous")
    ]
    assert _faults(api.patch(may, {"minimum_payment": "-1"})) == [("/minimum_payment", "negative")]
    assert api.get(may).json() == before


def test_paying_takes_what_remains_today_from_the_account_that_pays(
    api: Api, holder: Cardholder, groceries: Account, checking: Account
) -> None:
    holder.spend("2026-05-01", "80.00", groceries)
    path = f"/invoices/{holder.statement('2026-05', '2026-06-15').invoice.id}"

    paid = api.post(f"{path}/pay", {})

    assert (paid.status_code, paid.json()["status"], paid.json()["remaining"]) == (
        200,
        "paid",
        "0.00",
    )
    (part,) = paid.json()["allocations"]
    assert (part["amount"], part["chosen"]) == ("80.00", True)
    recorded = api.get(f"/transactions/{part['transaction']}").json()
    assert recorded["kind"] == "transfer"
    assert recorded["transfer_to"] == str(checking.id)
    again = api.post(f"{path}/pay", {})
    assert (again.status_code, again.json()["code"]) == (409, "already_paid")


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({"amount": "0"}, [("/amount", "not_positive")]),
        ({"amount": "-5"}, [("/amount", "not_positive")]),
        ({"amount": "1.005"}, [("/amount", "too_many_decimals")]),
        ({"date": "2026-02-30"}, [("/date", "malformed")]),
        ({"from_amount": "5.00"}, [("/from_amount", "other_amount")]),
    ],
)
def test_a_payment_that_makes_no_sense_is_refused(
    api: Api,
    holder: Cardholder,
    groceries: Account,
    sent: dict[str, str],
    faults: list[tuple[str, str]],
) -> None:
    holder.spend("2026-05-01", "80.00", groceries)
    path = f"/invoices/{holder.statement('2026-05', '2026-06-15').invoice.id}"

    assert _faults(api.post(f"{path}/pay", sent)) == faults
    assert api.get(path).json()["paid"] == "0.00"


def test_a_card_that_names_no_payer_is_told_from_which_account(
    book: Book, by: Actor, checking: Account, groceries: Account, api: Api
) -> None:
    holder = Cardholder(book, by, checking, closing_day=25, due_day=5)
    api.patch(f"/credit-cards/{holder.card.id}", {"paying_account": None})
    holder.spend("2026-05-01", "80.00", groceries)
    path = f"/invoices/{holder.statement('2026-05', '2026-06-15').invoice.id}/pay"

    assert _faults(api.post(path, {})) == [("/from_account", "required")]
    own = str(holder.card.account_id)
    assert _faults(api.post(path, {"from_account": own})) == [
        ("/from_account", "transfer_to_itself")
    ]
    assert api.post(path, {"from_account": str(checking.id)}).status_code == 200


def test_a_payment_is_taken_back_and_chosen_again(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-04-01", "40.00", groceries)
    holder.spend("2026-05-01", "60.00", groceries)
    holder.transfer("2026-06-01", "40.00")
    april, may = (
        f"/invoices/{holder.statement(month, '2026-06-15').invoice.id}"
        for month in ("2026-04", "2026-05")
    )
    (part,) = api.get(april).json()["allocations"]

    assert api.delete(f"{april}/allocations/{part['payment']}").status_code == 204

    assert (api.get(april).json()["paid"], api.get(may).json()["paid"]) == ("0.00", "40.00")
    assert api.delete(f"{april}/allocations/{part['payment']}").json()["code"] == "not_allocated"
    again = api.post(f"{april}/allocations", {"payment": part["payment"], "amount": "15.00"})
    assert again.json()["paid"] == "15.00"
    assert api.get(may).json()["paid"] == "25.00"
    more = api.post(f"{april}/allocations", {"payment": part["payment"], "amount": "41.00"})
    assert _faults(more) == [("/amount", "too_much")]
    unknown = api.post(f"{april}/allocations", {"payment": str(holder.book.id)})
    assert _faults(unknown) == [("/payment", "not_found")]


def test_a_statement_s_lines_come_in_pages_by_date(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    for day in range(1, 8):
        holder.spend(f"2026-05-{day:02}", f"{day}.00", groceries)
    path = f"/invoices/{holder.statement('2026-05', '2026-06-15').invoice.id}/lines?limit=3"
    seen, address = [], path
    while address:
        page = api.get(address).json()
        seen += [row["amount"] for row in page["results"]]
        address = page["next"] and page["next"].split("/api/v1")[1]

    assert seen == [f"{day}.00" for day in range(1, 8)]


def test_statements_are_filtered_and_paged(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    for month in range(1, 6):
        holder.spend(f"2026-{month:02}-01", "10.00", groceries)
    holder.transfer("2026-05-30", "25.00")

    def months(asked: str) -> list[str]:
        rows = api.get(f"/invoices?{asked}&limit=100").json()["results"]
        return [row["month"] for row in rows if row["lines"]]

    # June has nothing but the payment.
    assert months("status=paid") == ["2026-06", "2026-02", "2026-01"]
    assert months("due_from=2026-04-01&due_to=2026-05-31") == ["2026-04", "2026-03"]
    first = api.get("/invoices?limit=2&sort=month&due_from=2026-02-01").json()
    second = api.get(first["next"].split("/api/v1")[1]).json()
    assert [row["month"] for row in first["results"]] == ["2026-01", "2026-02"]
    assert [row["month"] for row in second["results"]] == ["2026-03", "2026-04"]
    back = api.get(second["previous"].split("/api/v1")[1]).json()
    assert back["results"] == first["results"]


def test_statements_that_a_bank_would_not_have_sent_are_left_out_when_that_is_asked(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2025-02-01", "10.00", groceries)
    holder.transfer("2025-04-10", "10.00")
    holder.spend("2026-05-01", "10.00", groceries)

    def months(asked: str) -> list[str]:
        found = api.get(f"/invoices?sort=month&limit=100&{asked}").json()["results"]
        return [row["month"] for row in found]

    # Nothing stands on that of March, but it asks for what February left.
    assert months("empty=false")[:4] == ["2025-02", "2025-03", "2025-04", "2026-05"]
    assert months("empty=true")[:3] == ["2025-01", "2025-05", "2025-06"]
    assert sorted(months("empty=true") + months("empty=false")) == months("")
    assert api.get("/invoices?empty=no").status_code == 400


def test_what_was_carried_over_is_without_the_payments_of_the_statement(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-03-01", "100.00", groceries)
    holder.spend("2026-04-01", "50.00", groceries)
    holder.transfer("2026-04-10", "30.00")

    april = api.get(f"/invoices?card={holder.card.id}&month=2026-04").json()["results"][0]

    assert april["totals"]["payments"] == "30.00"
    assert (april["totals"]["carried_over"], april["total"], april["balance"]) == (
        "70.00",
        "50.00",
        "120.00",
    )


def test_an_archived_card_is_folded_away_and_keeps_its_statements(
    api: Api, holder: Cardholder, groceries: Account
) -> None:
    holder.spend("2026-05-01", "10.00", groceries)
    path = f"/credit-cards/{holder.card.id}"

    assert api.post(f"{path}/archive").json()["archived_at"]
    assert api.get("/credit-cards?archived=false").json()["results"] == []
    assert len(api.get("/credit-cards?archived=true").json()["results"]) == 1
    assert api.get(f"/invoices?card={holder.card.id}&month=2026-05").json()["results"]
    assert api.delete(path).json()["code"] == "has_entries"
    assert api.post(f"{path}/reopen").json()["archived_at"] is None
