"""Accounts are made, and forgotten passwords replaced, by who reads the e-mail address."""

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from conftest import PASSWORD, Api
from django.core import mail
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from buffet import limits, services
from buffet.models import Session, SignIn, User
from buffet.services.passwords import LinkNotValid
from buffet.services.people import AlreadyRegistered

NEW = "new@example.com"
OTHER = "another battery staple"


@pytest.fixture
def anyone(db: None, client: Client) -> Api:
    """Somebody who has not signed in."""
    return Api(client)


def token() -> str:
    """Return the token of the last letter's link."""
    return re.search(r"(?:register|reset-password)/(\S+)", mail.outbox[-1].body)[1]


def statuses(answers: Any) -> list[int]:
    return [answer.status_code for answer in answers]


def test_one_registers_with_the_link_of_a_letter(anyone: Api) -> None:
    asked = anyone.post("/auth/register", {"email": " New@Example.com "})
    assert (asked.status_code, asked.content) == (202, b"")
    assert mail.outbox[-1].to == [NEW]
    assert not User.objects.filter(email=NEW).exists()

    made = anyone.post(
        "/auth/register/confirm", {"token": token(), "password": PASSWORD, "name": "Ana"}
    )

    assert made.status_code == 201
    me = Api(anyone.client, made.json()["access"]).get("/users/me").json()
    assert (me["email"], me["name"], me["default_book"]) == (NEW, "Ana", None)
    signed_in = anyone.post("/auth/token", {"email": NEW, "password": PASSWORD})
    assert signed_in.status_code == 200


@pytest.mark.parametrize(
    ("path", "email", "subject", "says"),
    [
        ("/auth/register", NEW, "Sua conta no Better Call Buffet", "vale por um dia"),
        ("/auth/register", "owner@example.com", "Você já tem uma conta", "Para entrar: "),
        ("/auth/password/forgotten", "owner@example.com", "Escolha uma nova senha", "uma hora"),
        ("/auth/password/forgotten", NEW, "Você não tem conta", "não tem conta aqui"),
    ],
)
def test_letters_are_in_the_language_of_who_asks(
    anyone: Api, owner: User, path: str, email: str, subject: str, says: str
) -> None:
    page = {"/auth/register": "/register"}.get(path, "/forgot-password")

    anyone.post(path, {"email": email}, **{"Accept-Language": "pt-BR"})
    anyone.client.post(page, {"email": email}, headers={"Accept-Language": "pt-BR"})
    anyone.post(path, {"email": email})

    *portuguese, english = mail.outbox
    assert len(portuguese) == 2
    for letter in portuguese:
        assert (subject in letter.subject, says in letter.body) == (True, True)
    assert says not in english.body


def test_a_link_registers_once(anyone: Api) -> None:
    anyone.post("/auth/register", {"email": NEW})
    body = {"token": token(), "password": PASSWORD}
    assert anyone.post("/auth/register/confirm", body).status_code == 201

    again = anyone.post("/auth/register/confirm", body | {"password": OTHER})

    assert (again.status_code, again.json()["code"]) == (409, "already_registered")
    assert User.objects.get(email=NEW).check_password(PASSWORD)


@pytest.mark.parametrize("sent", ["nonsense", "eyJhIjoiYiJ9:1u:x", "x" * 4000])
def test_a_link_of_nobody_registers_nobody(sent: str, anyone: Api) -> None:
    made = anyone.post("/auth/register/confirm", {"token": sent, "password": PASSWORD})

    assert (made.status_code, made.json()["code"]) == (403, "link_not_valid")
    assert not User.objects.exists()


def test_a_link_to_register_is_good_for_a_day(anyone: Api, monkeypatch: Any) -> None:
    anyone.post("/auth/register", {"email": NEW})
    monkeypatch.setattr("buffet.services.people.GOOD_FOR", -1)

    made = anyone.post("/auth/register/confirm", {"token": token(), "password": PASSWORD})

    assert made.json()["code"] == "link_not_valid"


def test_a_weak_password_says_why_and_the_link_stays_good(anyone: Api) -> None:
    anyone.post("/auth/register", {"email": NEW})
    sent = token()

    weak = anyone.post("/auth/register/confirm", {"token": sent, "password": "new"})

    assert weak.status_code == 400
    assert {error["pointer"] for error in weak.json()["errors"]} == {"/password"}
    again = anyone.post("/auth/register/confirm", {"token": sent, "password": PASSWORD})
    assert again.status_code == 201


def test_registering_can_be_switched_off(anyone: Api, settings: Any) -> None:
    anyone.post("/auth/register", {"email": NEW})
    for switched in ("invited", "closed"):
        settings.REGISTRATION = switched
        asked = anyone.post("/auth/register", {"email": NEW})
        late = anyone.post("/auth/register/confirm", {"token": token(), "password": PASSWORD})

        assert statuses([asked, late]) == [403, 403]
        assert asked.json()["code"] == late.json()["code"] == "registration_closed"
    assert not User.objects.exists()


@pytest.mark.parametrize("path", ["/auth/register", "/auth/password/forgotten"])
def test_nobody_learns_from_the_answer_who_has_an_account(
    path: str, anyone: Api, owner: User
) -> None:
    seen = []
    for email in (owner.email, "nobody@example.com"):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            answer = anyone.post(path, {"email": email})
        headers = {name for name in answer.headers if name != "X-Request-ID"}
        seen.append((answer.status_code, answer.content, headers, len(queries)))

    assert seen[0] == seen[1]
    assert [letter.to for letter in mail.outbox] == [[owner.email], ["nobody@example.com"]]


def test_a_forgotten_password_is_replaced_and_all_sessions_end(
    anyone: Api, api: Api, owner: User
) -> None:
    anyone.post("/auth/password/forgotten", {"email": "OWNER@example.com"})

    chosen = anyone.post("/auth/password/reset", {"token": token(), "new_password": OTHER})

    assert chosen.status_code == 204
    assert api.get("/users/me").status_code == 401
    old, new = (
        anyone.post("/auth/token", {"email": owner.email, "password": password})
        for password in (PASSWORD, OTHER)
    )
    assert statuses([old, new]) == [401, 200]
    assert "has been changed" in mail.outbox[-1].body


def test_links_that_were_used_are_in_the_history_of_signing_in(anyone: Api) -> None:
    anyone.post("/auth/register", {"email": NEW})
    anyone.post("/auth/register/confirm", {"token": token(), "password": PASSWORD})
    anyone.post("/auth/password/forgotten", {"email": NEW})
    chosen = token()
    for password in ("weak", OTHER, PASSWORD):
        anyone.post("/auth/password/reset", {"token": chosen, "new_password": password})

    rows = SignIn.objects.values_list("user__email", "door", "outcome", "address")
    assert list(rows) == [(NEW, "api", "letter", "127.0.0.1")] * 2


def test_a_link_resets_once(anyone: Api, owner: User) -> None:
    anyone.post("/auth/password/forgotten", {"email": owner.email})
    body = {"token": token(), "new_password": OTHER}
    assert anyone.post("/auth/password/reset", body).status_code == 204

    again = anyone.post("/auth/password/reset", body | {"new_password": PASSWORD})

    assert (again.status_code, again.json()["code"]) == (403, "link_not_valid")
    assert User.objects.get(id=owner.id).check_password(OTHER)


@pytest.mark.parametrize("change", ["password", "time", "deactivation", "another"])
def test_a_link_to_reset_ends_with(
    change: str, anyone: Api, owner: User, person: Any, settings: Any
) -> None:
    anyone.post("/auth/password/forgotten", {"email": owner.email})
    sent = token()
    if change == "password":
        owner.set_password("changed in between")
    elif change == "time":
        settings.PASSWORD_RESET_TIMEOUT = -1
    elif change == "deactivation":
        owner.is_active = False
    else:
        sent = f"{person('other').id}.{sent.partition('.')[2]}"
    owner.save()

    refused = anyone.post("/auth/password/reset", {"token": sent, "new_password": OTHER})

    assert refused.json()["code"] == "link_not_valid"
    assert not User.objects.get(id=owner.id).check_password(OTHER)


def test_a_reset_forgets_the_failures_before_it(anyone: Api, owner: User) -> None:
    for _ in range(limits.OF_EMAIL.most + 1):
        anyone.post("/auth/token", {"email": owner.email, "password": "wrong"})
    anyone.post("/auth/password/forgotten", {"email": owner.email})
    anyone.post("/auth/password/reset", {"token": token(), "new_password": OTHER})

    signed_in = anyone.post("/auth/token", {"email": owner.email, "password": OTHER})

    assert signed_in.status_code == 200


@pytest.mark.parametrize("path", ["/auth/register", "/auth/password/forgotten"])
def test_letters_are_limited(path: str, anyone: Api) -> None:
    to_one = [anyone.post(path, {"email": NEW}) for _ in range(limits.LETTERS_TO.most + 1)]
    from_one = [anyone.post(path, {"email": f"{n}@example.com"}) for n in range(20)]

    assert statuses(to_one) == [202] * limits.LETTERS_TO.most + [429]
    assert statuses(from_one)[-1] == 429
    assert len(mail.outbox) < limits.LETTERS_FROM.most + 1
    assert int(from_one[-1]["Retry-After"]) > 0


def test_a_link_leads_to_us_whatever_host_was_asked(
    anyone: Api, owner: User, settings: Any
) -> None:
    settings.PUBLIC_URL, settings.ALLOWED_HOSTS = "https://buffet.example.com", ["*"]

    anyone.post("/auth/password/forgotten", {"email": owner.email}, Host="evil.example.com")

    assert "https://buffet.example.com/reset-password/" in mail.outbox[-1].body
    assert "evil" not in mail.outbox[-1].body


def test_a_mail_server_that_is_away_is_a_503(anyone: Api, settings: Any) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    answer = anyone.post("/auth/register", {"email": NEW})

    assert (answer.status_code, answer.json()["code"]) == (503, "letter_not_sent")
    assert int(answer["Retry-After"]) > 0


@pytest.mark.django_db(transaction=True)
def test_one_link_used_many_times_at_once_works_once() -> None:
    services.ask_to_register(email=NEW, address="192.0.2.1")
    registering = token()

    def use(step: Any) -> str:
        try:
            step()
        except (AlreadyRegistered, LinkNotValid) as refusal:
            return refusal.code
        finally:
            connection.close()
        return "done"

    def race(step: Any) -> list[str]:
        with ThreadPoolExecutor(8) as pool:
            return sorted(pool.map(use, [step] * 8))

    assert race(lambda: services.register(token=registering, password=PASSWORD)) == [
        *["already_registered"] * 7,
        "done",
    ]
    services.ask_for_reset(email=NEW, address="192.0.2.1")
    resetting = token()
    assert race(lambda: services.reset_password(token=resetting, new=OTHER)) == [
        "done",
        *["link_not_valid"] * 7,
    ]
    assert not Session.objects.filter(ended_at=None, expires_at__gt=timezone.now()).exists()
