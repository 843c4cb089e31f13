"""Traps that other finance systems fell into: the API."""

from typing import Any

import pytest
from conftest import Api
from django.urls import resolve
from each import each
from test_access import WRITES as CHANGING
from test_access import filled, routes

from accounts.models import Account
from buffet.models import Book


@pytest.fixture
def purchase(checking: Account, groceries: Account) -> dict[str, str]:
    """A purchase that can be sent as it is."""
    return {
        "account": str(checking.id),
        "amount": "-5.00",
        "date": "2026-05-04",
        "description": "Bread",
        "category": str(groceries.id),
    }


def test_a_retry_after_a_time_out_creates_one(api: Api, purchase: dict[str, str]) -> None:
    answers = [api.post("/transactions", purchase, **{"Idempotency-Key": "k"}) for _ in range(3)]

    assert len({answer.content for answer in answers}) == 1
    assert len(api.get("/transactions").json()["results"]) == 1


def test_the_same_key_with_another_body_is_a_422(api: Api, purchase: dict[str, str]) -> None:
    api.post("/transactions", purchase, **{"Idempotency-Key": "k"})

    other = api.post("/transactions", purchase | {"amount": "-6.00"}, **{"Idempotency-Key": "k"})

    assert other.status_code == 422


def test_a_cursor_is_stable_while_rows_are_inserted(api: Api, purchase: dict[str, str]) -> None:
    ids = [api.post("/transactions", purchase).json()["id"] for _ in range(6)][::-1]
    first = api.get("/transactions?limit=3").json()

    for day in ("2026-05-01", "2026-05-04", "2026-05-09"):
        api.post("/transactions", purchase | {"date": day})
    second = api.get(first["next"].split("/api/v1")[1]).json()["results"]

    assert [row["id"] for row in first["results"]] == ids[:3]
    assert [row["id"] for row in second] == ids[3:]


@pytest.mark.django_db(transaction=True)
def test_tombstones_arrive(api: Api, purchase: dict[str, str]) -> None:
    id = api.post("/transactions", purchase).json()["id"]
    since = api.get("/sync?since=0&limit=500").json()["version"]
    api.delete(f"/transactions/{id}")

    changes = api.get(f"/sync?since={since}").json()["results"]

    assert (id, True) in {(change["id"], change["deleted"]) for change in changes}


LISTS = sorted(
    path for path, view in routes() if "<" not in path and "get" in getattr(view, "parameters", ())
)


@each("path", LISTS)
def test_a_filter_that_is_unknown_or_malformed_is_a_400(path: str, api: Api) -> None:
    view = dict(routes())[path]
    for query in ("colour=red", *(f"{name}=%00%FF" for name in view.parameters["get"])):
        refused = api.get(f"/{path}?{query}")

        assert refused.status_code == 400, (query, refused.content)
        pointer = f"?{query.partition('=')[0]}"
        assert pointer in [error["pointer"] for error in refused.json()["errors"]]


def test_null_in_a_patch_clears_a_field(api: Api, purchase: dict[str, str]) -> None:
    vendor = api.post("/vendors", {"name": "Baker"}).json()["id"]
    made = api.post("/transactions", purchase | {"vendor": vendor, "notes": "x"}).json()

    cleared = api.patch(f"/transactions/{made['id']}", {"vendor": None, "notes": None}).json()

    assert (cleared["vendor"], cleared["notes"]) == (None, "")
    assert cleared["category"] == made["category"]


def test_a_patch_that_names_some_entries_never_deletes_the_others_silently(
    api: Api, checking: Account, groceries: Account, savings: Account
) -> None:
    entries = [
        {"account": str(checking.id), "amount": "-9.00"},
        {"account": str(groceries.id), "amount": "4.00"},
        {"account": str(savings.id), "amount": "5.00"},
    ]
    body = {"date": "2026-05-04", "description": "x", "entries": entries}
    made = api.post("/transactions", body).json()
    one = made["entries"][1]

    changed = api.patch(
        f"/transactions/{made['id']}", {"entries": [{"id": one["id"], "note": "Fruit"}]}
    )

    after = api.get(f"/transactions/{made['id']}").json()["entries"]
    assert len(after) == 3
    if changed.status_code == 200:
        assert [entry["amount"] for entry in after] == [
            entry["amount"] for entry in made["entries"]
        ]
        assert after[1]["note"] == "Fruit"


@each("path, view", [(path, view) for path, view in routes() if "<" not in path])
def test_every_route_sits_where_it_can_be_reached(path: str, view: Any) -> None:
    assert resolve(f"/api/v1/{path}").func.view_class is view


def test_a_word_is_no_id(api: Api) -> None:
    for path in ("accounts/none", "transactions/bulk/x", "books/me", "imports/latest"):
        assert api.get(f"/{path}").status_code == 404


@pytest.mark.parametrize(
    ("path", "method"),
    [
        (path, method)
        for path, view in routes()
        for method in CHANGING
        if hasattr(view, method) and not path.startswith("auth/")
    ],
)
def test_a_read_only_token_cannot_write(
    path: str, method: str, api: Api, checking: Account
) -> None:
    token = api.post("/tokens", {"name": "x", "scope": "read"}).json()["token"]
    address = filled(path, checking.id)

    assert Api(api.client, token)(method.upper(), address, {}).status_code == 403


@pytest.mark.django_db(transaction=True)
def test_what_one_call_creates_lists_and_reports_show_at_once(
    api: Api, book: Book, purchase: dict[str, str], checking: Account
) -> None:
    overview = "/reports/accounts/portfolio-overview"
    tags = {path: api.get(path).headers["ETag"] for path in ("/transactions", overview)}

    made = api.post("/transactions", purchase | {"amount": "-12.34"}).json()

    # A client that asks whether anything has changed is never told no.
    listed, report = (api.get(path, **{"If-None-Match": tag}) for path, tag in tags.items())
    assert (listed.status_code, report.status_code) == (200, 200)
    assert listed.json()["results"][0]["id"] == made["id"]
    assert report.json()["net_worth"]["amount"] == "-12.34"
    assert api.get(f"/accounts/{checking.id}").json()["balance"] == "-12.34"
    assert made["id"] in api.get("/sync?since=0&limit=500").content.decode()
