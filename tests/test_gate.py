"""The gate finds the caller before Django, and hands on whatever is out of the ordinary."""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import Account
from buffet import services
from buffet.audit import Actor
from buffet.gate import Gate
from buffet.models import Book, PersonalToken, Session, User

pytestmark = pytest.mark.django_db(transaction=True)
PATH = "/api/v1/accounts"


class Django:
    """Django's application, which counts how often it is asked."""

    def __init__(self) -> None:
        self.handler, self.asked = WSGIHandler(), 0

    def __call__(self, environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        self.asked += 1
        return self.handler(environ, start)


@pytest.fixture
def django() -> Django:
    """What lies behind the gate."""
    return Django()


@pytest.fixture
def gate(django: Django) -> Any:
    """A gate with a connection of its own."""
    made = Gate(django)
    yield made
    made.ask.close()


@pytest.fixture
def ask(gate: Gate, owner: User, checking: Account) -> Callable[..., httpx.Response]:
    """Ask through the gate as the owner."""
    token = services.open_session(owner).access
    client = httpx.Client(
        transport=httpx.WSGITransport(app=gate),
        base_url="http://127.0.0.1",
        headers={"Authorization": f"Bearer {token}"},
    )

    def send(path: str = PATH, method: str = "GET", **headers: str) -> httpx.Response:
        return client.request(method, path, headers=headers)

    return send


@pytest.fixture
def tag(ask: Any, django: Django) -> str:
    """The tag of the accounts as they are."""
    found = ask().headers["ETag"]
    django.asked = 0
    return found


def seen(tag: str) -> dict[str, str]:
    return {"If-None-Match": tag}


def test_who_has_the_answer_is_told_so_without_django(ask: Any, django: Django, tag: str) -> None:
    answer = ask(**seen(tag), **{"X-Request-ID": "my-request-0001"})

    assert (answer.status_code, answer.content, django.asked) == (304, b"", 0)
    assert answer.headers["ETag"] == tag
    assert answer.headers["X-Request-ID"] == "my-request-0001"
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Vary"] == "Authorization, X-Book"
    assert answer.headers["RateLimit"].startswith('"token";r=')


@pytest.mark.parametrize("sent", ['"1.x", {tag}', "W/{tag}", "{tag}, {tag}"])
def test_a_tag_among_others_is_seen(sent: str, ask: Any, django: Django, tag: str) -> None:
    answer = ask(**seen(sent.format(tag=tag)))

    assert (answer.status_code, django.asked) == (304, 0)


def test_the_caller_is_looked_up_once(ask: Any, gate: Gate, tag: str) -> None:
    before = gate.ask.count
    with CaptureQueriesContext(connection) as queries:
        answer = ask("/api/v1/users/me")

    assert answer.json()["email"] == "owner@example.com"
    assert (gate.ask.count - before, len(queries)) == (1, 0)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer nonsense"}, 401),
        ({"Authorization": "Basic eDp5"}, 401),
        ({"Authorization": ""}, 401),
        ({"X-Book": str(UUID(int=1))}, 404),
        ({"X-Book": "nonsense"}, 404),
        ({"Host": "evil.example.com"}, 400),
        ({"Origin": "https://evil.example.com"}, 304),
        ({"If-None-Match": '"0.0"'}, 200),
        ({"If-None-Match": "*"}, 200),
    ],
)
def test_what_is_not_plain_is_left_to_django(
    headers: dict[str, str], status: int, ask: Any, django: Django, tag: str, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["127.0.0.1"]

    answer = ask(**seen(tag) | headers)

    assert (answer.status_code, django.asked) == (status, 1)


def test_what_may_not_be_answered_in_clear_is_left_to_django(
    ask: Any, django: Django, tag: str, settings: Any
) -> None:
    settings.HTTPS = True

    assert (ask(**seen(tag)).status_code, django.asked) == (304, 1)
    secure = ask(**seen(tag), **{"X-Forwarded-Proto": "https"})
    assert (secure.status_code, django.asked) == (304, 1)


@pytest.mark.parametrize("change", ["sign out", "deactivate", "seat", "book", "vendor"])
def test_what_changed_is_seen_at_once(
    change: str, ask: Any, django: Django, tag: str, owner: User, book: Book, person: Any
) -> None:
    if change == "sign out":
        services.end_sessions(user_id=owner.id, because="test")
    elif change == "deactivate":
        User.objects.filter(id=owner.id).update(is_active=False)
    elif change == "seat":
        heir = person("heir", book)
        services.end_membership(by=Actor(heir.id, "api"), book_id=book.id, member_id=owner.id)
    elif change == "book":
        Book.objects.filter(id=book.id).update(name="Other")
    else:
        assert ask("/api/v1/vendors", "POST").status_code == 400
        Account.objects.filter(book=book).update(notes="x")
    django.asked = 0

    answer = ask(**seen(tag))

    expected = {"sign out": 401, "deactivate": 401, "seat": 404}.get(change, 200)
    assert (answer.status_code, django.asked) == (expected, 1)


def test_a_lost_connection_costs_nobody_an_answer(
    ask: Any, gate: Gate, django: Django, tag: str
) -> None:
    lost = gate.ask.backend
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [lost])
        assert cursor.fetchone() == (True,)

    answers = [ask(**seen(tag)) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [304, 304]
    # The first went the long way, the second found the gate open again.
    assert django.asked == 1
    assert gate.ask.backend not in (None, lost)


def test_nobody_waits_for_a_busy_gate(ask: Any, gate: Gate, django: Django, tag: str) -> None:
    with gate.ask.held():
        answer = ask(**seen(tag))

    assert (answer.status_code, django.asked) == (304, 1)


@pytest.fixture
def few_requests(settings: Any) -> None:
    """Allow so few requests that each is counted for itself, also those made before the test."""
    settings.RATE_LIMIT = 10


def test_a_limit_holds_at_the_gate(few_requests: None, ask: Any, tag: str) -> None:
    statuses = [ask(**seen(tag)).status_code for _ in range(11)]

    # Those before, counted already, were two at the most.
    assert set(statuses[:8]) == {304}
    assert statuses[-1] == 429


def test_the_use_of_a_personal_token_is_kept(
    ask: Any, owner: User, django: Django, tag: str
) -> None:
    made = services.create_token(
        by=Actor(owner.id, "api"), user_id=owner.id, name="x", scope="read"
    )
    bearer = {"Authorization": f"Bearer {made.secret}"}
    first = ask(**bearer)
    assert PersonalToken.objects.get().used_at is not None
    django.asked = 0

    again = ask(**bearer, **seen(first.headers["ETag"]))

    assert (again.status_code, django.asked) == (304, 0)
    assert ask("/api/v1/vendors", "POST", **bearer).json()["code"] == "read_only_token"


def test_the_gate_s_connection_holds_no_transaction(ask: Any, gate: Gate, tag: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT state FROM pg_stat_activity WHERE pid = %s", [gate.ask.backend])
        assert cursor.fetchone() == ("idle",)
    Session.objects.all().delete()
    assert ask(**seen(tag)).status_code == 401
