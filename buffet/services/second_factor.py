"""The second factor of staff: an app's codes (TOTP, RFC 6238), and codes for who has lost it."""

import hmac
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import pyotp
from django.db.models.functions import Now
from django.db.transaction import atomic
from django.utils.crypto import salted_hmac

from buffet import keys, limits
from buffet.audit import Actor, acting
from buffet.errors import Refusal
from buffet.models import User
from buffet.staff_models import Outcome, RecoveryCode, SecondFactor

ISSUER = "Better Call Buffet"
PERIOD = 30
RECOVERY_CODES = 10
#: Wrong codes of one person.
OF_CODES = limits.Limit("second factor", 5, 15 * 60)


class WrongCode(Refusal):
    """This code is wrong, was used before, or its time is over."""

    code = "wrong_code"
    status = 403


class TooManyCodes(limits.TooManyAttempts):
    """Too many codes were wrong; wait a quarter of an hour, then try again."""

    code = "too_many_codes"


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an app needs to know: as text to type, and as the address that a QR code holds."""

    secret: str
    address: str


def enrolled(user_id: UUID) -> SecondFactor | None:
    """Return somebody's second factor, if they have confirmed one."""
    return SecondFactor.objects.filter(user_id=user_id).exclude(confirmed_at=None).first()


def enrolment(*, user: User) -> Enrolment:
    """Return what somebody's app needs; the same until they have confirmed it."""
    factor, _ = SecondFactor.objects.get_or_create(user=user, defaults={"salt": keys.secret()})
    totp = _totp(factor)
    return Enrolment(totp.secret, totp.provisioning_uri(name=user.email, issuer_name=ISSUER))


def _totp(factor: SecondFactor) -> pyotp.TOTP:
    key = salted_hmac(
        "buffet.second_factor", f"{factor.user_id} {factor.salt}", algorithm="sha256"
    ).digest()[:20]
    return pyotp.TOTP(b32encode(key).decode(), interval=PERIOD)


def confirm(*, user_id: UUID, code: str, now: datetime) -> list[str]:
    """Take an app's first code; return the recovery codes, which nobody can read again.

    :raises WrongCode: if it is not the app's, or the app was confirmed before.
    :raises TooManyCodes: if too many were wrong.
    """
    _count(user_id)
    with atomic():
        factor = SecondFactor.objects.select_for_update().filter(user_id=user_id).first()
        if factor is None or factor.confirmed_at is not None or not _take(factor, code, now):
            raise WrongCode
        SecondFactor.objects.filter(user_id=user_id).update(confirmed_at=Now())
        codes = _codes(factor)
    limits.clear(OF_CODES, str(user_id))
    return codes


def prove(*, user_id: UUID, code: str, now: datetime) -> Outcome:
    """Take a code of the app, or a recovery code, each once; return which it was.

    :raises WrongCode: if it is neither.
    :raises TooManyCodes: if too many were wrong.
    """
    _count(user_id)
    factor = enrolled(user_id)
    if factor is None:
        raise WrongCode
    if _take(factor, code, now):
        outcome = Outcome.CODE
    elif factor.codes.filter(digest=keys.digest(_plain(code)), used_at=None).update(used_at=Now()):
        outcome = Outcome.RECOVERY
    else:
        raise WrongCode
    limits.clear(OF_CODES, str(user_id))
    return outcome


def _count(user_id: UUID) -> None:
    count, seconds = limits.spend(OF_CODES, str(user_id))
    if count > OF_CODES.most:
        raise TooManyCodes(seconds)


def _take(factor: SecondFactor, code: str, now: datetime) -> bool:
    """Take a code of this period or one beside it, if none of it or a later one was taken."""
    this, sent = int(now.timestamp()) // PERIOD, _plain(code)
    totp = _totp(factor)
    for step in (this, this - 1, this + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), sent.encode()):
            later = SecondFactor.objects.filter(user_id=factor.user_id, last_step__lt=step)
            # Of two who send the same code at once, the database lets one.
            return bool(later.update(last_step=step))
    return False


def _plain(code: str) -> str:
    return "".join(code.split()).replace("-", "").lower()


def new_recovery_codes(*, user_id: UUID) -> list[str]:
    """Return new recovery codes; the old ones are good no more.

    :raises WrongCode: if there is no second factor to recover.
    """
    with atomic():
        factor = SecondFactor.objects.select_for_update().filter(user_id=user_id).first()
        if factor is None or factor.confirmed_at is None:
            raise WrongCode
        return _codes(factor)


def _codes(factor: SecondFactor) -> list[str]:
    """Replace the recovery codes; 80 random bits each, so that a plain digest keeps them."""
    factor.codes.all().delete()
    codes = [b32encode(secrets.token_bytes(10)).decode().lower() for _ in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=keys.digest(code)) for code in codes
    )
    return ["-".join(code[at : at + 4] for at in range(0, 16, 4)) for code in codes]


def forget_second_factor(*, by: Actor, user_id: UUID, reason: str = "") -> None:
    """Forget somebody's app, so that they enrol another when they come next."""
    with acting(by=by, reason=reason):
        SecondFactor.objects.filter(user_id=user_id).delete()
