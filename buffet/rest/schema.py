"""How the OpenAPI document describes what every route has in common."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema as Base
from drf_spectacular.utils import OpenApiParameter

PROBLEM = {
    "type": "object",
    "description": "An RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "code": {"type": "string"},
        "request_id": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "code", "detail"],
                "properties": {
                    "pointer": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}
#: The problems that any route may answer with.
SENTENCES = {
    "400": "What was sent cannot be read or accepted.",
    "401": "No valid token was sent.",
    "403": "The caller's role does not allow this.",
    "404": "There is no such thing in this book.",
    "405": "The route does not know this method.",
    "406": "No face of this route is acceptable.",
    "409": "The state of the book does not allow this.",
    "413": "The body is too large.",
    "415": "The body's media type is not read here.",
    "503": "The database cannot answer; try again.",
}


X_BOOK = OpenApiParameter(
    "X-Book",
    {"type": "string", "format": "uuid"},
    OpenApiParameter.HEADER,
    description="The book that is meant; the caller's default book when left out.",
)


class BearerScheme(OpenApiAuthenticationExtension):
    """Describe the bearer token."""

    target_class = "buffet.rest.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: Base) -> dict[str, str]:
        """Return the security scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}


class AutoSchema(Base):
    """Tag routes by their first word, and give those of a book the header that chooses it."""

    def get_override_parameters(self) -> list[OpenApiParameter]:
        """Return the parameters that routes have in common."""
        return [X_BOOK] if getattr(self.view, "in_book", False) else []

    def get_tags(self) -> list[str]:
        """Return the resource as the tag."""
        return [self.path.removeprefix("/api/v1/").split("/")[0]]


def add_problems(result: dict[str, Any], generator: object, **_: object) -> dict[str, Any]:
    """Add the problem answers to every operation of the document."""
    result["components"].setdefault("schemas", {})["Problem"] = PROBLEM
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for path in result["paths"].values():
        for operation in path.values():
            for status, sentence in SENTENCES.items():
                operation["responses"].setdefault(
                    status, {"description": sentence, "content": content}
                )
    return result
