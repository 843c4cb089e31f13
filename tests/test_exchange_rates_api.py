"""Rates over the API: the shared ones and a book's own, in one list, and amounts converted."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from bookkeeping import own_rate, rate
from conftest import Api
from django.db import connection
from django.test.utils import CaptureQueriesContext
from uuid_utils.compat import uuid7

from accounts.models import BookRate, ExchangeRate
from accounts.quotations import shared_id, shared_key
from buffet.models import Book, User

MAY = date(2026, 5, 4)
OURS = {"base": "USD", "quote": "BRL", "on": "2026-05-04", "rate": "5.4321"}


def days(api: Api, query: str = "") -> list[tuple[str, ...]]:
    """Return the rates of all pages as (day, pair, rate, scope)."""
    found, address = [], f"/exchange-rates?limit=2&{query}"
    while address:
        answer = api.get(address)
        assert answer.status_code == 200, answer.content
        body = answer.json()
        found += [
            (row["on"], f"{row['base']}/{row['quote']}", row["rate"], row["scope"])
            for row in body["results"]
        ]
        address = body["next"] and body["next"].split("/api/v1")[1]
    return found


@pytest.fixture
def rates(book: Book) -> None:
    """Shared and own rates of three days."""
    rate("EUR", "USD", MAY, "1.1")
    rate("EUR", "BRL", MAY, "6.05")
    rate("EUR", "USD", MAY + timedelta(days=1), "1.2")
    own_rate(book, "EUR", "USD", MAY, "1.15")
    own_rate(book, "USD", "BRL", MAY + timedelta(days=2), "5.4")
    other = Book.objects.create(name="Other", base_currency="BRL")
    own_rate(other, "USD", "BRL", MAY, "9")


def test_the_list_shows_shared_and_own_rates_the_latest_day_first(api: Api, rates: None) -> None:
    assert days(api) == [
        ("2026-05-06", "USD/BRL", "5.4", "own"),
        ("2026-05-05", "EUR/USD", "1.2", "shared"),
        ("2026-05-04", "EUR/BRL", "6.05", "shared"),
        ("2026-05-04", "EUR/USD", "1.15", "own"),
        ("2026-05-04", "EUR/USD", "1.1", "shared"),
    ]


def test_one_may_go_back_page_by_page(api: Api, rates: None) -> None:
    first = api.get("/exchange-rates?limit=2").json()
    second = api.get(first["next"].split("/api/v1")[1]).json()
    third = api.get(second["next"].split("/api/v1")[1]).json()

    back = api.get(third["previous"].split("/api/v1")[1]).json()
    start = api.get(back["previous"].split("/api/v1")[1]).json()

    assert back["results"] == second["results"]
    assert start["results"] == first["results"]
    assert (third["next"], start["previous"]) == (None, None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("base=USD", ["2026-05-06 own"]),
        ("quote=USD", ["2026-05-05 shared", "2026-05-04 own", "2026-05-04 shared"]),
        ("scope=own", ["2026-05-06 own", "2026-05-04 own"]),
        ("scope=shared&quote=BRL", ["2026-05-04 shared"]),
        ("date_from=2026-05-05&date_to=2026-05-05", ["2026-05-05 shared"]),
        # Of each pair the latest; of one day, the book's own.
        ("on=2026-05-04", ["2026-05-04 shared", "2026-05-04 own"]),
        ("on=2026-05-04&base=EUR&quote=USD", ["2026-05-04 own"]),
        ("on=2026-05-04&quote=USD&scope=shared", ["2026-05-04 shared"]),
        ("on=2026-05-31", ["2026-05-06 own", "2026-05-05 shared", "2026-05-04 shared"]),
        ("on=2026-05-31&date_from=2026-05-05", ["2026-05-06 own", "2026-05-05 shared"]),
        ("on=2026-05-03", []),
    ],
)
def test_the_list_is_filtered(api: Api, rates: None, query: str, expected: list[str]) -> None:
    assert [f"{row[0]} {row[3]}" for row in days(api, query)] == expected


@pytest.mark.parametrize("query", ["base=usd", "on=4/5/2026", "scope=all", "cursor=x", "date=x"])
def test_a_filter_that_is_malformed_is_refused(api: Api, query: str) -> None:
    assert api.get(f"/exchange-rates?{query}").status_code == 400


def test_a_page_is_one_query_however_many_rates_there_are(api: Api, rates: None) -> None:
    ExchangeRate.objects.bulk_create(
        ExchangeRate(base="EUR", quote="CHF", on=MAY - timedelta(days=n), rate=1, source="test")
        for n in range(300)
    )
    costs = []
    for address in ("/exchange-rates?limit=2", "/exchange-rates?limit=200&on=2026-05-31"):
        with CaptureQueriesContext(connection) as seen:
            api.get(address)
        costs.append(len([one for one in seen if "accounts_exchangerate" in one["sql"]]))

    assert costs == [1, 1]


@pytest.mark.django_db(transaction=True)
def test_a_rate_of_one_s_own_is_added_changed_and_deleted(api: Api, rates: None) -> None:
    made = api.post("/exchange-rates", OURS)
    assert made.status_code == 201, made.content
    row = made.json()
    assert {**OURS, "scope": "own", "source": "own"}.items() <= row.items()
    address = f"/exchange-rates/{row['id']}"
    assert api.get(address).json() == row

    changed = api.patch(address, {"rate": "0005.500", "source": "bank", "on": "2026-05-07"})
    assert changed.status_code == 200
    assert (changed.json()["rate"], changed.json()["source"]) == ("5.5", "bank")
    assert days(api)[0] == ("2026-05-07", "USD/BRL", "5.5", "own")
    assert api.patch(address, {"source": None}).json()["source"] == "own"

    stale = api.delete(address, **{"If-Match": made["ETag"]})
    assert stale.status_code == 412
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"rate": "0"}, "/rate"),
        ({"rate": "0.0000000000001"}, "/rate"),
        ({"rate": "-1"}, "/rate"),
        ({"rate": 5.4}, "/rate"),
        ({"rate": "NaN"}, "/rate"),
        ({"rate": "1e3"}, "/rate"),
        ({"rate": "١٢"}, "/rate"),
        ({"rate": "1000000000000"}, "/rate"),
        ({"base": "usd"}, "/base"),
        ({"base": "XXX"}, "/base"),
        ({"quote": "USD"}, "/quote"),
        ({"on": "0025-05-04"}, "/on"),
        ({"source": "x" * 41}, "/source"),
        ({"scope": "own"}, "/scope"),
    ],
)
def test_what_is_no_rate_is_refused_by_name(api: Api, change: Any, pointer: str) -> None:
    answer = api.post("/exchange-rates", OURS | change)

    assert answer.status_code == 400, answer.content
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert not BookRate.objects.exists()


def test_a_pair_has_one_rate_of_its_own_a_day(api: Api, rates: None) -> None:
    api.post("/exchange-rates", OURS)
    other = api.post("/exchange-rates", OURS | {"on": "2026-05-08"}).json()

    again = api.post("/exchange-rates", OURS)
    moved = api.patch(f"/exchange-rates/{other['id']}", {"on": "2026-05-04"})
    contrary = api.post("/exchange-rates", OURS | {"base": OURS["quote"], "quote": OURS["base"]})

    assert {answer.status_code for answer in (again, moved, contrary)} == {409}
    assert {answer.json()["code"] for answer in (again, moved, contrary)} == {"rate_taken"}
    assert api.patch(f"/exchange-rates/{other['id']}", {"on": "2026-05-08"}).status_code == 200


def test_a_shared_rate_is_read_and_never_changed(api: Api, rates: None) -> None:
    (row,) = api.get("/exchange-rates?quote=USD&on=2026-05-05").json()["results"]
    address = f"/exchange-rates/{row['id']}"

    assert api.get(address).json() == row
    for answer in (api.patch(address, {"rate": "9"}), api.delete(address)):
        assert answer.status_code == 403
        assert answer.json()["code"] == "rate_is_shared"
        assert "one of your own" in answer.json()["detail"]
    assert api.get(address).json() == row


def test_the_id_of_a_shared_rate_is_that_of_its_pair_and_day(api: Api) -> None:
    id = shared_id("EUR", "USD", MAY)

    assert id.version == 8
    assert shared_key(id) == ("EUR", "USD", MAY)
    assert api.get(f"/exchange-rates/{id}").status_code == 404
    for strange in (uuid7(), "00000000-0000-0000-0000-000000000000", "f" * 32):
        assert api.get(f"/exchange-rates/{strange}").status_code == 404
    for ordinal in ("00000000", "ffffffff"):
        strange = f"{str(id)[:28]}{ordinal}"
        assert api.get(f"/exchange-rates/{strange}").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_list_is_read_anew_when_its_rates_change(api: Api, rates: None) -> None:
    tag = api.get("/exchange-rates")["ETag"]
    assert api.get("/exchange-rates", **{"If-None-Match": tag}).status_code == 304

    rate("EUR", "USD", MAY + timedelta(days=9), "1.3")
    tag, before = api.get("/exchange-rates")["ETag"], tag
    assert tag != before

    own = api.post("/exchange-rates", OURS).json()["id"]
    assert api.get("/exchange-rates", **{"If-None-Match": tag}).status_code == 200
    tag = api.get("/exchange-rates")["ETag"]
    api.delete(f"/exchange-rates/{own}")
    assert api.get("/exchange-rates", **{"If-None-Match": tag}).status_code == 200


def test_another_book_sees_and_touches_none_of_them(
    api: Api, person: Callable[..., User], sign_in: Any, rates: None
) -> None:
    stranger = sign_in(person("stranger", Book.objects.create(name="S", base_currency="EUR")))
    id = api.post("/exchange-rates", OURS).json()["id"]

    assert {row[3] for row in days(stranger)} == {"shared"}
    for answer in (
        stranger.get(f"/exchange-rates/{id}"),
        stranger.patch(f"/exchange-rates/{id}", {"rate": "9"}),
        stranger.delete(f"/exchange-rates/{id}"),
    ):
        assert answer.status_code == 404


# Conversion


def converted(api: Api, query: str) -> dict[str, Any]:
    answer = api.get(f"/exchange-rates/convert?{query}")
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_an_amount_is_converted_at_the_rate_of_reports(api: Api, rates: None) -> None:
    assert converted(api, "amount=10.00&from=EUR&to=USD&on=2026-05-04") == {
        "amount": {"amount": "10.00", "currency": "EUR"},
        "converted": {"amount": "11.50", "currency": "USD"},
        "rate": "1.15000000",
        "as_of": "2026-05-04",
        "source": "own",
        "status": "exact",
    }
    carried = converted(api, "amount=-10&from=EUR&to=USD&on=2026-06-01")
    assert (carried["converted"]["amount"], carried["status"], carried["as_of"]) == (
        "-12.00",
        "carried",
        "2026-05-05",
    )
    crossed = converted(api, "amount=115&from=USD&to=BRL&on=2026-05-04")
    assert (crossed["converted"]["amount"], crossed["source"]) == ("605.00", "own, test")


def test_what_has_no_rate_is_missing_and_never_one_to_one(api: Api, rates: None) -> None:
    found = converted(api, "amount=10&from=JPY&to=USD&on=2026-05-04")

    assert found["amount"] == {"amount": "10", "currency": "JPY"}
    assert (found["converted"], found["rate"], found["as_of"]) == (None, None, None)
    assert found["status"] == "missing"
    assert converted(api, "amount=10&from=EUR&to=USD&on=2026-05-03")["status"] == "missing"
    assert converted(api, "amount=1&from=JPY&to=JPY")["rate"] == "1.00000000"


def test_a_small_rate_says_eight_digits(api: Api, book: Book) -> None:
    own_rate(book, "IDR", "USD", MAY, "0.000061234567")

    found = converted(api, "amount=1000000&from=IDR&to=USD&on=2026-05-04")

    assert (found["rate"], found["converted"]["amount"]) == ("0.000061234567", "61.23")


def test_an_absurd_amount_at_an_absurd_rate_is_no_error(api: Api, book: Book) -> None:
    own_rate(book, "EUR", "BTC", MAY, "999999999999.999999999999")
    own_rate(book, "EUR", "ETH", MAY, "0.000000000001")

    found = converted(api, "amount=999999999999999.99999999&from=ETH&to=BTC&on=2026-05-04")

    assert len(found["converted"]["amount"].split(".")[0]) == 39


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ("from=EUR&to=USD", "?amount"),
        ("amount=1&to=USD", "?from"),
        ("amount=1&from=EUR", "?to"),
        ("amount=1.001&from=EUR&to=USD", "?amount"),
        ("amount=NaN&from=EUR&to=USD", "?amount"),
        ("amount=1&from=eur&to=USD", "?from"),
        ("amount=1&from=EUR&to=USD&on=today", "?on"),
    ],
)
def test_a_question_that_says_too_little_is_refused_by_name(
    api: Api, query: str, pointer: str
) -> None:
    answer = api.get(f"/exchange-rates/convert?{query}")

    assert answer.status_code == 400
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


def test_all_that_a_conversion_needs_is_named_at_once(api: Api, rates: None) -> None:
    answer = api.get("/exchange-rates/convert?to=USD")

    assert answer.status_code == 400
    assert [one["pointer"] for one in answer.json()["errors"]] == ["?amount", "?from"]
