"""Signing in and out of the pages, and what one chooses there."""

import re
from typing import Any

import pytest
from conftest import PASSWORD
from django.test import Client

from buffet.models import User


def text_of(answer: Any) -> str:
    """Return the words of a page."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_one_signs_in_with_an_e_mail_address_and_goes_on(client: Client, owner: User) -> None:
    asked = client.get("/accounts")
    assert asked.headers["Location"] == "/sign-in?next=/accounts"

    answer = client.post(
        "/sign-in", {"username": "Owner@Example.com", "password": PASSWORD, "next": "/accounts"}
    )

    assert (answer.status_code, answer.headers["Location"]) == (302, "/accounts")
    assert client.get("/").status_code == 200


def test_a_wrong_password_says_nothing_about_the_address(client: Client, owner: User) -> None:
    answers = [
        client.post("/sign-in", {"username": address, "password": "wrong"})
        for address in (owner.email, "nobody@example.com")
    ]

    for answer in answers:
        assert answer.status_code == 200
        assert "The e-mail address or the password is wrong." in text_of(answer)


def test_what_is_wrong_stands_at_its_field(client: Client, db: None) -> None:
    body = client.post("/sign-in", {"username": "not an address", "password": ""}).content.decode()

    assert re.search(
        r'<input[^>]+aria-invalid="true"[^>]+aria-describedby="id_username_error"', body
    )
    assert 'id="id_username_error"' in body
    assert 'id="id_password_error"' in body


def test_signing_out_is_no_link(client: Client, owner: User) -> None:
    client.force_login(owner)

    assert client.get("/sign-out").status_code == 405
    assert client.post("/sign-out").headers["Location"] == "/sign-in"
    assert client.get("/").headers["Location"] == "/sign-in?next=/"


def test_light_or_dark_is_kept(client: Client, db: None) -> None:
    answer = client.post("/scheme", {"scheme": "dark", "back": "/sign-in"})

    assert (answer.status_code, answer.headers["Location"]) == (303, "/sign-in")
    assert '<html lang="en" data-scheme="dark">' in client.get("/sign-in").content.decode()
    client.post("/scheme", {"scheme": ""})
    assert '<html lang="en">' in client.get("/sign-in").content.decode()


@pytest.mark.parametrize(
    "back", ["//evil.example", "/\t/evil.example", "https://evil.example", "/\\e"]
)
def test_the_way_back_leads_nowhere_else(client: Client, db: None, back: str) -> None:
    assert client.post("/scheme", {"back": back}).headers["Location"] == "/"
