"""How the OpenAPI document describes what every route has in common."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as Base
from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import Serializer

from buffet.rest import documents, headers, refusals

X_BOOK = OpenApiParameter(
    "X-Book",
    # Not of the format uuid: clients would take it for an object, which is no header's value.
    {"type": "string", "pattern": "^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$"},
    OpenApiParameter.HEADER,
    description="The book that is meant; the caller's default book when left out.",
)


IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The ETag of an answer you have; 304 when it still is the answer.",
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="The ETag of the row as you read it; 412 when it has changed since.",
)

IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key",
    {"type": "string", "pattern": "^[!-~]{1,255}$"},
    OpenApiParameter.HEADER,
    description="Your name for this request: sent again, it brings the first answer.",
)


REQUEST_ID = OpenApiParameter(
    "X-Request-ID",
    {"type": "string"},
    OpenApiParameter.HEADER,
    description="Your name for this request in our log, 8 to 64 of A-Z a-z 0-9 _ . : -; "
    "another is made up for any other.",
)


class BearerScheme(OpenApiAuthenticationExtension):
    """Describe the bearer token."""

    target_class = "buffet.rest.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Base) -> dict[str, str]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class AutoSchema(Base):
    """Tell of each operation what follows from what its view is."""

    def get_operation(self, *args: Any) -> dict[str, Any] | None:
        """Return the operation with its headers and problems; an open one says that it is open."""
        operation = super().get_operation(*args)
        if operation is None:
            return None
        operation["security"] = self.get_auth()
        answers = operation["responses"]
        for status, answer in answers.items():
            answer["description"] = answer.get("description") or operation.get("description", "")
            answer["headers"] = self._headers(status) | answer.get("headers", {})
        if self._tells_of_book:
            answers["304"] = {
                "description": "You have the answer.",
                "headers": headers.described(always=("ETag",)),
            }
        body = self.get_request_serializer()
        has_id = "{" in self.path
        for status in refusals.statuses(self.view, self.method, body, has_id=has_id):
            answers.setdefault(str(status), refusals.reference(status))
        operation["responses"] = dict(sorted(answers.items()))
        return operation

    def get_request_serializer(self) -> Any:
        """Return the body that stands beside the method; that of a GET or DELETE is not guessed."""
        return super().get_request_serializer() if self.method in ("POST", "PATCH", "PUT") else None

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        """Return the body; a DELETE has one too, if one stands beside it."""
        if self.method != "DELETE" or self.get_request_serializer() is None:
            return super()._get_request_body(direction)
        self.method = "POST"
        try:
            return super()._get_request_body(direction)
        finally:
            self.method = "DELETE"

    @property
    def _in_book(self) -> bool:
        return getattr(self.view, "in_book", False)

    @property
    def _tells_of_book(self) -> bool:
        return self.method == "GET" and (self._in_book or getattr(self.view, "is_of_book", False))

    @property
    def _keyed(self) -> bool:
        return getattr(self.view, "keeps_answers", False) and self.method != "GET"

    def _headers(self, status: str) -> dict[str, Any]:
        """Return the headers of an answer that is no problem."""
        maybe: list[str] = []
        if self._keyed:
            maybe.append("Idempotency-Replayed")
        if self._in_book and self.method != "GET" and status != "204":
            maybe.append("ETag")
        always: tuple[str, ...] = ("ETag",) if self._tells_of_book else ()
        if self.is_deprecated():
            always += headers.OF_GOING
        return headers.described(*maybe, always=always)

    def get_auth(self) -> list[dict[str, Any]]:
        """Return what a caller needs: a token, or nothing at all."""
        return [one for one in super().get_auth() if one]

    def get_override_parameters(
        self,
    ) -> list[OpenApiParameter | Serializer | type[Serializer]]:
        """Return the parameters that routes have in common."""
        found: list[OpenApiParameter | Serializer | type[Serializer]] = [REQUEST_ID]
        if self._tells_of_book:
            found.append(IF_NONE_MATCH)
        if self._in_book:
            found.append(X_BOOK)
            if self.method == "GET":
                if self.view.shape is not None:
                    found += self.view.shape.documents
            elif self.view.row is not None and self.method in ("PATCH", "DELETE"):
                found.append(IF_MATCH)
        if self._keyed:
            found.append(IDEMPOTENCY_KEY)
        return found

    def is_deprecated(self) -> bool:
        """Return whether clients should leave the route."""
        return super().is_deprecated() or getattr(self.view, "deprecation", None) is not None

    def get_tags(self) -> list[str]:
        """Return the resource as the tag."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]


def complete(result: dict[str, Any], generator: object, **_: object) -> dict[str, Any]:
    """Add what operations refer to, and what holds for every field of a kind."""
    components = result["components"]
    components["schemas"]["Problem"] = refusals.PROBLEM
    components["responses"] = refusals.components()
    components["headers"] = headers.components()
    result["tags"] = _tags(result, generator)
    for schema in _parts(result):
        if schema.get("format") == "date-time":
            schema["pattern"] = "Z$"
        if "oneOf" in schema and "discriminator" not in schema:
            # What comes may have more fields one day, and then fit two of them.
            schema["anyOf"] = schema.pop("oneOf")
    for name, schema in components["schemas"].items():
        # What is not known is refused.
        if name.endswith("Request") and schema.get("type") == "object":
            schema["additionalProperties"] = False
            for field in schema.get("properties", {}).values():
                if field.get("format") == "date":
                    field["pattern"] = documents.YEARS
    used = {one["$ref"] for one in _parts(result) if isinstance(one.get("$ref"), str)}
    components["headers"] = {
        name: one
        for name, one in components["headers"].items()
        if f"#/components/headers/{name}" in used
    }
    return result


def _tags(result: dict[str, Any], generator: Any) -> list[dict[str, str]]:
    """Return what the document is divided by: each described as the first view of its kind."""
    views = {path: view for path, _, _, view in generator.endpoints}
    found: dict[str, str] = {}
    for path in sorted(result["paths"], key=len):
        for operation in result["paths"][path].values():
            for tag in operation["tags"]:
                found.setdefault(tag, (views[path].cls.__doc__ or "").strip())
    return [{"name": name, "description": text} for name, text in sorted(found.items())]


def _parts(value: object) -> Iterator[dict[str, Any]]:
    """Yield every object of the document."""
    if isinstance(value, dict):
        yield value
        for one in value.values():
            yield from _parts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _parts(one)
