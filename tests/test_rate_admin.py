"""Staff find rates by pair and day, and correct them only through the services."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import own_rate, rate
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import BookRate, ExchangeRate
from buffet.models import Book, User

MAY = date(2026, 5, 4)
LIST = "admin:accounts_exchangerate_changelist"


@pytest.fixture
def desk(db: None) -> Client:
    """A member of staff who may do everything."""
    client = Client()
    client.force_login(User.objects.create_superuser("staff@example.com", "x"))
    return client


@pytest.fixture
def rates(book: Book) -> None:
    for ago in range(3):
        rate("EUR", "USD", MAY - timedelta(days=ago), f"1.{ago + 1}")
        rate("EUR", "BRL", MAY - timedelta(days=ago), f"6.{ago + 1}")
    own_rate(book, "USD", "BRL", MAY, "5.4")


@pytest.mark.parametrize(
    ("term", "found"),
    [
        ("EUR/USD", 3),
        ("eur usd 2026-05-04", 1),
        ("USD/EUR", 0),
        ("2026-05-03", 2),
        ("BRL", 3),
        ("EUR/USD 2026-02-30", 0),
        ("a b c d", 0),
        ("EUR USD BRL", 0),
        ("", 6),
    ],
)
def test_rates_are_found_by_pair_and_day(desk: Client, rates: None, term: str, found: int) -> None:
    page = desk.get(reverse(LIST), {"q": term})

    assert page.status_code == 200
    assert len(page.context["cl"].result_list) == found


def test_the_list_never_looks_at_every_rate(desk: Client, rates: None) -> None:
    ExchangeRate.objects.bulk_create(
        ExchangeRate(base="EUR", quote="CHF", on=MAY - timedelta(days=n), rate=1, source="test")
        for n in range(3000)
    )
    with CaptureQueriesContext(connection) as seen:
        desk.get(reverse(LIST), {"q": "EUR/CHF"})

    about = [one["sql"] for one in seen if "accounts_exchangerate" in one["sql"]]
    assert about
    # The first and the last day are looked up in the index.
    assert all("LIMIT" in sql or "reltuples" in sql or "MIN(" in sql for sql in about)
    assert not any("DISTINCT" in sql for sql in about)


def test_a_shared_rate_is_corrected_with_a_reason(desk: Client, rates: None) -> None:
    row = ExchangeRate.objects.get(quote="USD", on=MAY)
    address = reverse("admin:accounts_exchangerate_correct", args=[row.pk])
    assert desk.get(address).status_code == 200

    for wrong in ({"rate": "0"}, {"rate": "NaN"}, {"rate": "-1"}, {"reason": ""}):
        sent = {"rate": "1.05", "source": "bank", "reason": "Mistyped"} | wrong
        assert desk.post(address, sent).status_code == 400
    done = desk.post(address, {"rate": "1.05", "source": "bank", "reason": "Mistyped"})

    assert done.status_code == 302
    row.refresh_from_db()
    assert (row.rate, row.source) == (Decimal("1.05"), "bank")
    shown = desk.get(reverse("admin:accounts_exchangerate_change", args=[row.pk])).content.decode()
    for said in ("staff@example.com", "Mistyped", "1.1"):
        assert said in shown


def test_an_own_rate_is_changed_and_deleted_with_a_reason(
    desk: Client, rates: None, book: Book
) -> None:
    row = BookRate.objects.get()
    own_rate(book, "USD", "BRL", MAY - timedelta(days=1), "5.3")
    address = reverse("admin:accounts_bookrate_change_rate", args=[row.pk])
    sent = {"on": "2026-05-04", "rate": "5.5", "source": "card", "reason": "As the bill says"}
    assert desk.get(address).status_code == 200

    taken = desk.post(address, sent | {"on": "2026-05-03"})
    assert taken.status_code == 400
    assert "already has a rate" in taken.content.decode()
    assert desk.post(address, sent).status_code == 302
    row.refresh_from_db()
    assert (row.rate, row.source) == (Decimal("5.5"), "card")

    address = reverse("admin:accounts_bookrate_remove", args=[row.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"reason": "Twice"}).status_code == 302
    assert not BookRate.objects.filter(id=row.id).exists()


@pytest.mark.parametrize("name", ["exchangerate_correct", "bookrate_change_rate"])
def test_who_may_only_read_corrects_nothing(client: Client, rates: None, name: str) -> None:
    reader = User.objects.create_user("reader@example.com", "x", is_staff=True)
    client.force_login(reader)
    model: Any = ExchangeRate if name.startswith("exchange") else BookRate
    row = model.objects.first()

    answer = client.post(
        reverse(f"admin:accounts_{name}", args=[row.pk]),
        {"rate": "9", "source": "x", "on": "2026-05-04", "reason": "x"},
    )

    assert answer.status_code == 403
    assert model.objects.get(pk=row.pk).rate == row.rate
