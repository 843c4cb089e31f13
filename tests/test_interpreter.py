"""Whoever computes does not keep the other threads of a process that serves waiting."""

import subprocess
import sys

from django.conf import settings

ASKED = "import sys, buffet.wsgi; print(sys.getswitchinterval())"


def test_a_process_that_serves_lets_its_threads_have_their_turn() -> None:
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", ASKED],
        cwd=settings.BASE_DIR,
        check=True,
        capture_output=True,
        text=True,
    )

    # A request waits for the database several times, and each time for its turn after it.
    assert float(run.stdout) * 10 <= sys.getswitchinterval() == 0.005
