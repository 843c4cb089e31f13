"""A book's owner lets support see its amounts for some days, over the API and on a page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from conftest import Api
from django.test import Client
from django.utils import timezone

from buffet import services
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book, Role, SupportAccess, User


@pytest.fixture
def path(book: Book) -> str:
    """Where grants of the book are."""
    return f"/books/{book.id}/support-access"


def test_a_grant_is_told_ended_and_kept(api: Api, path: str, owner: User) -> None:
    made = api.post(path, {"days": 7})
    assert made.status_code == 201
    granted = made.json()
    assert granted["granted_by"] == str(owner.id)

    assert api.delete(f"{path}/{granted['id']}").status_code == 204

    assert api.delete(f"{path}/{granted['id']}").status_code == 404
    (told,) = api.get(path).json()["results"]
    assert told["id"] == granted["id"]
    assert told["revoked_at"] is not None


def test_a_new_grant_replaces_the_last(api: Api, path: str) -> None:
    api.post(path, {"days": 7})
    api.post(path, {"days": 1})

    newest, oldest = api.get(path).json()["results"]

    assert newest["revoked_at"] is None
    assert oldest["revoked_at"] is not None


@pytest.mark.parametrize("days", [0, 31, "7", None, 1.5])
def test_a_grant_lasts_some_days(days: Any, api: Api, path: str) -> None:
    assert api.post(path, {"days": days}).status_code == 400
    assert not SupportAccess.objects.exists()


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(days=31)])
def test_no_door_grants_more(ahead: timedelta, book: Book, by: Actor) -> None:
    with pytest.raises(Refusal, match="30 days"):
        services.grant_support(by=by, book_id=book.id, expires_at=timezone.now() + ahead)


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_only_owners_grant(
    role: str, api: Api, path: str, book: Book, person: Callable[..., User], sign_in: Any
) -> None:
    granted = api.post(path, {"days": 7}).json()["id"]
    member = sign_in(person("member", book, role))

    assert member.post(path, {"days": 7}).status_code == 403
    assert member.delete(f"{path}/{granted}").status_code == 403
    assert len(member.get(path).json()["results"]) == 1


def test_a_grant_is_no_other_book_s_to_end(
    api: Api, path: str, by: Actor, person: Callable[..., User], sign_in: Any
) -> None:
    granted = api.post(path, {"days": 7}).json()["id"]
    other = services.create_book(by=by, user_id=by.user_id, name="Other", base_currency="BRL")

    assert api.delete(f"/books/{other.id}/support-access/{granted}").status_code == 404
    assert SupportAccess.objects.current().filter(id=granted).exists()


@pytest.fixture
def browser(owner: User) -> Client:
    """The owner's browser."""
    found = Client()
    found.force_login(owner)
    return found


def test_an_owner_grants_and_ends_it_on_a_page(browser: Client, book: Book) -> None:
    page = browser.get("/sharing").content.decode()
    assert "owner@example.com" in page
    assert "Let support see the amounts" in page

    assert browser.post("/sharing", {"action": "grant", "days": "7"}).status_code == 303
    assert SupportAccess.objects.current().get().book_id == book.id
    assert "Support sees the amounts of this book until" in browser.get("/sharing").content.decode()

    assert browser.post("/sharing", {"action": "revoke"}).status_code == 303
    assert not SupportAccess.objects.current().exists()


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"action": "grant", "days": "300"}, 400),
        ({"action": "grant"}, 400),
        ({"action": "revoke"}, 404),
        ({}, 404),
    ],
)
def test_nonsense_grants_nothing(sent: dict[str, str], status: int, browser: Client) -> None:
    assert browser.post("/sharing", sent).status_code == status
    assert not SupportAccess.objects.exists()


def test_an_editor_reads_the_page_and_grants_nothing(
    book: Book, person: Callable[..., User]
) -> None:
    browser = Client()
    browser.force_login(person("editor", book, Role.EDITOR))

    assert "Let support see" not in browser.get("/sharing").content.decode()
    assert browser.post("/sharing", {"action": "grant", "days": "7"}).status_code == 403
    assert not SupportAccess.objects.exists()
