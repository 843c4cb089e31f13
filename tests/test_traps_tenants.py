"""Traps that other finance systems fell into: tenants and security."""

import time
from collections.abc import Callable
from typing import Any, ClassVar
from unittest.mock import patch

import orjson
import pytest
from conftest import PASSWORD, Api
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from each import each
from test_access import METHODS, filled, routes
from uuid_utils.compat import uuid7
from writes import FILE, WRITES, Scene

from accounts.models import Account
from buffet import keys, services
from buffet.audit import Actor
from buffet.models import Book, PersonalToken, Session, User
from buffet.passwords import Argon2


@pytest.fixture
def theirs(person: Callable[..., User]) -> Scene:
    """Another book, kept by somebody else, with something at every address."""
    book = Book.objects.create(name="Theirs", base_currency="BRL")
    other = person("other", book)
    by = Actor(other.id, "api", email=other.email)
    token = services.open_session(other).access
    return Scene(book, by, Api(Client(), token))


@pytest.fixture
def ours(api: Api, by: Actor, book: Book) -> Scene:
    """Our book, as a scene."""
    return Scene(book, by, api)


def without_ids(answer: Any) -> str:
    """Return what an answer says, without what names the request."""
    said = answer.json()
    said.pop("request_id", None)
    return orjson.dumps(said, option=orjson.OPT_SORT_KEYS).decode()


IN_BOOK = sorted(write for write in WRITES if "<uuid:id>" in write[0] and write[0][:5] != "books")


@each("write", IN_BOOK)
def test_another_book_s_id_in_the_address_is_a_404_like_that_of_nothing(
    write: tuple[str, str], theirs: Scene, ours: Scene
) -> None:
    address, body = WRITES[write](theirs)
    id = next(one for one in address.split("/") if len(one) == 36)

    refused = [
        ours.api(write[1].upper(), one, body if not isinstance(body, dict) else {})
        for one in (address, address.replace(id, str(uuid7())))
    ]

    assert [answer.status_code for answer in refused] == [404, 404]
    assert without_ids(refused[0]) == without_ids(refused[1])


def places(body: Any, pointer: str = "") -> list[str]:
    """Return where in a body ids stand."""
    if isinstance(body, dict):
        return [place for name, one in body.items() for place in places(one, f"{pointer}/{name}")]
    if isinstance(body, list):
        return [place for n, one in enumerate(body) for place in places(one, f"{pointer}/{n}")]
    is_id = isinstance(body, str) and len(body) == 36 and body.count("-") == 4
    return [pointer] if is_id else []


def exchanged(body: Any, pointer: str, value: Any) -> Any:
    """Return a body with another value in one place."""
    copy = orjson.loads(orjson.dumps(body))
    *way, last = pointer.strip("/").split("/")
    inner = copy
    for step in way:
        inner = inner[int(step) if isinstance(inner, list) else step]
    inner[int(last) if isinstance(inner, list) else last] = value
    return copy


NAMING = {
    **WRITES,
    ("transactions", "post full"): lambda s: (
        "/transactions",
        {
            "date": "2026-05-04",
            "description": "x",
            "vendor": _vendor_of(s),
            "entries": [
                {"account": str(s.account("A").id), "amount": "-1.00"},
                {"account": str(s.category("B").id), "amount": "1.00", "currency": "BRL"},
            ],
        },
    ),
    ("transactions", "post simple"): lambda s: (
        "/transactions",
        {
            "date": "2026-05-04",
            "description": "x",
            "account": str(s.account("A").id),
            "amount": "-1.00",
            "category": str(s.category("B").id),
        },
    ),
    ("accounts", "post at a broker"): lambda s: (
        "/accounts",
        {"name": "X", "kind": "cash", "currency": "BRL", "broker": _broker_of(s)},
    ),
    ("categories", "post below"): lambda s: (
        "/categories",
        {"name": "X", "type": "expense", "parent": str(s.category("Top").id)},
    ),
}


def _vendor_of(scene: Scene) -> str:
    return scene.api.post("/vendors", {"name": str(uuid7())}).json()["id"]


def _broker_of(scene: Scene) -> str:
    return scene.api.post("/brokers", {"name": str(uuid7())}).json()["id"]


@each("write", NAMING)
def test_another_book_s_id_in_a_body_is_refused_like_that_of_nothing(
    write: tuple[str, str], theirs: Scene, ours: Scene
) -> None:
    address, own = NAMING[write](ours)
    _, foreign = NAMING[write](theirs)
    if not isinstance(own, dict) or "file" in own:
        own, foreign = {}, {}
    for pointer in places(own):
        body = foreign
        for step in pointer.strip("/").split("/"):
            body = body[int(step) if isinstance(body, list) else step]

        refused = [
            ours.api(write[1].split()[0].upper(), address, exchanged(own, pointer, id))
            for id in (body, str(uuid7()))
        ]

        assert {answer.status_code for answer in refused} <= {400, 404}, refused[0].content
        assert without_ids(refused[0]) == without_ids(refused[1]), pointer


def test_a_file_for_another_book_s_account_is_refused(theirs: Scene, ours: Scene) -> None:
    answers = [
        ours.api.client.post(
            "/api/v1/imports",
            {"account": str(id), "file": SimpleUploadedFile("may.ofx", FILE)},
            headers={"Authorization": f"Bearer {ours.api.token}"},
        )
        for id in (theirs.account("Bank").id, uuid7())
    ]

    assert [answer.status_code for answer in answers] == [404, 404]
    assert without_ids(answers[0]) == without_ids(answers[1])


def test_refresh_tokens_are_not_in_the_database_nor_anything_else_that_lets_in(
    owner: User, by: Actor
) -> None:
    tokens = services.open_session(owner)
    secret = services.create_token(by=by, user_id=owner.id, name="x", scope="write").secret
    rows = [*Session.objects.values_list(), *PersonalToken.objects.values_list()]
    kept = repr([*rows, *User.objects.values_list()])

    for one in (tokens.refresh, tokens.access, secret, PASSWORD):
        assert one not in kept
    random_part = secret.split("_", 2)[2]
    for one in (tokens.refresh.split(".")[-1], tokens.access.split(".")[-1], random_part):
        assert len(one) >= 40, "a short piece would be found anywhere, by chance"
        assert one not in kept
    assert keys.digest(secret) in kept


class Counted(Argon2):
    """The hasher of the product, which also keeps what it was asked."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password: str, salt: str) -> str:
        """Hash a password."""
        self.hashed.append(password)
        return super().encode(password, salt)

    def verify(self, password: str, encoded: str) -> bool:
        """Check a password."""
        self.hashed.append(password)
        return super().verify(password, encoded)


@pytest.mark.parametrize("path", ["/api/v1/auth/token", "/sign-in"])
def test_signing_in_costs_the_same_for_known_and_unknown_addresses(
    path: str, owner: User, client: Client, settings: Any
) -> None:
    settings.PASSWORD_HASHERS = ["test_traps_tenants.Counted"]
    owner.set_password(PASSWORD)
    owner.save()
    costs = []
    for email in (owner.email, "nobody@example.com"):
        body = {"email": email, "username": email, "password": "wrong"}
        kind = {} if path == "/sign-in" else {"content_type": "application/json"}
        if kind:
            body.pop("username")
        before = len(Counted.hashed)
        with CaptureQueriesContext(connection) as statements:
            client.post(path, body, **kind)
        costs.append((len(statements), len(Counted.hashed) - before))

    assert costs[0] == costs[1]
    assert costs[0][1] == 1


def test_no_header_of_the_client_is_trusted_for_who_it_is(owner: User, client: Client) -> None:
    claims = {
        "X-Forwarded-User": owner.email, "X-Remote-User": owner.email, "Remote-User": owner.email,
        "X-User-Id": str(owner.id), "Cookie": "sessionid=x", "X-Original-URL": "/api/v1/schema",
    }  # fmt: skip

    assert Api(client).get("/users/me", **claims).status_code == 401


LEAKS = (
    "SELECT ", "INSERT ", "psycopg", "Traceback", "/site-packages", "django.", ", line ", ".py"
)  # fmt: skip


@pytest.mark.parametrize(("path", "method"), METHODS)
def test_sql_paths_and_tracebacks_never_reach_a_client(
    path: str, method: str, api: Api, checking: Account
) -> None:
    api.client.raise_request_exception = False
    address = filled(path, checking.id)

    def ask(body: Any) -> tuple[int, str]:
        answer = api(method.upper(), address, body)
        # Read at once: what is on its way has the connection that the test shares with it.
        whole = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return answer.status_code, whole.decode(errors="replace")

    answers = [ask(body) for body in ({}, [], {"name": "\x00"}, None)]
    with patch("django.db.backends.utils.CursorWrapper.execute", side_effect=RuntimeError("x.py")):
        answers.append(ask({}))

    assert answers[-1][0] == 500
    for _, text in answers:
        assert not [leak for leak in LEAKS if leak in text], text


@pytest.mark.parametrize("sign", ["%", "_", "\\", "\\%"])
@pytest.mark.parametrize("list", ["transactions", "vendors", "brokers"])
def test_like_wildcards_are_text(list: str, sign: str, api: Api, checking: Account) -> None:
    for name in ("plain", f"a{sign}b"):
        body: dict[str, Any] = {"name": name}
        if list == "transactions":
            body = {"account": str(checking.id), "amount": "-1.00", "date": "2026-05-01"}
            body["description"] = name
        assert api.post(f"/{list}", body).status_code == 201

    found = api.client.get(
        f"/api/v1/{list}", {"q": sign}, headers={"Authorization": f"Bearer {api.token}"}
    ).json()["results"]

    assert [row.get("name", row.get("description")) for row in found] == [f"a{sign}b"]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(.*a){25}", "[" * 150])
def test_a_search_is_no_regular_expression(pattern: str, api: Api, checking: Account) -> None:
    body = {"account": str(checking.id), "amount": "-1.00", "date": "2026-05-01"}
    api.post("/transactions", body | {"description": "a" * 200 + "!"})

    begun = time.monotonic()
    answer = api.client.get(
        "/api/v1/transactions", {"q": pattern}, headers={"Authorization": f"Bearer {api.token}"}
    )

    assert (answer.status_code, answer.json()["results"]) == (200, [])
    assert time.monotonic() - begun < 2


def test_answers_are_json_that_no_browser_takes_for_a_page(api: Api) -> None:
    for path, _ in routes():
        if "<" in path or path in ("docs", "schema"):
            continue
        answer = api.get(f"/{path}")
        if answer.streaming:
            list(answer.streaming_content)  # which closes the file behind it

        assert answer["Content-Type"] in (
            *("application/json", "application/problem+json"),
            # A file to keep, which its name says.
            "application/octet-stream",
        )
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in answer["Content-Security-Policy"]
