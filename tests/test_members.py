"""A book is kept together: invited by letter, in roles, for a time, never without an owner."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from conftest import PASSWORD, Api
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from buffet import services
from buffet.audit import Actor
from buffet.models import Book, Invitation, Membership, Role, User
from buffet.services.members import LastOwner


def token() -> str:
    """Return the token of the last letter's link."""
    return re.search(r"invitations/(\S+)", mail.outbox[-1].body)[1]


def soon(**more: int) -> str:
    """Return an instant a little later."""
    return (timezone.now() + timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")


@pytest.fixture
def friend(person: Callable[..., User]) -> User:
    """Somebody with an account and a book of their own."""
    return person("friend", Book.objects.create(name="Theirs", base_currency="EUR"))


def invite(api: Api, book: Book, email: str, role: str = "viewer", **more: Any) -> Any:
    return api.post(f"/books/{book.id}/invitations", {"email": email, "role": role} | more)


def test_an_invited_friend_accepts_and_sees_the_book(
    api: Api, book: Book, friend: User, sign_in: Any
) -> None:
    invited = invite(api, book, "Friend@example.com", "editor")
    assert invited.status_code == 201
    assert "token" not in invited.content.decode()
    assert mail.outbox[-1].to == [friend.email]
    theirs = sign_in(friend)

    accepted = theirs.post("/invitations/accept", {"token": token()})

    assert accepted.status_code == 200
    assert (accepted.json()["id"], accepted.json()["role"]) == (str(book.id), "editor")
    made = theirs.post("/vendors", {"name": "Baker"}, **{"X-Book": str(book.id)})
    assert made.status_code == 201
    assert api.get(f"/books/{book.id}/invitations").json()["results"] == []


def test_an_invitation_is_in_the_language_of_who_invites(api: Api, book: Book) -> None:
    sent = {"email": "new@example.com", "role": "viewer"}

    api.post(f"/books/{book.id}/invitations", sent, **{"Accept-Language": "pt-BR"})

    letter = mail.outbox[-1]
    assert f"convida você para o livro “{book.name}”" in letter.subject
    assert "como leitor" in letter.body


def test_somebody_new_registers_with_the_invitation(api: Api, book: Book, settings: Any) -> None:
    settings.REGISTRATION = "invited"
    invite(api, book, "new@example.com")

    made = Api(api.client).post(
        "/auth/register/confirm", {"token": token(), "password": PASSWORD, "name": "New"}
    )

    assert made.status_code == 201
    theirs = Api(api.client, made.json()["access"])
    assert theirs.get("/users/me").json()["default_book"] == str(book.id)
    assert theirs.get("/accounts").status_code == 200
    assert theirs.post("/vendors", {"name": "Baker"}).json()["code"] == "viewer"


def test_where_registering_is_closed_an_invitation_makes_no_account(
    api: Api, book: Book, settings: Any
) -> None:
    settings.REGISTRATION = "closed"
    invite(api, book, "new@example.com")

    made = Api(api.client).post("/auth/register/confirm", {"token": token(), "password": PASSWORD})

    assert made.json()["code"] == "registration_closed"


def test_an_invitation_is_for_its_address_alone(
    api: Api, book: Book, friend: User, person: Any, sign_in: Any
) -> None:
    invite(api, book, friend.email)
    sent = token()

    refused = sign_in(person("thief")).post("/invitations/accept", {"token": sent})

    assert (refused.status_code, refused.json()["code"]) == (403, "other_address")
    assert sign_in(friend).post("/invitations/accept", {"token": sent}).status_code == 200


@pytest.mark.parametrize("ended", ["used", "taken back", "replaced", "expired"])
def test_an_invitation_is_good_no_more_when(
    ended: str, api: Api, book: Book, friend: User, sign_in: Any
) -> None:
    made = invite(api, book, friend.email).json()["id"]
    sent, theirs = token(), sign_in(friend)
    if ended == "used":
        theirs.post("/invitations/accept", {"token": sent})
    elif ended == "taken back":
        assert api.delete(f"/books/{book.id}/invitations/{made}").status_code == 204
    elif ended == "replaced":
        invite(api, book, friend.email, "editor")
    else:
        Invitation.objects.update(expires_at=timezone.now())

    refused = theirs.post("/invitations/accept", {"token": sent})

    assert (refused.status_code, refused.json()["code"]) == (403, "link_not_valid")


def test_a_member_is_not_invited_again(api: Api, book: Book, person: Any) -> None:
    person("member", book, Role.VIEWER)

    refused = invite(api, book, "member@example.com")

    assert (refused.status_code, refused.json()["code"]) == (409, "already_member")


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"email": "friend", "role": "viewer"}, "/email"),
        ({"email": "friend@example.com", "role": "boss"}, "/role"),
        ({"email": "friend@example.com"}, "/role"),
        (
            {"email": "a@b.com", "role": "viewer", "seat_expires_at": "2020-01-01T00:00:00Z"},
            "/seat_expires_at",
        ),
        ({"email": "a@b.com", "role": "viewer", "seat_expires_at": "soon"}, "/seat_expires_at"),
    ],
)
def test_a_wrong_invitation_says_where(
    body: dict[str, Any], pointer: str, api: Api, book: Book
) -> None:
    refused = api.post(f"/books/{book.id}/invitations", body)

    assert refused.status_code == 400
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert mail.outbox == []


def test_a_seat_for_a_time_ends_by_itself(api: Api, book: Book, friend: User, sign_in: Any) -> None:
    invite(api, book, friend.email, "editor", seat_expires_at=soon(days=30))
    theirs = sign_in(friend, book=str(book.id))
    theirs.post("/invitations/accept", {"token": token()})
    assert theirs.get("/accounts").status_code == 200

    seat = Membership.objects.filter(user=friend, book=book)
    seat.update(expires_at=timezone.now() - timedelta(hours=1))

    assert theirs.get("/accounts").status_code == 404
    assert str(book.id) not in theirs.get("/books").content.decode()


def test_members_are_listed_with_their_roles(
    api: Api, book: Book, owner: User, person: Any
) -> None:
    viewer = person("viewer", book, Role.VIEWER)

    listed = api.get(f"/books/{book.id}/members").json()["results"]

    assert [(row["user"], row["role"]) for row in listed] == [
        (str(viewer.id), "viewer"),
        (str(owner.id), "owner"),
    ]


def test_a_role_changes_at_once(api: Api, book: Book, person: Any, sign_in: Any) -> None:
    member = person("member", book, Role.EDITOR)
    theirs = sign_in(member)

    changed = api.patch(f"/books/{book.id}/members/{member.id}", {"role": "viewer"})

    assert (changed.status_code, changed.json()["role"]) == (200, "viewer")
    assert theirs.post("/vendors", {"name": "Baker"}).json()["code"] == "viewer"
    history = Membership.pgh_event_model.objects.filter(user_id=member.id)
    assert [event.role for event in history] == ["editor"]


def test_a_seat_taken_away_ends_at_once_and_another_book_is_the_default(
    api: Api, book: Book, person: Any, sign_in: Any
) -> None:
    member = person("member", book, Role.EDITOR)
    own = services.create_book(
        by=Actor(member.id, "api"), user_id=member.id, name="Own", base_currency="EUR"
    )
    theirs = sign_in(member)

    assert api.delete(f"/books/{book.id}/members/{member.id}").status_code == 204

    assert theirs.get("/accounts", **{"X-Book": str(book.id)}).status_code == 404
    assert theirs.get("/users/me").json()["default_book"] == str(own.id)


def test_a_member_leaves(api: Api, book: Book, person: Any, sign_in: Any) -> None:
    member = person("member", book, Role.VIEWER)
    theirs = sign_in(member)

    assert theirs.delete(f"/books/{book.id}/members/{member.id}").status_code == 204

    assert theirs.get(f"/books/{book.id}").status_code == 404
    assert theirs.get("/users/me").json()["default_book"] is None


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("DELETE", None),
        ("PATCH", {"role": "editor"}),
        ("PATCH", {"expires_at": "2199-01-01T00:00:00Z"}),
    ],
)
def test_the_last_owner_stays(
    method: str, body: Any, api: Api, book: Book, owner: User, person: Any
) -> None:
    address = f"/books/{book.id}/members/{owner.id}"
    refused = api(method, address, body)
    assert (refused.status_code, refused.json()["code"]) == (409, "last_owner")

    # An owner for a time is no one to leave the book to.
    second = person("second", book, Role.OWNER)
    api.patch(f"/books/{book.id}/members/{second.id}", {"expires_at": soon(days=1)})
    assert api(method, address, body).json()["code"] == "last_owner"

    api.patch(f"/books/{book.id}/members/{second.id}", {"expires_at": None})
    assert api(method, address, body).status_code in (200, 204)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("change", [{"role": "viewer"}, {"expires_at": timezone.now()}, None])
def test_the_database_too_keeps_the_last_owner(change: Any, owner: User, book: Book) -> None:
    seat = Membership.objects.filter(user=owner)

    with pytest.raises(IntegrityError, match="without an owner"), transaction.atomic():
        seat.delete() if change is None else seat.update(**change)

    assert seat.get().role == Role.OWNER


@pytest.mark.django_db(transaction=True)
def test_of_two_owners_who_leave_at_once_one_stays(book: Book, owner: User, person: Any) -> None:
    for _ in range(10):
        Membership.objects.filter(book=book).exclude(user=owner).delete()
        Membership.objects.update_or_create(
            book=book, user=owner, defaults={"role": Role.OWNER, "expires_at": None}
        )
        second, _ = User.objects.get_or_create(email="second@example.com")
        Membership.objects.create(book=book, user=second, role=Role.OWNER)

        def leave(user: User) -> bool:
            try:
                services.end_membership(
                    by=Actor(user.id, "api"), book_id=book.id, member_id=user.id
                )
            except LastOwner:
                return False
            finally:
                connection.close()
            return True

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(leave, [owner, second])) == [False, True]
        Membership.objects.filter(book=book).update(user=owner)
