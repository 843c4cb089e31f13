"""The forecast on the page of what is coming: a curve for each account that pays, and what if."""

import csv
import re
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client
from fields import sent_by
from wallet import Wallet, text_of

from accounts.models import Account
from buffet.models import Book, Role
from reports.charts import step_charts


@pytest.fixture
def funded(wallet: Wallet, checking: Account, salary: Account) -> Wallet:
    """The wallet, with 500.00 to pay its statement of 120.00."""
    day = wallet.today - timedelta(days=40)
    wallet.keeper.move(checking, day, "500.00", category_id=salary.id)
    return wallet


def answered(answer: Any) -> str:
    """Return what the page says is still to pay."""
    return text_of(answer).partition("Still to pay")[2].partition("Where this leads")[0]


def forecast_of(answer: Any) -> str:
    return text_of(answer).partition(" Forecast ")[2]


def test_an_account_that_pays_is_drawn_with_its_lowest_point(page: Any, funded: Wallet) -> None:
    due = funded.statement(10).due_on

    answer = page("/coming")

    seen = forecast_of(answer)
    words = f"Stays above zero. Lowest on {due:%-d %B %Y}: 380.00. Today 500.00."
    assert words in seen
    body = answer.content.decode()
    assert body.count('class="low"') == 2
    assert f"{due:%-d %b %Y} Platinum, {funded.statement(10).month:%B %Y} −120.00 380.00" in seen
    assert 'class="low bad"' not in body


def test_the_first_day_below_zero_is_said(page: Any, funded: Wallet, checking: Account) -> None:
    day = funded.today + timedelta(days=30)
    funded.keeper.move(checking, day, "-400.00", description="Roof")

    answer = page("/coming")

    assert (
        f"Falls below zero on {day:%-d %B %Y}. Lowest on {day:%-d %B %Y}: −20.00."
        in forecast_of(answer)
    )
    assert 'class="low bad"' in answer.content.decode()


def test_what_is_owed_today_is_told_apart_from_what_is_there(
    page: Any, funded: Wallet, checking: Account
) -> None:
    funded.buy(75, "600.00")

    seen = forecast_of(page("/coming"))

    assert "Falls below zero today." in seen
    assert "Today 500.00." in seen


def test_a_bill_that_no_account_can_pay_is_named(page: Any, wallet: Wallet, issue: Any) -> None:
    euros = issue("Travel", currency="EUR", limit=None)
    Wallet(wallet.keeper, euros, wallet.today).buy(10, "40.00")

    seen = forecast_of(page("/coming"))

    assert re.search(r"In no balance above: Travel, [A-Z][a-z]+ \d{4}, 40\.00 EUR on", seen)


def test_what_if_changes_the_curve_and_nothing_else(
    page: Any, funded: Wallet, checking: Account, book: Book
) -> None:
    day = funded.today + timedelta(days=20)
    version = Book.objects.get(id=book.id).version

    answer = page(f"/coming?what_if=450.00&what_if_on={day}&what_if_account={checking.id}")

    seen = forecast_of(answer)
    assert f"Falls below zero on {day:%-d %B %Y}." in seen
    assert f"What if: 450.00 BRL leave Checking on {day:%-d %B %Y}." in seen
    assert "−70.00; without the change 380.00 on" in seen
    assert answer.content.decode().count('class="before"') == 2
    assert "Still to pay" in text_of(answer)
    assert "Nothing is due" in answered(answer)
    assert answered(answer) == answered(page("/coming"))
    assert Book.objects.get(id=book.id).version == version
    assert "−70.00" not in text_of(page("/coming"))


def test_a_viewer_may_ask_what_if(client: Client, funded: Wallet, person: Any, book: Book) -> None:
    client.force_login(person("viewer", book, Role.VIEWER))

    answer = client.get("/coming?what_if=450.00")

    assert answer.status_code == 200
    assert "without the change" in text_of(answer)


def test_what_was_left_out_is_shown_as_what_it_is_taken_for(
    page: Any, funded: Wallet, checking: Account, savings: Account
) -> None:
    answer = page("/coming?what_if=450.00&what_if_on=&what_if_account=")

    body = answer.content.decode()
    assert f'value="{funded.today + timedelta(days=1)}"' in body
    assert f'<option value="{checking.id}" selected>' in body


@pytest.mark.parametrize(
    ("asked", "field", "sentence"),
    [
        ("what_if=much", "what_if", "An amount is a plain decimal number"),
        ("what_if=1.234", "what_if", "An amount in BRL has at most 2 decimals."),
        ("what_if=", "what_if", "Say how much."),
        ("what_if_on=2026-12-01", "what_if", "Say how much."),
        ("what_if=1&what_if_on=2026-02-30", "what_if_on", "This is not a day of the calendar"),
        ("what_if=1&what_if_on=2020-01-01", "what_if_on", "This is a day from"),
        ("what_if=1&what_if_account=x", "what_if_account", "There is no such account"),
    ],
)
def test_what_makes_no_sense_is_answered_in_the_form(
    page: Any, funded: Wallet, asked: str, field: str, sentence: str
) -> None:
    answer = page(f"/coming?{asked}")

    assert answer.status_code == 400
    found = re.search(rf'id="id_{field}_error">([^<]+)<', answer.content.decode())
    assert found[1].startswith(sentence)
    assert "Lowest on" in text_of(answer)
    assert page(f"/coming?{asked}&format=json").status_code == 400


def test_another_book_s_account_is_no_choice(
    page: Any, funded: Wallet, person: Any, book: Book
) -> None:
    answer = page(f"/coming?what_if=1&what_if_account={book.id}")

    assert "There is no such account in this book." in text_of(answer)


def test_the_json_is_the_api_s(page: Any, api: Any, funded: Wallet) -> None:
    asked = "what_if=450.00"

    assert page("/coming?format=json").json()["forecast"] == api.get("/reports/forecast").json()
    supposed = page(f"/coming?{asked}&format=json").json()["forecast"]
    assert supposed == api.get(f"/reports/forecast?{asked}").json()


@pytest.mark.parametrize("asked", ["", "&what_if=450.00", "&what_if=1.00&what_if_on={day}"])
def test_the_forecast_as_a_table_has_the_days_of_the_api(
    page: Any, api: Any, funded: Wallet, asked: str
) -> None:
    said = asked.format(day=funded.today + timedelta(days=7))
    told = api.get(f"/reports/forecast?{said.removeprefix('&')}").json()

    found = page(f"/coming?format=csv&of=forecast{said}").getvalue().decode()

    assert [*csv.reader(found.splitlines())] == [
        [
            *("account", "date", "balance", "currency", "in BRL"),
            *("rate", "rate date", "rate source", "rate status"),
        ],
        *(
            [
                *(one["name"], day["date"], day["balance"], one["currency"], day["balance"]),
                *("1.00000000", "", "", "exact"),
            ]
            for one in told["projections"]
            for day in one["days"]
        ),
    ]
    assert page(f"/coming?format=xlsx&of=forecast{said}").getvalue()[:2] == b"PK"


def test_it_looks_as_far_ahead_as_it_is_asked(page: Any, api: Any, funded: Wallet) -> None:
    today = funded.today
    for days in (10, 365):
        until = f"until={today + timedelta(days=days)}"
        assert (
            page(f"/coming?{until}&format=json").json()["forecast"]
            == api.get(f"/reports/forecast?{until}").json()
        )
    seen = page(f"/coming?until={today + timedelta(days=180)}")
    assert '<b aria-current="true">180 days</b>' in seen.content.decode()
    assert f"until={today + timedelta(days=30)}#forecast" in seen.content.decode()
    assert page(f"/coming?until={today - timedelta(days=1)}").status_code == 400
    assert page(f"/coming?until={today + timedelta(days=999)}&format=json").status_code == 400


@pytest.mark.parametrize(("asked", "days"), [("", 90), ("until={}", 365), ("until={}", 1)])
def test_the_days_that_are_shown_are_said(page: Any, funded: Wallet, asked: str, days: int) -> None:
    until = funded.today + timedelta(days=days)

    seen = text_of(page(f"/coming?{asked.format(until)}"))

    assert f"Where this leads: the next {days} day{'' if days == 1 else 's'} " in seen


@pytest.mark.django_db(transaction=True)
def test_supposing_something_keeps_what_was_asked_before(page: Any, funded: Wallet) -> None:
    asked = {
        "known_on": str(funded.today),
        "on": str(funded.today),
        "currency": "USD",
        "until": str(funded.today + timedelta(days=180)),
    }

    answer = page(f"/coming?{urlencode(asked)}")
    sent = sent_by(answer, "what_if")
    supposed = page(f"/coming?{urlencode(sent | {'what_if': '450.00'})}")

    assert sent.items() >= asked.items()
    assert sent_by(supposed, "what_if").items() >= asked.items()
    assert "without the change" in text_of(supposed)
    (without,) = re.findall(r'href="([^"]*)">Without it<', supposed.content.decode())
    address, _, place = unescape(without).partition("#")
    assert (address, place) == (f"?{urlencode(asked)}", "forecast")


@pytest.mark.parametrize("face", ["json", "csv", "xlsx", "csv&of=forecast"])
@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ("what_if=-5.00", 400),
        ("what_if=0", 400),
        ("what_if=1,50", 400),
        ("what_if=1.234", 400),
        ("what_if=", 400),
        ("what_if_on=2026-12-01", 400),
        ("what_if=1.00&what_if_on=", 400),
        ("what_if=1.00&what_if_on=2020-01-01", 400),
        ("what_if=1.00&what_if_account=00000000-0000-0000-0000-000000000000", 404),
    ],
)
def test_the_faces_for_programs_refuse_what_the_api_refuses(
    page: Any, api: Any, funded: Wallet, face: str, asked: str, status: int
) -> None:
    assert api.get(f"/reports/forecast?{asked}").status_code == status
    assert page(f"/coming?{asked}&format={face}").status_code == status


@pytest.mark.parametrize(
    ("typed", "said"), [("1,234.5", "what_if=1234.50&what_if_on="), ("-20", None)]
)
def test_the_page_links_its_forecast_as_programs_ask_for_it(
    page: Any, funded: Wallet, typed: str, said: str | None
) -> None:
    body = page(f"/coming?what_if={typed}&what_if_on=&what_if_account=").content.decode()

    found = [unescape(one) for one in re.findall(r'href="(\?[^"]*format=[^"]*)"', body)]
    assert len([one for one in found if "of=forecast" in one]) == 2
    assert {one.count("what_if=") for one in found} == {1 if said else 0}
    assert not said or all(said in one for one in found)
    assert all(page(f"/coming{one}").getvalue() for one in found if "json" not in one)
    assert page(f"/coming{found[-1]}").json()["forecast"]


def test_a_table_is_of_the_forecast_where_there_is_one(page: Any, funded: Wallet) -> None:
    later = funded.today + timedelta(days=62)

    assert page(f"/coming/{later:%Y-%m}?format=csv&of=forecast").status_code == 400
    assert page("/coming?of=forecast").status_code == 400
    assert "of=forecast" not in page(f"/coming/{later:%Y-%m}").content.decode()


def test_other_months_have_no_forecast(page: Any, funded: Wallet) -> None:
    later = funded.today + timedelta(days=62)

    answer = page(f"/coming/{later:%Y-%m}")

    assert 'id="forecast"' not in answer.content.decode()
    assert 'href="/coming"' in answer.content.decode()
    assert page(f"/coming/{later:%Y-%m}?what_if=1").status_code == 400


def test_a_step_stays_until_a_day_moves_it() -> None:
    days = [
        (date(2026, 6, 29) + timedelta(days=n), Decimal(value))
        for n, value in enumerate((100, 100, -100, 50))
    ]

    chart = step_charts(days)["wide"]

    assert [part[0] for part in chart.line.split()] == ["M", "H", "V", "H", "V", "H"]
    zero = next(tick.at for tick in chart.ticks if tick.value == 0)
    assert chart.low_y > zero > chart.last_y
    assert chart.low_x == float(chart.line.split()[1][1:])
    assert [tick.value for tick in chart.months] == [date(2026, 7, 1)]
    assert step_charts(days[:2]) == {}
