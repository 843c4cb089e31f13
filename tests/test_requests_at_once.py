"""The same thing asked by many clients at the same moment, over HTTP: it happens once."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from serving import serving

from accounts.models import Account
from buffet import services
from buffet.models import KeptAnswer, Session, User
from transactions.models import Transaction
from transactions.queries.verification import verify

CLIENTS, KEYS = 16, int(os.environ.get("SAME_KEYS", "40"))
HANDS, ROUNDS = 8, int(os.environ.get("REFRESH_ROUNDS", "100"))

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]
#: All at once: `at_once(ask)` returns what each client was answered by `ask(client)`.
AtOnce = Callable[[Callable[[httpx.Client], Any]], list[Any]]


@contextmanager
def clients(many: int) -> Iterator[tuple[AtOnce, httpx.Client]]:
    """Serve, and let so many clients loose at the same moment, again and again."""
    start = threading.Barrier(many)
    with (
        serving(WEB_WORKERS="2", WEB_THREADS="8") as server,
        # A new connection for every request, so that no worker has its favourites.
        httpx.Client(
            base_url=f"{server.url}/api/v1", headers={"Connection": "close"}, timeout=20
        ) as client,
        ThreadPoolExecutor(many) as pool,
    ):

        def at_once(ask: Callable[[httpx.Client], Any]) -> list[Any]:
            def wait_and_ask(number: int) -> Any:
                start.wait(20)
                return ask(client)

            return list(pool.map(wait_and_ask, range(many)))

        yield at_once, client


def bearer(token: str) -> dict[str, str]:
    """Return the header of a token."""
    return {"Authorization": f"Bearer {token}"}


def test_sixteen_clients_with_one_key_have_one_effect(owner: User, checking: Account) -> None:
    body = {"account": str(checking.id), "amount": "-1.00", "date": "2026-05-04"}
    waited = replayed = 0

    with clients(CLIENTS) as (at_once, _):
        for number in range(KEYS):
            if number % 500 == 0:
                access = bearer(services.open_session(owner).access)
            headers = access | {"Idempotency-Key": f"key-{number}"}
            sent = body | {"description": f"key-{number}"}

            def insist(
                client: httpx.Client, sent: dict[str, str] = sent, headers: Any = headers
            ) -> tuple[bytes, int, bool]:
                for waits in range(400):
                    answer = client.post("/transactions", json=sent, headers=headers)
                    if answer.status_code == 201:
                        return answer.content, waits, "Idempotency-Replayed" in answer.headers
                    assert answer.status_code == 409, answer.text
                    assert answer.json()["code"] == "still_running"
                    assert int(answer.headers["Retry-After"]) >= 1
                    time.sleep(0.02)
                raise AssertionError("never answered")

            answers = at_once(insist)
            assert len({content for content, _, _ in answers}) == 1
            assert [again for *_, again in answers].count(False) == 1
            waited += sum(waits for _, waits, _ in answers)
            replayed += sum(again for *_, again in answers)

    assert Transaction.objects.filter(description__startswith="key-").count() == KEYS
    assert KeptAnswer.objects.count() == KEYS
    assert replayed == KEYS * (CLIENTS - 1)
    assert waited > 0, "no two of them ever met"
    assert all(check.ok for check in verify())
    print(f"{KEYS} keys x {CLIENTS} clients; told to wait {waited} times")  # noqa: T201


def test_a_refresh_token_in_eight_hands_is_good_once_and_then_ends_all(owner: User) -> None:
    met = 0

    with clients(HANDS) as (at_once, client):
        for _ in range(ROUNDS):
            first = services.open_session(owner)

            def refresh(
                client: httpx.Client, token: str = first.refresh
            ) -> tuple[httpx.Response, float, float]:
                begun = time.monotonic()
                answer = client.post("/auth/refresh", json={"refresh": token})
                return answer, begun, time.monotonic()

            answers = at_once(refresh)
            (winner,) = [one for one in answers if one[0].status_code == 200]
            losers = [one for one in answers if one is not winner]
            assert {answer.status_code for answer, *_ in losers} == {401}
            assert {answer.json()["code"] for answer, *_ in losers} == {"session_ended"}
            met += sum(begun < winner[2] for _, begun, _ in losers)

            tokens = winner[0].json()
            for access in (first.access, tokens["access"]):
                assert client.get("/users/me", headers=bearer(access)).status_code == 401
            spent = client.post("/auth/refresh", json={"refresh": tokens["refresh"]})
            assert spent.status_code == 401

    ended = Session.objects.filter(user=owner)
    assert set(ended.values_list("ended_because", flat=True)) == {"refresh token used twice"}
    assert ended.count() == ROUNDS
    assert met > ROUNDS, "they hardly ever came at once"
    print(f"{ROUNDS} rounds x {HANDS} hands; {met} came before the winner's answer")  # noqa: T201
