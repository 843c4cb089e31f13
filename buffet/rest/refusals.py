"""Which problems an operation may answer with, and how the OpenAPI document shows them."""

from http import HTTPStatus
from typing import Any

from rest_framework.permissions import SAFE_METHODS
from rest_framework.serializers import BaseSerializer

from buffet.rest import headers

PROBLEM = {
    "type": "object",
    "description": "An RFC 9457 problem document.",
    "required": ["type", "title", "status", "detail", "code", "request_id"],
    "properties": {
        "type": {"type": "string", "description": "The problem's name, as a URN."},
        "title": {"type": "string", "description": "The status in words."},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string", "description": "A sentence for people."},
        "code": {"type": "string", "description": "A word for programs, which does not change."},
        "request_id": {"type": "string", "description": "What our log calls the request."},
        "errors": {
            "type": "array",
            "description": "What is wrong with what was sent, and where.",
            "items": {"$ref": "#/components/schemas/FaultRead"},
        },
    },
}
#: What each status says, and an example of it: code, detail, errors.
REFUSALS: dict[int, tuple[str, str, str, tuple[tuple[str, str, str], ...]]] = {
    400: (
        "What was sent cannot be read or accepted; `errors` says where and why.",
        "invalid",
        "This field is required.",
        (("/name", "required", "This field is required."),),
    ),
    401: (
        "Who calls is not known: no token, one that has ended, or wrong credentials.",
        "session_ended",
        "The session has ended.",
        (),
    ),
    403: (
        "Who calls may not do this.",
        "viewer",
        "A viewer of this book cannot change it.",
        (),
    ),
    404: (
        "There is no such thing, or it is somebody else's.",
        "not_found",
        "There is no such thing in this book.",
        (),
    ),
    409: (
        "The state of things does not allow this, or the first request with this "
        "Idempotency-Key has not ended.",
        "name_taken",
        "The book already has something of this name.",
        (("/name", "name_taken", "The book already has something of this name."),),
    ),
    412: (
        "The row has changed since its version was read.",
        "changed_meanwhile",
        "This has changed since you read it: read it again, then decide.",
        (),
    ),
    413: ("The body is too large.", "too_large", "The body is larger than 4194304 bytes.", ()),
    415: (
        "The body's media type is not read here.",
        "unsupported_media_type",
        'Unsupported media type "text/plain" in request.',
        (),
    ),
    422: (
        "The Idempotency-Key was used for another request.",
        "idempotency_key_reused",
        "This Idempotency-Key was used for another request; a new request needs a new key.",
        (),
    ),
    428: (
        "This server wants to know which version is meant: send If-Match.",
        "match_required",
        "Say in If-Match which version you mean to change, as the ETag of your last answer did.",
        (),
    ),
    429: (
        "Too many requests or attempts; Retry-After says when to come back.",
        "rate_limited",
        "Too many requests; the RateLimit header says how many, Retry-After when to come back.",
        (),
    ),
    503: (
        "The database or the post cannot answer; try again.",
        "database_unavailable",
        "The database cannot answer. Try again.",
        (),
    ),
}
_ALWAYS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}
_MAYBE = {409: ("Retry-After",)}


def statuses(view: Any, method: str, body: object, *, has_id: bool) -> set[int]:
    """Return the statuses of the problems that a view may answer a method with.

    :param body: the serializer of the body, or what stands for one.
    :param has_id: whether the address names a row.
    """
    found = {400, 429, 503}
    reads, in_book = method in SAFE_METHODS, getattr(view, "in_book", False)
    signed_in = bool(view.authentication_classes)
    keyed = getattr(view, "keeps_answers", False) and not reads
    if signed_in or not reads:
        found.add(401)
    if not reads or getattr(view, "refuses_readers", False):
        found.add(403)
    if in_book or has_id:
        found.add(404)
    if not reads or getattr(view, "asks_history", False):
        found.add(409)
    if body or keyed:
        found |= {413, 415}
    if keyed:
        found.add(422)
    if getattr(view, "row", None) is not None and method in ("PATCH", "DELETE"):
        found |= {412, 428}
    if _names_versions(body):
        found.add(412)
    return found


def _names_versions(body: object) -> bool:
    """Whether a body says which version of a row it means.

    Of many rows, each that has another version is told among the faults of a 400, by its pointer.
    """
    if isinstance(body, type) and issubclass(body, BaseSerializer):
        body = body()
    fields = getattr(body, "fields", {})
    return "version" in fields or any(_names_versions(one) for one in fields.values())


def name(status: int) -> str:
    """Return what the component of a status is called."""
    return HTTPStatus(status).name.title().replace("_", "")


def reference(status: int) -> dict[str, str]:
    """Return the answer of a status as an operation refers to it."""
    return {"$ref": f"#/components/responses/{name(status)}"}


def components() -> dict[str, Any]:
    """Return the answers that `reference` refers to."""
    return {name(status): _answer(status) for status in REFUSALS}


def _answer(status: int) -> dict[str, Any]:
    sentence, code, detail, faults = REFUSALS[status]
    example: dict[str, Any] = {
        "type": f"urn:better-call-buffet:problem:{code}",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        "request_id": headers.HEADERS["X-Request-ID"]["example"],
    }
    if faults:
        example["errors"] = [
            dict(zip(("pointer", "code", "detail"), one, strict=True)) for one in faults
        ]
    return {
        "description": sentence,
        "headers": headers.described(*_MAYBE.get(status, ()), always=_ALWAYS.get(status, ())),
        "content": {
            "application/problem+json": {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "examples": {code: {"summary": sentence, "value": example}},
            }
        },
    }
