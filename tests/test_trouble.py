"""What people and programs are told while the database is in trouble, and how soon it is over."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from fleet.postgres import Postgres, postgres, standby
from serving import Server, serving

from buffet import embedded

pytestmark = pytest.mark.xdist_group("servers")

#: Seconds within which everybody is answered, and within which all is well again.
ANSWERED, BACK = 4.0, 6.0
THREADS = 2
#: A browser with a session, which is looked for in the database.
BROWSER = {"Cookie": "sessionid=abcdefghijklmnopqrstuvwxyz012345", "Accept-Language": "en"}
SOMEONE = """
from buffet import services
from buffet.audit import Actor
from buffet.models import User
user = User.objects.create_user("owner@example.com", None, name="Owner")
by = Actor(user.id, "command", email=user.email)
services.create_book(by=by, user_id=user.id, name="Home", base_currency="BRL", time_zone="UTC")
user.refresh_from_db()
print(services.open_session(user).access)
"""


@pytest.fixture(scope="module")
def home() -> Iterator[Path]:
    """A folder whose path a server that is not root's can reach."""
    made = Path("/tmp") / f"buffet-trouble-{os.getpid()}"
    made.mkdir(mode=0o755)
    yield made
    shutil.rmtree(made)


@pytest.fixture(scope="module")
def database(home: Path) -> Iterator[Postgres]:
    """A database that may be stopped, with our tables."""
    with postgres(home / "first") as made:
        made.manage("migrate", "-v0")
        yield made


@pytest.fixture(scope="module")
def headers(database: Postgres) -> dict[str, str]:
    """What a signed-in owner of a book sends."""
    return {"Authorization": f"Bearer {database.manage('shell', '-v0', '-c', SOMEONE).strip()}"}


@contextmanager
def client_of(url: str, headers: dict[str, str]) -> Iterator[tuple[Server, httpx.Client]]:
    """Serve on a database, and yield the server with a client that is signed in."""
    threads = {"WEB_WORKERS": "1", "WEB_THREADS": str(THREADS)}
    with (
        serving(DATABASE_URL=url, **threads) as server,
        httpx.Client(base_url=server.url, headers=headers, timeout=20) as client,
    ):
        yield server, client


@pytest.fixture(scope="module")
def served(database: Postgres, headers: dict[str, str]) -> Iterator[tuple[Server, httpx.Client]]:
    """One server for all of it: nothing here may need it to be started anew."""
    with client_of(database.url, headers) as made:
        yield made


@pytest.fixture
def client(served: tuple[Server, httpx.Client]) -> Iterator[httpx.Client]:
    """The client of the owner; afterwards the same processes serve as before."""
    server, made = served
    before = server.workers()
    until_well(made)
    yield made
    until_well(made)
    assert server.workers() == before, "it was started anew"


def until_well(client: httpx.Client) -> None:
    """Wait until reading, writing and the probe are as ever, which must be soon."""
    end = time.monotonic() + BACK
    while True:
        answers = [client.get("/health/ready"), client.get("/api/v1/accounts"), add_broker(client)]
        if [answer.status_code for answer in answers] == [200, 200, 201]:
            return
        assert time.monotonic() < end, [answer.text for answer in answers]
        time.sleep(0.1)


def add_broker(client: httpx.Client) -> httpx.Response:
    """Send a change that is a new one each time."""
    return client.post("/api/v1/brokers", json={"name": f"Broker {time.monotonic_ns()}"})


def refused(answer: httpx.Response, *codes: str) -> None:
    """Check that a program was told in time what is wrong and when to come back."""
    assert answer.status_code == 503, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.headers["Retry-After"] == "2"
    assert answer.json()["code"] in codes
    assert answer.elapsed.total_seconds() < ANSWERED


def healthy(client: httpx.Client) -> None:
    """Check that the platform has no reason to start the process anew."""
    answer = client.get("/health")
    assert (answer.status_code, answer.elapsed.total_seconds() < 1) == (200, True)


def wrong(client: httpx.Client) -> str:
    """Return what the probe says is wrong with the database."""
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.elapsed.total_seconds() < ANSWERED
    return answer.json()["checks"]["database"]


def all_kinds(client: httpx.Client) -> list[httpx.Response]:
    """Ask in every way that has a path of its own to the database, many at once."""
    asked: list[Callable[[], httpx.Response]] = [
        lambda: client.get("/api/v1/accounts"),
        lambda: client.get("/api/v1/accounts", headers={"If-None-Match": '"1.x"'}),
        lambda: add_broker(client),
        lambda: client.post("/api/v1/auth/token", json={"email": "a@b.com", "password": "wrong"}),
    ]
    with ThreadPoolExecutor(24) as pool:
        return list(pool.map(lambda ask: ask(), asked * 6))


@pytest.mark.parametrize("mode", ["fast", "immediate"])
def test_while_the_database_is_away_everybody_is_told_to_come_back(
    mode: str, database: Postgres, client: httpx.Client
) -> None:
    database.stop(mode)
    try:
        for _ in range(2):
            for answer in all_kinds(client):
                refused(answer, "database_unavailable", "busy")
        page = client.get("/", headers=BROWSER)
        healthy(client)
        said = wrong(client)
    finally:
        database.start()
    until_well(client)

    assert (page.status_code, page.headers["Retry-After"]) == (503, "2")
    assert page.headers["Content-Type"].startswith("text/html")
    assert "We cannot answer at the moment" in page.text
    assert "Traceback" not in page.text
    assert said == "does not answer"


@contextmanager
def trigger(database: Postgres, does: str) -> Iterator[None]:
    """Have the database do something at each new broker."""
    database.ask(
        "CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS "
        f"$$ BEGIN {does}; RETURN NEW; END $$"
    )
    database.ask(
        "CREATE TRIGGER fault BEFORE INSERT ON accounts_broker "
        "FOR EACH ROW EXECUTE FUNCTION fault()"
    )
    try:
        yield
    finally:
        database.ask("DROP FUNCTION fault CASCADE")


@contextmanager
def stuck(database: Postgres, client: httpx.Client) -> Iterator[list[Future[httpx.Response]]]:
    """Have each connection of the pool read something that does not end by itself."""
    cancel = "SELECT count(pg_cancel_backend(pid)) FROM pg_stat_activity WHERE wait_event = %s"
    asleep = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = %s"
    database.ask("ALTER TABLE accounts_broker RENAME TO kept")
    database.ask("CREATE VIEW accounts_broker AS SELECT kept.* FROM kept, pg_sleep(60)")
    try:
        with ThreadPoolExecutor(THREADS) as pool:
            sent = [pool.submit(client.get, "/api/v1/brokers") for _ in range(THREADS)]
            end = time.monotonic() + 3
            while database.ask(asleep, "PgSleep") != [(THREADS,)]:
                assert time.monotonic() < end, "they are not stuck"
                time.sleep(0.02)
            yield sent
            assert database.ask(cancel, "PgSleep") == [(THREADS,)]
    finally:
        database.ask(cancel, "PgSleep")
        database.ask("DROP VIEW accounts_broker")
        database.ask("ALTER TABLE kept RENAME TO accounts_broker")


def test_who_finds_every_connection_in_use_comes_back(
    database: Postgres, client: httpx.Client
) -> None:
    with stuck(database, client) as slow, ThreadPoolExecutor(13) as pool:
        probe = pool.submit(wrong, client)
        waiting = [pool.submit(client.get, "/api/v1/accounts") for _ in range(12)]
        healthy(client)
        for one in waiting:
            refused(one.result(), "busy")
        said = probe.result()

    assert said == "no connection is free"
    # Cut off by the database, as those that take longer than statement_timeout are.
    assert [one.result().status_code for one in slow] == [503] * THREADS
    assert {one.result().json()["code"] for one in slow} == {"took_too_long"}


def test_who_waits_for_a_lock_comes_back(database: Postgres, client: httpx.Client) -> None:
    with database.cluster.connect(embedded.DATABASE) as held, held.transaction():
        held.execute("LOCK accounts_account IN ACCESS EXCLUSIVE MODE")
        refused(client.get("/api/v1/accounts"), "busy")
        assert client.get("/api/v1/users/me").status_code == 200


def test_without_room_for_changes_reading_goes_on(database: Postgres, client: httpx.Client) -> None:
    with trigger(database, "RAISE EXCEPTION 'no space left' USING ERRCODE = 'disk_full'"):
        refused(add_broker(client), "storage_full")
        assert client.get("/api/v1/brokers").status_code == 200


def test_a_database_that_takes_no_changes_says_so(database: Postgres, client: httpx.Client) -> None:
    database.ask("ALTER SYSTEM SET default_transaction_read_only = on")
    database.ask("SELECT pg_reload_conf()")
    try:
        end = time.monotonic() + 3
        while database.ask("SHOW default_transaction_read_only") != [("on",)]:
            assert time.monotonic() < end
        until(lambda: add_broker(client).status_code == 503)
        refused(add_broker(client), "read_only")
        assert wrong(client) == "read only"
        assert client.get("/api/v1/brokers").status_code == 200
    finally:
        database.ask("ALTER SYSTEM RESET default_transaction_read_only")
        database.ask("SELECT pg_reload_conf()")


def test_a_standby_that_was_promoted_is_found_by_itself(
    database: Postgres, headers: dict[str, str], home: Path
) -> None:
    with standby(database, home / "second") as second:
        both = f"{database.cluster.sockets},{second.cluster.sockets}"
        url = f"postgresql://postgres@/buffet?host={both}&target_session_attrs=read-write"
        with client_of(url, headers) as (server, client):
            until_well(client)
            before, name = server.workers(), add_broker(client).json()["name"]
            arrived = "SELECT 1 FROM accounts_broker WHERE name = %s"
            until(lambda: bool(second.ask(arrived, name)))
            database.stop("immediate")
            try:
                for answer in all_kinds(client):
                    refused(answer, "database_unavailable", "busy")
                healthy(client)
                second.promote()
                until_well(client)

                found = client.get("/api/v1/brokers").json()["results"]
                assert name in [one["name"] for one in found]
                assert server.workers() == before, "it was started anew"
            finally:
                database.start()


def until(happened: Callable[[], bool]) -> None:
    """Wait until something has happened."""
    end = time.monotonic() + BACK
    while not happened():
        assert time.monotonic() < end
        time.sleep(0.05)
