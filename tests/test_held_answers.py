"""What holds every answer against the document sees each way in which one can differ."""

from collections.abc import Callable
from typing import Any

import httpx
import orjson
import pytest
from conftest import Api
from contract import Answer, published
from django.http import HttpRequest, HttpResponse

ID = "0198f3a1-7c00-7a31-8f0e-5b2d9c4e1a77"
ROW = {
    "id": ID,
    "name": "Baker",
    "notes": "",
    "version": 3,
    "created_at": "2026-06-01T10:00:00.000000Z",
    "updated_at": "2026-06-01T10:00:00.000000Z",
}
PROBLEM = {
    "type": "urn:better-call-buffet:problem:not_found",
    "title": "Not Found",
    "status": 404,
    "detail": "There is no such vendor in this book.",
    "code": "not_found",
    "request_id": ID,
}
REFUSED = {"Content-Type": "application/problem+json", "ETag": None}


def answer(
    headers: dict[str, str | None] | None = None, body: object = ROW, **other: Any
) -> Answer:
    """Return a good answer to GET /vendors/{id} with some of it changed; None takes a header."""
    all_headers = {"Content-Type": "application/json", "X-Request-ID": ID, "ETag": '"3.ab"'}
    all_headers |= headers or {}
    known: dict[str, Any] = {
        "method": "GET",
        "path": f"/api/v1/vendors/{ID}",
        "query": {},
        "status": 200,
        "headers": {name: value for name, value in all_headers.items() if value is not None},
        "body": body if isinstance(body, bytes) else orjson.dumps(body),
    }
    return Answer(**known | other)


@pytest.mark.parametrize(
    "good",
    [
        {},
        {"method": "HEAD", "body": b""},
        {"status": 404, "body": PROBLEM, "headers": REFUSED},
        {"path": "/api/v1/nowhere", "status": 404, "body": PROBLEM, "headers": REFUSED},
        {"query": {"fields": "name,version"}, "body": {"name": "Baker", "version": 3}},
        {
            "method": "POST",
            "status": 405,
            "body": PROBLEM,
            "headers": REFUSED | {"Allow": "GET, HEAD, PATCH, DELETE"},
        },
        {"path": "/api/v1/schema", "body": {"openapi": "3.1.0"}},
    ],
)
def test_what_is_described_is_let_through(good: dict[str, Any]) -> None:
    published().check(answer(**good))


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ({"body": ROW | {"colour": "red"}}, "'colour' was unexpected"),
        ({"body": {"id": ID}}, "required property"),
        ({"body": ROW | {"version": "3"}}, "at /version"),
        ({"body": ROW | {"id": "17"}}, "at /id"),
        ({"body": ROW | {"created_at": "2026-06-01T10:00:00+00:00"}}, "at /created_at"),
        ({"status": 418, "body": PROBLEM}, "418 is not documented"),
        ({"status": 500, "body": PROBLEM, "headers": REFUSED}, "500 is not documented"),
        ({"headers": {"Content-Type": "text/html"}}, "it is 'text/html'"),
        ({"headers": {"X-Request-ID": None}}, "X-Request-ID is missing"),
        ({"headers": {"ETag": None}}, "ETag is missing"),
        ({"headers": {"ETag": "3"}}, "does not match"),
        ({"headers": {"Retry-After": "2"}}, "Retry-After is not documented"),
        ({"method": "PUT"}, "200, not 405"),
        ({"method": "PUT", "status": 405, "headers": REFUSED | {"Allow": "GET"}}, "Allow names"),
        ({"path": "/api/v1/nowhere"}, "200, not 404"),
        ({"query": {"fields": "name"}}, "were unexpected"),
        ({"query": {"fields": "name"}, "body": {}}, "required property"),
        ({"method": "DELETE", "status": 204, "headers": {"ETag": None}}, "there is a body"),
    ],
)
def test_what_is_not_described_is_refused(bad: dict[str, Any], why: str) -> None:
    with pytest.raises((AssertionError, pytest.fail.Exception), match=why):
        published().check(answer(**bad))


def odd(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[..., HttpResponse]:
    """A middleware that adds to every answer what no document describes."""

    def respond(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response["Sunset"] = "Fri, 01 Jan 2027 00:00:00 GMT"
        return response

    return respond


def test_every_answer_to_django_s_client_is_held(api: Api, settings: Any) -> None:
    settings.MIDDLEWARE = [f"{__name__}.odd", *settings.MIDDLEWARE]
    api.client.handler.load_middleware()

    assert api.client.get("/sign-in")["Sunset"]
    with pytest.raises(AssertionError, match="GET /api/v1/vendors → 200: Sunset is not documented"):
        api.get("/vendors")


def test_every_answer_to_httpx_is_held() -> None:
    wrong = httpx.MockTransport(lambda request: httpx.Response(200, json={"id": ID}))

    with httpx.Client(transport=wrong, base_url="http://127.0.0.1") as client:
        assert client.get("/health").json() == {"id": ID}
        with pytest.raises(AssertionError, match=f"GET /api/v1/vendors/{ID} → 200"):
            client.get(f"/api/v1/vendors/{ID}")
