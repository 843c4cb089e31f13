"""The month-end rush: `python -m tests.fleet.load URL PEOPLE.json RESULTS USERS WAIT KIND`.

Each answer is a line of RESULTS, written when it came; what a write was answered with says what
the database must have. Runs until TERM, and ends with what CPU it took itself.
"""

import itertools
import json
import random
import resource
import signal
import sys
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import gevent
from locust import FastHttpUser, constant_pacing, task
from locust.env import Environment
from locust.log import setup_logging

URL, PEOPLE, RESULTS, USERS, WAIT, KIND = sys.argv[1:]
OVERVIEW = "/api/v1/reports/accounts/portfolio-overview"
LISTS = ("accounts", "transactions", "credit-cards", "invoices", "brokers")
_people = itertools.cycle(json.loads(Path(PEOPLE).read_text()))
_results = Path(RESULTS).open("w", buffering=1)  # noqa: SIM115 (open to the end)


class Person(FastHttpUser):
    """Somebody who signs in and clicks."""

    abstract = True
    host = URL
    wait_time = constant_pacing(float(WAIT))
    connection_timeout = network_timeout = 30.0
    insecure = True

    def on_start(self) -> None:
        """Become one of the people, at a moment of their own."""
        self.own = next(_people)
        self.token = self.own["access"]
        gevent.sleep(random.uniform(0, float(WAIT)))

    def send(self, method: str, path: str, **more: Any) -> int:
        """Send a request, keep what came of it, and return its status; 0 where there was none."""
        begun = time.time()
        headers = {"Authorization": f"Bearer {self.token}", "Accept-Encoding": "identity"}
        with self.client.request(
            method, path, headers=headers, catch_response=True, **more
        ) as answer:
            answer.success()
        line = {
            "at": begun,
            "ms": (time.time() - begun) * 1000,
            "what": f"{method} {path}",
            "status": answer.status_code or 0,
            "wrote": more.get("json", {}).get("description"),
        }
        if line["status"] not in (200, 201):
            line["said"] = str(answer.error or "") if not answer.status_code else answer.text[:300]
        _results.write(json.dumps(line) + "\n")
        self.answer = answer
        return line["status"]


class Rush(Person):
    """One of those who do at month end what people do then."""

    abstract = KIND != "rush"

    def on_start(self) -> None:
        """Sign in as people do."""
        super().on_start()
        body = {"email": self.own["email"], "password": self.own["password"]}
        if self.send("POST", "/api/v1/auth/token", json=body) == 200:
            self.token = self.answer.json()["access"]

    @task(4)
    def overview(self) -> None:
        """Look at everything."""
        self.send("GET", OVERVIEW)

    @task(5)
    def lists(self) -> None:
        """Look at one thing."""
        self.send("GET", f"/api/v1/{random.choice(LISTS)}")

    @task(3)
    def write(self) -> None:
        """Add a transaction that is like no other."""
        self.send(
            "POST",
            "/api/v1/transactions",
            json={
                "account": self.own["account"],
                "category": self.own["category"],
                "amount": "-1.00",
                "date": time.strftime("%Y-%m-%d", time.gmtime()),
                "description": f"fleet {uuid4()}",
            },
        )


class Looker(Person):
    """One of those who look at the overview again and again."""

    abstract = KIND != "look"

    @task
    def overview(self) -> None:
        """Look at everything."""
        self.send("GET", OVERVIEW)


def main() -> None:
    """Send until TERM."""
    setup_logging("ERROR")
    environment = Environment(user_classes=[Rush if KIND == "rush" else Looker])
    runner = environment.create_local_runner()
    begun = time.time()
    runner.start(int(USERS), spawn_rate=100)
    ended = gevent.event.Event()
    gevent.signal_handler(signal.SIGTERM, ended.set)
    ended.wait()
    runner.stop()
    used = resource.getrusage(resource.RUSAGE_SELF)
    share = (used.ru_utime + used.ru_stime) / (time.time() - begun)
    _results.write(json.dumps({"share": share}) + "\n")


if __name__ == "__main__":
    main()
