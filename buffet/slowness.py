"""Requests that take long are kept for staff to see, a few at a time."""

import time
from contextlib import suppress

from django.conf import settings
from django.db import DatabaseError

from buffet.logs import Facts
from buffet.models import SlowRequest

#: Milliseconds from which an answer is slow.
SLOW = 1000.0
#: Seconds between two that a process keeps: when all are slow, keeping them makes nothing better.
EVERY = 1.0


class Keeper:
    """Keep slow requests of a process that serves, and not more than it can bear."""

    def __init__(self) -> None:
        self._next = 0.0

    def answered(self, facts: Facts, method: str, status: int, milliseconds: float) -> None:
        """Keep an answer if it was slow; a database in trouble is told of in the log.

        Who was told to come back has waited for the database already, and would wait once more.
        """
        now = time.monotonic()
        is_kept = milliseconds >= SLOW and status != 503 and settings.POOLED
        if not is_kept or now < self._next:
            return
        self._next = now + EVERY
        with suppress(DatabaseError):
            SlowRequest.objects.create(
                request_id=facts.request_id,
                method=method[:10],
                route=facts.route[:200],
                status=status,
                milliseconds=round(milliseconds),
                queries=facts.queries,
                by_id=facts.user,
                in_book_id=facts.book,
            )


#: That of this process.
keeper = Keeper()
