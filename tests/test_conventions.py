"""What holds for every answer: who may call from a browser, what is going, what one is told."""

import json
import logging
from datetime import date
from io import StringIO
from typing import Any

import httpx
import pytest
from conftest import Api
from django.test import Client, RequestFactory
from rest_framework.request import Request
from serving import serving

from buffet.models import User
from buffet.rest.deprecating import Deprecation
from buffet.rest.responses import Response
from buffet.rest.views import AnonymousView

APP = "https://app.example.com"


class GoingView(AnonymousView):
    """An address that will go."""

    deprecation = Deprecation(date(2026, 1, 1), date(2027, 1, 1), "https://example.com/guide")

    def get(self, request: Request) -> Response:
        """Answer."""
        return Response({})


@pytest.mark.django_db
@pytest.mark.parametrize(("method", "status"), [("GET", 200), ("POST", 405)])
def test_an_address_that_will_go_says_so_with_every_answer(method: str, status: int) -> None:
    answer = GoingView.as_view()(RequestFactory().generic(method, "/api/v1/going"))

    assert answer.status_code == status
    assert answer["Deprecation"] == "@1767225600"
    assert answer["Sunset"] == "Fri, 01 Jan 2027 00:00:00 GMT"
    assert answer["Link"] == '<https://example.com/guide>; rel="deprecation"'


@pytest.fixture
def cross(settings: Any) -> None:
    """Let one origin call the API from a browser."""
    settings.CORS_ALLOWED_ORIGINS = [APP]
    settings.MIDDLEWARE = ["corsheaders.middleware.CorsMiddleware", *settings.MIDDLEWARE]


ASK = {"Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "x-book"}


def test_a_page_of_a_known_origin_may_call(cross: None, api: Api) -> None:
    asked = Client().options("/api/v1/accounts", headers={"Origin": APP, **ASK})
    answer = api.get("/accounts", Origin=APP)

    assert asked["Access-Control-Allow-Origin"] == answer["Access-Control-Allow-Origin"] == APP
    assert {"idempotency-key", "if-match", "x-book", "authorization"} <= set(
        asked["Access-Control-Allow-Headers"].split(", ")
    )
    assert {"ETag", "RateLimit"} <= set(answer["Access-Control-Expose-Headers"].split(", "))
    assert "Access-Control-Allow-Credentials" not in answer
    assert "origin" in answer["Vary"]


@pytest.mark.parametrize("origin", ["https://evil.example.com", "null", f"{APP}.evil.com", "*"])
def test_no_answer_ever_echoes_another_origin(origin: str, cross: None, api: Api) -> None:
    answers = [
        Client().options("/api/v1/accounts", headers={"Origin": origin, **ASK}),
        api.get("/accounts", Origin=origin),
        api.get("/accounts?colour=red", Origin=origin),
        api.get("/nowhere", Origin=origin),
        Api(api.client).get("/accounts", Origin=origin),
        api.client.get("/sign-in", headers={"Origin": origin}),
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 400, 404, 401, 200]
    for answer in answers:
        assert "Access-Control-Allow-Origin" not in answer
        assert "evil" not in str(answer.headers) + answer.content.decode()


def test_pages_are_never_for_other_origins(cross: None, owner: User, client: Client) -> None:
    client.force_login(owner)

    assert "Access-Control-Allow-Origin" not in client.get("/", headers={"Origin": APP})


def test_without_origins_nobody_s_page_may_call(api: Api) -> None:
    assert "Access-Control-Allow-Origin" not in api.get("/accounts", Origin=APP)


@pytest.mark.django_db(transaction=True)
@pytest.mark.xdist_group("servers")
def test_origins_come_from_the_environment() -> None:
    with serving(CORS_ALLOWED_ORIGINS=f"{APP},https://other.example.com") as server:
        answer = httpx.get(f"{server.url}/api/v1/accounts", headers={"Origin": APP})

    assert answer.headers["Access-Control-Allow-Origin"] == APP


def test_the_document_is_made_once_and_tagged(client: Client) -> None:
    first = client.get("/api/v1/schema")
    again = client.get("/api/v1/schema", headers={"If-None-Match": first["ETag"]})
    yaml = client.get("/api/v1/schema", headers={"Accept": "application/yaml"})

    assert first.json()["openapi"].startswith("3.1")
    assert (again.status_code, again.content) == (304, b"")
    assert yaml.content.startswith(b"openapi: 3.1")


@pytest.mark.parametrize(
    "sent", ["my-request-0001", "short", "x" * 65, "with spaces!", "ünïcödé-0001"]
)
def test_a_request_is_known_by_its_id_everywhere(
    sent: str, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    (handler,) = (one for one in logging.getLogger().handlers if one.get_name() == "console")
    monkeypatch.setattr(handler, "stream", stream := StringIO())
    monkeypatch.setattr("transactions.queries.balances.accounts", None)
    api.client.raise_request_exception = False

    failed = api.get("/accounts", **{"X-Request-ID": sent})

    known = failed.headers["X-Request-ID"]
    assert failed.status_code == 500
    assert (known == sent) == (sent == "my-request-0001")
    assert failed.json()["request_id"] == known
    (line,) = map(json.loads, stream.getvalue().splitlines())
    assert (line["logger"], line["level"]) == ("django.request", "ERROR")
    assert line["request_id"] == known


@pytest.mark.parametrize("path", ["/vendors", "/vendors?limit=1", "/users/me", "/books"])
def test_a_head_is_answered_like_a_get_without_its_body(api: Api, path: str) -> None:
    read, head = api.get(path), api("HEAD", path)

    assert (head.status_code, head.content) == (200, b"")
    others = {"X-Request-ID": "", "RateLimit": ""}
    assert {**head.headers, **others} == {**read.headers, **others}


def test_a_head_knows_what_has_not_changed(api: Api) -> None:
    tag = api("HEAD", "/vendors")["ETag"]

    assert api("HEAD", "/vendors", **{"If-None-Match": tag}).status_code == 304
    assert api.get("/vendors", **{"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("method", ["PUT", "OPTIONS", "TRACE", "PURGE"])
def test_a_method_that_is_not_there_is_told_those_that_are(api: Api, method: str) -> None:
    answer = api(method, "/vendors")

    assert answer.status_code == 405
    assert answer["Allow"] == "GET, POST, HEAD"
