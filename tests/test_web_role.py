"""The database role of the web process serves everything that people do, and changes no table."""

import io
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import Connection, connect
from psycopg.errors import InsufficientPrivilege

from buffet.capacity import max_instances, per_instance

# Roles are shared by all databases of a server.
pytestmark = pytest.mark.xdist_group("web role")
NAME = "buffet_web_of_a_test"


def url(name: str, password: str = 'it\'s a "secret"') -> str:
    return f"postgresql://{name}:{password}@host/buffet".replace(" ", "%20").replace('"', "%22")


def make(monkeypatch: pytest.MonkeyPatch, address: str) -> str:
    monkeypatch.setenv("WEB_DATABASE_URL", address)
    told = io.StringIO()
    call_command("web_role", stdout=told)
    return told.getvalue()


@pytest.fixture
def role(monkeypatch: pytest.MonkeyPatch, transactional_db: None) -> Iterator[str]:
    """Make the role, and remove it afterwards."""
    make(monkeypatch, url(NAME))
    yield NAME
    with connection.cursor() as cursor:
        cursor.execute(f"DROP OWNED BY {NAME}")
        cursor.execute(f"DROP ROLE {NAME}")


@pytest.fixture
def as_web(role: str) -> Iterator[Connection]:
    """A connection of the role: the test server trusts whoever names it."""
    parameters = connection.get_connection_params()
    known = {key: parameters[key] for key in ("dbname", "host", "port") if key in parameters}
    with connect(**known, user=role, password='it\'s a "secret"', autocommit=True) as ours:
        yield ours


def test_it_may_hold_as_many_connections_as_twice_the_instances(
    role: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WEB_WORKERS", "1")
    monkeypatch.setenv("WEB_THREADS", "2")
    held = per_instance(1, 2)

    told = make(monkeypatch, url(role))

    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting('max_connections')::int")
        most = 2 * held * max_instances(cursor.fetchone()[0], held)
        cursor.execute("SELECT rolconnlimit FROM pg_roles WHERE rolname = %s", [role])
        assert cursor.fetchone() == (most,)
    assert str(most) in told


def test_it_reads_and_writes_every_table_of_ours(as_web: Connection) -> None:
    lacking = as_web.execute(
        "SELECT table_name, privilege FROM information_schema.tables, "
        "unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE']) AS privilege "
        "WHERE table_schema = 'public' AND table_type = 'BASE TABLE' "
        "AND NOT has_table_privilege(quote_ident(table_name), privilege)"
    ).fetchall()

    assert lacking == []


def test_it_changes_no_table(as_web: Connection) -> None:
    for statement in (
        "ALTER TABLE buffet_book ADD COLUMN more int",
        "DROP TABLE buffet_book",
        "TRUNCATE transactions_entry",
        "CREATE TABLE more (id int)",
        "ALTER TABLE transactions_entry DISABLE TRIGGER ALL",
    ):
        with pytest.raises(InsufficientPrivilege):
            as_web.execute(statement)


def test_it_may_use_what_a_later_migration_adds(as_web: Connection) -> None:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE added_later (id serial PRIMARY KEY)")
    try:
        as_web.execute("INSERT INTO added_later DEFAULT VALUES")
        assert as_web.execute("SELECT count(*) FROM added_later").fetchone() == (1,)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE added_later")


def test_the_owner_of_the_tables_does_not_serve(
    monkeypatch: pytest.MonkeyPatch, transactional_db: None
) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        owner = cursor.fetchone()[0]

    with pytest.raises(CommandError, match="needs another one"):
        make(monkeypatch, url(owner))
