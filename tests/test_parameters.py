"""Secrets come from the environment, then from the Parameter Store, or the boot ends."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import boto3
import pytest
from moto.server import ThreadedMotoServer

pytestmark = pytest.mark.xdist_group("servers")
ROOT = Path(__file__).resolve().parent.parent
SECRETS = {
    "SECRET_KEY": "kept-by-the-store-and-long-enough-for-every-check-0123456789",
    "DATABASE_URL": "postgresql:///none",
    "ALLOWED_HOSTS": "kept.example.com",
}
ACCOUNT = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """A Parameter Store with 25 parameters, our secrets on its last page."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    client = boto3.client(
        "ssm",
        endpoint_url=url,
        region_name="us-east-1",
        aws_access_key_id="testing",
        aws_secret_access_key="testing",
    )
    others = {f"A_{number:02}": str(number) for number in range(22)}
    for path, kept in (("/all", others | SECRETS), ("/some", {"SECRET_KEY": "x"})):
        for name, value in kept.items():
            client.put_parameter(Name=f"{path}/{name}", Value=value, Type="SecureString")
    yield url
    server.stop()


class Refusing(BaseHTTPRequestHandler):
    """Answers as AWS refuses: moto knows neither throttling nor permissions."""

    def do_POST(self) -> None:
        """Refuse with the next of the server's answers; the last one stays."""
        answers = self.server.answers
        status, body = answers.pop(0) if len(answers) > 1 else answers[0]
        self.server.asked += 1
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/x-amz-json-1.1")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *args: object) -> None:
        """Say nothing."""


THROTTLED = (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
FORBIDDEN = (400, {"__type": "AccessDeniedException", "message": "no ssm:GetParametersByPath"})
KEPT = (
    200,
    {"Parameters": [{"Name": f"/all/{name}", "Value": value} for name, value in SECRETS.items()]},
)


@pytest.fixture
def refusing() -> Iterator[ThreadingHTTPServer]:
    """A server that speaks as AWS does."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    server.asked = 0
    Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def boot(
    url: str, path: str = "/all", code: str = "", **environment: str
) -> subprocess.CompletedProcess[str]:
    """Load the settings in a process with nothing but the store's address."""
    show = code or (
        "from buffet import settings; print(settings.SECRET_KEY, *settings.ALLOWED_HOSTS)"
    )
    return subprocess.run(
        [sys.executable, "-c", show],
        cwd=ROOT,
        env={
            "PATH": os.environ["PATH"],
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_SSM": url,
            "SSM_PATH": path,
        }
        | ACCOUNT
        | environment,
        capture_output=True,
        text=True,
        timeout=40,
        check=False,
    )


def ended_with(ended: subprocess.CompletedProcess[str], *words: str) -> bool:
    """Whether the boot ended with one sentence that has these words."""
    assert ended.returncode == 1, ended
    assert "Traceback" not in ended.stderr
    assert all(word in ended.stderr for word in words), ended.stderr
    return len(ended.stderr.splitlines()) == 1


def test_every_page_of_the_store_is_read(store: str) -> None:
    booted = boot(store)

    assert booted.stdout == f"{SECRETS['SECRET_KEY']} kept.example.com\n", booted.stderr


def test_the_environment_wins(store: str) -> None:
    booted = boot(store, SECRET_KEY="of-the-environment")

    assert booted.stdout == "of-the-environment kept.example.com\n"


def test_the_store_is_asked_once_however_often_it_is_wanted(refusing: ThreadingHTTPServer) -> None:
    refusing.answers = [KEPT]
    code = (
        "from buffet import parameters; parameters.fill('/all'); "
        "from buffet import settings; print(settings.SECRET_KEY)"
    )

    booted = boot(f"http://127.0.0.1:{refusing.server_port}", code=code)

    assert booted.stdout == f"{SECRETS['SECRET_KEY']}\n"
    assert refusing.asked == 1


def test_a_name_that_nobody_has_ends_the_boot_and_is_named(store: str) -> None:
    assert ended_with(boot(store, "/some"), "/some", "DATABASE_URL, ALLOWED_HOSTS")


def test_gunicorn_ends_with_the_sentence_too(store: str) -> None:
    code = (
        "import sys; from gunicorn.app.wsgiapp import run; "
        "sys.argv = ['gunicorn', '-c', 'gunicorn.conf.py', 'buffet.wsgi']; run()"
    )

    ended = boot(
        store, "/some", code=code, PORT="0", HOST="127.0.0.1", DATABASE_URL="postgresql:///n"
    )

    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr
    assert "ALLOWED_HOSTS" in ended.stderr


def test_a_short_throttling_is_waited_out(refusing: ThreadingHTTPServer) -> None:
    refusing.answers = [THROTTLED, THROTTLED, KEPT]

    booted = boot(f"http://127.0.0.1:{refusing.server_port}")

    assert booted.stdout == f"{SECRETS['SECRET_KEY']} kept.example.com\n", booted.stderr
    assert refusing.asked == 3


def test_a_long_throttling_ends_the_boot(refusing: ThreadingHTTPServer) -> None:
    refusing.answers = [THROTTLED]
    begun = time.monotonic()

    assert ended_with(boot(f"http://127.0.0.1:{refusing.server_port}"), "ThrottlingException")
    assert refusing.asked == 4
    assert time.monotonic() - begun < 12


def test_no_permission_ends_the_boot_at_once(refusing: ThreadingHTTPServer) -> None:
    refusing.answers = [FORBIDDEN]

    ended = boot(f"http://127.0.0.1:{refusing.server_port}")

    assert ended_with(ended, "AccessDeniedException", "no ssm:GetParametersByPath")
    assert refusing.asked == 1


def test_no_network_ends_the_boot(store: str) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))  # bound and not listening: it refuses
        begun = time.monotonic()

        assert ended_with(boot(f"http://127.0.0.1:{nobody.getsockname()[1]}"), "Could not connect")

    assert time.monotonic() - begun < 15


def test_a_store_that_never_answers_ends_the_boot(store: str) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        begun = time.monotonic()

        assert ended_with(boot(f"http://127.0.0.1:{silent.getsockname()[1]}"), "/all", "timeout")

    assert time.monotonic() - begun < 20
