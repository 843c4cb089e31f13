"""The embedded PostgreSQL: started once, shared, stopped by the last one, back after any kill."""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from buffet import embedded

COMMAND = [sys.executable, "-m", "buffet.embedded", "--"]
ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    """A data folder of its own; whatever a test left running there is stopped."""
    yield tmp_path
    ours = embedded.cluster(tmp_path)
    ours.run("pg_ctl", "stop", "-D", ours.data, "-m", "immediate", "-w")
    # Root's server cannot reach a private folder, and has its data elsewhere.
    shutil.rmtree(ours.home, ignore_errors=True)


def start(data: Path, *command: str) -> subprocess.Popen[str]:
    """Run a command with the database of a folder."""
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    return subprocess.Popen(
        [*COMMAND, *command],
        cwd=ROOT,
        env=environment | {"DATA_DIR": str(data), "DATABASE_DURABLE": "false"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
    )


def ask(data: Path) -> int:
    """Ask the database something, and return the command's exit code."""
    question = (
        "import os, psycopg; "
        "psycopg.connect(os.environ['DATABASE_URL']).execute('SELECT 1').connection.close()"
    )
    process = start(data, sys.executable, "-c", question)
    process.communicate(timeout=60)
    return process.returncode


def postmaster(data: Path) -> int:
    """Return the process of the server of a folder; 0 where none runs."""
    file = embedded.cluster(data).data / "postmaster.pid"
    return int(file.read_text().split("\n")[0]) if file.exists() else 0


def lives(pid: int) -> bool:
    """Whether a process runs, and is not only waiting to be noticed as dead."""
    state = Path(f"/proc/{pid}/stat")
    return state.exists() and state.read_text().rsplit(")", 1)[1].split()[0] != "Z"


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + 20
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_the_last_one_out_stops_the_server(data: Path) -> None:
    first, second = (start(data, "sh", "-c", "echo in; exec sleep 60") for _ in range(2))
    for one in (first, second):
        assert one.stdout is not None
        assert one.stdout.readline() == "in\n"
    pid = postmaster(data)

    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=20)
    assert lives(pid)
    second.send_signal(signal.SIGTERM)
    second.communicate(timeout=20)

    assert not lives(pid)
    assert first.returncode == second.returncode == 128 + signal.SIGTERM


_STRUCK = """
import os, signal, subprocess, sys
from buffet import embedded

class Struck(subprocess.Popen):
    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        signal.raise_signal(signal.SIGTERM)

embedded.subprocess.Popen = Struck
embedded.leave_on_term()
sys.exit(embedded.supervise(["sleep", "60"], dict(os.environ)))
"""


def test_a_command_that_has_just_begun_is_not_left_behind() -> None:
    """Struck when the child is there and nobody has its name: its pipe ends only with it."""
    done = subprocess.run(
        [sys.executable, "-c", _STRUCK], cwd=ROOT, capture_output=True, timeout=20, check=False
    )

    assert done.returncode == 128 + signal.SIGTERM, done.stderr


def test_the_command_s_exit_code_is_ours(data: Path) -> None:
    process = start(data, "sh", "-c", "exit 7")
    process.communicate(timeout=60)

    assert process.returncode == 7


def test_after_the_server_was_killed_the_next_run_recovers(data: Path) -> None:
    process = start(data, "sleep", "60")
    wait_for(lambda: embedded.cluster(data).answers())
    pid = postmaster(data)

    os.kill(pid, signal.SIGKILL)
    wait_for(lambda: not lives(pid))
    process.kill()
    process.communicate()

    assert (embedded.cluster(data).data / "postmaster.pid").exists(), "it left nothing stale"
    assert ask(data) == 0


def test_after_the_launcher_was_killed_the_next_run_takes_over(data: Path) -> None:
    process = start(data, "sleep", "2")
    wait_for(lambda: embedded.cluster(data).answers())
    pid = postmaster(data)

    process.kill()
    process.wait()
    assert lives(pid), "the server went with its launcher"

    time.sleep(2.5)
    assert ask(data) == 0
    wait_for(lambda: not lives(pid))
    process.communicate()


@pytest.mark.parametrize("content", ["", "999999999\n", "not a number\n"])
def test_a_dead_pid_file_is_cleared_away(data: Path, content: str) -> None:
    assert ask(data) == 0
    (embedded.cluster(data).data / "postmaster.pid").write_text(content)

    assert ask(data) == 0


def test_a_folder_however_deep_has_a_short_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 40)

    assert len(str(embedded.cluster(deep).sockets)) < 60


def test_with_a_database_of_one_s_own_nothing_is_started(tmp_path: Path) -> None:
    process = subprocess.run(
        [*COMMAND, "sh", "-c", "echo $DATABASE_URL"],
        cwd=ROOT,
        env=os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": "postgresql://elsewhere/x"},
        capture_output=True,
        text=True,
        check=True,
    )

    assert process.stdout.strip() == "postgresql://elsewhere/x"
    assert not (tmp_path / "postgres").exists()


def test_a_server_of_somebody_else_is_refused_by_the_file_that_cannot_be_read(
    tmp_path: Path,
) -> None:
    ours = embedded.cluster(tmp_path)
    ours.data.mkdir(parents=True, exist_ok=True)
    file = ours.data / "postmaster.pid"
    file.write_text("1\n")
    file.chmod(0)
    own = os.geteuid()

    try:
        if own == 0:
            os.seteuid(pwd.getpwnam("nobody").pw_uid)
        with pytest.raises(PermissionError):
            embedded._postmaster(ours)
    finally:
        os.seteuid(own)
        shutil.rmtree(ours.home, ignore_errors=True)
