"""Subscriptions over HTTP: what is sent, what is answered, whose they are, and what they cost."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import Api
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from transactions import services as ledger

#: A first due date that is over, whenever the test runs: the API's day is the real one.
START = date(2024, 1, 31)


@pytest.fixture
def body(checking: Account) -> dict[str, Any]:
    """A subscription of 55.90 a month."""
    return {
        "name": "Films",
        "account": str(checking.id),
        "amount": "55.90",
        "cadence": "monthly",
        "starts_on": START.isoformat(),
    }


@pytest.fixture
def films(api: Api, body: dict[str, Any]) -> dict[str, Any]:
    """The subscription, made."""
    answer = api.post("/subscriptions", body)
    assert answer.status_code == 201, answer.content
    return answer.json()


def spent(api: Api, account: str, day: str, amount: str = "-55.90", **more: Any) -> str:
    """Record a transaction and return its id."""
    sent = {"account": account, "amount": amount, "date": day, "description": "x"} | more
    return api.post("/transactions", sent).json()["id"]


def fault(answer: Any, status: int = 400) -> list[tuple[str, str]]:
    assert answer.status_code == status, answer.content
    return [(one["pointer"], one["code"]) for one in answer.json()["errors"]]


def test_a_subscription_is_made_read_changed_ended_and_deleted(
    api: Api, body: dict[str, Any], groceries: Account
) -> None:
    vendor = api.post("/vendors", {"name": "Netflix"}).json()["id"]
    more = {"vendor": vendor, "category": str(groceries.id), "every": 2, "notes": "Ours"}

    made = api.post("/subscriptions", body | more).json()
    address = f"/subscriptions/{made['id']}"
    listed = api.get("/subscriptions").json()["results"]
    read = api.get(address).json()
    changed = api.patch(address, {"amount": "60", "vendor": None, "every": 1}).json()
    ended = api.post(f"{address}/end", {"on": "2024-03-31"}).json()

    assert made["account_name"] == "Checking"
    assert (made["vendor_name"], made["category_name"]) == ("Netflix", "Groceries")
    assert (made["type"], made["amount"], made["monthly_burn"]) == ("expense", "55.90", "27.95")
    assert listed == [made] == [read]
    assert (changed["amount"], changed["vendor"], changed["every"]) == ("60.00", None, 1)
    assert (ended["ends_on"], ended["status"]) == ("2024-03-31", "ended")
    assert ended["missed"] == ["2024-01-31", "2024-02-29", "2024-03-31"]
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_a_payment_is_linked_once_and_unlinked(
    api: Api, films: dict[str, Any], checking: Account
) -> None:
    paid = spent(api, str(checking.id), "2024-03-02", "-59.90")
    address = f"/subscriptions/{films['id']}/payments"

    linked = api.post(address, {"transaction": paid})
    again = api.post(address, {"transaction": paid})
    read = api.get(f"/subscriptions/{films['id']}").json()

    assert linked.status_code == 201
    assert linked.json() == read
    assert linked["ETag"].strip('"') == str(read["version"])
    assert read["last_payment"] == {
        "transaction": paid,
        "due_on": "2024-02-29",
        "date": "2024-03-02",
        "amount": "59.90",
    }
    assert read["price_change"] == {
        "from": "55.90",
        "to": "59.90",
        "since": "2024-03-02",
        "percent": "7.16",
    }
    assert fault(again, 409) == [("/transaction", "already_linked")]
    assert api.delete(f"/subscriptions/{films['id']}").json()["code"] == "in_use"
    assert api.delete(f"{address}/{paid}").status_code == 204
    assert api.delete(f"{address}/{paid}").status_code == 404
    assert api.get(f"/subscriptions/{films['id']}").json()["last_payment"] is None


def test_a_link_sent_again_with_its_key_is_the_first_answer(
    api: Api, films: dict[str, Any], checking: Account
) -> None:
    paid = spent(api, str(checking.id), "2024-03-02")
    address, key = f"/subscriptions/{films['id']}/payments", {"Idempotency-Key": "link-1"}

    first = api.post(address, {"transaction": paid}, **key)
    again = api.post(address, {"transaction": paid}, **key)

    assert (again.status_code, again.content) == (201, first.content)
    assert "Idempotency-Replayed" in again


def test_a_change_of_a_version_that_is_gone_is_refused(
    api: Api, films: dict[str, Any], checking: Account
) -> None:
    address = f"/subscriptions/{films['id']}"
    tag = api.get(address)["ETag"]
    # In its own transaction in life, so that the version is another.
    api.patch(address, {"notes": "Changed"})

    stale = '"0"'

    assert api.patch(address, {"amount": "1.00"}, **{"If-Match": stale}).status_code == 412
    assert api.delete(address, **{"If-Match": stale}).status_code == 412
    assert tag != stale


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"amount": "0.00"}, [("/amount", "not_positive")]),
        ({"amount": None}, [("/amount", "malformed")]),
        ({"every": True}, [("/every", "malformed")]),
        ({"every": 121}, [("/every", "malformed")]),
        ({"cadence": "daily"}, [("/cadence", "malformed")]),
        ({"starts_on": "2024-02-30"}, [("/starts_on", "malformed")]),
        ({"ends_on": "2024-01-30"}, [("/ends_on", "before_start")]),
        ({"name": " "}, [("/name", "malformed")]),
        ({"colour": "red"}, [("/colour", "unknown_field")]),
    ],
)
def test_what_is_wrong_is_named_by_field(
    api: Api, body: dict[str, Any], given: dict[str, Any], expected: Any
) -> None:
    assert fault(api.post("/subscriptions", body | given)) == expected


def test_what_is_needed_is_named(api: Api, films: dict[str, Any]) -> None:
    needed = ["name", "account", "amount", "cadence", "starts_on"]

    assert fault(api.post("/subscriptions", {})) == [(f"/{name}", "required") for name in needed]
    assert fault(api.post(f"/subscriptions/{films['id']}/end", {})) == [("/on", "required")]
    assert fault(api.post(f"/subscriptions/{films['id']}/payments", {})) == [
        ("/transaction", "required")
    ]


def test_no_word_is_taken_for_an_id(api: Api, films: dict[str, Any]) -> None:
    for word in ("upcoming", "proposals", "burn"):
        answer = api.get(f"/subscriptions/{word}")
        assert answer.status_code == 200
        assert "results" in answer.json()


# All together


def test_what_is_to_come_is_a_list_in_pages(api: Api, films: dict[str, Any]) -> None:
    path = "/subscriptions/upcoming?date_from=2030-01-01&date_to=2030-05-31"
    whole = api.get(path).json()["results"]

    walked, back, address = [], [], f"{path}&limit=2"
    while address:
        page = api.get(address.split("/api/v1")[-1]).json()
        walked += page["results"]
        address = page["next"]
    address = page["previous"]
    while address:
        before = api.get(address.split("/api/v1")[-1]).json()
        back = before["results"] + back
        address = before["previous"]

    assert [one["due_on"] for one in whole] == [
        "2030-01-31", "2030-02-28", "2030-03-31", "2030-04-30", "2030-05-31",
    ]  # fmt: skip
    assert {one["amount"] for one in whole} == {"-55.90"}
    assert walked == whole
    assert back + page["results"] == whole


def test_what_is_to_come_is_asked_for_two_years_at_the_most(api: Api) -> None:
    path = "/subscriptions/upcoming"

    assert fault(api.get(f"{path}?date_from=2030-01-01&date_to=2032-01-03")) == [
        ("?date_to", "too_far")
    ]
    assert fault(api.get(f"{path}?date_from=2030-01-01&date_to=2029-12-31")) == [
        ("?date_to", "wrong_order")
    ]
    assert api.get(f"{path}?date_from=2030-01-01&date_to=2032-01-01").status_code == 200
    assert api.get(f"{path}?date_from=2199-12-31").status_code == 200


def test_proposals_come_with_reasons_and_change_nothing(
    api: Api, body: dict[str, Any], checking: Account
) -> None:
    day = timezone.now().date() - timedelta(days=10)
    row = api.post("/subscriptions", body | {"starts_on": day.isoformat()}).json()
    paid = spent(api, str(checking.id), day.isoformat(), description="FILMS & more")

    (found,) = api.get("/subscriptions/proposals").json()["results"]

    assert (found["subscription"], found["transaction"]) == (row["id"], paid)
    assert (found["due_on"], found["amount"]) == (day.isoformat(), "-55.90")
    assert found["reason"] == "Its description names Films; the amount is the same; on the day."
    assert api.get(f"/subscriptions/{row['id']}").json()["last_payment"] is None
    link = {"transaction": found["transaction"], "due_on": found["due_on"]}
    assert api.post(f"/subscriptions/{row['id']}/payments", link).status_code == 201
    assert api.get("/subscriptions/proposals").json()["results"] == []


def test_the_burn_names_the_rows_that_make_it(
    api: Api, films: dict[str, Any], body: dict[str, Any], dollars: Account
) -> None:
    weekly = body | {"name": "News", "account": str(dollars.id), "cadence": "weekly"}
    api.post("/subscriptions", weekly | {"amount": "1.00"})

    reais, in_dollars = api.get("/subscriptions/burn").json()["results"]

    assert (reais["currency"], reais["expenses"], reais["income"]) == ("BRL", "55.90", "0.00")
    assert [one["subscription"] for one in reais["subscriptions"]] == [films["id"]]
    assert (in_dollars["currency"], in_dollars["expenses"]) == ("USD", "4.33")


def test_a_list_takes_as_many_statements_for_many_as_for_two(
    api: Api, body: dict[str, Any]
) -> None:
    def statements(rows: int) -> int:
        with CaptureQueriesContext(connection) as seen:
            found = api.get("/subscriptions?expand=account,category,vendor").json()["results"]
        assert len(found) == rows
        return len(seen)

    def add(number: int) -> None:
        vendor = api.post("/vendors", {"name": f"Vendor {number}"}).json()["id"]
        sent = body | {"name": f"Films {number}", "vendor": vendor}
        assert api.post("/subscriptions", sent).status_code == 201

    add(0), add(1)
    few = statements(2)
    for number in range(2, 10):
        add(number)

    assert statements(10) == few


def test_names_sort_and_parts_of_them_find(api: Api, body: dict[str, Any]) -> None:
    for name in ("Water", "Power", "Power tools"):
        api.post("/subscriptions", body | {"name": name})

    def names(query: str) -> list[str]:
        return [one["name"] for one in api.get(f"/subscriptions?{query}").json()["results"]]

    assert names("sort=-name") == ["Water", "Power tools", "Power"]
    assert names("q=power") == ["Power", "Power tools"]


# Tenants


@pytest.fixture
def theirs(person: Callable[..., User], sign_in: Any) -> Api:
    """Somebody else's client, in their own book."""
    return sign_in(person("other", Book.objects.create(name="Theirs", base_currency="BRL")))


def test_another_book_s_subscription_is_a_404(
    theirs: Api, api: Api, films: dict[str, Any], checking: Account
) -> None:
    paid = spent(api, str(checking.id), "2024-03-02")
    address = f"/subscriptions/{films['id']}"

    answers = [
        theirs.get(address),
        theirs.patch(address, {"amount": "1.00"}),
        theirs.delete(address),
        theirs.post(f"{address}/end", {"on": "2024-03-31"}),
        theirs.post(f"{address}/payments", {"transaction": paid}),
        theirs.delete(f"{address}/payments/{paid}"),
    ]

    assert {answer.status_code for answer in answers} == {404}
    for path in ("", "/upcoming", "/proposals", "/burn"):
        assert theirs.get(f"/subscriptions{path}").json()["results"] == []


@pytest.mark.parametrize("field", ["account", "category", "vendor"])
def test_a_body_names_nothing_of_another_book(
    theirs: Api, api: Api, body: dict[str, Any], checking: Account, groceries: Account, field: str
) -> None:
    own = theirs.post("/accounts", {"name": "Own", "kind": "cash", "currency": "BRL"}).json()["id"]
    vendor = api.post("/vendors", {"name": "Ours"}).json()["id"]
    foreign = {"account": str(checking.id), "category": str(groceries.id), "vendor": vendor}
    made = theirs.post("/subscriptions", body | {"name": "Own", "account": own}).json()

    for id in (foreign[field], str(uuid7())):
        created = theirs.post("/subscriptions", body | {"account": own} | {field: id})
        changed = theirs.patch(f"/subscriptions/{made['id']}", {field: id})
        assert fault(created) == fault(changed) == [(f"/{field}", "not_found")]


def test_another_book_s_transaction_pays_for_nothing(
    theirs: Api, api: Api, films: dict[str, Any]
) -> None:
    own = theirs.post("/accounts", {"name": "Own", "kind": "cash", "currency": "BRL"}).json()["id"]
    paid = spent(theirs, own, "2024-03-02")

    for id in (paid, str(uuid7())):
        answer = api.post(f"/subscriptions/{films['id']}/payments", {"transaction": id})
        assert fault(answer) == [("/transaction", "not_found")]


def test_what_a_subscription_names_says_so_when_it_is_deleted(
    api: Api, body: dict[str, Any], groceries: Account, book: Book, by: Actor
) -> None:
    vendor = ledger.create_vendor(book=book, by=by, name="Netflix")
    api.post("/subscriptions", body | {"vendor": str(vendor.id), "category": str(groceries.id)})

    for path in (
        f"/vendors/{vendor.id}",
        f"/accounts/{body['account']}",
        f"/categories/{groceries.id}",
    ):
        answer = api.delete(path)
        assert (answer.status_code, answer.json()["code"]) == (409, "in_use")
        assert "Films" in answer.json()["detail"]
