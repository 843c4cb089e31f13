"""A book's own rates leave the figures of closed months as they are, through every door."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper, own_rate, rate
from conftest import Api
from django.test import Client
from django.urls import reverse
from raw import refused, run
from whole_books import alike, exported, load

from accounts.models import Account, BookRate
from buffet.audit import Actor
from buffet.errors import Invalid
from buffet.models import Book, User
from buffet.services.erasing import erase_user
from reports.queries import portfolio_overview
from transactions import services as ledger

TODAY = date(2026, 6, 15)
MAY = date(2026, 5, 1)
LAST = date(2026, 5, 31)
APRIL = date(2026, 4, 10)
SENTENCE = "2026-05 is closed; an owner of the book can reopen it."
CARRIED = "2026-05 is closed, and this rate is carried into it; an owner of the book can reopen it."


@pytest.fixture
def closed(book: Book, by: Actor, dollars: Account) -> None:
    """A hundred dollars since March, and May, which is closed."""
    Bookkeeper(book, by).move(dollars, date(2026, 3, 10), "100.00")
    own_rate(book, "USD", "BRL", date(2026, 5, 20), "5")
    own_rate(book, "USD", "BRL", date(2026, 6, 2), "6")
    ledger.close_month(book=book, by=by, month=MAY, today=TODAY)


def add(book: Book, by: Actor, on: date, base: str = "USD", quote: str = "BRL") -> BookRate:
    """Add a rate of the book's own."""
    rate = Decimal("5.5")
    return ledger.create_own_rate(book=book, by=by, base=base, quote=quote, on=on, rate=rate)


def worth(book: Book) -> list[Decimal]:
    """Return the net worth at the ends of March, April and May."""
    return [one.net_worth for one in portfolio_overview(book, TODAY).history][:3]


def told(found: Any) -> list[tuple[str, str, str]]:
    """Return what a refusal names."""
    assert found.status_code == 400, found.content
    return [(one["pointer"], one["code"], one["detail"]) for one in found.json()["errors"]]


# Over the API


@pytest.mark.parametrize("on", [MAY, date(2026, 5, 19), LAST])
def test_none_is_added_to_a_closed_month(api: Api, book: Book, closed: None, on: date) -> None:
    before = worth(book)
    sent = {"base": "USD", "quote": "BRL", "on": on.isoformat(), "rate": "9"}

    assert told(api.post("/exchange-rates", sent)) == [("/on", "month_closed", SENTENCE)]
    assert (worth(book), BookRate.objects.count()) == (before, 2)


@pytest.mark.parametrize(
    "change", [{"rate": "9"}, {"source": "bill"}, {"on": "2026-05-21"}, {"on": "2026-06-03"}]
)
def test_none_of_a_closed_month_changes_or_leaves_it(
    api: Api, book: Book, closed: None, change: dict[str, str]
) -> None:
    before = worth(book)
    row = BookRate.objects.get(on="2026-05-20")

    assert told(api.patch(f"/exchange-rates/{row.id}", change)) == [
        ("/on", "month_closed", SENTENCE)
    ]
    assert worth(book) == before
    assert api.patch(f"/exchange-rates/{row.id}", {}).status_code == 200


def test_none_of_a_closed_month_is_deleted(api: Api, book: Book, closed: None) -> None:
    before = worth(book)
    row = BookRate.objects.get(on="2026-05-20")

    assert told(api.delete(f"/exchange-rates/{row.id}")) == [("/on", "month_closed", SENTENCE)]
    assert worth(book) == before


def test_none_moves_into_a_closed_month(api: Api, book: Book, closed: None) -> None:
    row = BookRate.objects.get(on="2026-06-02")

    refused = api.patch(f"/exchange-rates/{row.id}", {"on": "2026-05-31"})

    assert told(refused) == [("/on", "month_closed", SENTENCE)]
    assert api.patch(f"/exchange-rates/{row.id}", {"on": "2026-06-03"}).status_code == 200


def test_a_reopened_month_takes_rates_again(api: Api, book: Book, by: Actor, closed: None) -> None:
    ledger.reopen_month(book=book, by=by, month=MAY, reason="A late bill")
    row = BookRate.objects.get(on="2026-05-20")

    add(book, by, LAST)
    assert api.patch(f"/exchange-rates/{row.id}", {"rate": "9"}).status_code == 200
    assert api.delete(f"/exchange-rates/{row.id}").status_code == 204


def test_another_book_s_closed_months_are_its_own(book: Book, by: Actor, closed: None) -> None:
    other = Book.objects.create(name="Other", base_currency="BRL")

    add(other, by, LAST)


# What is carried into a closed month


def test_one_that_would_be_carried_into_a_closed_month_is_refused(
    book: Book, by: Actor, closed: None
) -> None:
    before = worth(book)

    with pytest.raises(Invalid) as found:
        add(book, by, APRIL)

    assert [fault.detail for fault in found.value.faults] == [CARRIED]
    assert worth(book) == before


@pytest.mark.parametrize(
    "newer",
    [
        lambda book: own_rate(book, "USD", "BRL", MAY, "5"),
        lambda book: own_rate(book, "BRL", "USD", APRIL + timedelta(days=1), "0.2"),
        lambda book: rate("USD", "BRL", APRIL + timedelta(days=20), "5"),
        lambda book: (
            rate("EUR", "USD", APRIL + timedelta(days=2), "1.1"),
            rate("EUR", "BRL", APRIL + timedelta(days=9), "5.5"),
        ),
    ],
)
def test_where_a_newer_one_holds_by_then_an_older_one_may_change(
    book: Book, by: Actor, dollars: Account, newer: Callable[[Book], object]
) -> None:
    Bookkeeper(book, by).move(dollars, date(2026, 3, 10), "100.00")
    newer(book)
    ledger.close_month(book=book, by=by, month=MAY, today=TODAY)
    before = worth(book)[2]

    made = add(book, by, APRIL)
    ledger.change_own_rate(book=book, by=by, rate_id=made.id, rate=Decimal(9))
    ledger.delete_own_rate(book=book, by=by, rate_id=made.id)

    assert worth(book)[2] == before


@pytest.mark.parametrize(
    ("base", "quote", "on"),
    [
        # Of the day itself, of another pair, half of a cross, and too late.
        ("USD", "BRL", APRIL),
        ("GBP", "BRL", APRIL + timedelta(days=1)),
        ("EUR", "BRL", APRIL + timedelta(days=1)),
        ("USD", "BRL", MAY + timedelta(days=1)),
    ],
)
def test_a_rate_that_is_not_newer_by_then_lets_nothing_change(
    book: Book, by: Actor, base: str, quote: str, on: date
) -> None:
    made = own_rate(book, "USD", "BRL", APRIL, "5")
    rate(base, quote, on, "5")
    ledger.close_month(book=book, by=by, month=MAY, today=TODAY)

    with pytest.raises(Invalid, match="2026-05 is closed, and this rate is carried into it"):
        ledger.change_own_rate(book=book, by=by, rate_id=made.id, rate=Decimal(9))
    with pytest.raises(Invalid, match="2026-05 is closed, and this rate is carried into it"):
        ledger.delete_own_rate(book=book, by=by, rate_id=made.id)


# By the database


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE accounts_bookrate SET rate = 9 WHERE \"on\" = '2026-05-20'",
        "UPDATE accounts_bookrate SET \"on\" = '2026-06-03' WHERE \"on\" = '2026-05-20'",
        "UPDATE accounts_bookrate SET \"on\" = '2026-05-31' WHERE \"on\" = '2026-06-02'",
        "UPDATE accounts_bookrate SET \"on\" = '2026-04-30' WHERE \"on\" = '2026-06-02'",
        "DELETE FROM accounts_bookrate",
    ],
)
def test_the_database_refuses_what_a_closed_month_would_notice(
    book: Book, closed: None, change: str
) -> None:
    with refused("closed_months_stay"):
        run(change)


def test_the_database_takes_many_at_once_or_none(book: Book, closed: None) -> None:
    sql = """
        INSERT INTO accounts_bookrate (id, book_id, base, quote, "on", rate, source)
        SELECT gen_random_uuid(), %s, 'USD', 'BRL', day::date, 5, 'own'
        FROM generate_series(%s::date, %s::date, '1 day') AS day
    """

    with refused("closed_months_stay"):
        run(sql, book.id, LAST, date(2026, 6, 1))
    run(sql, book.id, date(2026, 6, 3), date(2026, 7, 31))


# Through other doors


def test_a_book_with_rates_in_closed_months_is_written_and_loaded(
    book: Book, owner: User, closed: None
) -> None:
    content = exported(book)

    loaded = load(owner, content)

    assert alike(exported(loaded)) == alike(content)
    with refused("closed_months_stay"):
        run("DELETE FROM accounts_bookrate WHERE book_id = %s", loaded.id)


def test_staff_are_refused_with_the_same_sentence(client: Client, closed: None) -> None:
    client.force_login(User.objects.create_superuser("staff@example.com", "x"))
    row = BookRate.objects.get(on="2026-05-20")
    sent = {"on": "2026-05-20", "rate": "9", "source": "x", "reason": "x"}

    for verb in ("change_rate", "remove"):
        answer = client.post(reverse(f"admin:accounts_bookrate_{verb}", args=[row.pk]), sent)
        assert answer.status_code == 400
        assert SENTENCE in answer.content.decode()

    row.refresh_from_db()
    assert row.rate == 5


def test_a_book_that_is_erased_takes_them_along(owner: User, closed: None) -> None:
    erase_user(by=Actor(None, "command"), user_id=owner.id, reason="Letter 18")

    assert not BookRate.objects.exists()
