"""What lets people in is changed wholly or not at all, wherever the request is cut off.

These answers are not kept for a second attempt: some hold a secret, and most end what the attempt
would be made with. A client that was cut off asks again, and what it wanted is so in the end.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

import pytest
from conftest import PASSWORD, Api
from cutting import SIDES, watching
from django.contrib.auth.tokens import default_token_generator
from django.core import mail, signing
from django.test import Client
from raw import Beside
from test_access import routes

from buffet import limits, services
from buffet.audit import Actor
from buffet.models import Book, CalendarLink, PersonalToken, Session, User
from buffet.rest.views import ApiView
from buffet.services import signing_in
from buffet.services.people import SALT

pytestmark = pytest.mark.django_db(transaction=True)
NEW = "a quite different sentence"


@dataclass
class Person:
    """Someone who is signed in here and elsewhere, and has a personal token."""

    user: User
    here: services.Tokens
    elsewhere: services.Tokens
    token: str = ""
    token_id: str = ""
    #: a private link to the calendar of a book of theirs
    calendar_id: str = ""
    #: what a letter to choose a new password would tell
    letter: str = ""
    #: what the last whole answer brought
    brought: dict[str, Any] = field(default_factory=dict)

    def api(self, access: str) -> Api:
        """Return a client with a token."""
        return Api(Client(), access)

    def good(self, access: str) -> bool:
        """Return whether a token lets its holder in."""
        return self.api(access).get("/users/me").status_code == 200


def signs_in(password: str) -> Callable[[Person], bool]:
    """Return the question whether one signs in with a password."""
    return lambda person: User.objects.get(id=person.user.id).check_password(password)


def sessions(person: Person) -> int:
    """Return how many sessions go on."""
    return Session.objects.filter(user=person.user, ended_at=None).count()


@dataclass(frozen=True)
class Ask:
    """A request, the facts that it changes together, and what a second attempt may be told."""

    send: Callable[[Person], Any]
    #: What is so before, and what is so afterwards; nothing else may be so in between.
    facts: Callable[[Person], Any]
    before: Any
    after: Any
    #: The answer to another attempt after one that was cut off with its effect.
    again: int
    #: The facts after that other attempt, where they are not those after one.
    twice: Any = None
    #: Whether the effect comes after the last statement, as a letter does: then no cut follows it.
    is_letter: bool = False


def _post(person: Person, path: str, body: Any, access: str = "") -> Any:
    return person.api(access).post(path, body)


UNKEPT: dict[tuple[str, str], Ask] = {
    ("auth/token", "post"): Ask(
        lambda p: _post(p, "/auth/token", {"email": p.user.email, "password": PASSWORD}),
        sessions,
        before=2,
        after=3,
        again=200,
        twice=4,
    ),
    # The token that was sent is spent: used again, it ends the session, and one signs in anew.
    ("auth/refresh", "post"): Ask(
        lambda p: _post(p, "/auth/refresh", {"refresh": p.here.refresh}),
        lambda p: (p.good(p.here.access), Session.objects.filter(refresh_id=_jti(p)).count()),
        before=(True, 1),
        after=(True, 0),
        again=401,
        twice=(False, 0),
    ),
    ("auth/logout", "post"): Ask(
        lambda p: _post(p, "/auth/logout", {"refresh": p.here.refresh}),
        lambda p: p.good(p.here.access),
        before=True,
        after=False,
        again=401,
    ),
    ("users/me/password", "post"): Ask(
        lambda p: _post(
            p,
            "/users/me/password",
            {"current_password": PASSWORD, "new_password": NEW},
            p.here.access,
        ),
        lambda p: (
            signs_in(NEW)(p),
            signs_in(PASSWORD)(p),
            p.good(p.elsewhere.access),
            p.good(p.here.access),
        ),
        before=(False, True, True, True),
        after=(True, False, False, True),
        again=403,
    ),
    ("sessions", "delete"): Ask(
        lambda p: p.api(p.here.access).delete("/sessions"), sessions, before=2, after=0, again=401
    ),
    ("sessions/<uuid:id>", "delete"): Ask(
        lambda p: p.api(p.here.access).delete(f"/sessions/{_sid(p.elsewhere)}"),
        lambda p: (p.good(p.elsewhere.access), sessions(p)),
        before=(True, 2),
        after=(False, 1),
        again=404,
    ),
    ("auth/register", "post"): Ask(
        lambda p: _post(p, "/auth/register", {"email": _newcomer(p)}),
        lambda p: [_newcomer(p)] in [letter.to for letter in mail.outbox],
        before=False,
        after=True,
        again=202,
        is_letter=True,
    ),
    # Who was not told their tokens has an account, and signs in.
    ("auth/register/confirm", "post"): Ask(
        lambda p: _post(
            p,
            "/auth/register/confirm",
            {"token": signing.dumps({"email": _newcomer(p)}, salt=SALT), "password": NEW},
        ),
        lambda p: User.objects.filter(email=_newcomer(p)).count(),
        before=0,
        after=1,
        again=409,
    ),
    ("auth/password/forgotten", "post"): Ask(
        lambda p: _post(p, "/auth/password/forgotten", {"email": p.user.email}),
        lambda p: [p.user.email] in [letter.to for letter in mail.outbox],
        before=False,
        after=True,
        again=202,
        is_letter=True,
    ),
    ("auth/password/reset", "post"): Ask(
        lambda p: _post(p, "/auth/password/reset", {"token": p.letter, "new_password": NEW}),
        lambda p: (signs_in(NEW)(p), signs_in(PASSWORD)(p), p.good(p.elsewhere.access)),
        before=(False, True, True),
        after=(True, False, False),
        again=403,
    ),
    # A token of which nobody was told the secret may be left over; it is in the list to revoke.
    ("tokens", "post"): Ask(
        lambda p: _post(p, "/tokens", {"name": "A program", "scope": "read"}, p.here.access),
        lambda p: PersonalToken.objects.filter(user=p.user).count(),
        before=1,
        after=2,
        again=201,
        twice=3,
    ),
    ("tokens/<uuid:id>", "delete"): Ask(
        lambda p: p.api(p.here.access).delete(f"/tokens/{p.token_id}"),
        lambda p: p.good(p.token),
        before=True,
        after=False,
        again=404,
    ),
    # The same is true of a private link to the calendar.
    ("calendar-links", "post"): Ask(
        lambda p: _post(p, "/calendar-links", None, p.here.access),
        lambda p: CalendarLink.objects.filter(user=p.user).count(),
        before=1,
        after=2,
        again=201,
        twice=3,
    ),
    ("calendar-links/<uuid:id>", "delete"): Ask(
        lambda p: p.api(p.here.access).delete(f"/calendar-links/{p.calendar_id}"),
        lambda p: CalendarLink.objects.filter(user=p.user, revoked_at=None).count(),
        before=1,
        after=0,
        again=404,
    ),
    # A link to an export is signed, and nothing of it is kept.
    ("exports", "post"): Ask(
        lambda p: _post(p, "/exports", {"kind": "book.jsonl"}, p.here.access),
        lambda p: p.good(p.here.access),
        before=True,
        after=True,
        again=201,
        is_letter=True,
    ),
}


def _newcomer(person: Person) -> str:
    return f"new.{person.user.email}"


def _jti(person: Person) -> str:
    return signing_in._claims(person.here.refresh)["jti"]


def _sid(tokens: services.Tokens) -> str:
    return signing_in._claims(tokens.refresh)["sid"]


def someone(person: Callable[..., User], name: str) -> Person:
    """Return a person as above."""
    book = Book.objects.create(name=name, base_currency="EUR")
    user = person(name, book)
    made = Person(user, services.open_session(user), services.open_session(user))
    body = {"name": "Another program", "scope": "write"}
    answer = made.api(made.here.access).post("/tokens", body).json()
    made.token, made.token_id = answer["token"], answer["id"]
    assert made.good(made.token)
    by = Actor(user.id, "api", email=user.email)
    link = services.open_calendar(by=by, user_id=user.id, book_id=book.id).link
    made.calendar_id = str(link.id)
    made.letter = f"{user.id}.{default_token_generator.make_token(user)}"
    return made


#: Asked by POST, since what is asked about comes as a body; they change nothing.
QUESTIONS = {("imports/inspect", "post"), ("rules/try", "post")}


def test_every_other_write_is_asked_here() -> None:
    writes = {
        (path, method)
        for path, view in routes()
        for method in ("post", "patch", "put", "delete")
        if hasattr(view, method)
    }
    keeping = {path for path, view in routes() if issubclass(view, ApiView) and view.keeps_answers}

    assert set(UNKEPT) | QUESTIONS == {one for one in writes if one[0] not in keeping}


@pytest.fixture
def _many_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one address ask for as many letters as there are points to cut at."""
    monkeypatch.setattr(limits, "LETTERS_FROM", replace(limits.LETTERS_FROM, most=1000))


@pytest.mark.usefixtures("_many_letters")
@pytest.mark.parametrize("write", UNKEPT, ids="-".join)
def test_a_cut_anywhere_leaves_all_or_nothing_and_another_attempt_brings_it(
    write: tuple[str, str],
    person: Callable[..., User],
    beside: Beside,
    record_property: Any,
) -> None:
    ask, numbers = UNKEPT[write], count()
    whole = someone(person, "whole")
    assert ask.facts(whole) == ask.before
    with watching(beside) as uncut:
        assert ask.send(whole).status_code < 300
    assert ask.facts(whole) == ask.after

    cut_at, with_effect = [], 0
    for number in range(1, len(uncut.said) + 2):
        for side in SIDES:
            cut_off = someone(person, f"person-{next(numbers)}")
            with watching(beside, number, side) as seen:
                answer = ask.send(cut_off)
            if seen.cut_at is None:
                continue
            cut_at.append(seen.cut_at)
            assert answer.status_code == 503, answer.content
            facts = ask.facts(cut_off)
            assert facts in (ask.before, ask.after), f"half done when cut {seen.cut_at}"
            again = ask.send(cut_off)
            if facts == ask.before:
                assert again.status_code < 300, again.content
                assert ask.facts(cut_off) == ask.after
            else:
                with_effect += 1
                assert again.status_code == ask.again
                wanted = ask.after if ask.twice is None else ask.twice
                assert ask.facts(cut_off) == wanted
            if not seen.lasts[-1]:
                break

    record_property("points", len(cut_at))
    assert cut_at == uncut.points, "not every point was cut"
    assert (with_effect == 0) == ask.is_letter, "none was cut between the effect and the answer"
