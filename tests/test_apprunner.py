"""A service from source starts as the image does: its file is followed, command by command."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from buffet.bench.serving import database_url

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("servers")]
ROOT = Path(__file__).resolve().parent.parent
FILE = yaml.safe_load((ROOT / "apprunner.yaml").read_text())
DOCKERFILE = (ROOT / "Dockerfile").read_text()


@pytest.fixture
def clone(tmp_path: Path) -> Iterator[Path]:
    """What is committed, and what is about to be: the tracked files as they are."""
    folder = tmp_path / "app"
    tracked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.split("\0")  # fmt: skip
    for name in filter(None, tracked):
        if (ROOT / name).is_file() and not name.startswith("tests/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    yield folder
    shutil.rmtree(folder)


def environment(home: Path) -> dict[str, str]:
    """Return an environment with nothing in it but where the machine's packages come from."""
    kept = {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "SSL_"))}
    # The python3 of the platform is 3.11; that of this machine's PATH may be another.
    binaries = home / "bin"
    binaries.mkdir(parents=True)
    (binaries / "python3").symlink_to(getattr(sys, "_base_executable", sys.executable))
    cache = subprocess.run(
        [sys.executable, "-m", "pip", "cache", "dir"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return kept | {"PATH": f"{binaries}:/usr/bin:/bin", "HOME": str(home), "PIP_CACHE_DIR": cache}


def test_its_commands_lead_from_a_clone_to_a_service_that_answers(
    clone: Path, tmp_path: Path
) -> None:
    clean = environment(tmp_path / "home")
    for command in (*FILE["build"]["commands"]["build"], *FILE["run"]["pre-run"]):
        done = subprocess.run(
            ["sh", "-c", command], cwd=clone, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    service = subprocess.Popen(
        FILE["run"]["command"].split(),
        cwd=clone,
        env=clean
        | {one["name"]: one["value"] for one in FILE["run"]["env"]}
        | {FILE["run"]["network"]["env"]: str(port)}
        | {"SECRET_KEY": "k" * 60, "ALLOWED_HOSTS": "example.com", "DATABASE_URL": database_url()},
        stdout=subprocess.DEVNULL,
    )
    try:
        assert answered(f"http://127.0.0.1:{port}/health", service) == 200
        assert answered(f"http://127.0.0.1:{port}/health/ready", service, "example.com") == 200
        assert list((clone / "static").glob("reports/pages.*.css")), "names have no hashes"
    finally:
        service.send_signal(signal.SIGTERM)
        service.wait(20)


def answered(url: str, service: "subprocess.Popen[bytes]", host: str = "10.0.0.1") -> int:
    """Return the status of a probe, once there is one."""
    end = time.monotonic() + 30
    asked = urllib.request.Request(url, headers={"Host": host})
    while True:
        try:
            with urllib.request.urlopen(asked, timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except (urllib.error.URLError, OSError):
            assert service.poll() is None, "the service has ended"
            assert time.monotonic() < end, "the service does not answer"
            time.sleep(0.1)


def test_image_and_source_start_the_same_with_the_same_settings() -> None:
    (command,) = re.findall(r"^CMD \[(.+)\]$", DOCKERFILE, re.MULTILINE)
    (block,) = re.findall(r"^ENV ((?:.+\\\n)+.+)$", DOCKERFILE, re.MULTILINE)
    of_image = dict(re.findall(r"([A-Z_]+)=(\S+)", block))
    of_source: dict[str, Any] = {one["name"]: one["value"] for one in FILE["run"]["env"]}

    assert FILE["run"]["command"] == ".venv/bin/" + " ".join(re.findall(r'"(.+?)"', command))
    assert str(FILE["run"]["network"]["port"]) == of_image.pop("PORT")
    del of_image["PATH"]
    assert {name: value.removeprefix("/app/") for name, value in of_image.items()} == of_source


def test_both_leave_the_same_packages_out() -> None:
    (of_image,) = re.findall(r"awk '.+?'", DOCKERFILE)

    assert any(of_image in command for command in FILE["run"]["pre-run"])
