"""Tags of answers: a client that has the answer is told so, one that lost a race is refused."""

from datetime import date
from typing import Any
from uuid import UUID

import pytest
from bookkeeping import rate
from conftest import Api
from django.db import connection
from django.test.utils import CaptureQueriesContext
from subscribing import Subscriber

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Membership, User
from transactions import services as ledger

# Each request a transaction of its own, as versions count them.
pytestmark = pytest.mark.django_db(transaction=True)

PATHS = (
    "/accounts", "/accounts?on=2026-06-01", "/accounts/{account}", "/brokers", "/categories",
    "/vendors", "/transactions", "/transactions/{transaction}", "/closed-months", "/imports",
    "/subscriptions", "/subscriptions/upcoming", "/credit-cards", "/invoices",
    "/installment-plans", "/installment-plans/committed", "/calendar-links", "/reports/forecast",
    "/reports/accounts/portfolio-overview",
)  # fmt: skip


def spend(api: Api, account: Account, **more: str) -> dict[str, Any]:
    body = {"account": str(account.id), "amount": "-1.00", "date": "2026-05-10"}
    return api.post("/transactions", body | {"description": "x"} | more).json()


@pytest.mark.parametrize("path", PATHS)
def test_who_has_the_answer_is_told_so_by_one_query(path: str, api: Api, checking: Account) -> None:
    path = path.format(account=checking.id, transaction=spend(api, checking)["id"])
    first = api.get(path)

    with CaptureQueriesContext(connection) as seen:
        again = api.get(path, **{"If-None-Match": first.headers["ETag"]})

    assert first.status_code == 200
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert again.headers["Vary"] == first.headers["Vary"] == "Authorization, X-Book"
    assert first.headers["Cache-Control"] == "private, no-cache"
    assert len(seen) == 1


@pytest.mark.parametrize("path", PATHS)
def test_another_state_of_the_book_is_another_answer(
    path: str, api: Api, checking: Account
) -> None:
    path = path.format(account=checking.id, transaction=spend(api, checking)["id"])
    first = api.get(path)

    spend(api, checking)

    again = api.get(path, **{"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 200
    assert again.headers["ETag"] != first.headers["ETag"]


OF_BOOKS = ("/books", "/books/{id}", "/books/{id}/members", "/books/{id}/invitations")


@pytest.mark.parametrize("path", OF_BOOKS)
def test_a_book_s_own_answers_are_tagged_by_what_they_say(
    path: str, api: Api, book: Book, checking: Account
) -> None:
    path = path.format(id=book.id)
    first = api.get(path)
    seen = {"If-None-Match": f'"other", {first.headers["ETag"]}'}

    again = api.get(path, **seen)

    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    assert first.headers["Vary"] == "Authorization, X-Book"
    spend(api, checking)
    invited = {"email": "somebody@example.com", "role": "viewer"}
    assert api.post(f"/books/{book.id}/invitations", invited).status_code == 201
    joined = User.objects.create_user("another@example.com")
    Membership.objects.create(book=book, user=joined, role="viewer")
    assert api.get(path, **seen).status_code == 200


def test_a_tag_of_one_address_says_nothing_of_another(api: Api, checking: Account) -> None:
    sent = {"If-None-Match": api.get("/accounts").headers["ETag"]}

    assert api.get("/accounts?limit=1", **sent).status_code == 200
    assert api.get(f"/accounts/{UUID(int=1)}", **sent).status_code == 404
    assert api.get("/accounts", **sent | {"Authorization": ""}).status_code == 401


def test_a_tag_ends_with_its_session(owner: User, api: Api, checking: Account) -> None:
    sent = {"If-None-Match": api.get("/accounts").headers["ETag"]}

    owner.sessions.all().delete()

    assert api.get("/accounts", **sent).status_code == 401


def test_a_tag_ends_with_the_seat(
    owner: User, api: Api, checking: Account, book: Book, person: Any
) -> None:
    person("heir", book)
    sent = {"If-None-Match": api.get("/accounts").headers["ETag"]}

    Membership.objects.filter(user=owner).update(expires_at="2020-01-01T00:00:00Z")

    assert api.get("/accounts", **sent).status_code == 404


def test_rates_and_the_book_itself_are_part_of_the_state(
    book: Book, api: Api, checking: Account
) -> None:
    path = "/reports/accounts/portfolio-overview"
    first = api.get(path).headers["ETag"]

    rate("USD", "BRL", date(2026, 1, 1), "5")
    second = api.get(path, **{"If-None-Match": first})
    api.patch(f"/books/{book.id}", {"base_currency": "USD"})
    third = api.get(path, **{"If-None-Match": second.headers["ETag"]})

    assert (second.status_code, third.status_code) == (200, 200)
    assert third.json()["currency"] == "USD"


def test_the_day_is_part_of_the_state(
    api: Api, checking: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = {"If-None-Match": api.get("/accounts").headers["ETag"]}
    assert api.get("/accounts", **sent).status_code == 304

    monkeypatch.setattr("buffet.rest.authentication.day_in", lambda zone: date(2030, 1, 1))

    assert api.get("/accounts", **sent).status_code == 200


@pytest.fixture
def rows(book: Book, by: Actor, api: Api, checking: Account, groceries: Account) -> dict[str, str]:
    """One row of each kind that is changed by PATCH, and its path."""
    broker = chart.create_broker(book=book, by=by, name="Bank")
    vendor = ledger.create_vendor(book=book, by=by, name="Shop")
    spent = spend(api, checking)["id"]
    subscribed = Subscriber(book, by, checking).subscribe()
    return {
        "account": f"/accounts/{checking.id}",
        "category": f"/categories/{groceries.id}",
        "broker": f"/brokers/{broker.id}",
        "vendor": f"/vendors/{vendor.id}",
        "transaction": f"/transactions/{spent}",
        "subscription": f"/subscriptions/{subscribed.id}",
    }


KINDS = ("account", "category", "broker", "vendor", "transaction", "subscription")


@pytest.mark.parametrize("kind", KINDS)
def test_a_change_of_the_version_that_was_read_is_made(
    kind: str, rows: dict[str, str], api: Api, savings: Account
) -> None:
    tag = api.get(rows[kind]).headers["ETag"]
    spend(api, savings)  # the book goes on, the row does not

    changed = api.patch(rows[kind], BODIES[kind], **{"If-Match": tag})
    further = api.patch(rows[kind], BODIES[kind], **{"If-Match": changed.headers["ETag"]})

    assert (changed.status_code, further.status_code) == (200, 200)


BODIES = {kind: {"name": "New"} for kind in KINDS} | {"transaction": {"description": "New"}}


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
@pytest.mark.parametrize("kind", KINDS)
def test_who_lost_the_race_is_refused_and_changes_nothing(
    kind: str, method: str, rows: dict[str, str], api: Api
) -> None:
    tag = api.get(rows[kind]).headers["ETag"]
    api.patch(rows[kind], BODIES[kind])
    before = api.get(rows[kind]).json()

    lost = api(method, rows[kind], BODIES[kind] if method == "PATCH" else None, **{"If-Match": tag})

    assert lost.status_code == 412
    assert lost.json()["code"] == "changed_meanwhile"
    assert api.get(rows[kind]).json() == before


@pytest.mark.parametrize("kind", KINDS)
def test_any_version_is_meant_by_a_star(kind: str, rows: dict[str, str], api: Api) -> None:
    assert api.patch(rows[kind], BODIES[kind], **{"If-Match": "*"}).status_code == 200


@pytest.mark.parametrize("kind", KINDS)
def test_a_server_may_want_the_version_to_be_named(
    kind: str, rows: dict[str, str], api: Api, settings: Any
) -> None:
    settings.REQUIRE_IF_MATCH = True
    tag = api.get(rows[kind]).headers["ETag"]

    missing = api.patch(rows[kind], BODIES[kind])
    named = api.patch(rows[kind], BODIES[kind], **{"If-Match": tag})

    assert (missing.status_code, missing.json()["code"]) == (428, "match_required")
    assert named.status_code == 200


def test_a_row_of_another_book_stays_not_found(api: Api, checking: Account) -> None:
    gone = api.patch(f"/accounts/{UUID(int=1)}", {"name": "x"}, **{"If-Match": '"1"'})

    assert gone.status_code == 404
