"""Requests to the API pass by what only pages and the admin need."""

from typing import Any

import pytest
from conftest import Api
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.test import Client

from accounts.models import Account
from buffet.middleware import Csrf, Language
from buffet.staff_door import StaffDoor
from buffet.visiting import Visits

#: In the order in which they stand.
OF_PAGES = (Language, SessionMiddleware, Csrf, AuthenticationMiddleware, StaffDoor, Visits)


@pytest.fixture
def passed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The middlewares of pages that a request has come through."""
    found: list[str] = []
    for kind in OF_PAGES:
        call = kind.__call__

        def noted(self: Any, request: Any, call: Any = call, name: str = kind.__name__) -> Any:
            found.append(name)
            return call(self, request)

        monkeypatch.setattr(kind, "__call__", noted)
    return found


def test_a_request_to_the_api_comes_through_none_of_them(
    api: Api, checking: Account, passed: list[str]
) -> None:
    answered = api.get("/accounts")

    assert answered.status_code == 200
    assert passed == []
    assert {"X-Frame-Options", "Content-Security-Policy", "Content-Length"} <= {*answered.headers}


def test_a_page_comes_through_all_of_them(client: Client, db: None, passed: list[str]) -> None:
    assert client.get("/sign-in").status_code == 200

    assert passed == [kind.__name__ for kind in OF_PAGES]
