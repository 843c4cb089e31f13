"""A request that is sent again has one effect, wherever its first attempt was cut off."""

from datetime import timedelta
from io import StringIO
from itertools import count
from typing import Any
from uuid import UUID

import pytest
from conftest import Api
from cutting import SIDES, Watched, watching
from django.core.management import CommandError, call_command
from django.db.models.functions import Now
from raw import Beside
from test_access import METHODS, ROUTES
from writes import WRITES, Scene, picture, send

from buffet.audit import Actor
from buffet.models import Book, KeptAnswer, Membership
from transactions import chart
from transactions.models import Transaction
from transactions.queries.verification import verify

pytestmark = pytest.mark.django_db(transaction=True)
KEY = {"Idempotency-Key": "one-and-only"}


@pytest.fixture
def scene(book: Book, by: Actor, api: Api) -> Scene:
    return Scene(book, by, api)


def test_every_write_is_asked_here() -> None:
    keeping = {path for path, view in ROUTES if view.keeps_answers}

    assert set(WRITES) == {one for one in METHODS if one[1] != "get" and one[0] in keeping}


@pytest.mark.parametrize("write", WRITES, ids="-".join)
def test_the_same_request_again_brings_the_first_answer(
    write: tuple[str, str], scene: Scene, beside: Beside
) -> None:
    path, body = WRITES[write](scene)
    before = picture(beside)

    first = send(scene.api, write[1], path, body, **KEY)
    after = picture(beside)
    again = send(scene.api, write[1], path, body, **KEY)

    assert first.status_code in (200, 201, 204), first.content
    # Lines of an import are chosen for, not made; what was granted stays told, as revoked.
    keeps_rows = write[1] == "patch" or write[0].endswith(("/lines", "/<uuid:access>"))
    assert after != before or keeps_rows
    assert picture(beside) == after
    assert again.status_code == first.status_code
    assert again.content == first.content
    assert again.headers.get("Content-Type") == first.headers.get("Content-Type")
    assert again.headers.get("ETag") == first.headers.get("ETag")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers


#: Recorded by one statement where the process has seen the accounts, else by several.
AT_ONCE = ("transactions", "post", "at once")


@pytest.mark.parametrize("write", [*WRITES, AT_ONCE], ids="-".join)
def test_a_cut_anywhere_and_then_another_attempt_has_one_effect(
    write: tuple[str, ...], scene: Scene, beside: Beside, record_property: Any
) -> None:
    """Every attempt is cut one point further, until none is left to cut.

    So the first attempts are cut at every point up to the one after COMMIT, when only the answer
    is missing, and those behind it at every point of bringing the kept answer.
    """
    uncut, effect = _uncut(write, scene, beside)
    said = uncut.said
    path, body = _meet(write, scene)
    before = picture(beside)
    cut_at: list[tuple[str, str]] = []
    kept_at: list[tuple[str, str]] = []

    for number in count(1):
        cuts = 0
        for side in SIDES:
            if write != AT_ONCE:
                chart.forget()
            with watching(beside, number, side) as seen:
                answer = send(scene.api, write[1], path, body, **KEY)
            if seen.cut_at is None:
                continue
            cuts += 1
            assert answer.status_code == 503, answer.content
            (kept_at if _is_kept(beside) else cut_at).append(seen.cut_at)
            if not _is_kept(beside):
                assert picture(beside) == before, f"cut {seen.cut_at}"
            if not seen.lasts[-1]:
                break
        if not cuts:
            break

    # The first that finds the answer kept is the one whose COMMIT was carried out.
    cut_at.append(kept_at.pop(0))
    record_property("points", len(cut_at))
    assert cut_at == uncut.points, "not every point was cut"
    assert said.count("COMMIT") == 1
    assert said[-1] == "COMMIT", "something is left to do when the effect is there"
    assert len(said) >= 6
    assert any("buffet_may_record" in one for one in said) == (write == AT_ONCE)
    assert answer.status_code in (200, 201, 204), answer.content
    assert answer.headers["Idempotency-Replayed"] == "true"
    after = picture(beside)
    assert {name: after[name] - before[name] for name in after} == effect
    assert all(check.ok for check in verify())


def _is_kept(beside: Beside) -> bool:
    (found,) = beside.one("SELECT EXISTS (SELECT FROM buffet_keptanswer)")
    return found


def _meet(write: tuple[str, ...], scene: Scene) -> tuple[str, Any]:
    """Return what to send, to a process that knows the accounts exactly if it is to."""
    path, body = WRITES[write[0], write[1]](scene)
    chart.forget()
    if write == AT_ONCE:
        sent = [UUID(body[name]) for name in ("account", "category") if name in body]
        chart.Chart.read(scene.book.id, sent)
    return path, body


def _uncut(write: tuple[str, ...], scene: Scene, beside: Beside) -> tuple[Watched, dict[str, int]]:
    """Return what an attempt without a cut says to the database, and what comes of it.

    In another book of the same owner, with another key.
    """
    other = Book.objects.create(name="Other", base_currency="BRL", time_zone="America/Sao_Paulo")
    Membership.objects.create(book=other, user_id=scene.by.user_id, role="owner")
    elsewhere = Scene(other, scene.by, Api(scene.api.client, scene.api.token, str(other.id)))
    path, body = _meet(write, elsewhere)
    before = picture(beside)
    with watching(beside) as seen:
        answer = send(elsewhere.api, write[1], path, body, **{"Idempotency-Key": "another"})
    assert answer.status_code in (200, 201, 204), answer.content
    after = picture(beside)
    KeptAnswer.objects.all().delete()
    return seen, {name: after[name] - before[name] for name in after}


def test_another_request_with_the_key_is_refused(scene: Scene) -> None:
    path, body = WRITES["transactions", "post"](scene)
    first = scene.api.post(path, body, **KEY)

    other_body = scene.api.post(path, body | {"amount": "-2.00"}, **KEY)
    other_path = scene.api.patch(f"/transactions/{first.json()['id']}", {}, **KEY)
    same_in_another_order = scene.api.post(path, dict(reversed(body.items())), **KEY)

    for refused in (other_body, other_path):
        assert refused.status_code == 422
        assert refused.json()["code"] == "idempotency_key_reused"
    assert same_in_another_order.headers["Idempotency-Replayed"] == "true"
    assert Transaction.objects.count() == 1


def test_a_key_is_its_user_s_own(scene: Scene, person: Any, sign_in: Any) -> None:
    other = sign_in(person("mate", scene.book))
    path, body = WRITES["transactions", "post"](scene)

    ids = {api.post(path, body, **KEY).json()["id"] for api in (scene.api, other)}

    assert len(ids) == 2


def test_what_was_refused_may_be_sent_again(scene: Scene) -> None:
    path, body = WRITES["transactions", "post"](scene)

    refused = scene.api.post(path, body | {"amount": "0.00"}, **KEY)
    mended = scene.api.post(path, body, **KEY)

    assert (refused.status_code, mended.status_code) == (400, 201)


@pytest.mark.parametrize("key", ["", "a b", "é", "x" * 256])
def test_a_key_that_is_none_is_refused(key: str, scene: Scene) -> None:
    path, body = WRITES["vendors", "post"](scene)

    answer = scene.api.post(path, body, **{"Idempotency-Key": key})

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["pointer"] == "Idempotency-Key"


def test_old_answers_are_swept(scene: Scene) -> None:
    for number in range(3):
        path, body = WRITES["transactions", "post"](scene)
        scene.api.post(path, body, **{"Idempotency-Key": f"key-{number}"})
    KeptAnswer.objects.filter(key="key-0").update(created_at=Now() - timedelta(hours=49))
    out = StringIO()

    call_command("sweep", stdout=out)

    assert set(KeptAnswer.objects.values_list("key", flat=True)) == {"key-1", "key-2"}
    assert out.getvalue() == "1 kept answers removed\n"
    with pytest.raises(CommandError, match="24 hours"):
        call_command("sweep", hours=23)
