"""The OpenAPI document says all that clients need, of every operation, in one way."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import lru_cache
from typing import Any

import orjson
import pytest
from django.urls import include, path
from drf_spectacular.generators import SchemaGenerator
from each import each

from buffet.api import document
from buffet.rest.views import AnonymousView
from buffet.urls import api_v1

DOCUMENT: dict[str, Any] = orjson.loads(document.rendered(document.JSON)[0])
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {address}": operation
    for address, methods in DOCUMENT["paths"].items()
    for method, operation in methods.items()
}
VIEWS: dict[str, type] = {
    "/api/v1/" + re.sub(r"<\w+:(\w+)>", r"{\1}", str(one.pattern)): one.callback.view_class
    for one in api_v1
}
METHODS = ("get", "post", "put", "patch", "delete")
every_operation = each("name", OPERATIONS)


def resolved(part: dict[str, Any]) -> dict[str, Any]:
    """Return a part of the document, followed to where it refers to."""
    while "$ref" in part:
        found: Any = DOCUMENT
        for word in part["$ref"].removeprefix("#/").split("/"):
            found = found[word]
        part = found
    return part


def parts(value: Any) -> Iterator[dict[str, Any]]:
    """Yield every object in a part of the document."""
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    for one in value if isinstance(value, list) else ():
        yield from parts(one)


def answers(operation: dict[str, Any]) -> Iterator[tuple[int, dict[str, Any]]]:
    for status, answer in operation["responses"].items():
        yield int(status), resolved(answer)


def takes(operation: dict[str, Any], header: str) -> bool:
    return any(one["in"] == "header" and one["name"] == header for one in operation["parameters"])


@lru_cache
def ids_elsewhere() -> set[str]:
    """Return the ids that operations have when all their addresses are others."""
    moved = SchemaGenerator(patterns=[path("moved/to/another/place/", include(api_v1))])
    paths = moved.get_schema(request=None, public=True)["paths"]
    return {one["operationId"] for methods in paths.values() for one in methods.values()}


def test_the_document_is_openapi_3_1() -> None:
    assert re.fullmatch(r"3\.1\.\d", DOCUMENT["openapi"])
    assert len(OPERATIONS) > 60


def test_operation_ids_are_unique() -> None:
    ids = [operation["operationId"] for operation in OPERATIONS.values()]

    assert len(ids) == len(set(ids))


@every_operation
def test_an_operation_id_is_written_down_and_moves_with_no_address(name: str) -> None:
    id = OPERATIONS[name]["operationId"]

    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", id)
    assert id in ids_elsewhere()


@every_operation
def test_an_operation_says_what_it_does_and_where_it_belongs(name: str) -> None:
    operation = OPERATIONS[name]
    (tag,) = operation["tags"]

    assert name.split("/")[3] == tag
    assert [one["description"] != "" for one in DOCUMENT["tags"] if one["name"] == tag] == [True]
    assert 3 <= len(operation["summary"]) <= 60
    assert not operation["summary"].endswith(".")
    assert operation["description"].endswith(".")
    assert operation["description"] != operation["summary"]
    for status, answer in answers(operation):
        assert len(answer["description"]) > 10, status
    for parameter in operation["parameters"]:
        assert parameter["in"] == "path" or parameter["description"].endswith(".")


@every_operation
def test_an_operation_says_whether_it_wants_a_token(name: str) -> None:
    operation = OPERATIONS[name]

    is_open = issubclass(VIEWS[name.split(" ")[1]], AnonymousView)
    assert operation["security"] == ([] if is_open else [{"bearer": []}])
    assert is_open or "401" in operation["responses"]


@every_operation
def test_every_answer_tells_its_request_and_what_is_left_of_the_limit(name: str) -> None:
    operation = OPERATIONS[name]

    assert takes(operation, "X-Request-ID")
    for status, answer in answers(operation):
        headers = {header: resolved(one) for header, one in answer["headers"].items()}
        assert headers["X-Request-ID"]["required"], status
        assert {"RateLimit", "RateLimit-Policy"} <= set(headers), status
        assert status not in (429, 503) or headers["Retry-After"]["required"]
        assert status != 401 or headers["WWW-Authenticate"]["required"]


@every_operation
def test_an_operation_names_the_problems_that_it_may_answer_with(name: str) -> None:
    method, address = name.split(" ")
    operation = OPERATIONS[name]
    found = {status for status, _ in answers(operation) if status >= 400}
    is_change, has_body = method != "GET", "requestBody" in operation

    assert {400, 429, 503} <= found
    assert 405 not in found
    assert not ("{" in address or takes(operation, "X-Book")) or 404 in found
    assert not is_change or {401, 403, 409} <= found
    assert not has_body or {413, 415} <= found
    assert is_change or not found & {412, 422, 428}
    # The history may not be able to tell what was known.
    asked = {one.get("name") for one in operation.get("parameters", ())}
    assert is_change or (409 in found) == ("known_on" in asked)
    for status, answer in answers(operation):
        assert status < 400 or list(answer["content"]) == ["application/problem+json"]


@every_operation
def test_headers_that_act_are_documented_with_what_they_do(name: str) -> None:
    method, _ = name.split(" ")
    operation = OPERATIONS[name]
    found = dict(answers(operation))
    good = next(answer for status, answer in found.items() if status < 300)

    assert takes(operation, "If-None-Match") == (304 in found)
    if 304 in found:
        assert method == "GET"
        assert takes(operation, "X-Book") or name.startswith("GET /api/v1/books")
        assert resolved(good["headers"]["ETag"])["required"]
        assert resolved(found[304]["headers"]["ETag"])["required"]
    assert takes(operation, "If-Match") == (428 in found)
    assert not takes(operation, "If-Match") or 412 in found
    assert takes(operation, "Idempotency-Key") == (422 in found)
    assert ("Idempotency-Replayed" in good["headers"]) == (422 in found)


@every_operation
def test_a_body_may_have_no_field_that_is_not_known(name: str) -> None:
    for content in OPERATIONS[name].get("requestBody", {}).get("content", {}).values():
        assert resolved(content["schema"])["additionalProperties"] is False


def test_no_object_has_fields_that_nobody_describes() -> None:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        for part in parts(schema):
            assert part.get("type") != "object" or "properties" in part, name


def test_every_address_of_the_resolver_is_in_the_document() -> None:
    undocumented = set(VIEWS) - set(DOCUMENT["paths"])

    assert undocumented == {"/api/v1/schema", "/api/v1/docs"}
    for address, methods in DOCUMENT["paths"].items():
        assert {one for one in METHODS if hasattr(VIEWS[address], one)} == set(methods)


@every_operation
def test_what_makes_a_row_links_to_every_operation_on_it(name: str) -> None:
    operation = OPERATIONS[name]
    on_row = re.fullmatch(r"[A-Z]+ (/\S+)/\{\w+\}(/[a-z]+)?", name)
    maker = OPERATIONS.get(f"POST {on_row[1]}", {}) if on_row else {}
    made = maker.get("responses", {}).get("201")
    if made is None:
        return

    link = made["links"][operation["operationId"]]

    assert link["operationId"] == operation["operationId"]
    assert set(link["parameters"]) == {
        one["name"] for one in operation["parameters"] if one["in"] == "path"
    }
    *_, of_row = link["parameters"].values()
    source, field = of_row.split(".body#/")
    told = {"$response": made, "$request": maker.get("requestBody", {})}[source]
    assert field in resolved(told["content"]["application/json"]["schema"])["properties"]


@every_operation
def test_a_list_in_the_address_is_one_parameter_with_commas(name: str) -> None:
    for one in map(resolved, OPERATIONS[name].get("parameters", ())):
        if one["in"] == "query" and resolved(one["schema"]).get("type") == "array":
            assert one["explode"] is False, one["name"]
            assert one["style"] == "form", one["name"]


def test_there_are_links_and_no_others() -> None:
    links = [
        (operation["operationId"], link)
        for operation in OPERATIONS.values()
        for _, answer in answers(operation)
        for link in answer.get("links", {})
    ]

    assert ("vendors_create", "vendors_read") in links
    assert ("invitations_create", "invitations_take_back") in links
    assert len(links) == len(set(links)) > 30


FIRST_OF_A_PROCESS = """
import os, threading
import django
os.environ["DJANGO_SETTINGS_MODULE"] = "buffet.settings"
django.setup()
from buffet.api import document
made, barrier = [], threading.Barrier(8)
def ask():
    barrier.wait()
    made.append(document.rendered(document.JSON)[1])
threads = [threading.Thread(target=ask) for _ in range(8)]
[one.start() for one in threads], [one.join() for one in threads]
print(len(made), len(set(made)))
"""


def test_many_who_ask_a_new_process_for_the_document_at_once_get_it() -> None:
    asked = [sys.executable, "-c", FIRST_OF_A_PROCESS]

    said = subprocess.run(asked, capture_output=True, text=True, check=False, timeout=120)

    assert said.stdout.split() == ["8", "1"], said.stderr[-2000:]


@pytest.mark.parametrize("name", ["ProjectionRead", "TogetherRead"])
def test_a_forecast_says_which_balance_it_tells(name: str) -> None:
    fields = DOCUMENT["components"]["schemas"][name]["properties"]

    assert "with all that is overdue" in fields["balance"]["description"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_row_s_other_version_is_a_fault_of_the_row(method: str) -> None:
    operation = OPERATIONS[f"{method} /api/v1/transactions/bulk"]

    assert 412 not in dict(answers(operation))
    row = f"Bulk{method.title().replace('Patch', 'Change')}Row"
    fields = DOCUMENT["components"]["schemas"][row]["properties"]
    assert "changed_meanwhile" in fields["version"]["description"]


def test_what_asks_for_some_fields_says_that_others_are_left_out() -> None:
    asked = [
        one
        for operation in OPERATIONS.values()
        for one in operation["parameters"]
        if one["name"] == "fields"
    ]

    assert asked
    assert all("also those that are required" in one["description"] for one in asked)
