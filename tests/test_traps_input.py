"""Traps that other finance systems fell into: input that the stock stack chokes on."""

import gzip
import resource
import time
from typing import Any

import orjson
import pytest
from conftest import Api
from writes import WRITES, Scene

from buffet.audit import Actor
from buffet.models import Book

#: What a body may hold at most, in seconds and bytes of memory that it takes to refuse it.
SECONDS, MEMORY = 2, 64 * 1024 * 1024

BODIES = {
    "JSON nested 100,000 deep": b"[" * 100_000 + b"]" * 100_000,
    "objects nested 100,000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "duplicate keys": b'{"name": "One", "name": "Two"}',
    "duplicate keys, written in two ways": b'{"name": "One", "n\\u0061me": "Two"}',
    "duplicate keys deep below": b'{"entries": [{"note": "x", "a": ":", "note" : "y"}]}',
    "a million names": b"{" + b",".join(b'"%d":0' % n for n in range(350_000)) + b"}",
    "as many names as may be": b"{" + b",".join(b'"%d":0' % n for n in range(150_000)) + b"}",
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone surrogate as a name": b'{"\\ud800": 1}',
    "a NUL byte": b'{"name": "a\\u0000b"}',
    "NaN": b'{"amount": NaN}',
    "Infinity": b'{"amount": -Infinity}',
    "1e400": b'{"amount": 1e400}',
    "no UTF-8": b'{"name": "\xff\xfe"}',
    "UTF-16": '{"name": "x"}'.encode("utf-16"),
    "gzip": gzip.compress(b'{"name": "x"}'),
    "a gzip bomb": gzip.compress(b"0" * 50_000_000),
    "a text": b'"x"',
    "a list": b"[]",
}


@pytest.fixture
def scene(api: Api, by: Actor, book: Book) -> Scene:
    """A book with something at every address."""
    return Scene(book, by, api)


@pytest.mark.parametrize("write", WRITES, ids="-".join)
def test_they_are_refused_at_every_address_in_little_time_and_memory(
    write: tuple[str, str], scene: Scene
) -> None:
    address, good = WRITES[write](scene)
    if not isinstance(good, dict):
        return  # asks for no body

    for name, body in BODIES.items():
        before, begun = _peak(), time.monotonic()

        answer = _send(scene.api, write[1], address, body)

        assert 400 <= answer.status_code < 500, (name, address, answer.content[:500])
        assert answer["Content-Type"] == "application/problem+json", name
        assert len(answer.content) < 50_000, name
        assert time.monotonic() - begun < SECONDS, name
        assert _peak() - before < MEMORY, name


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _send(api: Api, method: str, address: str, body: bytes, **headers: str) -> Any:
    return api.client.generic(
        method.upper(),
        f"/api/v1{address}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {api.token}", **headers},
    )


@pytest.mark.parametrize(
    "written",
    ["١٢.٥", "1_000", "-0", "+-1", "1,5", "0x10", "1e3", " 1", "1 ", "1.", ".5", "9" * 30, "½", ""],
)
def test_what_python_takes_for_a_number_and_people_do_not_is_refused(
    written: str, scene: Scene
) -> None:
    _, body = WRITES["transactions", "post"](scene)
    before = scene.api.get("/transactions").json()["results"]

    answer = scene.api.post("/transactions", body | {"amount": written})

    assert answer.status_code == 400, answer.content
    assert answer.json()["errors"][0]["pointer"] == "/amount"
    assert scene.api.get("/transactions").json()["results"] == before


def test_a_gzipped_body_is_not_unpacked(scene: Scene) -> None:
    packed = gzip.compress(orjson.dumps({"name": "x"}))

    answer = _send(scene.api, "POST", "/vendors", packed, **{"Content-Encoding": "gzip"})

    assert answer.status_code in (400, 415)


def test_names_that_repeat_in_different_objects_are_no_duplicates(scene: Scene) -> None:
    text = '{"a":[{"x":1,"y":":"},{"x":":\\"x\\":"}],"b":{"a":"\\\\"},"c":{"a":["x","y",{"a":{}}]}}'

    answer = _send(scene.api, "POST", "/vendors", text.encode())

    assert {error["code"] for error in answer.json()["errors"]} == {"unknown_field", "required"}
