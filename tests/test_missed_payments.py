"""Payments of subscriptions that were expected and did not come are told on pages."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from subscribing import Subscriber
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger

HEADING = "Expected, and did not come"


@pytest.fixture
def ana(book: Book, by: Actor, checking: Account) -> Subscriber:
    """Someone who pays from checking."""
    return Subscriber(book, by, checking)


@pytest.fixture
def today(book: Book) -> date:
    """The book's day."""
    return book.day(timezone.now())


@pytest.fixture
def browser(client: Client, owner: User) -> Client:
    """The owner's browser, signed in."""
    client.force_login(owner)
    return client


def test_the_page_tells_what_did_not_come_and_how_late_it_is(
    browser: Client, ana: Subscriber, today: date
) -> None:
    days = [today - timedelta(days=late) for late in (27, 20, 13, 6)]
    ana.subscribe("Box", cadence="weekly", starts_on=days[0])

    page = browser.get("/coming")
    found = browser.get("/coming?format=json").json()["missed"]

    assert HEADING in text_of(page)
    assert "27 days late, Checking −20.00 BRL" in text_of(page)
    assert [(one["date"], one["days_late"], one["amount"]) for one in found] == [
        (f"{day}", (today - day).days, "-20.00") for day in days
    ]
    assert {one["title"] for one in found} == {"Box"}


def test_what_is_paid_or_not_late_yet_or_over_is_not_missed(
    browser: Client, ana: Subscriber, today: date
) -> None:
    paid = ana.subscribe("Box", cadence="monthly", starts_on=today - timedelta(days=10))
    ana.pay(paid, today - timedelta(days=9))
    ana.subscribe("Late", cadence="monthly", starts_on=today - timedelta(days=5))
    over = ana.subscribe("Over", cadence="weekly", starts_on=today - timedelta(days=60))
    ledger.change_subscription(
        **ana.who, subscription_id=over.id, ends_on=today - timedelta(days=30)
    )

    assert HEADING not in text_of(browser.get("/coming"))


def test_a_month_tells_its_own_and_its_end_counts_them(
    browser: Client, api: Any, ana: Subscriber, today: date
) -> None:
    last = today.replace(day=1) - timedelta(days=1)
    before = last.replace(day=1)
    ana.subscribe("Box", cadence="weekly", starts_on=before)
    count = len(
        [day for day in range(last.day) if day % 7 == 0 and (today - before).days - day > 5]
    )

    told = browser.get(f"/coming/{before:%Y-%m}?format=json").json()["missed"]
    month_end = browser.get(f"/month-end/{before:%Y-%m}")

    assert {one["date"][:7] for one in told} == {f"{before:%Y-%m}"}
    assert len(told) == count
    assert f"{count} payments of subscriptions were expected" in text_of(month_end)
    assert f'href="/coming/{before:%Y-%m}#missed"' in month_end.content.decode()
    assert HEADING in text_of(browser.get(f"/coming/{before:%Y-%m}"))
    answer = api.get(f"/reports/month-end?month={before:%Y-%m}").json()
    assert (answer["missed"], answer["left"][-1]["what"]) == (count, "missed")
    earlier = before - timedelta(days=1)
    assert HEADING not in text_of(browser.get(f"/coming/{earlier:%Y-%m}"))
    assert "were expected" not in text_of(browser.get(f"/month-end/{earlier:%Y-%m}"))


def test_ten_are_named_the_latest_first_and_the_others_counted(
    browser: Client, ana: Subscriber, today: date
) -> None:
    ana.subscribe("Box", cadence="weekly", starts_on=today - timedelta(days=90))

    seen = text_of(browser.get("/coming"))

    assert seen.count("days late, Checking") == 10
    assert "6 days late" in seen
    assert "2 more, of earlier days." in seen


def test_money_that_was_to_come_in_has_its_sign(
    browser: Client, ana: Subscriber, salary: Account, today: date
) -> None:
    ana.subscribe(
        "Rent from Bia",
        amount="500.00",
        category_id=salary.id,
        starts_on=today - timedelta(days=8),
    )

    (one,) = browser.get("/coming?format=json").json()["missed"]

    assert (Decimal(one["amount"]), one["days_late"]) == (Decimal(500), 8)
