"""What a request costs: CPU of the Python thread and of its PostgreSQL backend, as multiples of H.

H is the CPU of the bare view, measured in alternation in the same process; of all rounds the best
counts, since noise only ever adds.
"""

import gc
import io
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
from django.core.handlers.wsgi import WSGIHandler
from django.db import connection

Send = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of request: what it is called, how it is sent, and how often in a round."""

    name: str
    send: Send
    times: int = 40


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
    handler: WSGIHandler, method: str, path: str, token: str = "", body: object = None
) -> tuple[int, bytes]:
    """Send a request through the whole middleware and return status and body."""
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
    status: list[str] = []
    response = handler(environ, lambda line, headers, error=None: status.append(line))
    content = b"".join(response)
    response.close()
    return int(status[0].split()[0]), content


def backend() -> int:
    """Return the process of the connection that requests get from the pool."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        pid = cursor.fetchone()[0]
    connection.close()
    return pid


def _spent(pid: int) -> tuple[int, int]:
    """Return the nanoseconds of CPU that this thread and the backend have used."""
    there = int(Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    return time.thread_time_ns(), there


def _mean(send: Send, times: int, pid: int) -> tuple[float, float]:
    python, database = _spent(pid)
    for _ in range(times):
        send()
    after = _spent(pid)
    return (after[0] - python) / times / 1e6, (after[1] - database) / times / 1e6


def statements(send: Send) -> int:
    """Return how many statements a request sends."""
    seen = 0

    def count(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal seen
        seen += 1
        return execute(sql, params, many, context)

    with connection.execute_wrapper(count):
        send()
    return seen


def measure(cases: list[Case], bare: Send, rounds: int) -> list[Cost]:
    """Return what each case costs, the best of so many rounds."""
    counted = {case.name: statements(case.send) for case in cases}
    for case in cases:
        for _ in range(min(case.times, 8)):
            case.send()
    pid = backend()
    best: dict[str, tuple[float, float]] = {}
    bares = []
    gc.collect()
    gc.disable()
    try:
        for _ in range(rounds):
            for case in cases:
                bares.append(_mean(bare, 40, pid)[0])
                cost = _mean(case.send, case.times, pid)
                best[case.name] = min(best.get(case.name, cost), cost, key=sum)
            gc.collect()
    finally:
        gc.enable()
    if pid != backend():
        raise RuntimeError("The pool changed its connection while measuring.")
    return [Cost(name, *cost, min(bares), counted[name]) for name, cost in best.items()]
