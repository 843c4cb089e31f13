"""Pages come compressed to who can read that; nothing else does."""

import gzip
from typing import Any

import pytest
from django.test import Client

from accounts.models import Account
from buffet.models import User

GZIP = {"Accept-Encoding": "gzip, br"}


def test_a_page_is_compressed_and_known_again(
    client: Client, owner: User, checking: Account
) -> None:
    client.force_login(owner)
    plain = client.get("/accounts")

    packed = client.get("/accounts", headers=GZIP)
    tag = packed.headers["ETag"]
    again = client.get("/accounts", headers=GZIP | {"If-None-Match": tag})

    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert len(packed.content) < len(plain.content) / 2
    assert b"Checking" in gzip.decompress(packed.content)
    # Weak: the same page, byte for byte other ones.
    assert tag.startswith("W/")
    assert again.status_code == 304


def test_a_page_s_length_says_nothing(client: Client, owner: User, checking: Account) -> None:
    client.force_login(owner)

    lengths = {len(client.get("/accounts", headers=GZIP).content) for _ in range(12)}

    assert len(lengths) > 1


@pytest.mark.parametrize("path", ["/accounts?format=json", "/accounts?format=csv"])
def test_files_go_as_they_are(client: Client, owner: User, checking: Account, path: str) -> None:
    client.force_login(owner)

    assert "Content-Encoding" not in client.get(path, headers=GZIP).headers


def test_the_api_goes_as_it_is(api: Any, checking: Account) -> None:
    answer = api.get("/accounts", **GZIP)

    assert answer.status_code == 200
    assert "Content-Encoding" not in answer.headers
