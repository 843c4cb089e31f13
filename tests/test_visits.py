"""Staff see a book as its member does: they change nothing, not for long, and its people know."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from conftest import PASSWORD
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse
from django.utils import timezone
from test_staff_roles import clerk

from accounts.models import Account
from buffet import roles, services
from buffet.audit import Actor
from buffet.errors import Refusal
from buffet.models import Book, Membership, Role, User, Visit
from buffet.services.visits import begin_visit

REASON = "Ticket 4711: the overview looks wrong"


@pytest.fixture
def seat(book: Book, owner: User) -> Membership:
    """The owner's seat."""
    return Membership.objects.get(book=book, user=owner)


@pytest.fixture
def begin(seat: Membership) -> Callable[..., Any]:
    """Begin to see the book as its owner: `begin(desk)`."""

    def asked(desk: Client, reason: str = REASON) -> Any:
        address = reverse("admin:buffet_membership_see_as", args=[seat.pk])
        return desk.post(address, {"reason": reason})

    return asked


@pytest.fixture
def desk(begin: Any) -> Client:
    """The browser of an operator who sees the book as its owner."""
    found = clerk(roles.OPERATOR)
    assert begin(found)["Location"] == "/"
    return found


def test_a_visitor_reads_the_member_s_pages_under_a_banner(
    desk: Client, book: Book, checking: Account, owner: User
) -> None:
    for address in ("/", "/accounts", f"/accounts/{checking.id}", "/month-end", "/sharing"):
        page = desk.get(address)
        assert page.status_code == 200, address
        said = page.content.decode()
        assert "You see this book as owner@example.com does" in said
        assert REASON in said
        assert book.name in said
        assert "no-store" in page["Cache-Control"]
        assert "ETag" not in page


def writes() -> list[str]:
    """Return the names of all addresses that are neither the API's nor the admin's."""
    pages = next(one for one in get_resolver().url_patterns if str(one.pattern) == "")
    named = [one.name for one in pages.url_patterns if isinstance(one, URLPattern)]
    return [name for name in named if name not in ("stop-visit", "sign-out", "scheme", "language")]


def test_whatever_is_sent_by_hand_is_refused(desk: Client, book: Book, checking: Account) -> None:
    known = {"id": checking.id, "month": date(2026, 5, 1), "token": "x", "name": "book.jsonl"}
    before = Book.objects.get(id=book.id).version

    for name in writes():
        pattern = get_resolver().reverse_dict.getlist(name)[0][0][0]
        address = reverse(name, kwargs={one: known[one] for one in pattern[1]})
        for method in (desk.post, desk.put, desk.patch, desk.delete):
            assert method(address, {"action": "close"}).status_code == 403, (name, method)

    assert Book.objects.get(id=book.id).version == before


def test_a_visitor_is_shown_no_form_and_nobody_who_is_only_invited(
    desk: Client, book: Book, by: Actor, person: Callable[..., User]
) -> None:
    services.invite(by=by, book_id=book.id, email="invited@example.com", role=Role.VIEWER)
    seat = Membership.objects.get(user=person("member", book, Role.EDITOR))

    for address in ("/sharing", f"/sharing/{seat.id}"):
        main = desk.get(address).content.decode().partition("<main")[2].partition("</main>")[0]
        assert "member@example.com" in main
        assert "invited@example.com" not in main
        assert main.count("<button") == 1, "only the one that stops the visit"


def test_a_visitor_takes_no_book_along(desk: Client) -> None:
    for address in ("/export/book.jsonl", "/export/transactions.csv", "/accountants-pack"):
        assert desk.get(address).status_code == 403


def test_another_book_of_the_member_or_of_staff_stays_closed(desk: Client, by: Actor) -> None:
    other = Book.objects.create(name="Another one", base_currency="EUR")
    Membership.objects.create(book=other, user_id=by.user_id, role=Role.OWNER)

    page = desk.get("/", {"book": str(other.id)}).content.decode()

    assert "Another one" not in page
    assert "book" not in desk.session


def test_it_stops_when_the_visitor_says_so(desk: Client) -> None:
    assert desk.get("/").status_code == 200

    assert desk.post("/visit/stop")["Location"] == reverse("admin:buffet_visit_changelist")

    assert Visit.objects.get().ended_at is not None
    assert "visit" not in desk.session
    assert "You see this book as" not in desk.get("/").content.decode()


def _expire(visit: Visit, seat: Membership) -> None:
    past = timezone.now() - timedelta(minutes=1)
    Visit.objects.update(began_at=past - timedelta(minutes=15), expires_at=past)


def _unseat(visit: Visit, seat: Membership) -> None:
    heir = User.objects.create_user("heir@example.com")
    Membership.objects.create(book=seat.book, user=heir, role=Role.OWNER)
    seat.delete()


def _demote(visit: Visit, seat: Membership) -> None:
    visit.staff.groups.clear()


def _dismiss(visit: Visit, seat: Membership) -> None:
    User.objects.filter(id=visit.staff_id).update(is_staff=False)


@pytest.mark.parametrize("end", [_expire, _unseat, _demote, _dismiss])
def test_it_is_over_by_itself(end: Any, desk: Client, seat: Membership) -> None:
    assert desk.get("/").status_code == 200

    end(Visit.objects.select_related("staff").get(), seat)

    assert desk.get("/").status_code == 302
    assert "You see this book as" not in desk.get("/").content.decode()


def test_it_lasts_a_quarter_of_an_hour(desk: Client) -> None:
    visit = Visit.objects.get()

    assert timedelta(minutes=14) < visit.expires_at - timezone.now() <= timedelta(minutes=15)


def test_the_book_s_people_read_who_looked_and_why(
    desk: Client, book: Book, owner: User, person: Callable[..., User]
) -> None:
    desk.get("/")
    desk.get("/accounts?kind=cash")
    assert Visit.objects.get().pages == ["/", "/accounts?kind=cash"]

    for reader in (owner, person("viewer", book, Role.VIEWER)):
        browser = Client()
        browser.force_login(reader)
        page = browser.get("/sharing").content.decode()
        assert "operator@example.com" in page
        assert REASON in page
    stranger = Client()
    stranger.force_login(person("stranger", Book.objects.create(name="x", base_currency="EUR")))
    assert REASON not in stranger.get("/sharing").content.decode()


@pytest.mark.parametrize("role", [roles.SUPPORT, roles.AUDITOR, ""])
def test_only_some_of_staff_may(role: str, begin: Any) -> None:
    desk = clerk(role)

    assert begin(desk).status_code == 403
    assert not Visit.objects.exists()
    assert "visit" not in desk.session


def test_it_wants_a_reason(begin: Any) -> None:
    assert begin(clerk(roles.OPERATOR), "  ").status_code == 400
    assert not Visit.objects.exists()


def test_the_service_itself_asks_for_leave_and_reason(seat: Membership, by: Actor) -> None:
    with pytest.raises(Refusal, match="Only some of staff"):
        begin_visit(by=by, seat_id=seat.id, reason="I own it")
    with pytest.raises(Refusal, match="Say why"):
        begin_visit(by=by, seat_id=seat.id, reason=" ")


def test_a_viewer_s_book_is_seen_as_the_viewer_does(
    book: Book, person: Callable[..., User], checking: Account
) -> None:
    seat = Membership.objects.get(user=person("viewer", book, Role.VIEWER))
    desk = clerk(roles.ADMINISTRATOR)
    desk.post(reverse("admin:buffet_membership_see_as", args=[seat.pk]), {"reason": "Why"})

    assert 'name="action" value="grant"' not in desk.get("/sharing").content.decode()
    assert User.objects.get(email="viewer@example.com").check_password(PASSWORD)
