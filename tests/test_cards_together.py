"""The report of cards asked for some of them, in another currency, and of a period."""

import csv
import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from html import unescape
from typing import Any

import pytest
from bookkeeping import Bookkeeper, own_rate, rate
from django.db import connection
from django.test.utils import CaptureQueriesContext
from wallet import Wallet, text_of

from accounts.models import CreditCard
from buffet.models import Book
from reports.periods import named

SUMMED = ("outstanding", "committed", "limit", "available")
NOBODY = "00000000-0000-7000-8000-000000000000"
#: What a unit of each currency is worth in reais; nobody knows it of yen.
WORTH = {"BRL": Decimal(1), "USD": Decimal("5.4321"), "EUR": Decimal("6.1")}


@dataclass
class Purse:
    """Cards in four currencies, some of them without a limit, and the rates of three."""

    keeper: Bookkeeper
    today: date
    cards: dict[str, CreditCard]

    def accounts(self, *names: str) -> str:
        """Return the ids of the accounts of cards, as an address lists them."""
        return ",".join(str(self.cards[name].account_id) for name in names)


@pytest.fixture
def purse(book: Book, wallet: Wallet, issue: Any) -> Purse:
    """Two cards in dollars, one in each other currency, with purchases long ago and to come."""
    abroad = {"paying_account_id": None}
    cards = {
        "Platinum": wallet.card,
        "Travel": issue("Travel", currency="USD", limit=Decimal("1000.00"), **abroad),
        "Web": issue("Web", currency="USD", limit=None, **abroad),
        "Paris": issue("Paris", currency="EUR", limit=Decimal("333.33"), **abroad),
        "Tokyo": issue("Tokyo", currency="JPY", limit=Decimal(90000), **abroad),
    }
    for number, card in enumerate(cards.values()):
        its = Wallet(wallet.keeper, card, wallet.today)
        for days_ago in (-20, 1, 10, 40, 70, 100, 400):
            amount = 100 * number + days_ago + 21 + Decimal("0.37")
            its.buy(days_ago, str(round(amount) if card.account.currency == "JPY" else amount))
    rate("USD", "BRL", wallet.today - timedelta(days=2), "5.4321")
    own_rate(book, "EUR", "BRL", wallet.today, "6.1")
    return Purse(wallet.keeper, wallet.today, cards)


def rounded(amount: Decimal) -> Decimal:
    return amount.quantize(Decimal("0.01"), ROUND_HALF_EVEN)


def summed(cards: list[dict[str, Any]], worth: dict[str, Decimal]) -> dict[str, Decimal]:
    """Return what cards come to, counted again: each amount at its rate, rounded, added up."""
    return {
        name: sum(
            (
                rounded(Decimal(card[name]) * worth[card["currency"]])
                for card in cards
                if card[name] is not None and card["currency"] in worth
            ),
            Decimal(0),
        )
        for name in SUMMED
    }


def amounts(told: dict[str, str]) -> dict[str, Decimal]:
    return {name: Decimal(told[name]) for name in SUMMED}


def test_without_a_currency_totals_are_in_that_of_the_book(api: Any, purse: Purse) -> None:
    told = api.get("/reports/cards").json()

    assert (told["currency"], told["converted"]["currency"]) == ("BRL", "BRL")
    assert amounts(told["converted"]) == summed(told["cards"], WORTH)
    lines = {one["currency"]: one for one in told["totals"]}
    assert set(lines) == {"BRL", "EUR", "JPY", "USD"}
    for currency, line in lines.items():
        own = [card for card in told["cards"] if card["currency"] == currency]
        assert amounts(line) == summed(own, {currency: Decimal(1)})
        if currency in WORTH:
            assert amounts(line["converted"]) == summed(own, WORTH)
    assert lines["USD"]["conversion"] == {
        "rate": "5.43210000", "as_of": str(purse.today - timedelta(days=2)), "source": "test",
        "status": "carried",
    }  # fmt: skip
    assert lines["EUR"]["conversion"]["status"] == lines["BRL"]["conversion"]["status"] == "exact"
    assert lines["JPY"]["converted"] is None
    assert lines["JPY"]["conversion"]["status"] == "missing"
    assert told["not_converted"] == [{name: lines["JPY"][name] for name in ("currency", *SUMMED)}]
    of_cards = {card["name"]: card["converted"] for card in told["cards"]}
    assert of_cards["Tokyo"] is None
    assert (of_cards["Web"]["limit"], of_cards["Web"]["available"]) == (None, None)


def test_with_a_currency_all_is_told_in_that(api: Any, purse: Purse) -> None:
    rate("EUR", "USD", purse.today, "1.12")
    # Of reais the cross of today is fresher than the pair of two days ago.
    worth = {"USD": Decimal(1), "EUR": Decimal("1.12"), "BRL": Decimal("1.12") / WORTH["EUR"]}

    told = api.get("/reports/cards?currency=USD").json()

    assert told["currency"] == told["converted"]["currency"] == "USD"
    assert amounts(told["converted"]) == summed(told["cards"], worth)
    assert [one["currency"] for one in told["not_converted"]] == ["JPY"]


@pytest.mark.parametrize("names", [("Travel",), ("Tokyo",), ("Platinum", "Web", "Paris")])
def test_some_cards_are_told_alone(api: Any, purse: Purse, names: tuple[str, ...]) -> None:
    every = api.get("/reports/cards").json()
    told = api.get(f"/reports/cards?accounts={purse.accounts(*names)}").json()

    assert told["cards"] == [card for card in every["cards"] if card["name"] in names]
    assert amounts(told["converted"]) == summed(told["cards"], WORTH)
    assert bool(told["not_converted"]) == ("Tokyo" in names)


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        (f"accounts={NOBODY}", 404),
        ("accounts={payer}", 404),
        ("accounts={id}", 404),
        ("accounts=x", 400),
        ("accounts=", 400),
        ("currency=XXX", 400),
        ("period=someday", 400),
        ("period=2026&date_to=2026-05-01", 400),
        ("date_from=2026-05-02&date_to=2026-05-01", 400),
        ("categories={id}", 400),
    ],
)
def test_what_makes_no_sense_is_refused_in_every_face(
    page: Any, api: Any, wallet: Wallet, asked: str, status: int
) -> None:
    card = wallet.card
    said = asked.format(payer=card.paying_account_id, id=card.id)

    assert api.get(f"/reports/cards?{said}").status_code == status
    for face in ("html", "json", "csv", "xlsx"):
        assert page(f"/cards?{said}&format={face}").status_code == status


def test_a_card_of_another_book_is_none_of_this_one(
    wallet: Wallet, person: Any, sign_in: Any
) -> None:
    stranger = sign_in(person("stranger", Book.objects.create(name="T", base_currency="EUR")))

    answer = stranger.get(f"/reports/cards?accounts={wallet.card.account_id}")

    assert answer.status_code == 404


def days_of(asked: str, today: date, start_day: int) -> tuple[date, date]:
    """Return the days that an address asks for, counted again."""
    sent = dict(part.split("=") for part in asked.split("&"))
    if "period" in sent:
        # How periods are cut is another test's question.
        period = named(sent["period"], today, start_day)
        return period.since, period.until
    return date.fromisoformat(sent["date_from"]), date.fromisoformat(sent["date_to"])


@pytest.mark.parametrize("start_day", [1, 25])
@pytest.mark.parametrize(
    "asked",
    [
        *("period=this-year", "period=last-12-months", "period=last-month", "period=this-quarter"),
        *("date_from={past}&date_to={ahead}", "date_from={closed}&date_to={closed}"),
    ],
)
def test_of_a_period_are_the_statements_that_close_in_it(
    page: Any, api: Any, book: Book, purse: Purse, asked: str, start_day: int
) -> None:
    Book.objects.filter(id=book.id).update(month_start_day=start_day)
    every = api.get("/reports/cards").json()
    closed = next(
        one["closes_on"] for card in every["cards"] for one in card["statements"]
        if one["status"] != "open" and one["closes_on"] < str(purse.today)
    )  # fmt: skip
    said = asked.format(
        past=purse.today - timedelta(days=80), ahead=purse.today + timedelta(days=60),
        closed=closed,
    )  # fmt: skip

    told = api.get(f"/reports/cards?{said}").json()

    since, until = days_of(said, purse.today, start_day)
    assert (told["period"]["since"], told["period"]["until"]) == (str(since), str(until))
    assert every["period"] is None
    for card, whole in zip(told["cards"], every["cards"], strict=True):
        kept = [one for one in whole["statements"] if str(since) <= one["closes_on"] <= str(until)]
        assert card == whole | {"statements": kept}
    assert any(card["statements"] for card in told["cards"]) or "this-" in said
    assert {name: told[name] for name in ("totals", "converted")} == {
        name: every[name] for name in ("totals", "converted")
    }
    seen = page(f"/cards?{said}").content.decode()
    shown = re.findall(r'<th scope="row"><a href="/cards/([-0-9a-f]{36})/(\d{4}-\d\d)', seen)
    listed = [(card["id"], one["month"]) for card in told["cards"] for one in card["statements"]]
    assert sorted(shown) == sorted(listed)


@pytest.mark.parametrize(
    "asked", ["", "currency=EUR", "accounts={some}&currency=USD", "accounts={some}&period=2026"]
)
def test_every_face_tells_the_same(page: Any, api: Any, purse: Purse, asked: str) -> None:
    said = asked.format(some=purse.accounts("Travel", "Tokyo"))
    told = api.get(f"/reports/cards?{said}").json()

    assert page(f"/cards?{said}&format=json").json() == told
    rows = [*csv.reader(page(f"/cards?{said}&format=csv").getvalue().decode().splitlines())]
    heading = rows.pop(0)
    conversions = {one["currency"]: one["conversion"] for one in told["totals"]}
    for row, card in zip(rows, told["cards"], strict=True):
        cells = dict(zip(heading, row, strict=True))
        converted = card["converted"] or {}
        for name in SUMMED:
            assert cells[f"{name} in {told['currency']}"] == (converted.get(name) or "")
            assert cells[name] == (card[name] or "")
        conversion = [one or "" for one in conversions[card["currency"]].values()]
        assert row[-4:] == conversion
    assert page(f"/cards?{said}&format=xlsx").getvalue()[:2] == b"PK"
    lines = page(f"/cards?{said}&format=csv&of=statements").getvalue().decode().splitlines()
    assert [(row["card"], row["month"], row["total"]) for row in csv.DictReader(lines)] == [
        (card["name"], one["month"], one["total"])
        for card in told["cards"]
        for one in card["statements"]
    ]


def test_the_page_says_what_all_come_to_and_what_does_not_count(
    page: Any, api: Any, purse: Purse
) -> None:
    told = api.get("/reports/cards").json()

    answer = page("/cards")

    seen = text_of(answer)
    total = f"{Decimal(told['converted']['outstanding']):,}"
    assert f"Outstanding together {total} BRL" in seen
    (apart,) = told["not_converted"]
    assert f"Not converted and not counted: {int(apart['outstanding']):,} JPY" in seen
    for line in told["totals"]:
        if line["converted"] and line["currency"] != "BRL":
            assert f"{Decimal(line['converted']['outstanding']):,}" in seen
    # Each figure of a currency leads to the cards of it.
    owed = re.findall(r'href="(\?accounts=[^"]*)#cards">([^<]*)<', answer.content.decode())
    assert len(owed) == len(told["totals"])
    for address, figure in owed:
        alone = page(f"/cards{unescape(address)}&format=json").json()
        assert f"{Decimal(alone['totals'][0]['outstanding']):,}" == figure
        assert len(alone["totals"]) == 1


def test_of_one_currency_nothing_is_brought_together(page: Any, wallet: Wallet) -> None:
    assert "together" not in page("/cards").content.decode()
    assert "Outstanding together" in text_of(page("/cards?currency=USD"))


def test_a_page_of_some_says_so_and_links_carry_it_along(page: Any, purse: Purse) -> None:
    accounts = purse.accounts("Platinum")

    answer = page(f"/cards?accounts={accounts}&period=this-year&currency=USD")

    body, seen = unescape(answer.content.decode()), text_of(answer)
    assert "Only 1 account" in seen
    assert 'href="?period=this-year&currency=USD">All accounts' in body
    assert "Statements that close" in seen
    assert f'href="?accounts={accounts}&currency=USD">All statements' in body
    assert "Travel" not in seen
    onward = re.findall(r'href="(/coming\?[^"]*)">', body)
    assert f"/coming?period=this-year&currency=USD&accounts={accounts}" in onward
    for address in onward:
        assert page(address).status_code == 200
    for face in ("csv", "xlsx", "json"):
        for address in re.findall(rf'href="(\?[^"]*format={face}[^"]*)"', body):
            assert f"accounts={accounts}" in address
            assert b"".join(page(f"/cards{address}")) != b""
    assert "Only 1 account" not in text_of(page("/cards"))


def test_a_period_without_statements_says_so(page: Any, wallet: Wallet) -> None:
    assert "No statement closes on these days." in text_of(page("/cards?period=1999"))


def test_many_cards_cost_no_more_statements_than_one(
    page: Any, api: Any, wallet: Wallet, issue: Any
) -> None:
    rate("USD", "BRL", wallet.today, "5.4321")
    cards = [issue("First", currency="USD", paying_account_id=None)]

    def count() -> list[int]:
        some = ",".join(str(card.account_id) for card in cards)
        found = []
        for way in ("?currency=EUR", "?period=this-year", f"?accounts={some}"):
            for ask, path in ((api.get, "/reports/cards"), (page, "/cards")):
                with CaptureQueriesContext(connection) as sent:
                    assert ask(f"{path}{way}").status_code == 200
                found.append(len(sent))
        return found

    count()
    cards.append(issue("Other", currency="EUR", paying_account_id=None))
    few = count()
    cards += [issue(f"Card {n}", currency="USD", paying_account_id=None) for n in range(6)]

    assert count() == few
