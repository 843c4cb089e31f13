"""A PostgreSQL of one's own, to be stopped, crashed and started at will."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from buffet import embedded

ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True, slots=True)
class Postgres:
    """One server with our database."""

    cluster: embedded.Cluster
    durable: bool

    @property
    def url(self) -> str:
        """Its address, as `DATABASE_URL`."""
        return self.cluster.url

    def stop(self, mode: str) -> None:
        """Stop it: `fast` as for a restart, `immediate` as by a crash."""
        self.cluster.run("pg_ctl", "stop", "-D", self.cluster.data, "-m", mode, "-w")
        assert not self.cluster.answers(), "the database was not stopped"

    def start(self) -> None:
        """Start it, and return when it takes connections."""
        with embedded.running(self.cluster.data_dir, durable=self.durable):
            # Whoever began it keeps it running.
            pass

    def promote(self) -> None:
        """Make a standby the server that takes changes."""
        self.cluster.run("pg_ctl", "promote", "-D", self.cluster.data, "-w")

    def ask(self, sql: str, *parameters: object) -> list[tuple[Any, ...]]:
        """Run a statement as the superuser and return its rows, if it has any."""
        with self.cluster.connect(embedded.DATABASE) as connection:
            cursor = connection.execute(sql, parameters or None)
            return cursor.fetchall() if cursor.description else []

    def manage(self, *arguments: str, tree: Path = ROOT, **environment: str) -> str:
        """Run one of our commands on it and return what it says."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=tree,
            env=os.environ | {"DATABASE_URL": self.url, "DATABASE_POOL": "false"} | environment,
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        return done.stdout


@contextmanager
def postgres(data_dir: Path, *, durable: bool = False) -> Iterator[Postgres]:
    """Run a server in a folder, which is stopped afterwards, whatever happened to it."""
    with embedded.running(data_dir, durable=durable):
        yield Postgres(embedded.cluster(data_dir), durable)


@contextmanager
def standby(of: Postgres, data_dir: Path) -> Iterator[Postgres]:
    """Run a hot standby that follows another server."""
    own = embedded.cluster(data_dir)
    own.data.mkdir(mode=0o700)
    if own.user is not None:
        os.chown(own.data, own.user.pw_uid, own.user.pw_gid)
    copied = own.run(
        "pg_basebackup", "-D", own.data, "-h", of.cluster.sockets, "-U", "postgres",
        "-R", "-X", "stream", "-c", "fast", "--no-sync",
    )  # fmt: skip
    assert copied.returncode == 0, "the standby cannot be made"
    with postgres(data_dir, durable=of.durable) as made:
        yield made
