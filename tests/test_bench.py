"""The measure of what sign-ins cost measures something, and what was measured is kept."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from buffet.bench.keeping import keep


@pytest.mark.xdist_group("servers")
def test_sign_ins_are_measured_with_real_hashes() -> None:
    command = [sys.executable, "manage.py", "bench", "--logins", "40"]

    done = subprocess.run(
        command, cwd=settings.BASE_DIR, capture_output=True, text=True, timeout=120, check=False
    )

    assert done.returncode == 0, done.stderr
    found = re.match(
        r"40 sign-ins: ([\d.]+) s of CPU \(([\d.]+) server, ([\d.]+) PostgreSQL\), "
        r"of which one hash each is ([\d.]+) s",
        done.stdout,
    )
    assert found, done.stdout
    total, server, database, hashes = map(float, found.groups())
    assert hashes > 0.1, "Argon2 at OWASP's setting takes more than 2.5 ms anywhere"
    assert 0.8 * hashes < server < 5 * hashes
    assert database < server
    assert abs(server + database - total) < 0.2
    assert re.search(r"who am I, while 50 people sign in: \d+ ms", done.stdout)


def test_a_measure_is_kept_in_the_place_of_the_one_before(tmp_path: Path) -> None:
    file = tmp_path / "BENCHMARKS.md"

    keep(file, "One", "1\n## of it\n")
    keep(file, "Two", "2")
    keep(file, "One", "3\n\n| 4 |\n")

    assert file.read_text() == "# One\n\n3\n\n| 4 |\n\n# Two\n\n2\n"
