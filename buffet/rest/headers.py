"""The headers of answers, as the OpenAPI document shows them."""

from typing import Any

_TEXT = {"type": "string"}
_SECONDS = {"type": "integer", "minimum": 0}


def _header(description: str, schema: dict[str, Any], example: object) -> dict[str, Any]:
    return {"description": description, "schema": schema, "example": example}


#: Every header that a client may rely on, by name.
HEADERS = {
    "X-Request-ID": _header(
        "What our log calls this request: the id that you sent, if it was a good one.",
        _TEXT,
        "0198f3a1-7c00-7a31-8f0e-5b2d9c4e1a77",
    ),
    "RateLimit-Policy": _header(
        "The limit that counts this request: its name, how many requests (q) in how many seconds "
        "(w). Left out where nothing is limited.",
        _TEXT,
        '"token";q=3000;w=60',
    ),
    "RateLimit": _header(
        "What is left of the limit: how many requests (r), and after how many seconds it is "
        "whole again (t).",
        _TEXT,
        '"token";r=2987;t=41',
    ),
    "Retry-After": _header("After how many seconds to come again.", _SECONDS, 2),
    "WWW-Authenticate": _header("How to say who you are.", _TEXT, 'Bearer realm="api"'),
    "ETag": _header(
        "What the answer shows: send it back in If-None-Match or If-Match.",
        {"type": "string", "pattern": r'^"[^"]+"$'},
        '"17.6f1d0c9b2e8a4f35c7d1e0ab"',
    ),
    "Idempotency-Replayed": _header(
        "That this is the answer which the first request with the key was given.",
        {"type": "string", "enum": ["true"]},
        "true",
    ),
    "Deprecation": _header("Since when clients should leave (RFC 9745).", _TEXT, "@1767225600"),
    "Sunset": _header(
        "When the address will go (RFC 8594).", _TEXT, "Fri, 01 Jan 2027 00:00:00 GMT"
    ),
    "Link": _header(
        "Where it is told what to use instead.",
        _TEXT,
        '<https://example.com/guide>; rel="deprecation"',
    ),
}
#: Those of every answer, of a refusal too; the first is always there.
COMMON = ("X-Request-ID", "RateLimit-Policy", "RateLimit")
OF_GOING = ("Deprecation", "Sunset", "Link")


def described(*maybe: str, always: tuple[str, ...] = ()) -> dict[str, Any]:
    """Return the headers of an answer: those of every one, and these.

    What is always there is said in the header itself, so that it has a component of its own.
    """
    found = {"X-Request-ID": _always("X-Request-ID")}
    found |= {name: _reference(name) for name in (*COMMON[1:], *maybe)}
    return found | {name: _always(name) for name in always}


def components() -> dict[str, Any]:
    """Return the components that `described` refers to."""
    always = {f"{name}.always": {"required": True, **one} for name, one in HEADERS.items()}
    return HEADERS | always


def _always(name: str) -> dict[str, str]:
    return _reference(f"{name}.always")


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/headers/{name}"}
