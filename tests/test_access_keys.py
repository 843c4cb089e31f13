"""Sessions, personal tokens and the password: what lets people in, and how it ends."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from conftest import PASSWORD, Api
from django.db.models.functions import Now
from django.test import Client
from django.utils import timezone
from test_access import METHODS, filled
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.models import KeptAnswer, PersonalToken, Session, User

NEW = "a quite different sentence"


@pytest.fixture
def token(api: Api, client: Client) -> Callable[..., Api]:
    """A maker of clients with a personal token: `token("read")`."""

    def make(scope: str, **more: Any) -> Api:
        answer = api.post("/tokens", {"name": "A program", "scope": scope} | more)
        assert answer.status_code == 201, answer.content
        return Api(client, answer.json()["token"])

    return make


def test_a_token_reads_and_writes(token: Any, checking: Account) -> None:
    program = token("write")

    assert program.get("/accounts").status_code == 200
    assert program.post("/vendors", {"name": "Shop"}).status_code == 201
    assert program.get("/users/me").json()["email"] == "owner@example.com"


@pytest.mark.parametrize(
    ("path", "method"), [one for one in METHODS if one[1] in ("post", "patch", "delete", "put")]
)
def test_a_token_for_reading_changes_nothing(path: str, method: str, token: Any) -> None:
    answer = token("read")(method.upper(), filled(path, uuid7()), {})

    assert answer.status_code == 403
    assert answer.json()["code"] == "read_only_token"


def test_a_token_for_reading_reads(token: Any, checking: Account) -> None:
    assert token("read").get("/accounts").status_code == 200


@pytest.mark.parametrize(
    ("path", "method"),
    [one for one in METHODS if one[0].startswith(("tokens", "sessions", "users/me/password"))],
)
def test_no_token_makes_or_ends_what_lets_people_in(path: str, method: str, token: Any) -> None:
    assert token("write")(method.upper(), filled(path, uuid7()), {}).status_code == 403


def test_only_a_digest_of_a_token_is_kept(api: Api) -> None:
    body = {"name": "A program", "scope": "read"}
    made = api.post("/tokens", body, **{"Idempotency-Key": "k"}).json()

    kept = PersonalToken.objects.get()
    listed = api.get("/tokens").json()["results"]

    assert made["token"].startswith(made["prefix"] + "_")
    assert made["token"] not in str(vars(kept))
    assert "token" not in listed[0]
    assert listed[0]["prefix"] == made["prefix"]
    assert not KeptAnswer.objects.exists(), "the secret would be in it"


def test_a_revoked_token_ends_at_once(api: Api, token: Any) -> None:
    program = token("write")
    id = api.get("/tokens").json()["results"][0]["id"]

    assert api.delete(f"/tokens/{id}").status_code == 204

    assert program.get("/users/me").status_code == 401
    assert api.delete(f"/tokens/{id}").status_code == 404
    assert api.get("/tokens").json()["results"] == []


def test_a_token_ends_when_it_expires(api: Api, token: Any) -> None:
    soon = (timezone.now() + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    program = token("read", expires_at=soon)
    assert program.get("/users/me").status_code == 200

    PersonalToken.objects.update(expires_at=Now() - timedelta(hours=1))

    assert program.get("/users/me").status_code == 401


@pytest.mark.parametrize(
    "expires_at", ["2020-01-01T00:00:00Z", "tomorrow", "2030-01-01", "2030-13-01T00:00:00Z", 5]
)
def test_a_token_expires_in_the_future(expires_at: Any, api: Api) -> None:
    sent = {"name": "x", "scope": "read", "expires_at": expires_at}

    answer = api.post("/tokens", sent)

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "/expires_at"


def test_a_token_says_when_it_was_used_last(api: Api, token: Any) -> None:
    program = token("read")
    assert api.get("/tokens").json()["results"][0]["used_at"] is None

    program.get("/users/me")

    assert api.get("/tokens").json()["results"][0]["used_at"] is not None


@pytest.mark.parametrize("wrong", ["bcb_", "bcb_00000000_x", "bcb_é"])
def test_a_token_that_is_none_is_refused(wrong: str, client: Client, owner: User) -> None:
    assert Api(client, wrong).get("/users/me").status_code == 401


def test_someone_else_s_tokens_and_sessions_are_not_found(
    api: Api, token: Any, person: Any, sign_in: Any
) -> None:
    token("read")
    mate = sign_in(person("mate"))

    assert mate.delete(f"/tokens/{PersonalToken.objects.get().id}").status_code == 404
    ours = Session.objects.filter(user__email="owner@example.com").first()
    assert mate.delete(f"/sessions/{ours.id}").status_code == 404
    assert mate.get("/tokens").json()["results"] == []
    assert len(mate.get("/sessions").json()["results"]) == 1
    assert api.get("/users/me").status_code == 200


def test_a_deactivated_user_s_tokens_end_at_once(owner: User, token: Any) -> None:
    program = token("write")

    User.objects.filter(id=owner.id).update(is_active=False)

    assert program.get("/users/me").status_code == 401


def test_one_session_is_ended_and_the_others_go_on(owner: User, api: Api, sign_in: Any) -> None:
    phone = sign_in(owner)
    listed = api.get("/sessions").json()["results"]
    other = next(one for one in listed if not one["current"])

    assert api.delete(f"/sessions/{other['id']}").status_code == 204

    assert len(listed) == 2
    assert phone.get("/users/me").status_code == 401
    assert api.get("/users/me").status_code == 200
    assert api.delete(f"/sessions/{UUID(int=1)}").status_code == 404


def test_signing_out_everywhere_ends_every_session(owner: User, api: Api, sign_in: Any) -> None:
    phone = sign_in(owner)

    assert api.delete("/sessions").status_code == 204

    assert [one.get("/users/me").status_code for one in (api, phone)] == [401, 401]


def test_a_new_password_ends_the_other_sessions_at_once(
    owner: User, api: Api, sign_in: Any, client: Client
) -> None:
    phone = sign_in(owner)

    changed = api.post("/users/me/password", {"current_password": PASSWORD, "new_password": NEW})

    assert changed.status_code == 204
    assert phone.get("/users/me").status_code == 401
    assert api.get("/users/me").status_code == 200
    old, new = (
        Api(client).post("/auth/token", {"email": owner.email, "password": password})
        for password in (PASSWORD, NEW)
    )
    assert (old.status_code, new.status_code) == (401, 200)


def test_a_new_password_ends_the_pages_session(owner: User, api: Api) -> None:
    browser = Client()
    browser.login(username=owner.email, password=PASSWORD)
    assert browser.get("/").status_code == 200

    api.post("/users/me/password", {"current_password": PASSWORD, "new_password": NEW})

    assert browser.get("/").status_code == 302


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"current_password": "wrong", "new_password": NEW}, 403, "wrong_password"),
        ({"current_password": PASSWORD, "new_password": "short"}, 400, "invalid"),
        ({"current_password": PASSWORD, "new_password": "12345678901"}, 400, "invalid"),
        ({"new_password": NEW}, 400, "invalid"),
    ],
)
def test_a_wrong_or_weak_password_changes_nothing(
    body: dict[str, str], status: int, code: str, owner: User, api: Api
) -> None:
    answer = api.post("/users/me/password", body)

    assert (answer.status_code, answer.json()["code"]) == (status, code)
    owner.refresh_from_db()
    assert owner.check_password(PASSWORD)
