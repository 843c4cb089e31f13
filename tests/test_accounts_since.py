"""Accounts compared with an earlier day: what was on them, what is, and rows of each change."""

import csv
import html
import re
from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper, rate
from django.utils import timezone
from test_spreadsheets import cells, sheets

from accounts import services as chart
from buffet.audit import Actor
from buffet.models import Book

PATH = "/reports/accounts/balances"
SINCE, ON = date(2026, 4, 30), date(2026, 6, 10)
BOTH = f"since={SINCE}&on={ON}"
Get = Callable[..., Any]


@pytest.fixture
def ids(book: Book, by: Actor) -> dict[str, str]:
    """Accounts by name: three in reais, one of them emptied and archived, and two abroad.

    The dollar costs 5.00 on the first day and 6.00 on the second; before there were yen, nobody
    knew what they cost.
    """
    keeper = Bookkeeper(book, by)
    opened = {
        name: keeper.open(name, kind, currency)
        for name, kind, currency in (
            ("Current", "checking", "BRL"),
            ("Old", "savings", "BRL"),
            ("New", "savings", "BRL"),
            ("Dollars", "savings", "USD"),
            ("Yen", "cash", "JPY"),
            ("Loan", "loan", "BRL"),
        )
    }
    before, after = date(2026, 4, 7), date(2026, 5, 20)
    for name, day, amount in (
        *(("Current", before, "1000.00"), ("Old", before, "300.00"), ("Dollars", before, "100.00")),
        *(("Yen", before, "2000"), ("Loan", before, "-500.00"), ("Loan", after, "50.00")),
        *(("Current", after, "-250.10"), ("Dollars", after, "0.33"), ("Yen", after, "500")),
        # On the first day itself it counts as before, on the second as after; then no more.
        *(("Current", SINCE, "1.00"), ("Current", ON, "2.00")),
        ("Current", ON + timedelta(days=1), "4.00"),
    ):
        keeper.move(opened[name], day, amount)
    keeper.move(opened["Old"], after, "-300.00", transfer_to_id=opened["New"].id)
    chart.archive_account(book=book, by=by, account_id=opened["Old"].id)
    for day, dollars in ((date(2026, 4, 30), "5.00"), (date(2026, 6, 1), "6.00")):
        rate("USD", "BRL", day, dollars)
    rate("JPY", "BRL", date(2026, 6, 10), "0.04")
    return {name: str(account.id) for name, account in opened.items()}


def _amounts(found: Any) -> dict[str, tuple[str | None, ...]]:
    """Return what accounts had, have and how they changed, by name."""
    return {
        one["name"]: tuple(
            told and told["amount"]
            for told in (one["before"]["converted"], one["converted"], one["change"])
        )
        for one in found["accounts"]
    }


def test_each_account_is_told_on_both_days(api: Any, ids: dict[str, str]) -> None:
    found = api.get(f"{PATH}?{BOTH}").json()

    assert _amounts(found) == {
        "Current": ("1001.00", "752.90", "-248.10"),
        "Dollars": ("500.00", "601.98", "101.98"),
        "Loan": ("-500.00", "-450.00", "50.00"),
        "New": ("0.00", "300.00", "300.00"),
        "Old": ("300.00", "0.00", "-300.00"),
        "Yen": (None, "100.00", None),
    }
    dollars = next(one for one in found["accounts"] if one["name"] == "Dollars")
    stands = [(one["balance"], one["conversion"]) for one in (dollars["before"], dollars)]
    assert stands == [
        ("100.00", {"rate": "5.00000000", "as_of": "2026-04-30", "source": "test"} | _EXACT),
        ("100.33", {"rate": "6.00000000", "as_of": "2026-06-01", "source": "test"} | _CARRIED),
    ]


_EXACT, _CARRIED = {"status": "exact"}, {"status": "carried"}


@pytest.mark.parametrize(
    "asked",
    [
        "",
        "&currency=USD",
        "&kind=savings",
        "&type=liability&currency=EUR",
        "&held=JPY",
        "&accounts={Old},{Yen}",
        "&broker=",
        "&kind=property",
    ],
)
def test_each_side_is_what_is_said_of_its_day_alone(
    api: Any, page: Get, ids: dict[str, str], asked: str
) -> None:
    some = asked.format(**ids)

    found = api.get(f"{PATH}?{BOTH}{some}").json()
    before = api.get(f"{PATH}?on={SINCE}{some}").json()
    now = api.get(f"{PATH}?on={ON}{some}").json()

    assert page(f"/accounts?{BOTH}{some}&format=json").json() == found
    assert found["before"] == {name: before[name] for name in found["before"]}
    for name in ("as_of", "currency", "net_worth", "assets", "liabilities", "not_converted"):
        assert found[name] == now[name]
    if before["not_converted"] and not now["not_converted"]:
        assert found["change"] is None
        return
    change = Decimal(found["change"]["amount"]["amount"])
    sums = [Decimal(one["net_worth"]["amount"]) for one in (before, now)]
    assert change == sums[1] - sums[0]
    assert change == sum(Decimal(moved or 0) for *_, moved in _amounts(found).values())
    assert found["change"]["since"] == f"{SINCE}"


@pytest.mark.parametrize("start_day", [1, 25])
@pytest.mark.parametrize("currency", ["BRL", "USD"])
def test_the_change_of_a_kind_is_that_of_net_worth(
    api: Any, page: Get, book: Book, ids: dict[str, str], start_day: int, currency: str
) -> None:
    Book.objects.filter(id=book.id).update(month_start_day=start_day)
    asked = f"period=2026-05&currency={currency}&accounts={','.join(ids.values())}"

    told = page(f"/net-worth?{asked}").content.decode()
    links = re.findall(r'<a href="([^"]*since=[^"]*)">([^<]+)</a>', told)
    report = api.get(f"/reports/net-worth?{asked}").json()

    assert 1 + len(report["by_kind"]) == 5
    # Where yen had no rate before and have one now, nobody knows how these or all changed.
    is_known = report["opening"]["complete"] is report["months"][-1]["complete"]
    assert len(links) == (5 if is_known else 3)
    for address, figure in links:
        address = html.unescape(address)
        found = page(f"{address}&format=json").json()
        assert found["change"]["amount"]["amount"] == figure.replace("−", "-").strip("+")
        since, on = (
            date.fromisoformat(found["change"]["since"]),
            date.fromisoformat(found["as_of"]),
        )
        assert (since + timedelta(days=1)).day == start_day
        assert (on + timedelta(days=1)).day == start_day
        assert found["currency"] == currency
        assert f"accounts={ids['Current']}%2C" in address


def test_what_has_no_rate_on_a_day_is_apart_on_that_day(
    api: Any, page: Get, ids: dict[str, str]
) -> None:
    found = api.get(f"{PATH}?{BOTH}").json()
    earlier = api.get(f"{PATH}?since={SINCE}&on=2026-06-09").json()
    told = page(f"/accounts?{BOTH}").content.decode()
    neither = page(f"/accounts?since={SINCE}&on=2026-06-09").content.decode()

    assert found["before"]["not_converted"] == [{"amount": "2000", "currency": "JPY"}]
    assert found["not_converted"] == []
    assert _amounts(earlier)["Yen"] == (None, None, None)
    assert told.count("Yen (2,000 JPY)") == 1
    assert told.count("There is no rate to BRL on or before 30 April 2026.") == 1
    assert (told.count("not counted</td>"), neither.count("not counted</td>")) == (1, 3)
    assert neither.count("There is no rate to BRL") == 2
    assert "There is no rate to BRL on or before 9 June 2026." in neither


def test_between_days_that_do_not_count_the_same_no_change_is_told(
    api: Any, page: Get, ids: dict[str, str]
) -> None:
    found = api.get(f"{PATH}?{BOTH}").json()
    earlier = api.get(f"{PATH}?since={SINCE}&on=2026-06-09").json()
    told = page(f"/accounts?{BOTH}").content.decode()
    neither = page(f"/accounts?since={SINCE}&on=2026-06-09").content.decode()

    assert found["change"] is None
    # Of all of them above and below the table, of their kind, and of the yen.
    assert told.count("not known: JPY had no rate") == 4
    assert "+3.88" not in told
    # Of days that both lack yen the change is known, and is that of the others.
    assert earlier["change"]["amount"]["amount"] == "-98.12"
    assert "not known" not in neither
    portuguese = page(f"/accounts?{BOTH}", headers={"Accept-Language": "pt-BR"})
    assert "não se sabe: JPY sem cotação" in html.unescape(portuguese.content.decode())


def test_pages_say_the_rates_of_their_days(page: Get, ids: dict[str, str]) -> None:
    def rates(sent: str) -> list[tuple[str, ...]]:
        _, _, told = page(f"/accounts?{sent}").content.decode().partition("The rates used")
        return re.findall(
            r'<th scope="row">([^<]*)</th><td>([A-Z]{3})</td><td class="n">([^<]*)</td>', told
        )

    first, second = ("30 Apr 2026", "USD", "5.0000"), ("10 Jun 2026", "USD", "6.0000")
    for sent, some in ((BOTH, [first, second]), (f"on={SINCE}", [first]), (f"on={ON}", [second])):
        told = rates(sent)
        assert [one for one in told if one[1] == "USD"] == some
        assert len([one for one in told if one[1] == "JPY"]) == len(some)
    assert not rates(f"{BOTH}&kind=checking")


def test_what_was_not_there_needs_no_rate(book: Book, by: Actor, api: Any, page: Get) -> None:
    keeper = Bookkeeper(book, by)
    yen = keeper.open("Yen", "cash", "JPY")
    keeper.move(yen, ON, "500")
    keeper.open("Unused", "cash", "KRW")
    rate("JPY", "BRL", ON, "0.04")

    found = api.get(f"{PATH}?{BOTH}").json()
    told = page(f"/accounts?{BOTH}").content.decode()

    assert found["before"]["not_converted"] == []
    assert _amounts(found) == {
        "Unused": (None, None, "0.00"),
        "Yen": (None, "20.00", "20.00"),
    }
    assert "not counted" not in told


def test_an_archived_account_is_there_while_something_is_on_it_on_either_day(
    api: Any, ids: dict[str, str]
) -> None:
    def names(since: str, on: str) -> set[str]:
        return {*_amounts(api.get(f"{PATH}?since={since}&on={on}").json())}

    assert names("2026-04-30", "2026-06-10") - names("2026-05-31", "2026-06-10") == {"Old"}
    assert "Old" not in names("2026-04-01", "2026-04-06")
    assert {"Old", "New"} <= names("2026-04-06", "2026-04-07")


def test_figures_lead_to_their_accounts_days_and_rows(page: Get, ids: dict[str, str]) -> None:
    told = html.unescape(page(f"/accounts?{BOTH}&kind=savings").content.decode())

    links = dict(re.findall(r'href="([^"]+)">([+−]?[\d,]+\.\d\d)</a>', told))
    rows = f"date_from=2026-05-01&date_to={ON}&currency=BRL"
    assert links[f"/accounts?kind=savings&on={SINCE}&currency=BRL"] == "800.00"
    assert links[f"/accounts?kind=savings&on={ON}&currency=BRL"] == "901.98"
    assert links[f"/accounts/{ids['Dollars']}?on={SINCE}&currency=BRL"] == "500.00"
    assert links[f"/accounts/{ids['Old']}?on={ON}&currency=BRL"] == "0.00"
    assert links[f"/rows?account={ids['New']}&{rows}"] == "+300.00"
    assert links[f"/rows?account={ids['Old']}&{rows}"] == "−300.00"
    # Its rows are converted by month, and come to something else.
    assert f"/rows?account={ids['Dollars']}" not in told
    assert '<td class="n own">+101.98</td>' in told


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        (f"since={ON}&on={ON}", 0),
        (f"since=1999-12-31&on={ON}", 0),
        (f"{BOTH}&accounts={{New}}", 1),
        (f"{BOTH}&broker=", 4),
    ],
)
def test_a_change_leads_to_rows_where_there_are_such(
    page: Get, ids: dict[str, str], asked: str, count: int
) -> None:
    told = html.unescape(page(f"/accounts?{asked.format(**ids)}").content.decode())

    rows = re.findall(r'href="(/rows[^"]+)">([^<]+)<', told)
    assert len(rows) == count
    for address, figure in rows:
        total = page(f"{address}&format=json").json()["total"]["amount"]
        assert total == figure.replace("−", "-").strip("+")


def test_a_day_cannot_be_compared_with_a_later_one(api: Any, page: Get, book: Book) -> None:
    later = f"since={ON + timedelta(days=1)}&on={ON}"
    tomorrow = book.day(timezone.now()) + timedelta(days=1)
    for asked in (later, f"since={tomorrow}", "since=2026-05-01&period=2026-04"):
        answer = api.get(f"{PATH}?{asked}")

        assert answer.status_code == 400
        assert answer.json()["errors"][0]["pointer"] == "?since"
        assert answer.json()["errors"][0]["code"] == "wrong_order"
        for face in ("html", "json", "csv", "xlsx"):
            assert page(f"/accounts?{asked}&format={face}").status_code == 400
    assert api.get(f"{PATH}?since={ON}&on={ON}").status_code == 200
    assert api.get(f"{PATH}?since=yesterday").json()["errors"][0]["pointer"] == "?since"


def test_no_step_leads_to_before_the_first_day(page: Get, ids: dict[str, str]) -> None:
    may = page(f"/accounts?since={SINCE}&on=2026-05-31").content.decode()
    july = page(f"/accounts?since={SINCE}&on=2026-07-31").content.decode()

    assert 'rel="prev"' not in may
    assert f'min="{SINCE}"' in may
    assert f'href="?since={SINCE}&amp;on=2026-06-30" rel="prev"' in july


def test_tables_add_up_to_what_json_says(api: Any, page: Get, ids: dict[str, str]) -> None:
    found = api.get(f"{PATH}?{BOTH}").json()

    answer = page(f"/accounts?{BOTH}&format=csv")
    rows = [*csv.DictReader(answer.getvalue().decode().splitlines())]
    (sheet,) = sheets(b"".join(page(f"/accounts?{BOTH}&format=xlsx").streaming_content))

    def total(name: str) -> Decimal:
        return sum((Decimal(row[name] or 0) for row in rows), Decimal(0))

    assert f"accounts-{SINCE}-{ON}.csv" in answer["Content-Disposition"]
    assert [row["account"] for row in rows] == [one["name"] for one in found["accounts"]]
    assert total("in BRL before") == Decimal(found["before"]["net_worth"]["amount"])
    assert total("in BRL") == Decimal(found["net_worth"]["amount"])
    changes_of = {row["account"]: row["change in BRL"] for row in rows}
    assert changes_of == {name: moved or "" for name, (*_, moved) in _amounts(found).items()}
    assert changes_of["Yen"] == ""
    (dollars,) = (row for row in rows if row["account"] == "Dollars")
    names = ("rate", "rate date", "rate source", "rate status")
    rates = [dollars[f"{name}{when}"] for when in (" before", "") for name in names]
    assert rates == [
        *("5.00000000", "2026-04-30", "test", "exact"),
        *("6.00000000", "2026-06-01", "test", "carried"),
    ]
    changes = [
        float(value) for place, kind, value in cells(sheet) if place[0] == "R" and kind == "n"
    ]
    assert sum(changes) == pytest.approx(float(total("change in BRL")))
