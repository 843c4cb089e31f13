"""A real server to measure and to test: gunicorn with its workers, on the current database."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote

from django.conf import settings
from django.db import connection

_PATIENCE = 30


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens, and its master process."""

    url: str
    master: subprocess.Popen[bytes]

    def workers(self) -> set[int]:
        """Return the process numbers of the workers."""
        return children(self.master.pid)


def children(pid: int) -> set[int]:
    """Return the children of a process of one thread."""
    return {int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def database_url() -> str:
    """Return the address of the database that this process is connected to."""
    known: dict[str, Any] = connection.settings_dict
    user = quote(known["USER"], safe="")
    secret = f":{quote(known['PASSWORD'], safe='')}" if known["PASSWORD"] else ""
    host = known["HOST"] or known["OPTIONS"].get("host", "")
    port = f":{known['PORT']}" if known["PORT"] else ""
    if not host or host.startswith("/"):
        who = f"{user}{secret}@" if user else ""
        return f"postgresql://{who}/{known['NAME']}" + (f"?host={host}" if host else "")
    return f"postgresql://{user}{secret}@{host}{port}/{known['NAME']}"


@contextmanager
def serving(stdout: int | IO[str] = subprocess.DEVNULL, **environment: str) -> Iterator[Server]:
    """Run gunicorn on a free port; whatever it was asked to do, it is gone afterwards.

    :raises RuntimeError: if it does not start.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    master = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "buffet.wsgi"],
        cwd=settings.BASE_DIR,
        env=os.environ
        | {
            "DATABASE_URL": database_url(),
            "DATABASE_POOL": "true",
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "false",
            "HOST": "127.0.0.1",
            "PORT": str(port),
            "EMAIL_URL": "dummymail://",
            # One machine plays all the clients there are.
            "RATE_LIMIT": "0",
            "RATE_LIMIT_ANONYMOUS": "0",
        }
        | environment,
        stdout=stdout,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_for(url, master)
        yield Server(url, master)
    finally:
        master.send_signal(signal.SIGTERM)
        try:
            master.wait(15)
        except subprocess.TimeoutExpired:
            master.kill()
            master.wait()


def _wait_for(url: str, master: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _PATIENCE
    while True:
        try:
            urllib.request.urlopen(f"{url}/health", timeout=2).close()
        except (urllib.error.URLError, OSError):
            if master.poll() is not None or time.monotonic() > end:
                raise RuntimeError("The server does not start.") from None
            time.sleep(0.1)
        else:
            return
