"""Every address the resolver knows, asked by those who should not be answered."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from conftest import Api
from django.urls import URLPattern, URLResolver, get_resolver
from each import each
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.models import Book, Role, User

#: Addresses that answer anybody: signing in, and the documentation.
PUBLIC = {
    *("auth/token", "auth/refresh", "auth/logout", "auth/register", "auth/register/confirm"),
    *("auth/password/forgotten", "auth/password/reset", "schema", "docs"),
}
#: Addresses about the caller, not about a book.
PERSONAL = {
    *("users/me", "users/me/password", "books", "sessions", "sessions/<uuid:id>"),
    *("tokens", "tokens/<uuid:id>", "invitations/accept", "books/load"),
}
WRITES = ("post", "patch", "put", "delete")


def routes(resolver: URLResolver | None = None, before: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every address of the API with its view."""
    for one in (resolver or get_resolver()).url_patterns:
        path = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from routes(one, path)
        elif isinstance(one, URLPattern) and path.startswith("api/v1/"):
            yield path.removeprefix("api/v1/"), one.callback.view_class


def filled(path: str, id: UUID) -> str:
    """Return an address with an id in the place of its parameters."""
    path = path.replace("<month:month>", "2026-04").replace("<int:number>", "1")
    return "/" + re.sub("<uuid:[a-z]+>", str(id), path)


ROUTES = [(path, view) for path, view in routes() if path not in PUBLIC]
METHODS = [
    (path, method) for path, view in ROUTES for method in ("get", *WRITES) if hasattr(view, method)
]
OF_A_BOOK = [
    (path, method)
    for path, method in METHODS
    if path not in PERSONAL and not path.startswith("books/")
]


@pytest.fixture
def stranger(person: Callable[..., User]) -> User:
    """Someone with a book of their own, and no seat in ours."""
    return person("stranger", Book.objects.create(name="Theirs", base_currency="EUR"))


@pytest.fixture
def intruder(stranger: User, sign_in: Callable[..., Api]) -> Api:
    """Their client."""
    return sign_in(stranger)


@pytest.fixture
def viewer(person: Callable[..., User], book: Book, sign_in: Callable[..., Api]) -> Api:
    """The client of somebody who reads our book."""
    return sign_in(person("viewer", book, Role.VIEWER))


def test_the_resolver_is_walked() -> None:
    assert len(METHODS) > 40
    assert ("transactions/<uuid:id>", "patch") in METHODS


@pytest.mark.django_db
@pytest.mark.parametrize(("path", "method"), METHODS)
def test_nobody_is_asked_to_sign_in(path: str, method: str, client: Any) -> None:
    for token in ("", "nonsense"):
        answer = Api(client, token)(method.upper(), filled(path, uuid7()), {})

        assert answer.status_code == 401, answer.content
        assert answer["Content-Type"] == "application/problem+json"
        assert answer["WWW-Authenticate"].startswith("Bearer")


@each("path, method", OF_A_BOOK)
def test_a_stranger_finds_no_such_book(
    path: str, method: str, book: Book, checking: Account, intruder: Api
) -> None:
    api = replace(intruder, book=str(book.id))

    answer = api(method.upper(), filled(path, checking.id), {} if method != "get" else None)

    assert answer.status_code == 404, answer.content


@each("path, method", [(path, method) for path, method in OF_A_BOOK if "<uuid:id>" in path])
def test_a_stranger_finds_none_of_our_rows_in_their_book(
    path: str, method: str, checking: Account, groceries: Account, intruder: Api
) -> None:
    for row in (checking, groceries):
        answer = intruder(method.upper(), filled(path, row.id), {} if method != "get" else None)

        assert answer.status_code == 404, answer.content


@each(
    "path",
    [
        path
        for path, method in OF_A_BOOK
        # A conversion is asked about an amount, a proposal about a text, and neither shows rows;
        # packs and exports are no JSON.
        if method == "get"
        and "<" not in path
        and path
        not in ("exchange-rates/convert", "transactions/proposal", "reports/accountants-pack")
        and not path.startswith("exports/")
    ],
)
def test_a_stranger_s_lists_show_nothing_of_ours(
    path: str, book: Book, checking: Account, groceries: Account, intruder: Api
) -> None:
    answer = intruder.get(f"/{path}")

    assert answer.status_code == 200
    for row in (book, checking, groceries):
        assert str(row.id) not in answer.content.decode()
    assert answer.json().get("results", []) == []


@each("path, method", [(path, method) for path, method in OF_A_BOOK if method in WRITES])
def test_a_viewer_changes_nothing(path: str, method: str, checking: Account, viewer: Api) -> None:
    answer = viewer(method.upper(), filled(path, checking.id), {})

    assert answer.status_code == 403, answer.content
    assert answer.json()["code"] == "viewer"


ABOUT_BOOKS = [(path, method) for path, method in METHODS if path.startswith("books/<")]


@pytest.mark.parametrize(("path", "method"), ABOUT_BOOKS)
def test_a_stranger_finds_no_such_book_among_books(
    path: str, method: str, book: Book, stranger: User, sign_in: Any
) -> None:
    body = {"email": "stranger@example.com", "role": "owner"} if path.endswith("ons") else {}

    answer = sign_in(stranger)(method.upper(), filled(path, book.id), body)

    assert answer.status_code == 404, answer.content


@pytest.mark.parametrize("role", [Role.VIEWER, Role.EDITOR])
@pytest.mark.parametrize(
    ("path", "method"), [(path, method) for path, method in ABOUT_BOOKS if method in WRITES]
)
def test_only_an_owner_changes_a_book_and_who_is_in_it(
    path: str,
    method: str,
    role: str,
    book: Book,
    owner: User,
    person: Callable[..., User],
    sign_in: Any,
) -> None:
    api = sign_in(person("member", book, role))
    address = filled(path.replace("<uuid:member>", str(owner.id)), book.id)
    body = {"email": "friend@example.com", "role": "owner"} if path.endswith("ons") else {}

    answer = api(method.upper(), address, body)

    assert answer.status_code == 403, answer.content
    assert answer.json()["code"] == "not_allowed"


@pytest.mark.parametrize(
    "body",
    [
        {"account": "{checking}", "amount": "-1.00"},
        {"account": "{own}", "amount": "-1.00", "category": "{groceries}"},
        {"account": "{own}", "amount": "-1.00", "transfer_to": "{checking}"},
        {
            "entries": [
                {"account": "{own}", "amount": "-1.00"},
                {"account": "{groceries}", "amount": "1.00", "currency": "EUR"},
            ]
        },
    ],
)
def test_a_body_names_nothing_of_another_book(
    body: dict[str, Any], checking: Account, groceries: Account, stranger: User, sign_in: Any
) -> None:
    api = sign_in(stranger)
    own = api.post("/accounts", {"name": "Own", "kind": "cash", "currency": "EUR"}).json()["id"]
    names = {"{checking}": str(checking.id), "{groceries}": str(groceries.id), "{own}": own}

    def named(value: Any) -> Any:
        if isinstance(value, list):
            return [named(one) for one in value]
        if isinstance(value, dict):
            return {key: named(one) for key, one in value.items()}
        return names.get(value, value)

    answer = api.post("/transactions", named(body) | {"date": "2026-06-01", "description": "x"})

    assert answer.status_code == 400
    assert {error["code"] for error in answer.json()["errors"]} == {"not_found"}


def test_a_filter_names_nothing_of_another_book(
    checking: Account, groceries: Account, stranger: User, sign_in: Any
) -> None:
    api = sign_in(stranger)

    assert api.get(f"/transactions?account={checking.id}").status_code == 404
    assert api.get(f"/transactions?category={groceries.id}").status_code == 404
