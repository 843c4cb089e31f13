"""The page of who sees a book: owners invite, change and end seats, anybody leaves, once each."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from bookkeeping import Bookkeeper
from django.core import mail
from django.test import Client
from django.utils import timezone
from fields import sent_by
from wallet import text_of

from accounts.models import Account
from buffet import limits, services
from buffet.audit import Actor
from buffet.models import Book, Invitation, Membership, Role, User

FRIEND = "accountant@example.com"


@pytest.fixture
def browser() -> Callable[[User], Client]:
    """Somebody's browser, signed in: `browser(owner)`."""

    def of(user: User) -> Client:
        found = Client()
        found.force_login(user)
        return found

    return of


@pytest.fixture
def page(browser: Any, owner: User) -> Client:
    """The owner's browser."""
    return browser(owner)


@pytest.fixture
def member(person: Callable[..., User], book: Book) -> Membership:
    """An editor of the book."""
    return Membership.objects.get(user=person("member", book, Role.EDITOR))


def invitation(page: Client, **changed: str) -> dict[str, str]:
    """Return what the form to invite somebody sends."""
    form = sent_by(page.get("/sharing"), "email")
    return form | {"action": "invite", "email": FRIEND} | changed


def invited(book: Book, by: Actor, email: str = FRIEND) -> Invitation:
    return services.invite(by=by, book_id=book.id, email=email, role=Role.VIEWER)


def lasts_until(day: date, book: Book) -> datetime:
    """Return when a day of the book is over."""
    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=ZoneInfo(book.time_zone))


def beside(answer: Any, name: str) -> str:
    """Return the error beside a field."""
    body = answer.content.decode()
    return body[body.index(f'id="{name}_error"') :].partition("</p>")[0]


def test_an_owner_invites_an_accountant_by_letter(page: Client, book: Book) -> None:
    last = book.day(timezone.now()) + timedelta(days=30)

    answer = page.post("/sharing", invitation(page, last_day=last.isoformat()))

    made = Invitation.objects.get()
    assert answer["Location"] == f"/sharing?invited={made.id}#content"
    assert answer.status_code == 303
    assert (made.email, made.role) == (FRIEND, Role.VIEWER)
    assert made.seat_expires_at == lasts_until(last, book)
    assert mail.outbox[-1].to == [FRIEND]
    said = text_of(page.get(answer["Location"]))
    assert f"A letter is on its way to {FRIEND}." in said
    assert "Open invitations" in said
    assert f"{last.day} {last:%b %Y}" in said


def test_a_form_that_is_sent_twice_sends_one_letter(page: Client, book: Book) -> None:
    sent = invitation(page)

    first, again = page.post("/sharing", sent), page.post("/sharing", sent)

    assert first["Location"] == again["Location"]
    assert len(mail.outbox) == 1
    assert Invitation.objects.count() == 1


def test_another_address_in_the_same_form_is_asked_about(page: Client, book: Book) -> None:
    sent = invitation(page)
    page.post("/sharing", sent)

    answer = page.post("/sharing", sent | {"email": "other@example.com"})

    assert answer.status_code == 400
    assert len(mail.outbox) == 1


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"email": "accountant"}, "invite_email", "valid email"),
        ({"email": ""}, "invite_email", "required"),
        ({"email": "Member@example.com"}, "invite_email", "have a seat in this book already"),
        ({"last_day": "2020-01-31"}, "invite_last_day", "in the future"),
        ({"last_day": "soon"}, "invite_last_day", "YYYY-MM-DD"),
        ({"role": "king"}, "invite_role", "valid choice"),
    ],
)
def test_what_is_wrong_is_said_beside_its_field(
    changed: dict[str, str], field: str, said: str, page: Client, member: Membership
) -> None:
    answer = page.post("/sharing", invitation(page, **changed))

    assert answer.status_code == 400
    assert said in beside(answer, field)
    assert answer.content.decode().count('class="error"') == 1
    assert not mail.outbox
    assert not Invitation.objects.exists()


def test_too_many_letters_are_refused_beside_the_address(page: Client, book: Book) -> None:
    for _ in range(limits.LETTERS_TO.most):
        assert page.post("/sharing", invitation(page)).status_code == 303

    answer = page.post("/sharing", invitation(page))

    assert answer.status_code == 400
    assert "Too many letters" in beside(answer, "invite_email")
    assert len(mail.outbox) == limits.LETTERS_TO.most
    assert services.current_invitations(book.id).count() == 1


def test_a_seat_of_today_lasts_until_the_day_is_over(page: Client, book: Book) -> None:
    today = book.day(timezone.now())

    answer = page.post("/sharing", invitation(page, last_day=today.isoformat()))

    assert answer.status_code == 303
    assert Invitation.objects.get().seat_expires_at == lasts_until(today, book)


def test_an_invitation_is_taken_back_once(page: Client, book: Book, by: Actor) -> None:
    made = invited(book, by)
    sent = {"action": "take-back", "id": str(made.id)}
    assert str(made.id) in page.get("/sharing").content.decode()

    for _ in range(2):
        assert page.post("/sharing", sent)["Location"] == "/sharing?told=taken-back#content"

    made.refresh_from_db()
    assert made.answer == "taken back"
    assert FRIEND not in text_of(page.get("/sharing?told=taken-back"))
    assert "taken back" in text_of(page.get(f"/sharing?invited={made.id}"))


def test_who_took_the_seat_meanwhile_is_not_taken_back(
    page: Client, book: Book, by: Actor, person: Callable[..., User]
) -> None:
    made = invited(book, by, person("friend").email)
    Invitation.objects.filter(id=made.id).update(answered_at=timezone.now(), answer="accepted")

    answer = page.post("/sharing", {"action": "take-back", "id": str(made.id)})

    assert answer.status_code == 400
    assert "They have taken their seat already" in text_of(answer)


@pytest.mark.parametrize("id", ["x", "01a226c7-a2c4-73a6-ab43-a529fb5f807b", ""])
def test_no_invitation_is_none(id: str, page: Client, book: Book) -> None:
    assert page.post("/sharing", {"action": "take-back", "id": id}).status_code == 400
    assert page.get(f"/sharing?invited={id}").status_code in (400, 404)


def test_an_owner_changes_what_a_member_may_do_and_until_when(
    page: Client, book: Book, member: Membership
) -> None:
    address, last = f"/sharing/{member.id}", book.day(timezone.now()) + timedelta(days=9)
    sent = sent_by(page.get(address), "role") | {"action": "change"}
    assert sent["role"] == Role.EDITOR

    answer = page.post(address, sent | {"role": Role.VIEWER, "last_day": last.isoformat()})

    assert (answer.status_code, answer["Location"]) == (303, "/sharing?told=changed#content")
    member.refresh_from_db()
    assert (member.role, member.expires_at) == (Role.VIEWER, lasts_until(last, book))
    assert f"{last.day} {last:%b %Y}" in text_of(page.get("/sharing"))
    again = sent_by(page.get(address), "role")
    assert (again["role"], again["last_day"]) == (Role.VIEWER, last.isoformat())


def test_an_instant_that_a_program_gave_stays_until_its_day_is_changed(
    page: Client, member: Membership
) -> None:
    noon = datetime(2199, 5, 3, 12, 30, tzinfo=UTC)
    Membership.objects.filter(id=member.id).update(expires_at=noon)
    address = f"/sharing/{member.id}"
    sent = sent_by(page.get(address), "role") | {"action": "change"}
    assert sent["last_day"] == "2199-05-03"

    page.post(address, sent | {"role": Role.VIEWER})

    member.refresh_from_db()
    assert (member.role, member.expires_at) == (Role.VIEWER, noon)


def test_what_another_owner_changed_meanwhile_stays(page: Client, member: Membership) -> None:
    address = f"/sharing/{member.id}"
    sent = sent_by(page.get(address), "role") | {"action": "change"}
    Membership.objects.filter(id=member.id).update(role=Role.VIEWER)

    page.post(address, sent | {"last_day": "2199-05-03"})

    member.refresh_from_db()
    assert member.role == Role.VIEWER
    assert member.expires_at is not None


def test_a_last_day_in_the_past_is_refused_beside_it(page: Client, member: Membership) -> None:
    sent = {"action": "change", "role": Role.EDITOR, "last_day": "2020-01-31"}

    answer = page.post(f"/sharing/{member.id}", sent)

    assert answer.status_code == 400
    assert "A seat expires in the future." in beside(answer, "change_last_day")


def test_an_owner_ends_a_seat_once(page: Client, book: Book, member: Membership) -> None:
    address = f"/sharing/{member.id}"
    assert "They see the book no more, at once." in text_of(page.get(address))

    for _ in range(2):
        answer = page.post(address, {"action": "end"})
        assert (answer.status_code, answer["Location"]) == (303, "/sharing?told=ended#content")

    assert not Membership.objects.filter(id=member.id).exists()
    assert page.get(address).status_code == 404
    assert page.post(address, {"action": "change"}).status_code == 404
    assert "they see this book no more" in text_of(page.get("/sharing?told=ended"))


def test_a_seat_that_was_given_anew_is_not_ended_by_the_old_form(
    page: Client, book: Book, member: Membership
) -> None:
    page.post(f"/sharing/{member.id}", {"action": "end"})
    Membership.objects.create(book=book, user=member.user, role=Role.VIEWER)

    page.post(f"/sharing/{member.id}", {"action": "end"})

    assert Membership.objects.filter(book=book, user=member.user).exists()


def test_the_last_owner_for_good_is_no_one_s_to_end(
    page: Client, book: Book, owner: User, person: Callable[..., User]
) -> None:
    lasting = Membership.objects.get(user=person("other", book, Role.OWNER))
    Membership.objects.filter(user=owner).update(expires_at=timezone.now() + timedelta(days=1))

    for sent in ({"action": "end"}, {"action": "change", "role": Role.VIEWER}):
        answer = page.post(f"/sharing/{lasting.id}", sent)
        assert answer.status_code == 400
        assert "A book keeps an owner whose seat does not expire" in text_of(answer)

    lasting.refresh_from_db()
    assert lasting.role == Role.OWNER


def test_the_last_owner_does_not_leave(page: Client, owner: User, book: Book) -> None:
    seat = Membership.objects.get(user=owner)
    address = f"/sharing/{seat.id}"

    seen, refused = page.get(address), page.post(address, {"action": "leave"})

    assert "You are the only owner whose seat does not end" in text_of(seen)
    assert 'value="leave"' not in seen.content.decode()
    assert refused.status_code == 400
    assert "A book keeps an owner whose seat does not expire" in text_of(refused)
    assert Membership.objects.filter(id=seat.id).exists()


@pytest.mark.parametrize("role", Role.values)
def test_anybody_leaves_and_leaves_no_other_book(
    role: str, book: Book, owner: User, person: Callable[..., User], browser: Any
) -> None:
    leaver = person("leaver", book, role)
    other = Book.objects.create(name="Theirs", base_currency="EUR")
    Membership.objects.create(book=other, user=leaver, role=Role.EDITOR)
    client, seat = browser(leaver), Membership.objects.get(user=leaver, book=book)
    assert "Yes, leave the book" in text_of(client.get(f"/sharing/{seat.id}"))

    for _ in range(2):
        answer = client.post(f"/sharing/{seat.id}", {"action": "leave"})
        assert (answer.status_code, answer["Location"]) == (303, "/#content")

    assert not Membership.objects.filter(id=seat.id).exists()
    assert Membership.objects.filter(user=leaver, book=other).exists()
    assert "Theirs" in text_of(client.get("/"))


@pytest.mark.parametrize("action", ["change", "end"])
def test_nobody_changes_or_ends_their_own_seat_but_by_leaving(
    action: str, page: Client, owner: User, book: Book, person: Callable[..., User]
) -> None:
    person("other", book, Role.OWNER)
    seat = Membership.objects.get(user=owner)

    assert page.post(f"/sharing/{seat.id}", {"action": action, "role": "viewer"}).status_code == 404

    seat.refresh_from_db()
    assert seat.role == Role.OWNER


@pytest.mark.parametrize("role", [Role.EDITOR, Role.VIEWER])
def test_who_is_no_owner_reads_the_list_and_changes_nothing(
    role: str, book: Book, by: Actor, member: Membership, person: Callable[..., User], browser: Any
) -> None:
    made, client = invited(book, by), browser(person("reader", book, role))
    own = Membership.objects.get(user__email="reader@example.com")

    said = client.get("/sharing")
    seat = client.get(f"/sharing/{member.id}")

    body = said.content.decode().partition("</main>")[0]
    assert "member@example.com" in body
    assert FRIEND not in body
    assert "<button" not in body.partition("<main")[2]
    assert f"/sharing/{own.id}" in body
    assert f"/sharing/{member.id}" not in body
    assert "An owner of the book decides who sees it." in text_of(said)
    assert "<button" not in seat.content.decode().partition("</main>")[0].partition("<main")[2]
    sent = {"action": "invite", "email": "x@example.com", "role": "owner"}
    assert client.post("/sharing", sent).status_code == 403
    assert client.post("/sharing", {"action": "take-back", "id": made.id}).status_code == 403
    for one in ({"action": "end"}, {"action": "change", "role": "viewer"}):
        assert client.post(f"/sharing/{member.id}", one).status_code == 403
    member.refresh_from_db()
    assert member.role == Role.EDITOR
    assert services.current_invitations(book.id).count() == 1
    assert len(mail.outbox) == 1


def test_a_stranger_finds_no_seat(
    member: Membership, page: Client, person: Callable[..., User], browser: Any
) -> None:
    other = Book.objects.create(name="Theirs", base_currency="EUR")
    client, address = browser(person("stranger", other)), f"/sharing/{member.id}"

    assert client.get(address).status_code == 404
    for action in ("change", "end", "leave"):
        assert client.post(address, {"action": action, "role": "viewer"}).status_code == 404
    page.post(address, {"action": "end"})
    for action in ("end", "leave"):
        assert client.post(address, {"action": action}).status_code == 404


def test_a_form_without_its_token_is_refused(
    owner: User, book: Book, member: Membership, by: Actor
) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)

    for address, action in (
        *(("/sharing", "invite"), ("/sharing", "take-back")),
        *((f"/sharing/{member.id}", "change"), (f"/sharing/{member.id}", "end")),
    ):
        answer = strict.post(address, {"action": action, "email": FRIEND, "role": "viewer"})
        assert answer.status_code == 403

    assert Membership.objects.filter(id=member.id, role=Role.EDITOR).exists()
    assert not mail.outbox


@pytest.mark.django_db(transaction=True)
def test_the_past_is_only_read(page: Client, book: Book, by: Actor, member: Membership) -> None:
    invited(book, by)
    today = book.day(timezone.now())

    for address in ("/sharing", f"/sharing/{member.id}"):
        answer = page.get(f"{address}?known_on={today}")
        assert answer.status_code == 200
        main = answer.content.decode().partition("<main")[2].partition("</main>")[0]
        assert "<button" not in main, address
        assert FRIEND not in main


def test_a_month_s_end_leads_owners_to_inviting(
    page: Client,
    book: Book,
    checking: Account,
    keeper: Bookkeeper,
    person: Callable[..., User],
    browser: Any,
) -> None:
    keeper.move(checking, date(2026, 5, 5), "10.00")
    viewer = browser(person("viewer", book, Role.VIEWER))

    link, address = 'href="/sharing#invite"', "/month-end/2026-05"
    assert link in page.get(address).content.decode()
    assert link not in viewer.get(address).content.decode()
