"""The document's examples are good requests and answers, and tell one story that can be played."""

import re
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from typing import Any
from urllib.parse import quote

import jsonschema_rs
import orjson
import pytest
from conftest import Api
from contract import strict
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.transaction import atomic, set_rollback
from django.urls import include, path
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from test_document import DOCUMENT, OPERATIONS, every_operation, parts, resolved

from buffet.models import Book, User
from buffet.rest.responses import Response
from buffet.rest.samples import VALUES, identity
from buffet.rest.views import BookView
from buffet.urls import api_v1

SCHEMAS = {"components": strict(DOCUMENT["components"])}
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
#: What the service makes up and nobody else can: it is learned while the story is played.
MADE_UP = {VALUES["access"], VALUES["refresh"]}


def contents(name: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what an operation is sent and what it answers, by its name and media type."""
    operation = OPERATIONS[name]
    answers = operation["responses"].items()
    for what, part in [("body", operation.get("requestBody", {})), *answers]:
        for kind, content in resolved(part).get("content", {}).items():
            yield f"{what} {kind}", content


def examples(name: str, what: str) -> dict[str, Any]:
    """Return the examples of a body or answer by their labels."""
    found = next((one for where, one in contents(name) if where.split(" ")[0] == what), {})
    return {label: one["value"] for label, one in found.get("examples", {}).items()}


@cache
def validator_of(schema: bytes) -> jsonschema_rs.Draft202012Validator:
    """Return what holds a value against a schema; most operations answer with the same problems."""
    whole = strict(orjson.loads(schema)) | SCHEMAS
    return jsonschema_rs.Draft202012Validator(whole, validate_formats=True)


def answer_of(name: str) -> str:
    return next(status for status in OPERATIONS[name]["responses"] if status < "300")


@every_operation
def test_everything_has_examples_and_each_keeps_its_own_schema(name: str) -> None:
    for where, content in contents(name):
        validator = validator_of(orjson.dumps(content["schema"]))

        assert content["examples"], where
        for label, example in content["examples"].items():
            wrong = [
                f"{one.instance_path}: {one.message}"
                for one in validator.iter_errors(example["value"])
            ]
            assert not wrong, (where, label)
            assert example["summary"]


@every_operation
def test_examples_look_like_what_is_sent(name: str) -> None:
    for where, content in contents(name):
        for example in parts(content["examples"]):
            for field, value in example.items():
                if not isinstance(value, str) or field in ("summary", "externalValue"):
                    continue
                assert field != "id" or UUID7.fullmatch(value), (where, field)
                assert not field.endswith("_at") or value.endswith("Z"), (where, field)
                # Of a profile it is the name of a column.
                is_amount = field.endswith("amount") and "date_order" not in example
                assert not is_amount or Decimal(value), (where, field)
                assert value not in ("string", "String", "Text"), (where, field)


@every_operation
def test_an_address_has_an_example_of_each_of_its_parts(name: str) -> None:
    for parameter in OPERATIONS[name]["parameters"]:
        if parameter["in"] == "path" and parameter["schema"]["type"] == "string":
            pattern = re.compile(r"\d{4}-\d{2}") if parameter["name"] == "month" else UUID7
            assert pattern.fullmatch(parameter["example"]), parameter["name"]


def test_entries_of_an_example_are_of_one_currency_and_sum_to_zero() -> None:
    seen = 0
    for name in OPERATIONS:
        for _, content in contents(name):
            for example in parts(content["examples"]):
                entries = example.get("entries", [])
                assert sum(Decimal(one["amount"]) for one in entries) == 0, name
                assert len({one["currency"] for one in entries if "currency" in one}) < 2
                seen += bool(entries)

    assert seen > 10


MERGING = "POST /api/v1/transactions/{id}/merge"


class Story:
    """Plays the examples of a document, learning what the service calls what they name."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.known: dict[str, str] = {}

    def play(self, name: str, label: str = "") -> Any:
        """Send an example and return the answer; learn from it how things are called here."""
        method, address = name.split(" ")
        for parameter in OPERATIONS[name]["parameters"]:
            if parameter["in"] == "path":
                value = quote(str(self._named(parameter["example"])))
                address = address.replace(f"{{{parameter['name']}}}", value)
            elif parameter["in"] == "query" and parameter.get("required"):
                sign = "&" if "?" in address else "?"
                address += f"{sign}{parameter['name']}={quote(parameter['example'])}"
        body = self._named(examples(name, "body")[label]) if label else None
        answer = self._send(method, address.removeprefix("/api/v1"), body, name)
        if answer.streaming:
            assert b"".join(answer.streaming_content)
        elif answer.status_code < 300 and answer.content:
            told = examples(name, str(answer.status_code))
            self._learn(told.get(label) or next(iter(told.values())), answer.json())
        return answer

    def _send(self, method: str, path: str, body: Any, name: str) -> Any:
        kinds = OPERATIONS[name].get("requestBody", {}).get("content", {})
        if "multipart/form-data" not in kinds:
            return self.api(method, path, body)
        form = body | {"file": SimpleUploadedFile("may.ofx", body["file"].encode())}
        headers = {"Authorization": f"Bearer {self.api.token}"}
        return self.api.client.post(f"/api/v1{path}", form, headers=headers)

    def _named(self, value: Any) -> Any:
        """Return a value of an example with what it names called as it is here."""
        if isinstance(value, dict):
            return {field: self._named(one) for field, one in value.items()}
        if isinstance(value, list):
            return [self._named(one) for one in value]
        return self.known.get(value, value) if isinstance(value, str) else value

    def _learn(self, told: Any, real: Any) -> None:
        if isinstance(told, dict):
            for field, value in told.items():
                if isinstance(real, dict) and field in real:
                    self._learn(value, real[field])
        elif isinstance(told, list) and isinstance(real, list):
            left = list(real)
            for one in told[: len(real)]:
                # Of a list's rows the one that it tells of; the first where none is more alike.
                place = max(range(len(left)), key=lambda at: self._likeness(one, left[at]))
                self._learn(one, left.pop(place))
        elif isinstance(told, str) and (UUID7.fullmatch(told) or told in MADE_UP) and real:
            self.known.setdefault(told, real)

    def _likeness(self, told: Any, real: Any) -> int:
        """Return how many fields of a row say here what they say in an example."""
        if not isinstance(told, dict) or not isinstance(real, dict):
            return 0
        return sum(self._named(value) == real.get(field) for field, value in told.items())


@pytest.fixture
def story(client: Any, book: Book) -> Story:
    """Ana's story, who has signed in as the examples say."""
    ana = User.objects.create_user(VALUES["email"], VALUES["password"], name="Ana")
    book.memberships.create(user=ana, role="owner")
    ana.default_book = book
    ana.save()
    found = Story(Api(client))
    (label,) = examples("POST /api/v1/auth/token", "body")
    token = found.play("POST /api/v1/auth/token", label).json()["access"]
    found.api = Api(client, token)
    found.play("GET /api/v1/users/me")
    return found


def test_the_examples_tell_one_story(story: Story) -> None:
    """What is made is made until all is there; then all that may be done with it is done once."""
    made = {
        (name, label)
        for name in OPERATIONS
        if name.startswith("POST") and answer_of(name) == "201" and "bulk" not in name
        for label in examples(name, "body")
    }
    left, refused = set(made), {}
    while left:
        before = len(left)
        for name, label in sorted(left):
            answer = story.play(name, label)
            refused[name, label] = answer.content
            if answer.status_code == 201 or _is_of_a_letter(name, label):
                left.remove((name, label))
        assert len(left) < before, [(one, refused[one]) for one in left]

    for name in (one for one in OPERATIONS if one.startswith("GET")):
        assert story.play(name).status_code == 200, name
    for name in OPERATIONS:
        for label in examples(name, "body"):
            if (name, label) not in made:
                with atomic():
                    _buy_again_in_parcels(story)
                    if name.endswith("/unlock"):
                        _reconcile(story)
                    if name == MERGING:
                        _arrive(story, label)
                    answer = story.play(name, label)
                    set_rollback(True)
                assert answer.status_code < 300 or _is_of_a_letter(name, label), (
                    name,
                    answer.content,
                )


def _arrive(story: Story, label: str) -> None:
    """Let what the example is merged into be the other side of it, on an account of its own."""
    (merged,) = (one["example"] for one in OPERATIONS[MERGING]["parameters"] if one["in"] == "path")
    found = story.api.get(f"/transactions/{story.known[merged]}").json()
    jar = {"name": "Jar", "kind": "cash", "currency": found["currency"]}
    arrived = {
        "account": story.api.post("/accounts", jar).json()["id"],
        "amount": str(-Decimal(found["amount"])),
        "date": found["date"],
        "description": "Arrived",
    }
    into = examples(MERGING, "body")[label]["into"]
    story.known[into] = story.api.post("/transactions", arrived).json()["id"]


def _buy_again_in_parcels(story: Story) -> None:
    """Let the plan of the examples be one of today: theirs is billed, the later one plays them."""
    name = "POST /api/v1/installment-plans"
    body = examples(name, "body")["lamp"] | {"date": f"{timezone.now():%Y-%m-%d}"}
    story.known[identity("lamp")] = story._send(
        "POST", "/installment-plans", story._named(body), name
    ).json()["id"]


def _reconcile(story: Story) -> None:
    """Let the balance point of the examples be what the ledger says, and reconcile it."""
    address = f"/balance-points/{story.known[identity('end_of_may')]}"
    computed = story.api.get(address).json()["computed"]
    story.api.patch(address, {"balance": computed})
    assert story.api.post(f"{address}/reconcile").status_code == 200


def _is_of_a_letter(name: str, label: str) -> bool:
    """Whether a body has a token that stands in a letter alone, so that no example can know it."""
    return "token" in examples(name, "body")[label]


class CardRead(serializers.Serializer):
    """A card, as no resource of ours is yet."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    account = serializers.UUIDField()
    limit = serializers.CharField()
    closing_day = serializers.IntegerField(min_value=1, max_value=31)
    due_on = serializers.DateField()
    brand = serializers.ChoiceField(choices=["visa", "elo"])
    archived_at = serializers.DateTimeField(allow_null=True)
    balance = serializers.CharField()


class CardCreate(serializers.Serializer):
    """A wanted card."""

    name = serializers.CharField(max_length=100)
    account = serializers.UUIDField()
    closing_day = serializers.IntegerField(min_value=1, max_value=31)


class CardsView(BookView):
    """The cards."""

    @extend_schema(operation_id="cards_create", request=CardCreate, responses={201: CardRead})
    def post(self, request: Request) -> Response:
        """Make a card."""
        raise AssertionError("only its document is asked for")


def test_a_new_operation_has_good_examples_by_itself() -> None:
    routes = include([*api_v1, path("cards", CardsView.as_view())])
    found = SchemaGenerator(patterns=[path("api/v1/", routes)]).get_schema(None, public=True)
    operation = found["paths"]["/api/v1/cards"]["post"]
    checking = examples("GET /api/v1/accounts", "200")["account_page"]["results"][0]["id"]

    (sent,) = operation["requestBody"]["content"]["application/json"]["examples"].values()
    (answer,) = operation["responses"]["201"]["content"]["application/json"]["examples"].values()
    assert sent["value"] == {"name": "Card", "account": checking, "closing_day": 1}
    assert answer["value"] == sent["value"] | {
        "id": identity("card"),
        "limit": "Limit",
        "due_on": "2026-05-04",
        "brand": "visa",
        "archived_at": None,
        "balance": "1957.50",
    }
    assert "409" in operation["responses"]
