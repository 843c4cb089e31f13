"""Personal tokens: keys for programs that act as their user."""

import secrets
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils import timezone

from buffet import keys
from buffet.audit import Actor, acting
from buffet.errors import NotFound, Refusal, invalid
from buffet.models import PersonalToken, User

MOST_TOKENS = 100


class TooManyTokens(Refusal):
    """You have as many tokens as one may have; revoke some that you do not use."""

    code = "too_many_tokens"


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token and its secret, which nobody can tell again."""

    token: PersonalToken
    secret: str


def create_token(
    *, by: Actor, user_id: UUID, name: str, scope: str, expires_at: datetime | None = None
) -> NewToken:
    """Make a personal token, which is good until it expires or is revoked.

    :raises Invalid: if it would have expired already.
    :raises TooManyTokens: if the user has as many as one may have.
    """
    if expires_at is not None and expires_at <= timezone.now():
        raise invalid("/expires_at", "past", "A token expires in the future.")
    with acting(by=by):
        # Locked, so that two at once are counted one after the other.
        User.objects.select_for_update().get(id=user_id)
        if current_tokens(user_id).count() >= MOST_TOKENS:
            raise TooManyTokens
        prefix = f"{keys.START}{secrets.token_hex(4)}"
        secret = f"{prefix}_{keys.secret()}"
        token = PersonalToken.objects.create(
            user_id=user_id,
            name=name,
            scope=scope,
            prefix=prefix,
            digest=keys.digest(secret),
            expires_at=expires_at,
        )
        token.refresh_from_db()
        return NewToken(token, secret)


def current_tokens(user_id: UUID) -> QuerySet[PersonalToken]:
    """Return the user's tokens that are not revoked, expired ones among them."""
    return PersonalToken.objects.filter(user_id=user_id, revoked_at=None)


def revoke_token(*, by: Actor, user_id: UUID, token_id: UUID) -> None:
    """End a personal token, at once.

    :raises NotFound: if the user has no such token.
    """
    with acting(by=by):
        if not current_tokens(user_id).filter(id=token_id).update(revoked_at=Now()):
            raise NotFound("You have no such token.")
