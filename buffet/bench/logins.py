"""What sign-ins cost, over HTTP with real hashes, and what others feel of many at once."""

import json
import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

from django.contrib.auth.hashers import make_password
from django.db import connection

from buffet import services
from buffet.bench.serving import Server, children, serving
from buffet.models import User

PEOPLE, AT_ONCE, QUEUE, MOST_QUESTIONS = 100, 8, 50, 200
PASSWORD = "a sentence to measure with"
#: What a server may spend on 2,000 sign-ins, in seconds of CPU, and let others wait meanwhile.
MOST_SECONDS, MOST_MS = 60, 250
_TICK = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Logins:
    """What so many sign-ins cost in seconds of CPU, and how long others waited in milliseconds."""

    count: int
    server: float
    database: float
    hashing: float
    #: GET /users/me while QUEUE people sign in: the middle, and all but one in twenty.
    median: float
    late: float

    def report(self) -> str:
        """Return all that in words."""
        total, most = self.server + self.database, MOST_SECONDS * self.count / 2000
        return (
            f"{self.count} sign-ins: {total:.1f} s of CPU ({self.server:.1f} server, "
            f"{self.database:.1f} PostgreSQL), of which one hash each is {self.hashing:.1f} s"
            f" (<= {most:.1f}: {'met' if total <= most else 'missed'})\n"
            f"who am I, while {QUEUE} people sign in: {self.median:.0f} ms, 95 % within "
            f"{self.late:.0f} ms (<= {MOST_MS}: {'met' if self.late <= MOST_MS else 'missed'})\n"
        )


def measure(count: int) -> Logins:
    """Sign in so often, through gunicorn, and return what it cost; the client is not counted."""
    hashing = _cost_of_a_hash()
    encoded = make_password(PASSWORD)
    people = User.objects.bulk_create(
        User(email=f"bench-{number}@example.com", password=encoded) for number in range(PEOPLE)
    )
    access = services.open_session(people[0]).access
    with serving() as server:
        _sign_in(server, people[0].email)
        before = _spent(server.master.pid), _spent(_postmaster())
        with ThreadPoolExecutor(AT_ONCE) as pool:
            emails = [people[number % PEOPLE].email for number in range(count)]
            list(pool.map(lambda email: _sign_in(server, email), emails))
        after = _spent(server.master.pid), _spent(_postmaster())
        queue = [one.email for one in people[:QUEUE]]
        took = sorted(_asked_meanwhile(server, queue, access, min(count, MOST_QUESTIONS)))
    return Logins(
        count,
        after[0] - before[0],
        after[1] - before[1],
        hashing * count,
        took[len(took) // 2],
        took[len(took) * 95 // 100],
    )


def _asked_meanwhile(server: Server, emails: list[str], access: str, questions: int) -> list[float]:
    """Return how many milliseconds each question took while these people sign in on and on."""
    stopped, begun = threading.Event(), threading.Barrier(len(emails) + 1)
    took = []

    def on_and_on(email: str) -> None:
        begun.wait()
        while not stopped.is_set():
            _sign_in(server, email)

    with ThreadPoolExecutor(len(emails)) as pool:
        working = [pool.submit(on_and_on, email) for email in emails]
        begun.wait()
        time.sleep(0.5)
        try:
            for _ in range(questions):
                start = time.perf_counter()
                _ask(server, "GET", "/users/me", {"Authorization": f"Bearer {access}"})
                took.append((time.perf_counter() - start) * 1000)
                time.sleep(0.01)
        finally:
            stopped.set()
        for one in working:
            one.result()
    return took


def _sign_in(server: Server, email: str) -> None:
    body = json.dumps({"email": email, "password": PASSWORD})
    _ask(server, "POST", "/auth/token", {"Content-Type": "application/json"}, body)


def _ask(
    server: Server, method: str, path: str, headers: dict[str, str], body: str | None = None
) -> None:
    place = urlsplit(server.url)
    client = HTTPConnection(place.hostname or "", place.port, timeout=60)
    try:
        client.request(method, f"/api/v1{path}", body, headers)
        answer = client.getresponse()
        said = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {said.decode()}")
    finally:
        client.close()


def _cost_of_a_hash() -> float:
    """Return the seconds of CPU that one hash takes here, the best of some."""

    def once(work: Callable[[], object]) -> float:
        begun = time.process_time()
        work()
        return time.process_time() - begun

    return min(once(lambda: make_password(PASSWORD)) for _ in range(10))


def _postmaster() -> int:
    """Return the process of the database server, which is on this machine.

    :raises RuntimeError: if it is elsewhere.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    status = Path(f"/proc/{backend}/status")
    if not status.exists():
        raise RuntimeError("The database is on another machine: its CPU cannot be seen.")
    return int(status.read_text().partition("PPid:")[2].split()[0])


def _spent(pid: int) -> float:
    """Return the seconds of CPU of a process, of its children and of those it had."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(map(int, fields[11:15])) / _TICK
    return own + sum(_spent(child) for child in children(pid))
