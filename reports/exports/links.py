"""Links to exports that expire: a browser or curl opens one without a token, for some minutes.

A link is signed and says who asked for what; nothing is kept. It is good as long as the one who
asked still may: until they sign out or revoke the token with which they asked, lose their seat or
are deactivated. Nobody else who is signed in can open it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone
from uuid_utils.compat import uuid7

from buffet.errors import NotFound, Refusal
from buffet.models import Book, Membership, PersonalToken, Session

_SALT = "buffet.exports"


class LinkExpired(Refusal):
    """This link has expired: ask for a new one."""

    code = "link_expired"
    status = 410


@dataclass(frozen=True, slots=True)
class Link:
    """What a link is good for. `session` and `token` are what it was asked for with."""

    id: UUID
    user_id: UUID
    book_id: UUID
    session_id: UUID | None
    token_id: UUID | None
    kind: str
    asked: dict[str, str]


@dataclass(frozen=True, slots=True)
class Opened:
    """A link that is good, with its book."""

    link: Link
    book: Book


def made(
    *,
    user_id: UUID,
    book_id: UUID,
    session_id: UUID | None,
    token_digest: str,
    kind: str,
    asked: dict[str, str],
) -> tuple[Link, str, datetime]:
    """Return a new link, its secret part and when it expires."""
    token_id = None
    if session_id is None:
        token_id = PersonalToken.objects.values_list("id", flat=True).get(digest=token_digest)
    link = Link(uuid7(), user_id, book_id, session_id, token_id, kind, asked)
    ids = [str(one) if one else None for one in (link.id, user_id, book_id, session_id, token_id)]
    secret = signing.dumps([*ids, kind, asked], salt=_SALT, compress=True)
    return link, secret, timezone.now() + timedelta(minutes=settings.EXPORT_LINK_MINUTES)


def opened(secret: str, reader_id: UUID | None) -> Opened:
    """Return what a link is good for; `reader_id` is who is signed in, if anybody is.

    :raises LinkExpired: if its time is over.
    :raises NotFound: if there is no such link, or it is not good any more, or another's.
    """
    try:
        id, user_id, book_id, session_id, token_id, kind, asked = signing.loads(
            secret, salt=_SALT, max_age=timedelta(minutes=settings.EXPORT_LINK_MINUTES)
        )
    except signing.SignatureExpired:
        raise LinkExpired from None
    except signing.BadSignature:
        raise NotFound("There is no such link.") from None
    link = Link(
        UUID(id),
        UUID(user_id),
        UUID(book_id),
        session_id and UUID(session_id),
        token_id and UUID(token_id),
        kind,
        asked,
    )
    if reader_id not in (None, link.user_id) or not _is_good(link):
        raise NotFound("There is no such link.")
    return Opened(link, Book.objects.get(id=link.book_id))


def _is_good(link: Link) -> bool:
    """Whether who asked for a link could ask again."""
    seats = Membership.objects.current(link.user_id).filter(
        book_id=link.book_id, user__is_active=True
    )
    if link.session_id is not None:
        known: Any = Session.objects.filter(
            id=link.session_id, user_id=link.user_id, ended_at=None, expires_at__gt=Now()
        )
    elif link.token_id is None:
        return False
    else:
        known = PersonalToken.objects.filter(
            Q(expires_at__isnull=True) | Q(expires_at__gt=Now()),
            id=link.token_id,
            user_id=link.user_id,
            revoked_at=None,
        )
    return seats.exists() and known.exists()
