"""Who is renamed has the new name wherever a book names them, also where answers are remembered."""

from datetime import date

import pytest
from conftest import Api
from django.test import Client
from django.urls import reverse

from accounts.models import Account
from buffet import services
from buffet.audit import Actor
from buffet.models import Book, Membership, Role, User
from buffet.services.erasing import erase_user
from transactions import services as ledger

pytestmark = pytest.mark.django_db(transaction=True)
ADDRESS = "/reports/month-end?month=2026-05"


def closed_by(api: Api, tag: str = "") -> tuple[str, str]:
    """Return who closed May, and the tag of the answer; the client has had one with this tag."""
    answer = api.get(ADDRESS, **({"If-None-Match": tag} if tag else {}))
    assert answer.status_code == 200, answer.content
    return answer.json()["closed"]["by"], answer["ETag"]


def test_a_month_s_end_names_who_closed_it_by_their_name_of_now(
    api: Api, book: Book, by: Actor, checking: Account
) -> None:
    closer = User.objects.create_user("helper@example.com", "x" * 20, name="Old")
    seat = Membership.objects.create(book=book, user=closer, role=Role.EDITOR)
    theirs = Actor(closer.id, "api", email=closer.email)
    ledger.close_month(book=book, by=theirs, month=date(2026, 5, 1), today=date(2026, 6, 15))
    name, tag = closed_by(api)
    assert name == "Old"

    # Whoever has no seat any more is named as well.
    seat.delete()
    services.change_user(by=theirs, user_id=closer.id, name="New")
    name, tag = closed_by(api, tag)
    assert name == "New"

    boss = User.objects.create_superuser("staff@example.com", "x" * 20)
    staff = Client()
    staff.force_login(boss)
    sent = {"email": closer.email, "name": "Newer", "is_active": "on"}
    answer = staff.post(reverse("admin:buffet_user_change", args=[closer.id]), sent)
    assert answer.status_code == 302, answer.content
    name, tag = closed_by(api, tag)
    assert name == "Newer"

    erase_user(by=Actor(boss.id, "admin"), user_id=closer.id, reason="Asked for")
    assert closed_by(api, tag)[0] == ""
