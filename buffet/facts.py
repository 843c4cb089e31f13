"""What the log tells of an answered request: by which route, for whom, and what it asked for."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404
from django.urls import resolve

from buffet.logs import Facts
from buffet.requests import Request
from buffet.rest.authentication import FOUND, Caller


def facts(request: Request, queries: int) -> Facts:
    """Return what is known of a request that Django has answered."""
    known = vars(request)
    found = request.META.get(FOUND)
    # A page's reader that nobody has asked for is not asked for now.
    user = found[0] if found else known.get("caller") or known.get("_cached_user")
    if user is None and isinstance(known.get("user"), Caller):
        user = known["user"]
    seat = known.get("seat") or getattr(user, "seat", None)
    return Facts(
        request.id,
        _route(request),
        queries + bool(found),
        getattr(user, "id", None),
        getattr(seat, "book_id", None),
    )


def of_unchanged(environ: Mapping[str, Any], caller: Caller, request_id: str) -> Facts:
    """Return what is known of a request that the gate has answered, by its one query."""
    book = caller.seat.book_id if caller.seat else None
    return Facts(request_id, _route_of(environ["PATH_INFO"]), 1, caller.id, book)


def _route(request: Request) -> str:
    match = request.resolver_match
    if match is not None:
        return match.route
    return "static" if request.path.startswith(settings.STATIC_URL) else "-"


@lru_cache(maxsize=4096)
def _route_of(path: str) -> str:
    try:
        return resolve(path).route
    except Http404:
        return "-"
