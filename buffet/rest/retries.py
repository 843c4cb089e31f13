"""Requests that may be sent again: the same key brings the first answer, never a second effect.

The answer is kept in the database transaction that has the effect: both are there or neither is,
whatever the connection, the process or the machine does meanwhile.
"""

import re
from collections.abc import Callable
from hashlib import blake2b, sha256
from uuid import UUID

import orjson
from django.core.files.uploadedfile import UploadedFile
from django.db import connection
from django.db.transaction import atomic
from rest_framework.request import Request

from buffet.errors import Refusal, invalid
from buffet.models import KeptAnswer
from buffet.rest.authentication import Caller
from buffet.rest.responses import Response

_KEY = re.compile(r"[\x21-\x7e]{1,255}", re.ASCII)


class KeyReused(Refusal):
    """This Idempotency-Key was used for another request; a new request needs a new key."""

    code = "idempotency_key_reused"
    status = 422


class StillRunning(Refusal):
    """The first request with this Idempotency-Key has not ended yet; send it again in a moment."""

    code = "still_running"
    status = 409
    retry_after = 1


def key_of(request: Request) -> str | None:
    """Return the key that a request was sent with.

    :raises Invalid: if it is no key.
    """
    sent = request.META.get("HTTP_IDEMPOTENCY_KEY")
    if sent is not None and not _KEY.fullmatch(sent):
        detail = "A key is 1 to 255 visible ASCII characters without a space."
        raise invalid("Idempotency-Key", "malformed", detail)
    return sent


def once(request: Request, caller: Caller, key: str, answer: Callable[[], Response]) -> Response:
    """Return the answer to the first request with this key: the kept one, or else a new one.

    A refusal is not kept, since it had no effect: the request may be sent again as if new.

    :raises KeyReused: if the key was used for another request.
    :raises StillRunning: if the first request is being carried out right now, on any instance.
    """
    return once_by_name(caller.id, key, _fingerprint(request, caller), answer)


def once_by_name(
    user_id: UUID,
    key: str,
    fingerprint: str,
    answer: Callable[[], Response],
    *,
    waits: bool = False,
) -> Response:
    """Return the answer to the first request of a person with this key, or else a new one.

    Requests are the same if their fingerprints are. With `waits`, one that comes while the first
    is being carried out has its answer, as who clicks twice sees the second answer alone.

    :raises KeyReused: if the key was used for another request.
    :raises StillRunning: if the first request is being carried out right now, on any instance.
    """
    with atomic():
        # Until the end of the transaction; whoever has it looks with a snapshot taken after.
        if not _locked(user_id, key, waits=waits):
            raise StillRunning
        kept = KeptAnswer.objects.filter(user_id=user_id, key=key).first()
        if kept is not None:
            if kept.fingerprint != fingerprint:
                raise KeyReused
            return _again(kept)
        response = answer()
        KeptAnswer.objects.create(
            user_id=user_id,
            key=key,
            fingerprint=fingerprint,
            status=response.status_code,
            content_type=response.get("Content-Type", ""),
            tag=response.get("ETag", ""),
            body=response.content,
        )
    return response


def _locked(user_id: UUID, key: str, *, waits: bool) -> bool:
    name = blake2b(f"{user_id} {key}".encode(), digest_size=8).digest()
    taken = "pg_advisory_xact_lock(%s) IS NOT NULL" if waits else "pg_try_advisory_xact_lock(%s)"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {taken}", (int.from_bytes(name, "big", signed=True),))
        return cursor.fetchone()[0]


def _again(kept: KeptAnswer) -> Response:
    response = Response(status=kept.status, headers={"Idempotency-Replayed": "true"})
    response.content = bytes(kept.body)
    for name, value in (("Content-Type", kept.content_type), ("ETag", kept.tag)):
        if value:
            response[name] = value
    return response


def _fingerprint(request: Request, caller: Caller) -> str:
    """Return what two requests have in common exactly if they are the same."""
    book = str(caller.seat.book_id) if caller.seat else ""
    where = f"{request.method} {request._request.get_full_path()} {book}\n"
    return sha256(where.encode() + _body(request)).hexdigest()


def _body(request: Request) -> bytes:
    """Return the body as it was understood: the boundaries of a form differ at each attempt."""
    if not hasattr(request.data, "lists"):
        return orjson.dumps(request.data, option=orjson.OPT_SORT_KEYS)
    fields = {name: [_value(one) for one in values] for name, values in request.data.lists()}
    return orjson.dumps(fields, option=orjson.OPT_SORT_KEYS)


def _value(value: object) -> str:
    if not isinstance(value, UploadedFile):
        return str(value)
    found = sha256()
    for chunk in value.chunks():
        found.update(chunk)
    value.seek(0)
    return f"{value.name} {found.hexdigest()}"
