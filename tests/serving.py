"""A real server for tests: gunicorn with its workers, on the test database."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from django.conf import settings
from django.db import connection

from buffet import services
from buffet.models import User

ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Server:
    """Where the server listens, and its master process."""

    url: str
    master: subprocess.Popen[bytes]

    def workers(self) -> set[int]:
        """Return the process numbers of the workers."""
        tasks = Path(f"/proc/{self.master.pid}/task/{self.master.pid}/children")
        return {int(pid) for pid in tasks.read_text().split()}


def signed_in(user: User) -> dict[str, str]:
    """Return the headers of a user's client; the server has the same key and database."""
    return {"Authorization": f"Bearer {services.open_session(user).access}"}


def database_url() -> str:
    """Return the address of the test database."""
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
def serving(**environment: str) -> Iterator[Server]:
    """Run gunicorn on a free port; whatever it was asked to do, it is gone afterwards."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    master = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "buffet.wsgi"],
        cwd=ROOT,
        env=os.environ
        | {
            "DATABASE_URL": database_url(),
            "DATABASE_POOL": "true",
            "SECRET_KEY": settings.SECRET_KEY,
            "ALLOWED_HOSTS": "127.0.0.1",
            "HTTPS": "false",
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        | environment,
        stdout=subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        end = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{url}/health", timeout=2)
                break
            except httpx.TransportError:
                assert master.poll() is None, "the server ended"
                assert time.monotonic() < end, "the server does not start"
                time.sleep(0.1)
        yield Server(url, master)
    finally:
        master.send_signal(signal.SIGTERM)
        try:
            master.wait(15)
        except subprocess.TimeoutExpired:
            master.kill()
            master.wait()
