"""A client that loses its connection at any moment, and sends again, comes to the same book."""

import json
import os
import random
import re
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from io import StringIO
from itertools import count
from typing import Any
from uuid import UUID

import httpx
import pytest
from django.apps import apps
from django.core.management import call_command
from faulty_proxy import HALF_ANSWERED, HALF_SENT, UNSENT, losing_connections
from serving import serving, signed_in
from story import Json, Step
from story_verbs import Story
from writes import WRITES

from accounts.models import Account
from buffet.models import Book, KeptAnswer, Membership, User

STEPS = int(os.environ.get("STORY_STEPS", "450"))
SEED = int(os.environ.get("STORY_SEED", "1"))
LOST, TIMES = 0.2, 3

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]
_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_PLACE = re.compile(r"#(\d+)#")


@dataclass
class Teller:
    """A client that tells the story to one book, which knows every id by its place in the story."""

    client: httpx.Client
    email: str
    places: dict[str, int] = field(default_factory=dict)
    ids: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    lost: int = 0

    def place(self, id: str) -> str:
        """Return what stands for an id in all books alike."""
        if id not in self.places:
            self.places[id] = len(self.ids)
            self.ids.append(id)
        return f"#{self.places[id]}#"

    def general(self, text: str) -> str:
        """Return a text without what must differ between two books: ids, instants, the owner."""
        text = _ID.sub(lambda found: self.place(found[0]), text)
        return _INSTANT.sub("then", text).replace(self.email, "owner")

    def own(self, text: str) -> str:
        """Return a general text with this book's ids."""
        return _PLACE.sub(lambda found: self.ids[int(found[1])], text)

    def send(self, step: Step, key: str = "") -> httpx.Response:
        """Send a write, with a key again and again until it is answered."""
        headers = {"Idempotency-Key": key} if key else {}
        sent: dict[str, Any] = {"json": step.body} if step.file is None else {
            "data": step.body, "files": {"file": ("may.ofx", step.file)}}  # fmt: skip
        for _ in range(50):
            try:
                answer = self.client.request(step.method, step.path, headers=headers, **sent)
            except httpx.TransportError:
                assert key, "a client without a proxy lost its connection"
                self.lost += 1
                continue
            if answer.headers.get("Retry-After") and key:
                time.sleep(0.05)
                continue
            self.statuses[answer.status_code] += 1
            return answer
        raise AssertionError("never answered")

    def pages(self, path: str) -> list[Json]:
        """Return what a list or report says, all pages of it, asked until it is answered."""
        pages: list[Json] = []
        while path:
            try:
                answer = self.client.get(path)
            except httpx.TransportError:
                self.lost += 1
                continue
            assert answer.status_code == 200, answer.text
            found = answer.json()
            pages.append(found)
            path = (found.pop("next", None) or "").partition("/api/v1")[2]
            found.pop("previous", None)
        return pages

    def get(self, path: str) -> Any:
        """Return the same without what differs."""
        return self.without_differences(self.pages(path))

    def without_differences(self, pages: list[Json]) -> Any:
        """Return pages without what must differ between two books."""
        return json.loads(self.general(json.dumps(pages)))


def said(teller: Teller, answer: httpx.Response) -> tuple[int, str | None, str]:
    """Return what an answer says to any client: a request's own number is none of it."""
    return answer.status_code, answer.headers.get("ETag"), teller.general(without_number(answer))


def without_number(answer: httpx.Response) -> str:
    """Return the body of an answer without the number that each request has."""
    return re.sub(r'"request_id":"[^"]*"', "", answer.text)


def rows_of(book: Book, user: User) -> dict[str, Any]:
    """Return how many rows the book has in every table, histories and traces included."""
    found: dict[str, Any] = {}
    for model in apps.get_models():
        names = {one.name for one in model._meta.get_fields()}
        if "book" in names and model is not Membership:
            found[model._meta.label] = model.objects.filter(book=book).count()
        elif model._meta.model_name in ("bookevent", "userevent"):
            owner = book.id if model._meta.model_name == "bookevent" else user.id
            found[model._meta.label] = model.objects.filter(pgh_obj_id=owner).count()
    found["seats"] = Membership.objects.filter(user=user).count()
    return found


def kept_sums(book: Book, teller: Teller) -> dict[str, list[Any]]:
    """Return the sums that the database keeps beside the entries."""

    def plain(value: object) -> str:
        if isinstance(value, UUID):
            return teller.place(str(value))
        return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)

    sums = ("currency", "debit", "credit", "entries")
    tables = {
        "MonthlyBalance": ("account_id", "month"),
        "AccountTotal": ("account_id",),
        "TypeTotal": ("type", "month", "version"),
    }
    return {
        table: sorted(
            tuple(map(plain, row))
            for row in apps.get_model("transactions", table)
            .objects.filter(book=book)
            .values_list(*more, *sums)
        )
        for table, more in tables.items()
    }


LISTS = ("/sync?since=0&limit=1000", "/accounts?limit=500", "/categories?limit=500",
         "/vendors?limit=500", "/brokers?limit=500", "/transactions?limit=500",
         "/imports?limit=500", "/subscriptions?limit=500", "/closed-months?limit=500",
         "/balance-points?limit=500", "/rules", "/rules/runs?limit=500",
         "/import-profiles?limit=500",
         "/books?limit=500", "/users/me", "/credit-cards", "/invoices?limit=500",
         "/installment-plans?limit=500", "/installment-plans/committed", "/integrity",
         "/exchange-rates?limit=500",
         "/reports/accounts/portfolio-overview?on=2025-06-30")  # fmt: skip


def test_a_story_over_lost_connections_comes_to_the_same_book(
    book: Book, owner: User, person: Any
) -> None:
    other_book = Book.objects.create(
        name=book.name, base_currency=book.base_currency, time_zone=book.time_zone
    )
    other = person("other", other_book)
    numbers, refused, recovered = count(), 0, 0

    with (
        serving() as server,
        losing_connections(server.url, share=LOST, seed=SEED) as proxy,
        client_of(server.url, owner) as calm,
        client_of(proxy.url, other) as losing,
        client_of(server.url, other) as looking,
    ):
        plain, faulty = Teller(calm, owner.email), Teller(losing, other.email)
        for teller, of, seat in ((plain, owner, book), (faulty, other, other_book)):
            teller.place(str(seat.id)), teller.place(str(of.id))
        story = Story(random.Random(SEED), looking_at(plain, faulty), book=str(book.id))
        for _ in range(STEPS):
            step = story.next()
            first = plain.send(step)
            same = translated(step, plain, faulty)
            key = f"step-{next(numbers)}"
            answers = [faulty.send(same, key) for _ in range(TIMES)]

            good = first.status_code < 300
            assert good or 400 <= first.status_code < 500, (step, first.text)
            told = said(plain, first)
            assert [said(faulty, answer) for answer in answers] == [told] * TIMES, step
            replayed = ["Idempotency-Replayed" in answer.headers for answer in answers]
            assert replayed[1:] == [good] * (TIMES - 1), step
            if good:
                recovered += replayed[0]
                assert len({answer.content for answer in answers}) == 1
                story.learn(step, first.json() if first.content else None)
            else:
                refused += 1
        faulty.client = looking
        look = looking_at(plain, faulty)
        for path in [*LISTS, *(f"/imports/{id}" for id in story.imports)]:
            look(path)
        billed = [row for row in look("/invoices?limit=500") if row["lines"]]
        for one in billed:
            look(f"/invoices/{one['id']}"), look(f"/invoices/{one['id']}/lines?limit=500")

    # Who shares a book, or looks into it, takes more people than one: told of elsewhere.
    others = ("invitation", "member", "support")
    alone = {one for one in WRITES if not any(word in one[0] for word in others)}
    assert set(story.told) == alone, "a write is not told of"
    assert refused < STEPS / 4, "too much of the story is refusals"
    # What was lost on both sides of the server's work, and what that came to.
    assert proxy.fates[UNSENT] > 0
    assert proxy.fates[HALF_SENT] > 0
    assert proxy.fates[HALF_ANSWERED] > 0
    assert 0.15 < 1 - proxy.fates[""] / proxy.fates.total() < 0.25
    assert faulty.lost == proxy.fates.total() - proxy.fates[""]
    assert recovered > 0, "no first answer was lost"
    assert not [part for part in proxy.answers_to_parts if part.startswith(b"HTTP/1.1 2")]
    assert KeptAnswer.objects.filter(user=other).count() == STEPS - refused
    # The rows themselves, and all that is kept of them.
    assert rows_of(book, owner) == rows_of(other_book, other)
    assert kept_sums(book, plain) == kept_sums(other_book, faulty)
    book.refresh_from_db(), other_book.refresh_from_db()
    assert book.version == other_book.version
    assert Account.objects.filter(book=book).count() > 8
    assert len(billed) > 8
    call_command("verify_books", stdout=StringIO())
    print_figures(proxy.fates, recovered, refused, book.version)


def looking_at(plain: Teller, faulty: Teller) -> Callable[[str], list[Json]]:
    """Return what reads a list or row of one book, once the other is seen to say the same."""

    def look(path: str) -> list[Json]:
        pages = plain.pages(path)
        told = plain.without_differences(pages)
        assert faulty.get(faulty.own(plain.general(path))) == told, path
        return [row for page in pages for row in page.get("results", [page])]

    return look


def client_of(url: str, user: User) -> httpx.Client:
    """Return a client with a new connection for every request, so that each may be lost."""
    headers = signed_in(user) | {"Connection": "close"}
    return httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=20)


def translated(step: Step, plain: Teller, faulty: Teller) -> Step:
    """Return a step of one book as the same step of the other."""

    def of_the_other(text: str) -> str:
        return faulty.own(plain.general(text))

    body = None if step.body is None else json.loads(of_the_other(json.dumps(step.body)))
    return Step(step.route, step.method, of_the_other(step.path), body, step.file)


def print_figures(fates: Counter[str], recovered: int, refused: int, version: int) -> None:
    """Say what happened, for who runs the full size."""
    print(  # noqa: T201 (a figure for a person)
        f"{STEPS} steps, {refused} refused; connections {dict(fates)}; "
        f"{recovered} first answers lost and brought again; version {version}"
    )
