"""Figures for CloudWatch, in its Embedded Metric Format: JSON lines in the log become metrics.

They are added up in the process and told while a request is logged, every few seconds at most: an
instance without requests has no CPU for a thread that would do it. The platform's probe is a
request too, so figures wait for seconds, not for the next visitor.
"""

import time
from collections import Counter, defaultdict
from threading import Lock
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS

from buffet import logs
from buffet.postgresql.base import DatabaseWrapper

NAMESPACE = "BetterCallBuffet"
#: Seconds between two tellings.
EVERY = 10.0
#: Values that one metric of a line may have.
MOST_VALUES = 100
Told = dict[str, tuple[str, Any]]


class Figures:
    """What a process has done since it last told."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._latencies: defaultdict[str, list[float]] = defaultdict(list)
        self._counts: Counter[str] = Counter()
        self._next = time.monotonic() + EVERY

    def count(self, name: str) -> None:
        """Count something that happened."""
        with self._lock:
            self._counts[name] += 1

    def answered(self, route: str, status: int, milliseconds: float) -> None:
        """Count an answer, and tell if it is time to."""
        with self._lock:
            values = self._latencies[route]
            values.append(milliseconds)
            if status == 503:
                self._counts["Unavailable"] += 1
            is_full = len(values) >= MOST_VALUES
        if is_full:
            self.tell()
        else:
            self.tell_in_time()

    def tell_in_time(self) -> None:
        """Tell if it is time to."""
        if time.monotonic() >= self._next:
            self.tell()

    def tell(self) -> None:
        """Write what has come together."""
        with self._lock:
            latencies, self._latencies = self._latencies, defaultdict(list)
            counts, self._counts = self._counts, Counter()
            self._next = time.monotonic() + EVERY
        if settings.LOG_FORMAT != "json" or settings.METRICS == "none":
            return
        dimensions = [[], ["Route"]] if settings.METRICS == "routes" else [[]]
        for route, values in latencies.items():
            # Whoever was between two looks at the length adds one more than there may be.
            for start in range(0, len(values), MOST_VALUES):
                part = values[start : start + MOST_VALUES]
                told: Told = {"Latency": ("Milliseconds", part), "Requests": ("Count", len(part))}
                logs.write(_line(told, dimensions, Route=route))
        numbers = {**counts, **_pool()}
        if numbers:
            logs.write(_line({name: ("Count", one) for name, one in numbers.items()}, [[]]))


#: Those of this process.
figures = Figures()


def _line(told: Told, dimensions: list[list[str]], **properties: str) -> dict[str, Any]:
    """Return a line of the format: metrics with unit and value, and what they are told by."""
    metrics = [{"Name": name, "Unit": unit} for name, (unit, _) in told.items()]
    about = {"Namespace": NAMESPACE, "Dimensions": dimensions, "Metrics": metrics}
    return {
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [about]},
        **properties,
        **{name: value for name, (_, value) in told.items()},
    }


def _pool() -> dict[str, int]:
    """Return how large the process's pool is and who waits for it; nothing where there is none."""
    # The connection's own property would make one.
    pool = DatabaseWrapper._connection_pools.get(DEFAULT_DB_ALIAS)
    if pool is None:
        return {}
    known = pool.pop_stats()
    return {
        "PoolSize": known["pool_size"],
        "PoolInUse": known["pool_size"] - known["pool_available"],
        "PoolWaiting": known["requests_waiting"],
        "PoolWaited": known.get("requests_queued", 0),
        "PoolRefused": known.get("requests_errors", 0),
    }
