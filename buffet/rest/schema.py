"""How the OpenAPI document describes what every route has in common."""

from typing import Any

from drf_spectacular.openapi import AutoSchema as Base

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


class AutoSchema(Base):
    """Tag routes by their first word, and name operations by it."""

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
