"""Each figure of a page leads to rows, and is what those rows come to."""

import html
import re
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import TODAY, Bookkeeper, rate
from django.test import Client
from django.utils import timezone
from furnishing import Furnisher

from accounts import services as chart
from accounts.models import Account, Kind
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger
from transactions.drafts import Draft, DraftEntry

#: Of each page, how many of its figures are compared with their rows at the least.
PAGES = {
    "/": 70,
    "/?currency=USD": 50,
    "/net-worth?period=last-12-months": 60,
    "/net-worth?period=last-12-months&accounts={accounts}": 70,
    "/net-worth?period=last-24-months&currency=USD&accounts={accounts}": 100,
    "/net-worth/rates?period=last-24-months": 10,
    "/net-worth/rates?period=last-24-months&currency=EUR&accounts={accounts}": 2,
    "/cash-flow?period=last-12-months": 65,
    "/cash-flow?period=last-12-months&currency=USD": 65,
    "/spending?period=last-12-months": 40,
    "/spending?period=last-12-months&categories={bread}": 24,
    "/cash-flow?period=last-12-months&currency=USD&categories={categories}": 65,
    "/cash-flow?period=last-12-months&accounts={accounts}&categories={categories}": 65,
    "/cash-flow?period=2026&accounts={accounts}": 25,
    "/cash-flow?period={month}&currency=USD": 15,
    "/spending?period={month}&currency=USD": 15,
    "/trial-balance?period=last-12-months&accounts={accounts}&categories={categories}": 30,
    "/trial-balance?period={month}": 60,
    "/trial-balance?period=last-12-months": 60,
    "/trial-balance?period=last-24-months&currency=USD": 90,
    "/investments?period=last-12-months": 40,
    "/investments?period=last-24-months&currency=USD": 70,
    "/investments?period=last-24-months&currency=USD&accounts={fund}": 70,
    "/investments?period=last-24-months&broker=": 40,
    "/month-end/{month}": 3,
    "/accounts": 3,
    "/accounts?since={past}": 12,
    "/accounts?since={past}&on={month}-10&kind=savings&currency=USD": 7,
    "/accounts/{checking}/days?period=last-24-months": 20,
    "/accounts/{checking}/days?period={month}&currency=USD": 1,
}
DAYS = f"date_from={TODAY}&date_to={TODAY}"
#: On these pages the rows themselves stand below what they come to.
ROWS = ("/accounts", "/net-worth/rates")
_LINK = re.compile(r'<a href="([^"#]+)"[^>]*>([^<]+)</a>')
#: What a cell begins with, of which something else may be said in small.
_CELL = re.compile(r'<td class="n([^"]*)">\s*([^<]*?)\s*<(?:/td|small)')
#: How what stands above a table differs.
_SMALL = re.compile(r"<small>([+−]?[\d,]+\.\d\d)(?!\s*%)")
#: What a cell is called where its column's head is not seen.
_WORD = re.compile(r'<span class="word">[^<]*</span>')
_FIGURE = re.compile(r"[+−]?[\d,]+\.\d\d")
_ROWS = re.compile(r"/(rows|investments/rows|net-worth/rates|accounts)\?|/accounts/")


@pytest.fixture
def asked(book: Book, by: Actor, owner: User, client: Client) -> dict[str, str]:
    """What pages of a furnished book are asked about, by name; the client is its owner's."""
    Furnisher(book, by, TODAY).furnish()
    client.force_login(owner)
    ids = {one.name: str(one.id) for one in Account.objects.filter(book=book)}
    return {
        "month": f"{TODAY:%Y-%m}",
        "past": f"{TODAY - timedelta(days=60)}",
        "accounts": f"{ids['USD 1']},{ids['Fund USD 1']},{ids['GBP 1']}",
        "fund": ids["Fund USD 1"],
        "bread": ids["Bread 1"],
        "salary": ids["Salary 1"],
        "categories": f"{ids['Bread 1']},{ids['Salary 1']}",
        "checking": ids["Checking 1"],
    }


@pytest.mark.django_db(transaction=True)
def test_a_figure_is_the_sum_of_the_rows_that_it_leads_to(
    client: Client, asked: dict[str, str]
) -> None:
    for path, least in PAGES.items():
        page = path.format(**asked)
        sent = re.search("currency=([A-Z]{3})", page)
        currency = sent[1] if sent else "BRL"
        found = [
            (address, figure, told)
            for address, figure in _figures(client.get(page).content.decode())
            if (told := _come_to(client, address, currency)) is not None
        ]
        assert len(found) >= least, page
        # What is spent has a minus where it leaves, and none where it is called expenses.
        differ = [one for one in found if abs(one[1]) != abs(one[2])]
        assert not differ, (page, differ)


@pytest.mark.django_db(transaction=True)
def test_no_figure_of_a_table_leads_nowhere(client: Client, asked: dict[str, str]) -> None:
    for path in PAGES:
        if path.startswith(ROWS):
            continue
        page = client.get(path.format(**asked)).content.decode()
        # How a figure differs from another has rows, too. One that stands there twice, once in the
        # report's currency, leads to its rows once; what somebody said that something is worth is
        # no sum.
        excused = {"same", "said"}
        nowhere = [
            figure
            for name, figure in _CELL.findall(_WORD.sub("", page))
            if not excused & {*name.split()} and _FIGURE.fullmatch(figure)
        ]
        nowhere += _SMALL.findall(page)
        assert not nowhere, (path, nowhere)


@pytest.mark.django_db(transaction=True)
def test_what_was_known_goes_along_to_the_rows(
    client: Client, book: Book, asked: dict[str, str]
) -> None:
    today = book.day(timezone.now())
    for path in PAGES:
        page = path.format(**asked)
        known = f"{'&' if '?' in page else '?'}known_on={today}"
        figures = _figures(client.get(f"{page}{known}").content.decode())
        forgotten = [address for address, _ in figures if f"known_on={today}" not in address]
        assert figures, path
        assert not forgotten, path


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("part", "report"),
    [
        ("category={bread}", "spending"),
        ("category={salary}", "cash-flow"),
        ("type=expense", "spending"),
        ("flow=saved", "cash-flow"),
        ("flow=opened", "net-worth"),
        ("kind=savings", "net-worth"),
        ("account={checking}", "net-worth"),
        ("account={checking}&side=debit", "trial-balance"),
        ("held=USD&balance=closing", "trial-balance"),
        ("status=pending", "month-end"),
    ],
)
def test_rows_lead_back_to_the_report_that_has_their_figure(
    client: Client, asked: dict[str, str], part: str, report: str
) -> None:
    days = "date_from=2026-05-01&date_to=2026-05-31"

    page = client.get(f"/rows?{part.format(**asked)}&{days}&currency=USD").content.decode()

    back = html.unescape(re.search(r'<p class="book">.*?href="([^"]+)"', page)[1])
    assert back == f"/{report}?{days}&currency=USD"
    assert client.get(back).status_code == 200


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "part", ["kind=uncategorized", "status=pending", "account={checking}&status=pending"]
)
def test_rows_that_have_to_be_sorted_lead_to_where_they_are(
    client: Client, asked: dict[str, str], part: str
) -> None:
    days = f"date_from={TODAY - timedelta(days=60)}&date_to={TODAY}"
    part = part.format(**asked)

    page = client.get(f"/rows?{part}&{days}").content.decode()
    other = client.get(f"/rows?type=expense&{days}").content.decode()

    where = html.unescape(re.search(r'href="(/transactions\?(?:category|status)[^"]+)"', page)[1])
    rows = client.get(f"/rows?{part}&{days}&format=json").json()
    found = client.get(f"{where}&format=json").json()["transactions"]
    assert {one["id"] for one in found} == {one["transaction"] for one in rows["rows"]}
    assert found
    assert "/transactions?category=none" not in other


def _figures(content: str) -> list[tuple[str, Decimal]]:
    return [
        (html.unescape(address), Decimal(text.replace(",", "").replace("−", "-")))
        for address, text in _LINK.findall(content)
        if _FIGURE.fullmatch(text)
    ]


def _come_to(client: Client, address: str, currency: str) -> Decimal | None:
    """Return what an address comes to: rows together, or an account at the end of a day.

    None where it is something else, or in another currency than the page and the address.
    """
    if not _ROWS.match(address):
        return None
    told: Any = client.get(f"{address}{'&' if '?' in address else '?'}format=json").json()
    if "account" in told:
        is_own = told["account"]["currency"] == currency
        return Decimal(told["account"]["balance"]) if is_own else None
    if "rows" in told and not told.get("older"):
        _add_up(address, told)
    change = told.get("change", {}).get("amount")
    return Decimal((told.get("total") or change or told["net_worth"])["amount"])


def _add_up(address: str, told: Any) -> None:
    """Check that all rows come to their total, and are as many; if they are of one currency."""
    total = told["total"]
    amounts = [
        row["amount"]
        if isinstance(row["amount"], dict)
        else {"amount": row["amount"], "currency": row["currency"]}
        for row in told["rows"]
    ]
    if {one["currency"] for one in amounts} <= {total["currency"]}:
        assert sum(Decimal(one["amount"]) for one in amounts) == Decimal(total["amount"]), address
    if told.get("count") is not None:
        assert told["count"] == len(amounts), address


@pytest.mark.django_db(transaction=True)
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
        _record(book, by, *((account, amount, "BRL") for account, amount in amounts.items()))
    client.force_login(owner)

    days = f"{DAYS}&format=json"
    flow = client.get(f"/cash-flow?{days}").json()
    rows = client.get(f"/rows?flow=invested&{days}").json()

    assert flow["total"]["investments"]["amount"] == "90.00"
    assert rows["total"]["amount"] == "90.00"
    assert rows["count"] == 2
    assert [row["amount"] for row in rows["rows"]] in (["100.00", "-10.00"], ["-10.00", "100.00"])


def _record(book: Book, by: Actor, *entries: tuple[Account, str, str]) -> None:
    """Record what some entries have: an account, an amount and its currency."""
    drafted = tuple(
        DraftEntry(account.id, Decimal(amount), currency) for account, amount, currency in entries
    )
    ledger.record(book=book, by=by, drafts=[Draft(date=TODAY, description="x", entries=drafted)])


@pytest.mark.django_db(transaction=True)
def test_what_valuations_of_two_currencies_added_was_not_invested(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    fund, abroad = (keeper.open(f"In {one}", "investment", one) for one in ("BRL", "USD"))
    keeper.move(fund, TODAY - timedelta(days=1), "500.00")
    kinds = (Kind.VALUATION, Kind.CONVERSION)
    gains, conversion = (Account.objects.get(book=book, kind=one) for one in kinds)
    rate("USD", "BRL", TODAY, "5.00")
    _record(
        book, by, (fund, "100.00", "BRL"), (gains, "-100.00", "BRL"),
        (abroad, "50.00", "USD"), (gains, "-50.00", "USD"),
    )  # fmt: skip
    client.force_login(owner)

    assert _invested(client) == ("0.00", [])

    # A gain in another currency than the account's, which was exchanged at once.
    _record(
        book, by, (fund, "10.00", "BRL"), (conversion, "-10.00", "BRL"),
        (conversion, "1.50", "USD"), (gains, "-1.50", "USD"),
    )  # fmt: skip

    assert _invested(client) == ("2.50", ["BRL 10.00", "USD -1.50"])


def _invested(client: Client) -> tuple[str, list[str]]:
    """Return what a page says was invested on the day, and the amounts of its rows."""
    flows = client.get(f"/cash-flow?{DAYS}&format=json").json()
    rows = client.get(f"/rows?flow=invested&{DAYS}&format=json").json()
    told = flows["total"]["investments"]["amount"]
    assert rows["total"]["amount"] == told
    sums = [f"{one['currency']} {one['amount']}" for one in rows["sums"]]
    own = sorted(f"{row['currency']} {row['amount']}" for row in rows["rows"])
    assert [one for one in sums if not one.endswith(" 0.00")] == own
    return told, own


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("narrowed", ["side=debit", "status=cleared", "held=BRL"])
def test_what_was_invested_is_of_all_entries(client: Client, owner: User, narrowed: str) -> None:
    client.force_login(owner)

    refused = client.get(f"/rows?flow=invested&{narrowed}")

    assert refused.status_code == 400
    assert "What was invested is of all entries" in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_rates_make_something_of_currencies_that_were_never_held(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    keeper.move(checking, TODAY - timedelta(days=1), "500.00")
    conversion = Account.objects.get(book=book, kind=Kind.CONVERSION)
    food, books = (
        chart.create_category(book=book, by=by, name=one, type="expense")
        for one in ("Food", "Books")
    )
    rate("USD", "BRL", TODAY, "5.45")
    # Each side is rounded: two cents are 0.05 + 0.05, and 0.11 together.
    _record(
        book, by, (checking, "-1.00", "BRL"), (conversion, "1.00", "BRL"),
        (food, "0.01", "USD"), (books, "0.01", "USD"), (conversion, "-0.02", "USD"),
    )  # fmt: skip
    client.force_login(owner)

    worth = client.get(f"/net-worth?{DAYS}&format=json").json()
    rates = client.get(f"/net-worth/rates?{DAYS}&format=json").json()

    (month,) = worth["months"]
    assert month["exchange_rates"]["amount"] == rates["total"]["amount"] == "-0.90"
    assert [one["amount"]["amount"] for one in rates["revalued"]] == ["-0.01"]
    assert [one["amount"]["amount"] for one in rates["exchanged"]] == ["-0.89"]


@pytest.mark.django_db(transaction=True)
def test_what_no_total_counts_is_in_no_row_of_a_total(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    for name, currency in (("Abroad", "USD"), ("Here", "BRL")):
        fund = keeper.open(name, "investment", currency)
        arrives = {"transfer_amount": Decimal(2)} if currency == "USD" else {}
        keeper.move(
            checking, TODAY - timedelta(days=50), "-10.00", transfer_to_id=fund.id, **arrives
        )
    # What was there before there was a rate is in no total, also when there is one.
    rate("USD", "BRL", TODAY - timedelta(days=10), "5.00")
    client.force_login(owner)

    page = f"/investments?date_from={TODAY - timedelta(days=90)}&date_to={TODAY}"
    found = [
        (figure, told)
        for address, figure in _figures(client.get(page).content.decode())
        if "/accounts?" in address and (told := _come_to(client, address, "BRL")) is not None
    ]

    assert {figure for figure, _ in found} == {Decimal("0.00"), Decimal("10.00")}
    assert [one for one in found if one[0] != one[1]] == []


@pytest.mark.django_db(transaction=True)
def test_a_broker_leads_to_its_rows_with_however_many_accounts(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    broker = chart.create_broker(book=book, by=by, name="Banco São & Cia").id
    funds = [
        keeper.open(f"Fund {place}", "investment", "BRL", broker_id=broker) for place in range(60)
    ]
    alone = keeper.open("Elsewhere", "investment", "BRL")
    for account in (*funds, alone):
        keeper.move(checking, TODAY, "-2.00", transfer_to_id=account.id)
    client.force_login(owner)

    page = client.get(f"/investments?{DAYS}").content.decode()
    own = page[page.index("São &amp; Cia") : page.index("Fund 0")]
    figures = [(address, figure) for address, figure in _figures(own) if figure]
    alone_url = html.unescape(re.search(r'href="([^"]+)">Banco São', page)[1])
    told = client.get(f"{alone_url}&format=json").json()

    assert [figure for _, figure in figures] == [Decimal(120), Decimal(120)]
    assert [_come_to(client, address, "BRL") for address, _ in figures] == [120, 120]
    assert told["total"]["contributions"] == "120.00"
    assert [one["broker_name"] for one in told["brokers"]] == ["Banco São & Cia"]


@pytest.mark.django_db(transaction=True)
def test_a_broker_with_many_accounts_leads_to_those_that_it_counts(
    client: Client, book: Book, by: Actor, owner: User
) -> None:
    keeper = Bookkeeper(book, by)
    checking = keeper.open("Checking", "checking", "BRL")
    broker = chart.create_broker(book=book, by=by, name="XP").id
    funds = [
        keeper.open(f"Fund {place}", "investment", "BRL", broker_id=broker) for place in range(51)
    ]
    abroad = keeper.open("Abroad", "investment", "USD", broker_id=broker)
    for account in funds:
        keeper.move(checking, TODAY, "-2.00", transfer_to_id=account.id)
    # On the last day there is a rate; on the day before nobody knew what it was worth.
    keeper.move(abroad, TODAY - timedelta(days=9), "7.00")
    rate("USD", "BRL", TODAY, "5.00")
    client.force_login(owner)

    page = client.get(f"/investments?{DAYS}").content.decode()
    own = page[page.index(">XP<") : page.index("Fund 0")]
    found = [(address, figure) for address, figure in _figures(own) if "/accounts?" in address]

    assert [figure for _, figure in found] == [0, 102]
    assert [_come_to(client, address, "BRL") for address, _ in found] == [0, 102]
    (away,) = {re.search(r"without=([^&]*)", address)[1] for address, _ in found}
    assert away == str(abroad.id)
    since = f"{found[1][0]}&since={TODAY - timedelta(days=1)}"
    assert _come_to(client, since, "BRL") == 102
    assert f"without={abroad.id}" in client.get(since).content.decode()
