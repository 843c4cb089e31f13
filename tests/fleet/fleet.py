"""The fleet as a whole: its database, its proxy, its instances, its people and what came of it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg

from .budget import MAX_CONNECTIONS, OF_AN_INSTANCE, SPARE
from .instances import Instance, Proxy, start, wait_for
from .postgres import ROOT, Postgres, postgres


class DoesNotHold(AssertionError):
    """A promise of the fleet is broken."""


def hold(condition: bool, sentence: str) -> None:
    """Say that something must be so.

    :raises DoesNotHold: if it is not.
    """
    if not condition:
        raise DoesNotHold(sentence)


@dataclass(slots=True)
class Load:
    """What people sent and what came back."""

    lines: list[dict[str, Any]] = field(default_factory=list)
    #: The generator's own CPU, in cores.
    share: float = 0.0

    def statuses(self, since: float = 0, until: float = float("inf")) -> Counter[int]:
        """Count the answers to what was sent in a time; 0 is none."""
        return Counter(one["status"] for one in self.lines if since <= one["at"] < until)

    def failed(self, since: float = 0, until: float = float("inf")) -> list[dict[str, Any]]:
        """Return what was answered with anything but success."""
        return [
            one for one in self.lines if since <= one["at"] < until and one["status"] // 100 != 2
        ]

    def quantile(self, share: float, since: float = 0, until: float = float("inf")) -> float:
        """Return the milliseconds within which such a share was answered."""
        times = sorted(one["ms"] for one in self.lines if since <= one["at"] < until)
        hold(bool(times), "nobody was answered")
        return float(times[min(len(times) - 1, int(share * len(times)))])

    def acknowledged(self) -> set[str]:
        """Return what was written, by those who were told so."""
        return {one["wrote"] for one in self.lines if one["wrote"] and one["status"] == 201}


@dataclass
class Sampler:
    """What each instance holds of the database's connections, looked at again and again."""

    database: Postgres
    most: Counter[str] = field(default_factory=Counter)
    most_in_all: int = 0
    samples: int = 0
    _ended: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look five times a second, also after the database was away."""
        sql = (
            "SELECT application_name, count(*) FROM pg_stat_activity "
            "WHERE backend_type = 'client backend' AND application_name LIKE 'fleet%%' GROUP BY 1"
        )
        while not self._ended.wait(0.2):
            try:
                found = {name: int(count) for name, count in self.database.ask(sql)}
            except psycopg.Error:  # away, as some scenarios want it; `samples` counts the others
                continue
            self.samples += 1
            for name, count in found.items():
                self.most[name] = max(self.most[name], count)
            self.most_in_all = max(self.most_in_all, sum(found.values()))

    def end(self) -> None:
        """Look no more."""
        self._ended.set()


@dataclass
class Fleet:
    """Instances behind a proxy on one database."""

    folder: Path
    database: Postgres
    proxy: Proxy
    instances: list[Instance] = field(default_factory=list)
    _count: int = 0

    def launch(self, many: int, tree: Path = ROOT, **more: str) -> list[Instance]:
        """Start so many instances, and return them when they are well; nobody is sent there yet."""
        made = []
        for _ in range(many):
            self._count += 1
            made.append(start(f"fleet{self._count}", self.database.url, self.folder, tree, **more))
        self.instances += made
        for one in made:
            wait_for(one.is_well, f"{one.name} is well; see {one.log}", 60)
        return made

    def add(self, made: list[Instance]) -> None:
        """Have the proxy send people to some instances."""
        for one in made:
            self.proxy.add(one)
        for one in made:
            wait_for(lambda one=one: self.proxy.is_up(one), f"{one.name} is up")

    def scale(self, many: int) -> None:
        """Have so many instances serve."""
        for one in list(self.instances):
            if one.process.poll() is not None:
                self.forget(one)
        if many > len(self.instances):
            self.add(self.launch(many - len(self.instances)))
        for one in self.instances[many:]:
            self.proxy.drain(one)
            one.stop()
            self.forget(one)

    def forget(self, one: Instance) -> None:
        """Take an instance that has ended out of the list."""
        self.instances.remove(one)
        if one.name in self.proxy.slots:
            self.proxy.remove(one)

    def end(self) -> None:
        """End whatever still runs."""
        for one in self.instances:
            one.stop()

    @contextmanager
    def load(self, people: Path, users: int, wait: float, kind: str = "rush") -> Iterator[Load]:
        """Have people click until the end, and fill in then what came of it."""
        results = self.folder / f"results-{time.time_ns()}.jsonl"
        process = subprocess.Popen(
            [
                *(sys.executable, "-m", "tests.fleet.load", self.proxy.url, people, results),
                *(str(users), str(wait), kind),
            ],
            cwd=ROOT,
        )
        found = Load()
        try:
            wait_for(lambda: results.exists() and results.stat().st_size > 0, "the first answer")
            yield found
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
            for line in results.read_text().splitlines():
                one = json.loads(line)
                if "share" in one:
                    found.share = one["share"]
                else:
                    found.lines.append(one)

    def lost(self, load: Load) -> set[str]:
        """Return what was acknowledged and is not in the database."""
        sql = "SELECT description FROM transactions_transaction WHERE description LIKE 'fleet %%'"
        return load.acknowledged() - {text for (text,) in self.database.ask(sql)}


def people_of(database: Postgres, folder: Path, people: int, transactions: int) -> Path:
    """Make so many people, and return the file with their keys."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.fleet.people", str(people), str(transactions)],
        cwd=ROOT,
        env=os.environ | {"DATABASE_URL": database.url, "ALLOWED_HOSTS": "127.0.0.1"},
        stdout=subprocess.PIPE,
        check=True,
    )
    file = folder / f"people-{people}.json"
    file.write_bytes(made.stdout)
    return file


@contextmanager
def fleet(folder: Path) -> Iterator[Fleet]:
    """Run a database of our own with what the budget says, and the proxy; nothing stays."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    try:
        with postgres(folder / "database", durable=True) as database:
            database.ask(f"ALTER SYSTEM SET max_connections = {MAX_CONNECTIONS}")
            database.stop("fast")
            database.start()
            database.manage("migrate", "--verbosity=0", ALLOWED_HOSTS="127.0.0.1")
            proxy = Proxy(folder)
            proxy.start()
            made = Fleet(folder, database, proxy)
            try:
                yield made
            finally:
                made.end()
                proxy.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def within_budget(made: Fleet) -> Iterator[Sampler]:
    """Look at the connections all the while.

    :raises DoesNotHold: if they were ever more than the budget says.
    """
    sampler = Sampler(made.database)
    thread = threading.Thread(target=sampler.run)
    thread.start()
    try:
        yield sampler
    finally:
        sampler.end()
        thread.join()
    over = {name: most for name, most in sampler.most.items() if most > OF_AN_INSTANCE}
    hold(not over, f"instances hold more than {OF_AN_INSTANCE} connections: {over}")
    hold(sampler.most_in_all <= MAX_CONNECTIONS - SPARE, f"{sampler.most_in_all} connections")
    hold(sampler.samples > 0, "nobody looked at the connections")


Scenario = Callable[[Fleet, Path], str]
