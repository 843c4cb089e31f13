"""A request that is cut off on its way to the server has no effect, wherever it is cut."""

import socket
from typing import Any

import httpx
import pytest
from raw import Beside
from serving import serving, signed_in
from writes import FILE, picture

from accounts.models import Account
from buffet.models import User

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]


def test_a_part_of_a_request_has_no_effect(owner: User, checking: Account, beside: Beside) -> None:
    """Cut off a request at every place: above all a form, whose file would merely be shorter."""
    account = {"account": str(checking.id)}
    spent = account | {"amount": "-1.00", "date": "2025-05-04", "description": "Café"}
    wanted: list[dict[str, Any]] = [
        {"url": "/api/v1/transactions", "json": spent},
        {
            "url": "/api/v1/imports",
            "data": account,
            "files": {"file": ("may.ofx", FILE + b"\n" * 60)},
        },
    ]
    with serving() as server:
        url = httpx.URL(server.url)
        headers = signed_in(owner) | {"Connection": "close"}
        for number, sent in enumerate(wanted):
            headers["Idempotency-Key"] = f"whole-{number}"
            request = httpx.Request("POST", url.join(sent.pop("url")), headers=headers, **sent)
            head = f"POST {request.url.path} HTTP/1.1\r\n".encode()
            head += b"".join(b"%b: %b\r\n" % one for one in request.headers.raw) + b"\r\n"
            whole = head + request.read()
            before = picture(beside)
            places = [len(head) - 1, *range(len(head), len(whole), 23), len(whole) - 1]
            for place in places:
                assert not answer_to(url, whole[:place]).startswith(b"HTTP/1.1 2"), whole[:place]
            assert picture(beside) == before
            assert answer_to(url, whole).startswith(b"HTTP/1.1 201")
            assert picture(beside) != before


def answer_to(url: httpx.URL, sent: bytes) -> bytes:
    """Send some bytes and nothing more, and return all that the server says to that."""
    with socket.create_connection((url.host, url.port)) as connection:
        connection.sendall(sent)
        connection.shutdown(socket.SHUT_WR)
        return b"".join(iter(lambda: connection.recv(65_536), b""))
