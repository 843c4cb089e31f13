"""What was invested is what was put in: not what valuations added, nor what was there before."""

from datetime import timedelta
from decimal import Decimal

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.test import Client

from accounts import services as chart
from accounts.models import Account, Kind
from buffet.audit import Actor
from buffet.models import Book, User

pytestmark = pytest.mark.django_db(transaction=True)

DAYS = f"date_from={TODAY}&date_to={TODAY}"


def test_what_a_valuation_added_beside_something_else_was_not_invested(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    fund, other = (keeper.open(name, "investment", "BRL") for name in ("Fund", "Other"))
    keeper.move(checking, TODAY - timedelta(days=1), "500.00")
    gains = Account.objects.get(book=book, kind=Kind.VALUATION)
    mixed = {fund: "100.00", checking: "-90.00", gains: "-10.00"}
    moved_too = {fund: "5.00", other: "-3.00", gains: "-2.00"}
    for amounts in (mixed, moved_too):
        keeper.record(TODAY, *((account, amount, "BRL") for account, amount in amounts.items()))
    client.force_login(owner)

    days = f"{DAYS}&format=json"
    flow = client.get(f"/cash-flow?{days}").json()
    rows = client.get(f"/rows?flow=invested&{days}").json()

    assert flow["total"]["investments"]["amount"] == "90.00"
    assert rows["total"]["amount"] == "90.00"
    assert rows["count"] == 2
    assert [row["amount"] for row in rows["rows"]] in (["100.00", "-10.00"], ["-10.00", "100.00"])


def test_what_valuations_of_two_currencies_added_was_not_invested(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    fund, abroad = (keeper.open(f"In {one}", "investment", one) for one in ("BRL", "USD"))
    keeper.move(fund, TODAY - timedelta(days=1), "500.00")
    kinds = (Kind.VALUATION, Kind.CONVERSION)
    gains, conversion = (Account.objects.get(book=book, kind=one) for one in kinds)
    rate("USD", "BRL", TODAY, "5.00")
    keeper.record(
        TODAY, (fund, "100.00", "BRL"), (gains, "-100.00", "BRL"),
        (abroad, "50.00", "USD"), (gains, "-50.00", "USD"),
    )  # fmt: skip
    client.force_login(owner)

    assert _invested(client) == ("0.00", [])

    # A gain in another currency than the account's, which was exchanged at once.
    keeper.record(
        TODAY, (fund, "10.00", "BRL"), (conversion, "-10.00", "BRL"),
        (conversion, "1.50", "USD"), (gains, "-1.50", "USD"),
    )  # fmt: skip

    assert _invested(client) == ("2.50", ["BRL 10.00", "USD -1.50"])


def _invested(client: Client, narrowed: str = "") -> tuple[str, list[str]]:
    """Return what a page says was invested on the day, and the amounts of its rows."""
    flows = client.get(f"/cash-flow?{DAYS}{narrowed}&format=json").json()
    rows = client.get(f"/rows?flow=invested&{DAYS}{narrowed}&format=json").json()
    told = flows["total"]["investments"]["amount"]
    assert rows["total"]["amount"] == told
    sums = [f"{one['currency']} {one['amount']}" for one in rows["sums"]]
    own = sorted(f"{row['currency']} {row['amount']}" for row in rows["rows"])
    assert [one for one in sums if not one.endswith(" 0.00")] == own
    return told, own


def test_of_some_categories_nothing_was_invested(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking, fund = (
        keeper.open(name, kind, "BRL")
        for name, kind in (("Checking", "checking"), ("Fund", "investment"))
    )
    keeper.move(checking, TODAY - timedelta(days=1), "500.00")
    gains = Account.objects.get(book=book, kind=Kind.VALUATION)
    mixed = {fund: "100.00", checking: "-90.00", gains: "-10.00"}
    keeper.record(TODAY, *((account, amount, "BRL") for account, amount in mixed.items()))
    food = chart.create_category(book=book, by=by, name="Food", type="expense")
    client.force_login(owner)

    asked = f"{DAYS}&categories={food.id}&format=json"
    rows = client.get(f"/rows?flow=invested&{asked}").json()

    flows = client.get(f"/cash-flow?{asked}").json()
    assert flows["total"]["investments"]["amount"] == rows["total"]["amount"] == "0.00"
    assert rows["rows"] == []
    assert rows["count"] == 0


@pytest.mark.parametrize("narrowed", ["side=debit", "status=cleared", "held=BRL"])
def test_what_was_invested_is_of_all_entries(client: Client, owner: User, narrowed: str) -> None:
    client.force_login(owner)

    refused = client.get(f"/rows?flow=invested&{narrowed}")

    assert refused.status_code == 400
    assert "What was invested is of all entries" in refused.content.decode()


def test_what_was_there_before_was_not_invested(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    fund = keeper.open(
        "Fund", "investment", "BRL", opened_on=TODAY, opening_balance=Decimal("70000.00")
    )
    keeper.move(checking, TODAY, "-500.00", transfer_to_id=fund.id)
    client.force_login(owner)

    assert _invested(client) == ("500.00", ["BRL 500.00"])
    # Of some accounts, too: of the fund, and of what went through the checking account.
    assert _invested(client, f"&accounts={fund.id}") == ("500.00", ["BRL 500.00"])
    assert _invested(client, f"&accounts={checking.id}") == ("500.00", ["BRL 500.00"])
    next_day = TODAY + timedelta(days=1)
    later = f"flow=invested&date_from={next_day}&date_to={next_day}"
    change = client.get(f"/rows?{later}&against=before&format=json").json()
    assert change["total"]["amount"] == "-500.00"
    assert [row["amount"] for row in change["rows"]] == ["-500.00"]


@pytest.mark.parametrize(
    ("entries", "invested"),
    [
        # Opened together with others: no more of it than came onto investments.
        ("fund 300, other 200, checking 1000, opened -1500", []),
        ("fund 500, card -300, opened -200", ["BRL -200.00", "BRL 500.00"]),
        # Put in, and found on the way.
        ("fund 100, checking -90, adjusted -10", ["BRL -10.00", "BRL 100.00"]),
        ("fund 100, checking -80, adjusted -10, gains -10", ["BRL -10.00"] * 2 + ["BRL 100.00"]),
        ("fund -7, adjusted 7", []),
        # Lost before it arrived.
        ("fund 90, checking -100, adjusted 10", ["BRL 90.00"]),
        ("fund 5, other -5, checking 3, adjusted -3", ["BRL -5.00", "BRL 5.00"]),
        ("yen 900, yen opened -900, fund 10, checking -10", ["BRL 10.00"]),
    ],
)
def test_no_more_than_came_onto_investments_was_there_before(
    client: Client, book: Book, by: Actor, owner: User, entries: str, invested: list[str]
) -> None:
    keeper = Bookkeeper(book, by)
    named = {
        "checking": keeper.open("Checking", "checking", "BRL"),
        "card": keeper.open("Loan", "loan", "BRL"),
        "fund": keeper.open("Fund", "investment", "BRL"),
        "other": keeper.open("Other", "investment", "BRL"),
        "yen": keeper.open("Yen", "investment", "JPY"),
    }
    keeper.move(named["checking"], TODAY - timedelta(days=1), "500.00")
    kinds = {
        "opened": Kind.OPENING_BALANCES,
        "adjusted": Kind.ADJUSTMENTS,
        "gains": Kind.VALUATION,
    }
    named |= {name: Account.objects.get(book=book, kind=kind) for name, kind in kinds.items()}
    told = [one.rpartition(" ") for one in entries.split(", ")]
    keeper.record(
        TODAY,
        *(
            (named[name.split()[-1]], amount, "JPY" if "yen" in name else "BRL")
            for name, _, amount in told
        ),
    )
    client.force_login(owner)

    total, amounts = _invested_rows(client)

    assert amounts == invested
    assert Decimal(total) == sum((Decimal(one.split()[1]) for one in invested), Decimal(0))


def _invested_rows(client: Client) -> tuple[str, list[str]]:
    """Return what a page says was invested on the day, and its rows, however they add up."""
    flows = client.get(f"/cash-flow?{DAYS}&format=json").json()
    rows = client.get(f"/rows?flow=invested&{DAYS}&format=json").json()
    told = flows["total"]["investments"]["amount"]
    assert rows["total"]["amount"] == told
    assert rows["count"] == len(rows["rows"])
    assert flows["not_converted"] == rows["not_converted"] == []
    assert flows["months"][0]["complete"]
    return told, sorted(f"{row['currency']} {row['amount']}" for row in rows["rows"])
