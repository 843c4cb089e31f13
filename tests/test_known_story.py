"""Whatever happens to a book later, what was known of it at an instant is told as it was."""

import os
import random
from datetime import date
from typing import Any

import pytest
from conftest import Api
from django.core.files.uploadedfile import SimpleUploadedFile
from story import Json, Step
from story_verbs import Story
from telling import now, told, told_as_known

from accounts.models import ExchangeRate
from buffet.models import Book

STEPS = int(os.environ.get("KNOWN_STEPS", "150"))
SEED = int(os.environ.get("STORY_SEED", "11"))
#: Each instant is asked about after so many steps.
EVERY = 10
MIDDLE, END = date(2025, 4, 10), date(2025, 6, 30)

pytestmark = pytest.mark.django_db(transaction=True)


def send(api: Api, step: Step) -> Any:
    """Send a write as any client does."""
    if step.file is None:
        return api(step.method.upper(), step.path, step.body)
    file = SimpleUploadedFile("may.ofx", step.file)
    return api.client.post(
        f"/api/v1{step.path}",
        (step.body or {}) | {"file": file},
        headers={"Authorization": f"Bearer {api.token}"},
    )


def test_what_was_told_at_each_instant_of_a_story_is_told_again(book: Book, api: Api) -> None:
    def look(path: str) -> list[Json]:
        answer = api.get(path).json()
        return answer.get("results", [answer])

    for quote, value in (("BRL", "6.1"), ("USD", "1.1"), ("JPY", "160")):
        ExchangeRate.objects.create(
            base="EUR", quote=quote, on=date(2025, 1, 1), rate=value, source="test"
        )
    story = Story(random.Random(SEED), look, book=str(book.id))
    instants = []
    for number in range(STEPS):
        step = story.next()
        answer = send(api, step)
        assert answer.status_code < 500, (step, answer.content)
        if answer.status_code < 300:
            story.learn(step, answer.json() if answer.content else None)
        if number % EVERY == 0:
            on = story.chance.choice([MIDDLE, END, date.today()])  # noqa: DTZ011 (near is enough)
            book.refresh_from_db()
            said = told(book, on)
            instants.append((now(), number, on, said))

    wrong = []
    for at, number, on, before in instants:
        after = told_as_known(book, on, at)
        wrong += [(number, name) for name in before if after[name] != before[name]]

    assert not wrong
    assert all(before["rows"] != told(book, on)["rows"] for _, _, on, before in instants[:-1])
