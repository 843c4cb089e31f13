"""What a request costs: CPU of the Python thread and of its PostgreSQL backend, as multiples of H.

H is the CPU of the bare view, measured in alternation in the same process; of all rounds the best
counts, since noise only ever adds. A machine that others share may be slow for minutes, so all
sizes of a book are measured by turns.
"""

import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.db import connection

from buffet.gate import Application, Gate
from buffet.interpreter import settle
from buffet.models import Attempts

Send = Callable[[], None]
#: How often each size has its turn; what takes long to be made is asked in every eighth round.
PASSES = 8


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request: what it is called, how it is sent, how often, and in which rounds."""

    name: str
    send: Send
    times: int = 10
    #: What takes long, and so is less a matter of chance, is sent every so many rounds.
    every: int = 1
    #: What happens before each, and is not of its cost.
    before: Send | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """What one request costs: milliseconds of CPU in Python and PostgreSQL, and statements."""

    name: str
    python: float
    database: float
    bare: float
    statements: int

    @property
    def ratio(self) -> float:
        """The cost as a multiple of H."""
        return (self.python + self.database) / self.bare


def request(
    handler: Application,
    method: str,
    path: str,
    token: str = "",
    body: object = None,
    seen: str = "",
    cookie: str = "",
) -> tuple[int, bytes, dict[str, str]]:
    """Send a request through the whole middleware and return status, body and headers."""
    sent = b"" if body is None else orjson.dumps(body)
    path, _, query = path.partition("?")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "PATH_INFO": path,
        "QUERY_STRING": query,
        "SCRIPT_NAME": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "8000",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "127.0.0.1",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": io.BytesIO(sent),
        "wsgi.url_scheme": "http",
        "wsgi.errors": io.StringIO(),
    }
    if token:
        environ["HTTP_AUTHORIZATION"] = f"Bearer {token}"
    if cookie:
        environ["HTTP_COOKIE"] = cookie
    if seen:
        environ["HTTP_IF_NONE_MATCH"] = seen
    begun: list[tuple[str, list[tuple[str, str]]]] = []
    response = handler(environ, lambda line, headers, error=None: begun.append((line, headers)))
    content = b"".join(response)
    if hasattr(response, "close"):
        response.close()
    ((status, headers),) = begun
    return int(status.split()[0]), content, dict(headers)


def backend() -> int:
    """Return the process of the connection that requests get from the pool."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    connection.close()
    return pid


def spent(pids: Sequence[int]) -> tuple[int, int]:
    """Return the nanoseconds of CPU that this thread and the backends have used."""
    there = sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in pids)
    return time.thread_time_ns(), there


def mean(
    send: Send, times: int, pids: Sequence[int], before: Send | None = None
) -> tuple[float, float]:
    """Return the milliseconds that each of so many takes in Python and in PostgreSQL."""
    # Once beforehand: whatever another case has changed or pushed aside is not this one's cost.
    send()
    if before is None:
        python, database = _spent_on(send, times, pids)
    else:
        python = database = 0
        for _ in range(times):
            before()
            cost = _spent_on(send, 1, pids)
            python, database = python + cost[0], database + cost[1]
    return python / times / 1e6, database / times / 1e6


def _spent_on(send: Send, times: int, pids: Sequence[int]) -> tuple[int, int]:
    python, database = spent(pids)
    for _ in range(times):
        send()
    after = spent(pids)
    return after[0] - python, after[1] - database


def statements(send: Send, gate: Gate) -> int:
    """Return how many statements a request sends, the gate's among them."""
    seen = -gate.ask.count

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        send()
    return seen + gate.ask.count


class Measuring:
    """The best of all rounds so far of each case, and of H beside it.

    The best of more tries is better, so the bare view has no more of them than what it is beside.
    """

    def __init__(self, cases: list[Case], bare: Send, gate: Gate) -> None:
        self._cases, self._bare, self._gate = cases, bare, gate
        self._best: dict[str, tuple[float, float]] = {}
        self._bares: dict[str, float] = {}
        self._rounds = 0

    def go_on(self, rounds: int) -> None:
        """Measure so many rounds more."""
        # After what happens before each, or all but the first would be answered from memory, and
        # their statements measured as they are planned in a connection that is new.
        for case in self._cases:
            for _ in range(min(case.times, 8)):
                if case.before is not None:
                    case.before()
                case.send()
        pids = self._backends()
        settle()  # as the web process does when it has loaded
        for number in range(self._rounds, self._rounds + rounds):
            # As if a minute had passed, so that no limit is reached.
            Attempts.objects.all().delete()
            for case in (one for one in self._cases if number % one.every == 0):
                self._measure(case, pids)
        self._rounds += rounds
        if pids != self._backends():
            raise RuntimeError("A connection was changed while measuring.")

    def _backends(self) -> list[int]:
        return [one for one in (backend(), self._gate.ask.backend) if one is not None]

    def _measure(self, case: Case, pids: Sequence[int]) -> None:
        beside = mean(self._bare, 10, pids)[0]
        self._bares[case.name] = min(self._bares.get(case.name, beside), beside)
        cost = mean(case.send, case.times, pids, case.before)
        self._best[case.name] = min(self._best.get(case.name, cost), cost, key=sum)

    def costs(self) -> list[Cost]:
        """Return what each case costs."""
        counted = {}
        for case in self._cases:
            # Once beforehand: of a process that has been at it for a while, as what it costs is.
            case.send()
            if case.before:
                case.before()
            counted[case.name] = statements(case.send, self._gate)
        return [
            Cost(name, *cost, self._bares[name], counted[name]) for name, cost in self._best.items()
        ]


def in_passes(sizes: dict[str, Measuring], rounds: int, turn_to: Callable[[str], None]) -> None:
    """Measure each size by turns, so that a machine that is slow for a while is so to all of them.

    `turn_to` turns to the database of a size.
    """
    for _ in range(PASSES):
        for size, measuring in sizes.items():
            turn_to(size)
            measuring.go_on(max(1, rounds // PASSES))
