"""`make run`: a database, its migrations, the demo book, and gunicorn in front of it all."""

import os
import secrets
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from buffet import embedded

ROOT = Path(__file__).resolve().parent.parent
READY = """
Better Call Buffet is ready.

  Pages   http://127.0.0.1:{port}/
  Admin   http://127.0.0.1:{port}/admin/
  API     http://127.0.0.1:{port}/api/v1/docs

  Demo    demo@example.com  / buffet-demo
  Staff   staff@example.com / buffet-demo

Ctrl-C ends it; the data stays in {data}.
"""


def development_values(data: Path) -> dict[str, str]:
    """Return the environment of a developer's machine; what is set already stays."""
    key = data / "secret_key"
    if not key.exists():
        data.mkdir(parents=True, exist_ok=True)
        key.touch(mode=0o600)
        key.write_text(secrets.token_urlsafe(64))
    return {
        "SECRET_KEY": key.read_text(),
        "ALLOWED_HOSTS": "*",
        "HTTPS": "false",
        "STAFF_SECOND_FACTOR": "false",
        "HOST": "127.0.0.1",
        "PORT": "8000",
        "DATA_DIR": str(data),
        "EMAIL_URL": "consolemail://",
        "LOG_FORMAT": "text",
    } | dict(os.environ)


@contextmanager
def database(data: Path) -> Iterator[tuple[str, list[int]]]:
    """Yield the URL of the database: the one of the environment, or the embedded one's."""
    if os.environ.get("DATABASE_URL"):
        yield os.environ["DATABASE_URL"], []
    else:
        with embedded.running(data) as (url, users):
            yield url, [users]


def is_free(host: str, port: int) -> bool:
    """Whether nobody serves on a port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


def announce(child: "subprocess.Popen[bytes]", port: str, data: Path) -> None:
    """Say where to look, once the service answers."""
    end = time.monotonic() + 30
    while child.poll() is None and time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            print(READY.format(port=port, data=data), flush=True)  # noqa: T201 (a command)
            return


def main() -> int:
    """Serve until Ctrl-C, and return the exit code."""
    embedded.leave_on_term()
    data = embedded.data_dir().resolve()
    environment = development_values(data)
    port = environment["PORT"]
    environment.setdefault("PUBLIC_URL", f"http://127.0.0.1:{port}")
    if not is_free(environment["HOST"], int(port)):
        sentence = f"Port {port} is in use. Choose another one: make run PORT=8001"
        print(sentence, file=sys.stderr)  # noqa: T201 (a command)
        return 1
    try:
        with database(data) as (url, inherit):
            environment |= {"DATABASE_URL": url}
            prepare = [sys.executable, str(ROOT / "manage.py"), "prepare"]
            if code := embedded.supervise(prepare, environment, inherit=inherit):
                return code
            serve = [sys.executable, "-m", "gunicorn", "-c", "gunicorn.conf.py", "buffet.wsgi"]
            return embedded.supervise(
                serve,
                environment | {"DATABASE_POOL": "true"},
                inherit=inherit,
                started=lambda child: announce(child, port, data),
            )
    except embedded.NoServer as error:
        print(error, file=sys.stderr)  # noqa: T201 (a command)
        return 1


if __name__ == "__main__":
    sys.exit(main())
