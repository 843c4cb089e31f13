"""How often something may be tried: counted in the database, so on every instance alike."""

from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from random import random
from typing import NamedTuple

from django.conf import settings
from django.db import connection
from django.http import HttpRequest

from buffet.errors import Refusal


@dataclass(frozen=True, slots=True)
class Limit:
    """How many times something may happen in a period of so many seconds."""

    what: str
    most: int
    period: int

    def name(self, whose: str) -> str:
        """Return under what it is counted; a digest, so that the table tells nobody's address."""
        return sha256(f"{self.what} {whose}".encode()).hexdigest()


#: Failed attempts to sign in: for one e-mail address, and from one network address.
OF_EMAIL = Limit("email", 10, 15 * 60)
OF_ADDRESS = Limit("address", 50, 15 * 60)
#: Letters that anybody may have sent: to one e-mail address, and from one network address.
LETTERS_TO = Limit("letters to", 5, 60 * 60)
LETTERS_FROM = Limit("letters from", 20, 60 * 60)
#: No count lasts longer than this, in seconds.
LONGEST = 60 * 60


@lru_cache(maxsize=16)
def _a_minute(what: str, most: int) -> Limit:
    return Limit(what, most, 60)


def of_tokens() -> Limit:
    """Return how many requests may come with one token; at most 0 means any number."""
    return _a_minute("token", settings.RATE_LIMIT)


def of_anonymous() -> Limit:
    """Return how many requests without a good token may come from one network address."""
    return _a_minute("anonymous", settings.RATE_LIMIT_ANONYMOUS)


class Rate(NamedTuple):
    """How much of a limit is used, and the seconds until its period ends."""

    limit: Limit
    used: int
    seconds: int

    @property
    def policy(self) -> str:
        """Return the limit as the RateLimit-Policy header tells it."""
        return f'"{self.limit.what}";q={self.limit.most};w={self.limit.period}'

    def __str__(self) -> str:
        left = max(0, self.limit.most - self.used)
        return f'"{self.limit.what}";r={left};t={self.seconds}'


class CountedRequest(HttpRequest):
    """A request that was counted: for annotations, Django makes another class."""

    #: How much of its limit is used; None where there is no limit.
    rate: Rate | None


class TooManyRequests(Refusal):
    """Too many requests; the RateLimit header says how many, Retry-After when to come back."""

    code = "rate_limited"
    status = 429

    def __init__(self, rate: Rate) -> None:
        self.rate, self.retry_after = rate, rate.seconds
        super().__init__()


class TooManyAttempts(Refusal):
    """Too many attempts failed; wait a little, then try again."""

    code = "too_many_attempts"
    status = 429

    def __init__(self, seconds: int) -> None:
        self.retry_after = seconds
        super().__init__()


class TooManyLetters(TooManyAttempts):
    """Too many letters were asked for; look for the last one, or wait an hour."""

    code = "too_many_letters"


#: Counts something, and tells the count and the seconds that its period still has.
SPEND = """
INSERT INTO buffet_attempts AS a (name, began_at, count) VALUES (%(name)s, now(), %(times)s)
ON CONFLICT (name) DO UPDATE SET
    began_at = CASE WHEN a.began_at <= now() - %(period)s * interval '1 second'
        THEN now() ELSE a.began_at END,
    count = CASE WHEN a.began_at <= now() - %(period)s * interval '1 second'
        THEN 0 ELSE a.count END + %(times)s
RETURNING count,
    greatest(1, ceil(date_part('epoch', began_at - now()) + %(period)s))::int AS seconds
"""
#: Tells what `SPEND` told last.
LOOK = """
SELECT count,
    greatest(1, ceil(date_part('epoch', began_at - now()) + %(period)s))::int AS seconds
FROM buffet_attempts
WHERE name = %(name)s AND began_at > now() - %(period)s * interval '1 second'
"""


def spend(limit: Limit, whose: str, times: int = 1) -> tuple[int, int]:
    """Count something; return its count in this period, and the seconds that the period has."""
    with connection.cursor() as cursor:
        cursor.execute(SPEND, {"name": limit.name(whose), "period": limit.period, "times": times})
        return cursor.fetchone()


def _count(limit: Limit, whose: str, refusal: type[TooManyAttempts]) -> None:
    count, seconds = spend(limit, whose)
    if count > limit.most:
        raise refusal(seconds)


def _plain(email: str) -> str:
    return email.strip().lower()


def attempt(email: str, address: str) -> None:
    """Count an attempt to sign in, before it is known whether it succeeds.

    Counted first, so that many at once are not all let through by the count before them.

    :raises TooManyAttempts: if too many failed lately for this e-mail or from this address.
    """
    _count(OF_ADDRESS, address, TooManyAttempts)
    _count(OF_EMAIL, _plain(email), TooManyAttempts)


def succeeded(email: str, address: str) -> None:
    """Take back an attempt that succeeded, and forget what failed for its e-mail before."""
    of_email = OF_EMAIL.name(_plain(email))
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE buffet_attempts SET count = CASE name WHEN %s THEN 0 ELSE count - 1 END "
            "WHERE name IN (%s, %s)",
            (of_email, of_email, OF_ADDRESS.name(address)),
        )


def forget(email: str) -> None:
    """Forget what failed for an e-mail address, whose owner has proved themselves otherwise."""
    clear(OF_EMAIL, _plain(email))


def clear(limit: Limit, whose: str) -> None:
    """Forget what was counted."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE buffet_attempts SET count = 0 WHERE name = %s", (limit.name(whose),))


def letter(email: str, address: str) -> None:
    """Count a letter that somebody, signed in or not, has us send.

    :raises TooManyLetters: if too many went to this e-mail or were asked for from this address.
    """
    _count(LETTERS_FROM, address, TooManyLetters)
    _count(LETTERS_TO, _plain(email), TooManyLetters)


def times(limit: Limit, *, is_read: bool) -> int:
    """Return for how many requests this one is counted.

    A change counts itself. Of reads, some are drawn and stand for the others: to write a row for
    each would cost more than many of them do. The drawn ones stand for few enough that a count is
    right within about a tenth.
    """
    sample = limit.most // 200 if is_read else 1
    return 1 if sample <= 1 else sample * (random() * sample < 1)


def anonymous(request: CountedRequest) -> None:
    """Count a request without a good token.

    :raises TooManyRequests: if too many came from its network address.
    """
    limit = of_anonymous()
    if limit.most:
        request.rate = rate = Rate(limit, *spend(limit, client_address(request)))
        refuse_beyond(rate)


def refuse_beyond(rate: Rate) -> None:
    """Check that a limit is not used up.

    :raises TooManyRequests: if it is.
    """
    if rate.used > rate.limit.most:
        raise TooManyRequests(rate)


def client_address(request: HttpRequest) -> str:
    """Return the network address of the client, as the outermost proxy of ours saw it.

    Of `X-Forwarded-For`, only what our own proxies wrote is believed: the last entries, as many as
    there are of them. A client that writes the header itself gains nothing.
    """
    hops = [one.strip() for one in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")]
    proxies = settings.TRUSTED_PROXIES
    if proxies and len(hops) >= proxies and hops[-proxies]:
        return hops[-proxies]
    return request.META.get("REMOTE_ADDR", "")
