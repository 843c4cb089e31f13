"""Each figure of a page leads to rows, and is what those rows come to."""

import html
import re
from datetime import timedelta

import pytest
from bookkeeping import TODAY
from django.test import Client
from django.utils import timezone
from furnishing import Furnisher
from tracing import FIGURE, come_to, figures

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User

#: Of each page, how many of its figures are compared with their rows at the least.
PAGES = {
    "/": 70,
    "/?currency=USD": 50,
    "/?accounts={accounts}": 70,
    "/?currency=USD&accounts={accounts}": 70,
    "/net-worth?period=last-12-months": 60,
    "/net-worth?period=last-12-months&accounts={accounts}": 70,
    "/net-worth?period=last-24-months&currency=USD&accounts={accounts}": 100,
    "/net-worth/rates?period=last-24-months": 10,
    "/net-worth/rates?period=last-24-months&currency=EUR&accounts={accounts}": 2,
    "/cash-flow?period=last-12-months": 65,
    "/cash-flow?period=last-12-months&currency=USD": 65,
    "/spending?period=last-12-months": 35,
    "/spending?period=last-12-months&categories={bread}": 19,
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
    "/accounts/{checking}/days?period={month}&currency=USD": 15,
}
#: On these pages the rows themselves stand below what they come to.
ROWS = ("/accounts", "/net-worth/rates")
#: What a cell begins with, of which something else may be said in small.
_CELL = re.compile(r'<td class="n([^"]*)">\s*([^<]*?)\s*<(?:/td|small)')
#: How what stands above a table differs.
_SMALL = re.compile(r"<small>([+−]?[\d,]+\.\d\d)(?!\s*%)")
#: What a cell is called where its column's head is not seen.
_WORD = re.compile(r'<span class="word">[^<]*</span>')


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
            for address, figure in figures(client.get(page).content.decode())
            if (told := come_to(client, address, currency)) is not None
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
            if not excused & {*name.split()} and FIGURE.fullmatch(figure)
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
        found = figures(client.get(f"{page}{known}").content.decode())
        forgotten = [address for address, _ in found if f"known_on={today}" not in address]
        assert found, path
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
