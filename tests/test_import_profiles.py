"""Import profiles: kept with the book, found again by the header of the next file."""

from datetime import date
from io import BytesIO
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from conftest import Api
from django.db import IntegrityError, connection

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.imports.reading import read
from transactions.imports.statement import AmbiguousFile
from transactions.models import ImportProfile
from transactions.queries.profiles import remembered

TABLE = b"Date,Description,Amount\n04/05/2025,a,1.00\n"


def profile_of(**more: Any) -> dict[str, Any]:
    """Return the body of a profile of the table."""
    header = ["Date", "Description", "Amount"]
    return {"name": "Bank", "profile": {"header": header, "date_order": "dmy"} | more}


def test_a_profile_is_kept_changed_and_deleted(api: Api, checking: Account) -> None:
    made = api.post("/import-profiles", profile_of() | {"account": str(checking.id)})
    address = f"/import-profiles/{made.json()['id']}"

    assert made.status_code == 201
    assert made.json()["profile"]["date_order"] == "dmy"
    assert len(made.json()["fingerprint"]) == 64
    changed = api.patch(address, {"account": None, "profile": {"negate": True}}).json()
    assert (changed["account"], changed["fingerprint"]) == (None, "")
    assert changed["profile"] == {"negate": True}
    assert [one["name"] for one in api.get("/import-profiles").json()["results"]] == ["Bank"]
    assert api.delete(address).status_code == 204
    assert api.get(address).status_code == 404


def test_a_name_is_taken_once_whatever_its_case(api: Api) -> None:
    api.post("/import-profiles", profile_of())

    again = api.post("/import-profiles", profile_of() | {"name": "BANK"})

    assert (again.status_code, again.json()["code"]) == (409, "name_taken")


@pytest.fixture
def theirs(db: None) -> Book:
    """A book of other people."""
    return Book.objects.create(name="Theirs", base_currency="BRL")


@pytest.mark.parametrize(
    ("said", "pointer"),
    [
        ({"date_order": "ydm"}, "/profile/date_order"),
        ({"nothing": 1}, "/profile/nothing"),
        ({"amount": "A", "credit": "B"}, "/profile/amount"),
    ],
)
def test_a_wrong_profile_is_refused_where_it_is_wrong(
    api: Api, said: dict[str, Any], pointer: str
) -> None:
    answer = api.post("/import-profiles", profile_of(**said))

    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def test_the_account_s_own_profile_goes_before_the_book_s(
    api: Api, book: Book, by: Actor, checking: Account
) -> None:
    keeper = Bookkeeper(book, by)
    savings = keeper.open("Savings", "savings", "BRL")
    with pytest.raises(AmbiguousFile):
        read(BytesIO(TABLE), remembered=remembered(book, checking))
    api.post("/import-profiles", profile_of())
    api.post(
        "/import-profiles",
        profile_of(date_order="mdy") | {"name": "Savings", "account": str(savings.id)},
    )

    def day(account: Account) -> date:
        (statement,) = read(BytesIO(TABLE), remembered=remembered(book, account)).statements
        return next(iter(statement.lines)).date

    assert day(checking) == date(2025, 5, 4)
    assert day(savings) == date(2025, 4, 5)


def test_a_profile_outlives_its_account(api: Api, book: Book, by: Actor) -> None:
    account = Bookkeeper(book, by).open("Old", "cash", "BRL")
    made = api.post("/import-profiles", profile_of() | {"account": str(account.id)}).json()

    ledger.delete_account(book=book, by=by, account_id=account.id)

    assert api.get(f"/import-profiles/{made['id']}").json()["account"] is None


def test_a_profile_of_another_book_s_account_is_refused_by_the_database(
    theirs: Book, checking: Account
) -> None:
    ImportProfile.objects.create(book=theirs, account=checking, name="x", profile={})

    with pytest.raises(IntegrityError, match="profile_account_in_book"):
        connection.check_constraints()
