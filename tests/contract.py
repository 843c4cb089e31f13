"""Every answer of the API that any test gets is held against the OpenAPI document.

It is stricter than the document: a field that does not stand there is refused, so that none comes
into being without a description.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qs

import httpx
import jsonschema_rs
import orjson
import pytest
from django.test import Client
from django.urls import Resolver404, resolve

from buffet.api import document
from buffet.rest.headers import HEADERS

#: What the document does not describe: itself, and the page that shows it.
ITSELF = {"/api/v1/schema", "/api/v1/docs"}
PROBLEM = "application/problem+json"


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer, and what it answers."""

    method: str
    path: str
    query: Mapping[str, str]
    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def kind(self) -> str:
        """The media type, without its parameters."""
        return self.headers.get("Content-Type", "").split(";")[0]


class Contract:
    """A document, and what it says about answers."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = strict(document)
        self._validators: dict[object, Any] = {}

    def check(self, answer: Answer, *, may_break: bool = False) -> None:
        """Check that the answer is one of those that the document describes.

        :param may_break: whether an answer may be that of a server that is broken on purpose.
        :raises AssertionError: saying what is not as described.
        """
        address = template(answer.path)
        if address in ITSELF or (address and _is_preflight(answer)):
            return
        operations = self.document["paths"].get(address, {})
        assert operations or address is None, f"{address} is not in the document"
        method = "get" if answer.method == "HEAD" else answer.method.lower()
        operation = operations.get(method)
        if answer.status == 500 and may_break:
            described = self._problem("An error of ours.")
        elif operation is None:
            described = self._of_no_operation(answer, operations)
        else:
            answers = operation["responses"]
            documented = f"documented: {', '.join(answers)}"
            assert str(answer.status) in answers, f"{answer.status} is not documented; {documented}"
            described = self.resolved(answers[str(answer.status)])
        self._check_headers(answer, described)
        self._check_body(answer, described)

    def resolved(self, part: dict[str, Any]) -> dict[str, Any]:
        """Return a part of the document, followed to where it refers to."""
        while "$ref" in part:
            found: Any = self.document
            for word in part["$ref"].removeprefix("#/").split("/"):
                found = found[word]
            part = found
        return part

    def _problem(self, description: str) -> dict[str, Any]:
        schema = {"$ref": "#/components/schemas/Problem"}
        return {"description": description, "content": {PROBLEM: {"schema": schema}}}

    def _of_no_operation(self, answer: Answer, operations: dict[str, Any]) -> dict[str, Any]:
        """Return what is answered where there is no such address, or no such method at it."""
        if not operations:
            assert answer.status == 404, f"{answer.status}, not 404, for no address of ours"
        elif answer.status == 405:
            allowed = set(answer.headers["Allow"].lower().split(", ")) - {"head"}
            assert allowed == set(operations), f"Allow names {allowed}"
        else:
            # Who calls is looked at first.
            assert answer.status in (401, 403, 429), f"{answer.status}, not 405, for no method"
            return self.resolved(next(iter(operations.values()))["responses"][str(answer.status)])
        return self._problem("No operation.")

    def _check_headers(self, answer: Answer, described: dict[str, Any]) -> None:
        known = {name: self.resolved(one) for name, one in described.get("headers", {}).items()}
        for name, header in known.items():
            if name not in answer.headers:
                assert not header.get("required"), f"the header {name} is missing"
                continue
            sent: Any = answer.headers[name]
            is_number = header["schema"]["type"] == "integer" and sent.isdigit()
            self._validate(("header", name), header["schema"], int(sent) if is_number else sent)
        if "headers" in described:
            for name in HEADERS:
                assert name in known or name not in answer.headers, f"{name} is not documented"

    def _check_body(self, answer: Answer, described: dict[str, Any]) -> None:
        content = described.get("content", {})
        if answer.method == "HEAD" or not content:
            assert not answer.body, f"there is a body: {answer.body[:200]!r}"
            return
        kinds = ", ".join(content)
        assert answer.kind in content, f"it is {answer.kind!r}, not {kinds}"
        if not answer.kind.endswith("json"):
            return
        key: tuple[object, ...] = (answer.kind, orjson.dumps(content[answer.kind]["schema"]))
        schema = content[answer.kind]["schema"]
        if "fields" in answer.query and answer.status == 200:
            key = (*key, answer.query["fields"], "expand" in answer.query)
            schema = self._only(schema, answer.query)
        self._validate(key, schema, orjson.loads(answer.body))

    def _only(self, schema: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
        """Return the schema of rows with the fields that `?fields=` asks for, and no others."""
        whole = self.resolved(schema)
        rows = whole["properties"].get("results")
        if rows:
            some = rows | {"items": self._only(rows["items"], query)}
            return whole | {"properties": whole["properties"] | {"results": some}}
        wanted = [*query["fields"].split(","), *(["expanded"] if "expand" in query else [])]
        kept = {name: whole["properties"][name] for name in wanted}
        return whole | {"properties": kept, "required": wanted}

    def _validate(self, key: object, schema: dict[str, Any], value: object) -> None:
        if key not in self._validators:
            self._validators[key] = jsonschema_rs.Draft202012Validator(
                schema | {"components": self.document["components"]}, validate_formats=True
            )
        for error in self._validators[key].iter_errors(value):
            place = "/".join(map(str, error.instance_path))
            pytest.fail(f"at /{place}: {error.message[:500]}")


def strict(part: Any) -> Any:
    """Return a part of a document whose objects have no fields but those it names."""
    if isinstance(part, list):
        return [strict(one) for one in part]
    if not isinstance(part, dict):
        return part
    found = {name: strict(one) for name, one in part.items()}
    if part.get("type") == "object" and "properties" in part:
        found.setdefault("additionalProperties", False)
    return found


def template(path: str) -> str | None:
    """Return the address in the document that a path belongs to; None if there is no such one."""
    try:
        route = resolve(path).route
    except Resolver404:
        return None
    return "/" + "/".join(
        f"{{{word[1:-1].split(':')[-1]}}}" if word.startswith("<") else word
        for word in route.split("/")
    )


def _is_preflight(answer: Answer) -> bool:
    """Whether a browser asked if it may call, which is answered before the API is."""
    return answer.method == "OPTIONS" and answer.status == 200 and not answer.body


@cache
def published() -> Contract:
    """Return the contract that the server publishes."""
    return Contract(orjson.loads(document.rendered(document.JSON)[0]))


def hold(answer: Answer, *, may_break: bool = False) -> None:
    """Hold an answer against the published document, if it is one of the API."""
    if not answer.path.startswith("/api/v1/"):
        return
    try:
        published().check(answer, may_break=may_break)
    except (AssertionError, pytest.fail.Exception) as error:
        sent = f"{answer.method} {answer.path} → {answer.status}"
        raise AssertionError(f"The contract is broken by {sent}: {error}") from error


@contextmanager
def watching() -> Iterator[None]:
    """Hold what comes to Django's test client and to httpx against the document."""
    ask, send = Client.request, httpx.Client.send

    def asked(client: Client, **environ: Any) -> Any:
        response = ask(client, **environ)
        request = response.wsgi_request
        body = b"" if response.streaming else response.content
        hold(
            Answer(
                request.method,
                request.path_info,
                request.GET.dict(),
                response.status_code,
                response.headers,
                body,
            ),
            may_break=not client.raise_request_exception,
        )
        return response

    def sent(client: httpx.Client, request: httpx.Request, **how: Any) -> httpx.Response:
        response = send(client, request, **how)
        query = {name: values[0] for name, values in parse_qs(request.url.query.decode()).items()}
        hold(
            Answer(
                request.method,
                request.url.path,
                query,
                response.status_code,
                response.headers,
                response.read(),
            )
        )
        return response

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", asked)
        patch.setattr(httpx.Client, "send", sent)
        yield
