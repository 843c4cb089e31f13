"""Attempts to sign in are limited, wherever they come in and whatever address they claim."""

import itertools
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from conftest import PASSWORD, Api
from django.test import Client, RequestFactory
from serving import serving, signed_in

from buffet import limits
from buffet.models import Attempts, User


def ask(client: Client, email: str, password: str = "wrong", **headers: str) -> Any:
    return Api(client)("POST", "/auth/token", {"email": email, "password": password}, **headers)


@pytest.mark.parametrize("email", ["owner@example.com", "nobody@example.com"])
def test_the_eleventh_failure_is_not_even_tried(email: str, owner: User, client: Client) -> None:
    answers = [ask(client, email) for _ in range(limits.OF_EMAIL.most)]
    refused = ask(client, email, PASSWORD)

    assert {answer.status_code for answer in answers} == {401}
    assert refused.status_code == 429
    assert refused.json()["code"] == "too_many_attempts"
    assert 0 < int(refused.headers["Retry-After"]) <= limits.OF_EMAIL.period


def test_the_case_of_an_address_gains_nothing(owner: User, client: Client) -> None:
    for _ in range(limits.OF_EMAIL.most):
        ask(client, "owner@example.com")

    assert ask(client, " OWNER@example.com", PASSWORD).status_code == 429


def test_a_success_forgets_what_failed_before(owner: User, client: Client) -> None:
    for _ in range(3):
        for _ in range(limits.OF_EMAIL.most - 1):
            ask(client, "owner@example.com")
        assert ask(client, "owner@example.com", PASSWORD).status_code == 200


def test_after_the_period_one_may_try_again(owner: User, client: Client) -> None:
    for _ in range(limits.OF_EMAIL.most + 1):
        ask(client, "owner@example.com")
    for counted in Attempts.objects.all():
        counted.began_at -= timedelta(seconds=limits.OF_EMAIL.period + 1)
        counted.save()

    assert ask(client, "owner@example.com", PASSWORD).status_code == 200


def test_one_address_cannot_try_everybody(db: None, client: Client) -> None:
    for number in range(limits.OF_ADDRESS.most):
        assert ask(client, f"{number}@example.com").status_code == 401

    assert ask(client, "another@example.com").status_code == 429


@pytest.mark.parametrize("proxies", [0, 1])
def test_a_forged_header_gains_no_attempt(
    proxies: int, db: None, client: Client, settings: Any
) -> None:
    settings.TRUSTED_PROXIES = proxies
    for number in range(limits.OF_ADDRESS.most + 1):
        # What the proxy adds is at the end; what the client wrote itself stands before.
        forged = f"10.0.0.{number}" + ", 203.0.113.7" * proxies
        last = ask(client, f"{number}@example.com", **{"X-Forwarded-For": forged})

    assert last.status_code == 429


#: Headers by which some server or other would take a client's word for its address.
SPELLINGS = [
    [("X-Forwarded-For", "10.9.9.9")],
    [("x-forwarded-for", "10.9.9.9, 10.8.8.9")],
    [("X-Forwarded-For", "10.9.9.9"), ("X-Forwarded-For", "10.8.8.9")],
    [("X-Forwarded-For", "::ffff:10.9.9.9")],
    [("X-Forwarded-For", "10.9.9.9,")],
    [("X_Forwarded_For", "10.9.9.9")],
    [("X-Real-IP", "10.9.9.9")],
    [("Forwarded", "for=10.9.9.9")],
    [("True-Client-IP", "10.9.9.9"), ("CF-Connecting-IP", "10.9.9.9")],
    [("X-Client-IP", "10.9.9.9"), ("Client-IP", "10.9.9.9"), ("Remote-Addr", "10.9.9.9")],
]


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
@pytest.mark.parametrize("proxies", [0, 1])
def test_no_header_of_a_client_gains_an_attempt_over_http(proxies: int) -> None:
    # With a proxy of ours in front, each request ends with the address that it saw.
    seen = [("X-Forwarded-For", "203.0.113.7")] * proxies
    address = "203.0.113.7" if proxies else "127.0.0.1"
    for number in range(limits.OF_ADDRESS.most):
        limits.attempt(f"{number}@example.com", address)

    with (
        serving(TRUSTED_PROXIES=str(proxies)) as server,
        httpx.Client(base_url=server.url, timeout=20) as client,
    ):

        def wrong(headers: list[tuple[str, str]]) -> int:
            body = {"email": f"{next(numbers)}@example.com", "password": "wrong"}
            return client.post("/api/v1/auth/token", json=body, headers=headers).status_code

        numbers = itertools.count(1000)
        answers = [wrong([*forged, *seen]) for forged in SPELLINGS]
        elsewhere = wrong([("X-Forwarded-For", "198.51.100.9")])
        Attempts.objects.all().delete()
        later = wrong(seen)

    assert answers == [429] * len(SPELLINGS)
    assert elsewhere == (401 if proxies else 429)
    assert later == 401, "it was the address that was counted"


def test_the_address_is_the_one_our_outermost_proxy_saw(settings: Any) -> None:
    def seen(proxies: int, header: str) -> str:
        settings.TRUSTED_PROXIES = proxies
        request = RequestFactory().get("/", headers={"X-Forwarded-For": header})
        return limits.client_address(request)

    assert seen(0, "198.51.100.1") == "127.0.0.1"
    assert seen(1, "forged, 198.51.100.1") == "198.51.100.1"
    assert seen(2, "forged, 198.51.100.1, 203.0.113.7") == "198.51.100.1"
    assert seen(2, "203.0.113.7") == "127.0.0.1"


@pytest.mark.parametrize("path", ["/sign-in", "/admin/login/"])
def test_the_forms_are_limited_too(path: str, owner: User, client: Client) -> None:
    User.objects.filter(id=owner.id).update(is_staff=True)
    form = {"username": owner.email, "password": "wrong"}
    for _ in range(limits.OF_EMAIL.most):
        assert client.post(path, form).status_code == 200

    refused = client.post(path, form | {"password": PASSWORD})

    assert refused.status_code == 200, "the right password is not looked at"
    assert b"password" in refused.content


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_many_attempts_at_once_are_counted_one_by_one(owner: User) -> None:
    with serving(WEB_WORKERS="2", WEB_THREADS="8") as server, ThreadPoolExecutor(16) as pool:

        def wrong(number: int) -> int:
            body = {"email": owner.email, "password": f"wrong {number}"}
            return httpx.post(f"{server.url}/api/v1/auth/token", json=body, timeout=20).status_code

        answers = list(pool.map(wrong, range(40)))

    assert sorted(answers) == [401] * limits.OF_EMAIL.most + [429] * (40 - limits.OF_EMAIL.most)


@pytest.fixture
def few(settings: Any) -> int:
    """Few requests a minute with a token, fewer without one."""
    settings.RATE_LIMIT, settings.RATE_LIMIT_ANONYMOUS = 20, 10
    return 20


def left(answer: Any) -> int:
    """Return how many requests the answer says are left."""
    policy, rate = answer.headers["RateLimit-Policy"], answer.headers["RateLimit"]
    name, rest, seconds = re.fullmatch(r'"(\w+)";r=(\d+);t=(\d+)', rate).groups()
    assert policy == f'"{name}";q={20 if name == "token" else 10};w=60'
    assert 0 < int(seconds) <= 60
    return int(rest)


def test_every_answer_tells_how_many_requests_are_left(api: Api, few: int) -> None:
    answers = [api.get("/accounts"), api.post("/vendors", {}), api.get("/nowhere/at/all")]
    tag = {"If-None-Match": answers[0].headers["ETag"]}

    assert [answer.status_code for answer in answers] == [200, 400, 404]
    assert [left(answer) for answer in answers[:2]] == [19, 18]
    seen = api.get("/accounts", **tag)
    assert (seen.status_code, left(seen)) == (304, 17)


def test_a_token_sent_too_often_has_to_wait_and_others_need_not(
    api: Api, few: int, person: Any, book: Any, sign_in: Any, owner: User
) -> None:
    other, again = sign_in(person("friend", book)), sign_in(owner)
    tag = {"If-None-Match": api.get("/accounts").headers["ETag"]}
    for _ in range(few - 1):
        assert api.get("/brokers").status_code == 200

    for refused in (api.get("/brokers"), api.post("/brokers", {}), api.get("/accounts", **tag)):
        assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
        assert 0 < int(refused.headers["Retry-After"]) <= 60
        assert left(refused) == 0
    assert other.get("/brokers").status_code == 200
    assert again.get("/brokers").status_code == 200


def test_a_personal_token_has_a_count_of_its_own(api: Api, few: int) -> None:
    made = api.post("/tokens", {"name": "x", "scope": "read"}).json()["token"]
    theirs = Api(api.client, made)

    assert left(theirs.get("/brokers")) == few - 1


def test_the_next_minute_begins_anew(api: Api, few: int) -> None:
    for _ in range(few + 1):
        api.get("/brokers")
    for counted in Attempts.objects.all():
        counted.began_at -= timedelta(seconds=60)
        counted.save()

    assert left(api.get("/brokers")) == few - 1


@pytest.mark.parametrize("token", ["", "nonsense", "bcb_nonsense"])
def test_who_has_no_good_token_is_counted_by_address(
    token: str, few: int, db: None, client: Client
) -> None:
    claims = [{"X-Forwarded-For": f"192.0.2.{n}"} for n in range(11)]
    answers = [Api(client, token).get("/brokers", **claimed) for claimed in claims]

    assert [answer.status_code for answer in answers] == [401] * 10 + [429]
    assert left(answers[0]) == 9
    assert Api(client).post("/auth/token", {}).status_code == 429


def test_reads_are_counted_by_samples_and_changes_one_by_one(
    api: Api, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.RATE_LIMIT = 2000
    drawn = iter([0.5, 0.99, 0.05, 0.5])
    monkeypatch.setattr(limits, "random", lambda: next(drawn))

    rests = [api.get("/brokers").headers["RateLimit"].split(";")[1] for _ in range(4)]
    rests += [api.post("/brokers", {}).headers["RateLimit"].split(";")[1] for _ in range(2)]

    assert rests == ["r=2000", "r=2000", "r=1990", "r=1990", "r=1989", "r=1988"]


def test_samples_stand_for_as_many_as_there_are() -> None:
    limit = limits.Limit("token", 3000, 60)
    counted = sum(limits.times(limit, is_read=True) for _ in range(60_000))

    assert counted == pytest.approx(60_000, rel=0.1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_two_servers_count_together(owner: User) -> None:
    with serving(RATE_LIMIT="30") as one, serving(RATE_LIMIT="30") as another:
        headers = signed_in(owner)
        urls = [f"{server.url}/api/v1/brokers" for server in (one, another)] * 20
        with ThreadPoolExecutor(8) as pool:
            statuses = list(pool.map(lambda url: httpx.get(url, headers=headers).status_code, urls))

    assert sorted(statuses) == [200] * 30 + [429] * 10
