"""How many statements a thread has sent, and which of them were slow."""

import logging
import time
from collections.abc import Callable
from threading import local
from typing import Any

from django.conf import settings

logger = logging.getLogger(__name__)
#: Signs of a statement that a line of the log holds.
MOST = 4000


class Sent(local):
    """What this thread has sent."""

    count = 0


sent = Sent()


def watch(execute: Callable[..., Any], sql: Any, params: Any, many: bool, context: Any) -> Any:
    """Execute a statement, count it, and name it in the log if it was slow: without its values."""
    sent.count += 1
    begun = time.perf_counter()
    try:
        return execute(sql, params, many, context)
    finally:
        took = (time.perf_counter() - begun) * 1000
        if took >= settings.SLOW_QUERY_MS:
            fields = {"milliseconds": round(took), "statement": str(sql)[:MOST]}
            logger.warning("a slow statement", extra={"fields": fields})
