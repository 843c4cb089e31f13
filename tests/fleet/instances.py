"""Instances of the production command, and the proxy before them."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from .postgres import ROOT

#: Of each instance, as on one vCPU.
WORKERS, THREADS = 2, 4
SLOTS = 8
_CONFIGURATION = """\
global
    stats socket {folder}/haproxy.sock mode 600 level admin
    maxconn 4096
defaults
    mode http
    balance leastconn
    option httpchk GET /health
    option http-server-close
    option redispatch
    option forwardfor
    retries 3
    timeout connect 2s
    timeout client 60s
    timeout server 60s
    timeout http-request 30s
    timeout check 2s
    default-server inter 1s fall 5 rise 1 disabled check
frontend public
    bind 127.0.0.1:{port}
    default_backend instances
backend instances
{servers}
"""


def free_port() -> int:
    """Return a port that nobody serves on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for(happened: Callable[[], bool], what: str, seconds: float = 30) -> float:
    """Wait until something has happened, and return how long that took."""
    begun = time.monotonic()
    while not happened():
        if time.monotonic() - begun > seconds:
            raise RuntimeError(f"In vain: {what}.")
        time.sleep(0.05)
    return time.monotonic() - begun


@dataclass
class Instance:
    """One gunicorn with its workers."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def workers(self) -> list[int]:
        """Return the processes that serve."""
        pid = self.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children")
        return [int(one) for one in found.read_text().split()] if found.exists() else []

    def is_well(self) -> bool:
        """Whether it says that it is."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.port}/health", timeout=2
            ) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def kill(self) -> None:
        """Kill all of it at once, as when a machine is lost."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> float:
        """Ask it to end, and return how long that took."""
        begun = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(40)
        return time.monotonic() - begun


def start(name: str, database_url: str, folder: Path, tree: Path = ROOT, **more: str) -> Instance:
    """Start an instance of a release; it serves when it says that it is well."""
    port, log = free_port(), folder / f"{name}.log"
    environment = os.environ | {
        "DATABASE_URL": database_url,
        "DATABASE_POOL": "true",
        "PGAPPNAME": name,
        "ALLOWED_HOSTS": "127.0.0.1",
        "HTTPS": "false",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "WEB_WORKERS": str(WORKERS),
        "WEB_THREADS": str(THREADS),
        "TRUSTED_PROXIES": "1",
        "EMAIL_URL": "dummymail://",
        # One machine plays all the people there are.
        "RATE_LIMIT": "0",
        "RATE_LIMIT_ANONYMOUS": "0",
    }
    with log.open("wb") as kept:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "buffet.wsgi"],
            cwd=tree,
            env=environment | more,
            stdout=kept,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    return Instance(name, port, process, log)


@dataclass
class Proxy:
    """haproxy with room for SLOTS instances, of which it asks those that are well."""

    folder: Path
    port: int = field(default_factory=free_port)
    slots: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where people come in."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Begin to listen, with nobody behind."""
        program = shutil.which("haproxy", path=f"{os.environ['PATH']}:/usr/sbin")
        if program is None:
            raise RuntimeError("haproxy is needed: apt-get install haproxy")
        servers = "\n".join(f"    server s{one} 127.0.0.1:9" for one in range(SLOTS))
        file = self.folder / "haproxy.cfg"
        file.write_text(_CONFIGURATION.format(folder=self.folder, port=self.port, servers=servers))
        self.process = subprocess.Popen([program, "-db", "-q", "-f", file])
        wait_for((self.folder / "haproxy.sock").exists, "haproxy")

    def stop(self) -> None:
        """End it."""
        if self.process is not None:
            self.process.terminate()
            self.process.wait()

    def say(self, *commands: str) -> str:
        """Say something over the runtime API and return the answer."""
        with socket.socket(socket.AF_UNIX) as line:
            line.connect(str(self.folder / "haproxy.sock"))
            line.sendall((";".join(commands) + "\n").encode())
            return b"".join(iter(lambda: line.recv(65536), b"")).decode()

    def add(self, instance: Instance) -> None:
        """Let an instance be asked as soon as its health check says that it is well."""
        slot = next(s for s in (f"s{one}" for one in range(SLOTS)) if s not in self.slots.values())
        self.slots[instance.name] = slot
        server = f"set server instances/{slot}"
        self.say(
            f"{server} addr 127.0.0.1 port {instance.port}",
            f"{server} state ready",
            f"{server} health down",
        )

    def drain(self, instance: Instance) -> None:
        """Send an instance nothing new, and return when it has nothing left to do."""
        slot = self.slots[instance.name]
        self.say(f"set server instances/{slot} state drain")
        wait_for(lambda: self.row(instance)["scur"] == "0", f"{instance.name} drained")

    def remove(self, instance: Instance) -> None:
        """Forget an instance."""
        self.say(f"set server instances/{self.slots.pop(instance.name)} state maint")

    def row(self, instance: Instance) -> dict[str, str]:
        """Return what haproxy knows of an instance."""
        names, *rows = self.say("show stat").lstrip("# ").strip().split("\n")
        keys = names.split(",")
        found = (dict(zip(keys, row.split(","), strict=False)) for row in rows)
        return next(one for one in found if one["svname"] == self.slots[instance.name])

    def is_up(self, instance: Instance) -> bool:
        """Whether an instance gets requests."""
        return self.row(instance)["status"].startswith("UP")
