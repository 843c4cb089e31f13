"""Exports from a real server: who goes away, or does not read, keeps nobody waiting."""

import socket
import time
from collections.abc import Iterator
from datetime import date
from typing import Any

import httpx
import pytest
from django.db import connection
from serving import Server, serving, signed_in

from accounts.models import Account
from buffet.audit import Actor, writing
from buffet.bench.book import copy_purchases
from buffet.models import Book, User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]
PATH = "/api/v1/exports/book.jsonl"
#: More than the sockets between server and client hold.
MANY = 15_000
HELD = """
SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
"""


@pytest.fixture
def server(
    book: Book, by: Actor, owner: User, checking: Account, groceries: Account
) -> Iterator[Server]:
    """A server of one process with a book of some megabytes."""
    today, accounts = date(2026, 6, 15), [(checking.id, "BRL")]
    with writing(book.id, by=by):
        copy_purchases(book.id, MANY, today, 400, accounts, [groceries.id], [None])
    with serving(WEB_WORKERS="1", WEB_THREADS="2", EXPORT_PATIENCE="1") as found:
        yield found


def held() -> int:
    """Return how many sessions of others are in a transaction."""
    with connection.cursor() as cursor:
        cursor.execute(HELD)
        return cursor.fetchone()[0]


def begun(server: Server, headers: dict[str, str]) -> socket.socket:
    """Ask for an export, and read no more than its beginning."""
    host, port = server.url.removeprefix("http://").split(":")
    sent = socket.create_connection((host, int(port)))
    sent.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    more = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    sent.sendall(f"GET {PATH} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n".encode())
    assert sent.recv(20).startswith(b"HTTP/1.1 200")
    return sent


def soon(true: Any) -> bool:
    """Wait until something is so, some seconds at the most."""
    end = time.monotonic() + 8
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_who_goes_away_or_does_not_read_gives_back_what_an_export_holds(
    server: Server, owner: User
) -> None:
    headers = signed_in(owner)
    with httpx.Client(base_url=server.url, headers=headers, timeout=20) as client:
        whole = client.get(PATH)
        assert whole.status_code == 200
        assert whole.content.count(b"\n") > 3 * MANY
        assert soon(lambda: held() == 0)

        # While one goes on, others are told when to come back, and all else is answered.
        gone = begun(server, headers)
        assert soon(lambda: held() == 1)
        busy = client.get(PATH)
        assert (busy.status_code, busy.headers["Retry-After"]) == (503, "5")
        assert client.get("/api/v1/accounts").status_code == 200

        # Who goes away.
        gone.close()
        assert soon(lambda: held() == 0)
        assert soon(lambda: client.get(PATH).status_code == 200)

        # Who stays, and reads nothing.
        stalled = begun(server, headers)
        assert soon(lambda: held() == 1)
        assert soon(lambda: held() == 0)
        assert soon(lambda: client.get(PATH).status_code == 200)
        stalled.close()


def test_one_user_has_one_export_on_all_instances(server: Server, owner: User) -> None:
    headers = signed_in(owner)
    with (
        serving(WEB_WORKERS="1", WEB_THREADS="2") as other,
        httpx.Client(base_url=other.url, headers=headers, timeout=20) as client,
    ):
        first = begun(server, headers)
        assert soon(lambda: held() == 1)

        second = client.get(PATH)

        assert (second.status_code, second.json()["code"]) == (429, "export_under_way")
        assert second.headers["Retry-After"] == "5"
        first.close()
        assert soon(lambda: held() == 0)
        assert soon(lambda: client.get(PATH).status_code == 200)
