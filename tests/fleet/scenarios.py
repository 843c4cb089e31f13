"""The scenarios: each brings a fault about, proves that it came, and looks at what people got."""

import os
import re
import shutil
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from .budget import INSTANCES, MAX_CONNECTIONS, SPARE
from .fleet import Fleet, Load, Scenario, hold, within_budget
from .instances import Instance, start, wait_for
from .postgres import ROOT

USERS, WAIT = 24, 0.5
#: Seconds within which all is well after the database is back.
BACK = 6.0
STALLED = 512


def all_well(load: Load) -> None:
    """Say that nobody was refused anything."""
    failed = load.failed()
    hold(not failed, f"{len(failed)} of {len(load.lines)} failed, such as {failed[:3]}")


def nothing_lost(fleet: Fleet, load: Load) -> str:
    """Say that the database has all that was acknowledged."""
    acknowledged, lost = load.acknowledged(), fleet.lost(load)
    hold(len(acknowledged) > 0, "nothing was written")
    hold(not lost, f"{len(lost)} acknowledged writes are lost")
    return f"{len(acknowledged)} acknowledged writes, none lost"


def budget(fleet: Fleet, people: Path) -> str:
    """Connections never exceed the budget, with twice the instances and everybody clicking."""
    fleet.scale(2 * INSTANCES)
    with within_budget(fleet) as sampler, fleet.load(people, 3 * USERS, 0.2) as load:
        time.sleep(12)
    fleet.scale(INSTANCES)
    hold(sampler.most_in_all > 2 * INSTANCES * 2, "hardly a connection was used")
    all_well(load)
    return (
        f"{len(load.lines)} requests; at most {sampler.most_in_all} connections of "
        f"{MAX_CONNECTIONS - SPARE}, {max(sampler.most.values())} an instance"
    )


def kill(fleet: Fleet, people: Path) -> str:
    """The death of a worker and of an instance costs what was in flight there, and no write."""
    with within_budget(fleet), fleet.load(people, 2 * USERS, 0.2) as load:
        time.sleep(4)
        killed = {"worker": _killed(fleet, _worker), "instance": _killed(fleet, _instance)}
    fleet.scale(INSTANCES)
    figures = []
    for what, (in_flight, at, until) in killed.items():
        # What was sent before and was not answered was there; all else goes elsewhere.
        failed = load.failed(at - 5, until)
        late = [one for one in failed if one["at"] > at + 1.5]
        hold(not late, f"after the {what} was dead: {late[:3]}")
        # Between the look and the blow some more may have come.
        hold(len(failed) <= in_flight + 4, f"{what}: {len(failed)} failed: {failed[:3]}")
        figures.append(f"{what}: {len(failed)} failed, {in_flight} in flight")
    return "; ".join([*figures, nothing_lost(fleet, load)])


def _killed(fleet: Fleet, blow: Callable[[Fleet, Instance], None]) -> tuple[int, float, float]:
    """Deal a blow to an instance that works, and return what was in flight, from and until when."""
    victim = fleet.instances[-1]

    def in_flight() -> int:
        return int(fleet.proxy.row(victim)["scur"])

    wait_for(lambda: in_flight() > 0, "something in flight")
    many, at = in_flight(), time.time()
    blow(fleet, victim)
    time.sleep(3)
    until = time.time()
    # What was sent before then is answered before anything else happens.
    time.sleep(2)
    return many, at, until


def _worker(fleet: Fleet, victim: Instance) -> None:
    before = victim.workers()
    os.kill(before[0], signal.SIGKILL)
    wait_for(lambda: len(set(victim.workers()) - set(before)) == 1, "a new worker")


def _instance(fleet: Fleet, victim: Instance) -> None:
    victim.kill()
    wait_for(lambda: not fleet.proxy.is_up(victim), "the proxy notices")


@contextmanager
def release(fleet: Fleet, name: str) -> Iterator[Path]:
    """Copy our tree, to make another release of it."""
    tree = fleet.folder / name
    kept = (".git", ".venv", ".data", "node_modules", "artifacts", "__pycache__", "tests")
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(*kept))
    yield tree
    shutil.rmtree(tree)


_MIGRATION = """\
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("buffet", "{before}")]
    operations = [
        migrations.RunSQL(
            "ALTER TABLE accounts_broker ADD COLUMN fleet text",
            "ALTER TABLE accounts_broker DROP COLUMN fleet",
        )
    ]
"""


def deploy(fleet: Fleet, people: Path) -> str:
    """A new release with a migration comes in the middle of it, and no request fails."""
    old = list(fleet.instances)
    with release(fleet, "next") as tree:
        migrations = tree / "buffet" / "migrations"
        last = sorted(migrations.glob("0*.py"))[-1].stem
        (migrations / "9999_fleet.py").write_text(_MIGRATION.format(before=last))
        with within_budget(fleet) as sampler, fleet.load(people, USERS, WAIT) as load:
            time.sleep(3)
            fleet.database.manage("migrate", "--verbosity=0", tree=tree, ALLOWED_HOSTS="127.0.0.1")
            column = (
                "SELECT count(*) FROM information_schema.columns "
                "WHERE table_name = 'accounts_broker' AND column_name = 'fleet'"
            )
            hold(fleet.database.ask(column) == [(1,)], "the migration was not applied")
            fleet.proxy.say("clear counters all")
            new = fleet.launch(len(old), tree, RELEASE="2.0.0")
            fleet.add(new)
            for one in old:
                fleet.proxy.drain(one)
            stopped = max(one.stop() for one in old)
            for one in old:
                hold(one.process.returncode == 0, f"{one.name} ended {one.process.returncode}")
                fleet.forget(one)
            moved = time.time()
            time.sleep(3)
        served = [int(fleet.proxy.row(one)["stot"]) for one in new]
        hold(min(served) > 0, "the new release was asked nothing")
        all_well(load)
        hold(len(load.lines) > 100, "hardly anybody came")
        # Back to the tree that is to stay.
        fleet.scale(0)
        fleet.scale(INSTANCES)
    fleet.database.ask("ALTER TABLE accounts_broker DROP COLUMN fleet")
    fleet.database.ask("DELETE FROM django_migrations WHERE name = '9999_fleet'")
    return (
        f"{len(load.lines)} requests, 0 failed, {sum(load.statuses(moved).values())} of them by "
        f"the new release alone; at most {sampler.most_in_all} connections; old ones ended in "
        f"{stopped:.1f} s; {nothing_lost(fleet, load)}"
    )


def _outage(fleet: Fleet, people: Path, mode: str) -> str:
    before = {worker for one in fleet.instances for worker in one.workers()}
    with within_budget(fleet), fleet.load(people, USERS, WAIT) as load:
        time.sleep(3)
        away = time.time()
        fleet.database.stop(mode)
        time.sleep(3)
        fleet.database.start()
        back = time.time()
        time.sleep(BACK + 3)
    statuses = load.statuses(away - 1, back + BACK)
    hold(statuses[503] > 0, "nobody noticed")
    hold(set(load.statuses()) <= {200, 201, 503}, f"answers were {load.statuses()}")
    well = max(one["at"] for one in load.failed()) - back
    hold(well < BACK, f"the last error came {well:.1f} s after the database was back")
    slowest = max(one["ms"] for one in load.failed())
    hold(slowest < 4000, f"somebody waited {slowest:.0f} ms to be refused")
    after = {worker for one in fleet.instances for worker in one.workers()}
    hold(before == after, "workers were started anew")
    return (
        f"{statuses[503]} answers were 503, the slowest in {slowest:.0f} ms; the last "
        f"{well:.1f} s after the database was back; {nothing_lost(fleet, load)}"
    )


def restart(fleet: Fleet, people: Path) -> str:
    """The database is restarted: errors are 503 only, and soon over."""
    return _outage(fleet, people, "fast")


def crash(fleet: Fleet, people: Path) -> str:
    """The database crashes: errors are 503 only, and soon over."""
    return _outage(fleet, people, "immediate")


def bad_release(fleet: Fleet, people: Path) -> str:
    """A release that fails its health check never gets a request."""
    with release(fleet, "bad") as tree:
        middleware = tree / "buffet" / "middleware.py"
        healthy = 'JsonResponse({"status": "ok"})'
        text = middleware.read_text()
        hold(healthy in text, "the health check is elsewhere")
        middleware.write_text(text.replace(healthy, 'JsonResponse({"status": "bad"}, status=500)'))
        with fleet.load(people, USERS, WAIT) as load:
            bad = _unwell(fleet, tree)
            time.sleep(5)
            row = fleet.proxy.row(bad)
        bad.stop()
        fleet.forget(bad)
    checks, others = _failed_checks(bad), _requests(bad)
    hold(checks > 3, "its health was not asked for")
    hold(any(map(_requests, fleet.instances)), "no log tells of requests")
    hold(row["status"].startswith("DOWN"), f"the proxy thinks that it is {row['status']}")
    hold(not others, f"it was asked {others[:3]}")
    hold(row["stot"] == "0", f"it was sent {row['stot']} requests")
    all_well(load)
    return f"{checks} health checks, 0 requests; {len(load.lines)} requests elsewhere, 0 failed"


def _unwell(fleet: Fleet, tree: Path) -> Instance:
    """Start a release that never becomes well, and offer it to the proxy."""
    made = start("fleet-bad", fleet.database.url, fleet.folder, tree)
    fleet.instances.append(made)
    fleet.proxy.say("clear counters all")
    fleet.proxy.add(made)
    wait_for(lambda: _failed_checks(made), "a health check")
    return made


def _requests(made: Instance) -> list[str]:
    """Return the lines of the requests that an instance was sent; of health checks are none."""
    return [line for line in made.log.read_text().splitlines() if '"logger":"request"' in line]


def _failed_checks(made: Instance) -> int:
    """Return how many health checks an instance has failed: Django tells of each such error."""
    return made.log.read_text().count('"logger":"django.request"')


def stalled(fleet: Fleet, people: Path) -> str:
    """Hundreds who send half of what they would, or do not read, keep nobody else waiting."""
    with fleet.load(people, USERS, WAIT) as load:
        time.sleep(3)
        quiet = time.time()
        time.sleep(15)
        opened = time.time()
        sockets = _stall(fleet)
        # To connect so many is work, and so are the answers that nobody reads.
        time.sleep(3)
        begun = time.time()
        time.sleep(15)
        ended = time.time()
        open_then = int(re.search(r"CurrConns: (\d+)", fleet.proxy.say("show info"))[1])
        for one in sockets:
            one.close()
    before, during = load.quantile(0.99, quiet, opened), load.quantile(0.99, begun, ended)
    all_well(load)
    hold(open_then >= STALLED, f"only {open_then} connections were open")
    hold(during <= 2 * max(before, 25), f"p99 was {during:.0f} ms instead of {before:.0f}")
    return f"{open_then} connections open; p99 {before:.0f} ms before, {during:.0f} ms during"


def _stall(fleet: Fleet) -> list[socket.socket]:
    """Open sockets that send half a head, half a body, or read nothing."""
    head = "POST /api/v1/transactions HTTP/1.1\r\nHost: 127.0.0.1\r\n"
    body = f"{head}Content-Type: application/json\r\nContent-Length: 4000\r\n\r\n{{"
    reading = "GET /api/v1/schema HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
    made = []
    for number in range(STALLED):
        one = socket.socket()
        # A reader whose buffer is full at once.
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        one.connect(("127.0.0.1", fleet.proxy.port))
        one.sendall((head, body, reading)[number % 3].encode())
        made.append(one)
    return made


def full(fleet: Fleet, people: Path) -> str:
    """The database's disk is full: reading goes on, changes are 503, and all is well afterwards."""
    disk = fleet.folder / "disk"
    disk.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", "tmpfs", disk], check=True)
    try:
        user = fleet.database.cluster.user
        if user is not None:
            os.chown(disk, user.pw_uid, user.pw_gid)
        fleet.database.ask(f"CREATE TABLESPACE small LOCATION '{disk}'")
        for table in ("transactions_transaction", "transactions_entry"):
            fleet.database.ask(f"ALTER TABLE {table} SET TABLESPACE small")
        with fleet.load(people, USERS, WAIT) as load:
            time.sleep(3)
            ballast = disk / "ballast"
            with ballast.open("wb") as file:
                try:
                    while True:
                        file.write(b"0" * 65536)
                        file.flush()
                except OSError:
                    filled = time.time()
            wait_for(lambda: _refuses_writes(fleet, people), "a write finds no room", 30)
            noticed = time.time()
            time.sleep(5)
            ballast.unlink()
            room = time.time()
            time.sleep(5)
        lost = nothing_lost(fleet, load)
    finally:
        for table in ("transactions_transaction", "transactions_entry"):
            fleet.database.ask(f"ALTER TABLE {table} SET TABLESPACE pg_default")
        fleet.database.ask("DROP TABLESPACE IF EXISTS small")
        subprocess.run(["umount", disk], check=False)
    during = [one for one in load.lines if filled <= one["at"] < room]
    reads = Counter(one["status"] for one in during if one["what"].startswith("GET"))
    writes = Counter(one["status"] for one in during if one["wrote"])
    hold(set(reads) == {200}, f"reads were {reads}")
    hold(set(writes) <= {201, 503} and writes[503] > 0, f"writes were {writes}")
    said = [one for one in during if one["status"] == 503]
    hold(all("storage_full" in one["said"] for one in said), f"it was said {said[:2]}")
    all_well(Load([one for one in load.lines if one["at"] > room + 0.5 or one["at"] < filled]))
    return (
        f"full {noticed - filled:.1f} s after the ballast, for {room - noticed:.0f} s: "
        f"{reads[200]} reads were 200, {writes[503]} writes 503; "
        f"none failed with room again; {lost}"
    )


def _refuses_writes(fleet: Fleet, people: Path) -> bool:
    """Whether the database's log has a write that found no room."""
    return "No space left on device" in fleet.database.cluster.log.read_text()


ALL: dict[str, Scenario] = {
    one.__name__.replace("_", "-"): one
    for one in (budget, kill, deploy, restart, crash, bad_release, stalled, full)
}
