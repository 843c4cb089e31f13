"""ETags: which state of a book an answer shows, and which version of its row.

A tag is `"<version>.<mark>"`. The version is the row's, or the book's for what shows many rows; a
change that is sent with it (`If-Match`) is refused when the row has another by then. The mark
stands for all that the answer follows from, its address included: an equal mark is an equal answer,
so a client that sends the tag back (`If-None-Match`) is told so before anything else is read.
"""

from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags

from buffet.errors import ChangedMeanwhile, Refusal
from buffet.rest.authentication import Seat


class MatchRequired(Refusal):
    """Say in If-Match which version you mean to change, as the ETag of your last answer did."""

    code = "match_required"
    status = 428


def mark(seat: Seat, address: str) -> str:
    """Return what stands for an answer about a book: equal for equal answers.

    It follows from the book and its version, what all books share (rates), the day, the address
    with its parameters, and the release that writes the answer.
    """
    found = _of_state(settings.RELEASE, *seat.state).copy()
    found.update(address.encode())
    return found.hexdigest()


@lru_cache(maxsize=1024)
def _of_state(*state: object) -> blake2b:
    """Return what marks in a state begin with."""
    return blake2b("\n".join(map(str, (*state, ""))).encode(), digest_size=12)


def tag(version: int, mark: str = "") -> str:
    """Return the ETag of an answer; without a mark, one to change the row with."""
    return f'"{version}.{mark}"' if mark else f'"{version}"'


def address(sent: Mapping[str, str]) -> str:
    """Return the address that a request's environment names, with its parameters."""
    return f"{sent['PATH_INFO']}?{sent.get('QUERY_STRING', '')}"


def seen(seat: Seat, sent: Mapping[str, str]) -> str | None:
    """Return the tag that a client sent for just this answer, or None."""
    tags, end = sent["HTTP_IF_NONE_MATCH"], f'.{mark(seat, address(sent))}"'
    if end not in tags:
        return None
    # Nearly every client sends the one tag that it has, which needs no reading.
    if tags.count('"') == 2 and tags[0] == '"' and tags.endswith(end):
        return tags
    return next((one.removeprefix("W/") for one in parse_etags(tags) if one.endswith(end)), None)


def by_content(request: HttpRequest, response: HttpResponse, version: int | None) -> HttpResponse:
    """Tag an answer with what it says, or return a 304 if the client has just that.

    For what is about a book by its address: no header says so before the view has looked.
    """
    found = blake2b(settings.RELEASE.encode() + b"\n" + response.content, digest_size=12)
    made = tag(version or 0, found.hexdigest())
    if made in parse_etags(request.META.get("HTTP_IF_NONE_MATCH", "")):
        return not_modified(made)
    return personal(response, made)


#: What every answer about a book tells those who keep it on its way.
PERSONAL = {"Cache-Control": "private, no-cache", "Vary": "Authorization, X-Book"}


def not_modified(tag: str) -> HttpResponse:
    """Return the answer to a client that has the answer."""
    response = personal(HttpResponse(status=304), tag)
    del response["Content-Type"]
    return response


def personal(response: HttpResponse, tag: str) -> HttpResponse:
    """Name the state that an answer shows; it is the caller's alone, and asked for anew."""
    response["ETag"] = tag
    for name, value in PERSONAL.items():
        response[name] = value
    return response


def refuse_other_version(request: HttpRequest, version: int) -> None:
    """Check that the client means this version of the row that it wants to change.

    :raises ChangedMeanwhile: if it named others in If-Match.
    :raises MatchRequired: if it named none and this server wants it to.
    """
    sent = request.META.get("HTTP_IF_MATCH")
    if sent is None:
        if settings.REQUIRE_IF_MATCH:
            raise MatchRequired
        return
    named = parse_etags(sent)
    if "*" not in named and str(version) not in {one.strip('W/"').split(".")[0] for one in named}:
        raise ChangedMeanwhile
