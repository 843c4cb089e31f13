"""Of new migrations, what the release before cannot live with is refused, and nothing else."""

import io
import subprocess
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.contrib.postgres.operations import (
    AddConstraintNotValid,
    AddIndexConcurrently,
    ValidateConstraint,
)
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, models
from django.db.migrations import Migration, RunSQL, SeparateDatabaseAndState
from django.db.migrations import operations as ops
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder

from buffet.migrating import rules
from buffet.migrating.checking import check, reason
from buffet.migrating.released import new_since
from buffet.migrating.rules import Rule

ROOT = Path(__file__).resolve().parent.parent
FIRST = [
    ops.CreateModel(
        "Bank",
        [("id", models.BigAutoField(primary_key=True)), ("code", models.SmallIntegerField())],
        options={"unique_together": {("id", "code")}},
    ),
    ops.CreateModel("Kind", [], options={"proxy": True}, bases=("ledger.bank",)),
    ops.CreateModel(
        "View", [("id", models.BigAutoField(primary_key=True))], options={"managed": False}
    ),
    ops.CreateModel(
        "Account",
        [
            ("id", models.BigAutoField(primary_key=True)),
            ("bank", models.ForeignKey("ledger.Bank", models.PROTECT, db_constraint=False)),
            ("name", models.CharField(max_length=80)),
            ("note", models.CharField(max_length=80, null=True)),
            ("limit", models.DecimalField(max_digits=12, decimal_places=2)),
            ("position", models.SmallIntegerField(db_default=0)),
        ],
    ),
]
POSITIVE = models.CheckConstraint(condition=models.Q(limit__gt=0), name="positive")
ONE_NAME = models.UniqueConstraint(fields=["name"], name="one_name")
BY_NAME = models.Index(fields=["name"], name="by_name")
NAME = models.CharField(max_length=80)


def graph(*operations: Operation) -> MigrationGraph:
    """Return a first migration that is released, and a second one of these operations."""
    made, then = Migration("0001_first", "ledger"), Migration("0002_second", "ledger")
    made.operations, then.operations = FIRST, list(operations)
    made.initial = True
    both = MigrationGraph()
    both.add_node(("ledger", "0001_first"), made)
    both.add_node(("ledger", "0002_second"), then)
    both.add_dependency(then, ("ledger", "0002_second"), ("ledger", "0001_first"))
    return both


def broken(*operations: Operation) -> list[Rule]:
    """Return the rules that operations break on tables that the release before has."""
    (findings,) = check(graph(*operations), {("ledger", "0002_second")}).values()
    return [finding.rule for finding in findings]


def add(field: Any) -> Operation:
    return ops.AddField("account", "more", field)


def alter(name: str, field: Any) -> Operation:
    return ops.AlterField("account", name, field)


def constrain(constraint: models.BaseConstraint) -> Operation:
    return ops.AddConstraint("account", constraint)


REFUSED: list[tuple[Operation, Rule]] = [
    (ops.RemoveField("account", "note"), rules.GONE),
    (ops.DeleteModel("Account"), rules.GONE),
    (ops.RenameField("account", "note", "remark"), rules.RENAMED),
    (ops.RenameModel("Account", "Pocket"), rules.RENAMED),
    (ops.AlterModelTable("Account", "pockets"), rules.RENAMED),
    (alter("name", models.CharField(max_length=80, db_column="title")), rules.RENAMED),
    (add(models.TextField(default="")), rules.REQUIRED),
    (add(models.TextField(null=True, unique=True)), rules.UNIQUE),
    (add(models.ForeignKey("ledger.Bank", models.PROTECT, null=True)), rules.INDEX),
    (
        add(
            models.GeneratedField(
                expression=models.F("position"),
                output_field=models.SmallIntegerField(),
                db_persist=True,
            )
        ),
        rules.FILLED,
    ),
    (alter("note", models.CharField(max_length=80, default="")), rules.NOT_NULL),
    (alter("position", models.SmallIntegerField(default=0)), rules.DEFAULT_GONE),
    (alter("position", models.BigIntegerField(db_default=0)), rules.RETYPED),
    (alter("position", models.PositiveSmallIntegerField(db_default=0)), rules.NARROWER),
    (alter("name", models.CharField(max_length=40)), rules.NARROWER),
    (alter("name", models.CharField(max_length=80, db_collation="C")), rules.RETYPED),
    (alter("limit", models.DecimalField(max_digits=9, decimal_places=2)), rules.NARROWER),
    (alter("limit", models.DecimalField(max_digits=12, decimal_places=3)), rules.RETYPED),
    (alter("name", models.CharField(max_length=80, unique=True)), rules.UNIQUE),
    (alter("name", models.CharField(max_length=80, db_index=True)), rules.INDEX),
    (alter("bank", models.ForeignKey("ledger.Bank", models.PROTECT)), rules.UNCHECKED),
    (ops.AddIndex("account", BY_NAME), rules.INDEX),
    (constrain(ONE_NAME), rules.UNIQUE),
    (constrain(POSITIVE), rules.UNCHECKED),
    (ops.AlterUniqueTogether("account", {("bank", "name")}), rules.UNIQUE),
]


@pytest.mark.parametrize(("operation", "rule"), REFUSED, ids=lambda one: getattr(one, "why", None))
def test_what_the_release_before_cannot_live_with_is_refused(
    operation: Operation, rule: Rule
) -> None:
    assert broken(operation) == [rule]


@pytest.mark.parametrize(
    "operation",
    [
        add(models.TextField(null=True)),
        add(models.TextField(db_default="")),
        add(models.ManyToManyField("ledger.Bank")),
        alter("name", models.CharField(max_length=80, null=True)),
        alter("name", models.CharField(max_length=120)),
        alter("name", models.TextField()),
        alter("name", models.CharField(max_length=80, help_text="Said on the card.")),
        alter("limit", models.DecimalField(max_digits=14, decimal_places=2)),
        ops.RenameField("account", "position", "position"),
        ops.AlterModelTable("Account", "ledger_account"),
        ops.AlterModelOptions("Account", {"ordering": ["name"]}),
        ops.AlterUniqueTogether("bank", {("id", "code")}),
        ops.AlterUniqueTogether("bank", set()),
        ops.DeleteModel("View"),
        ops.DeleteModel("Kind"),
        AddIndexConcurrently("account", BY_NAME),
        AddConstraintNotValid("account", POSITIVE),
    ],
    ids=lambda operation: operation.describe(),
)
def test_what_it_can_live_with_is_not(operation: Operation) -> None:
    assert broken(operation) == []


def test_a_check_may_be_validated_once_it_is_there() -> None:
    there = AddConstraintNotValid("account", POSITIVE)

    assert broken(there, ValidateConstraint("account", "positive")) == []


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        ("DROP TABLE IF EXISTS ledger_account CASCADE", rules.GONE),
        ("ALTER TABLE ledger_account DROP COLUMN note", rules.GONE),
        ('alter table only public."ledger_account"\n  drop "note"', rules.GONE),
        ("ALTER TABLE ledger_account ADD a int, DROP note", rules.GONE),
        ("DO $$\nBEGIN\nALTER TABLE ledger_account DROP note;\nEND $$", rules.GONE),
        ("SELECT 1; ALTER TABLE ledger_account RENAME note TO remark", rules.RENAMED),
        ("ALTER TABLE ledger_account RENAME TO pockets", rules.RENAMED),
        ("ALTER TABLE ledger_account ALTER position TYPE bigint", rules.RETYPED),
        ("ALTER TABLE ledger_account ALTER COLUMN note SET NOT NULL", rules.NOT_NULL),
        ("ALTER TABLE ledger_account ALTER position DROP DEFAULT", rules.DEFAULT_GONE),
        ("ALTER TABLE ledger_account ADD COLUMN more text NOT NULL", rules.REQUIRED),
        ('ALTER TABLE ledger_account ADD CHECK ("limit" > 0)', rules.UNCHECKED),
        ("ALTER TABLE ledger_account ADD CONSTRAINT one UNIQUE (bank_id, name)", rules.UNIQUE),
        ("CREATE INDEX by_name ON ledger_account (name)", rules.INDEX),
        ("CREATE UNIQUE INDEX one_name ON ledger_account (name)", rules.UNIQUE),
    ],
)
def test_sql_is_read_as_well(sql: str, rule: Rule) -> None:
    assert broken(RunSQL(sql)) == [rule]
    assert broken(RunSQL([("SELECT %s", [1]), sql])) == [rule]


@pytest.mark.parametrize(
    "sql",
    [
        "-- DROP TABLE ledger_account",
        "COMMENT ON TABLE ledger_account IS 'ours; DROP TABLE ledger_account'",
        "CREATE FUNCTION f() RETURNS void LANGUAGE sql AS $x$\nDROP TABLE ledger_account;\n$x$",
        "ALTER TABLE ledger_account DROP CONSTRAINT positive",
        "ALTER TABLE ledger_account ADD more numeric(9, 2) DEFAULT 0 NOT NULL",
        "ALTER TABLE ledger_account ADD CONSTRAINT c CHECK (position IN (1, 2)) NOT VALID",
        "ALTER TABLE ledger_account ADD CONSTRAINT one UNIQUE USING INDEX one_name",
        "CREATE UNIQUE INDEX CONCURRENTLY one_name ON ledger_account (name)",
        "CREATE TEMP TABLE kept AS SELECT 1 AS a; CREATE INDEX ON kept (a); DROP TABLE kept",
    ],
)
def test_sql_that_harms_nobody_is_let_through(sql: str) -> None:
    assert broken(RunSQL(sql)) == []


def test_of_what_is_done_to_database_and_models_apart_only_the_database_counts() -> None:
    removal = ops.RemoveField("account", "note")

    assert broken(SeparateDatabaseAndState(state_operations=[removal])) == []
    assert broken(SeparateDatabaseAndState(database_operations=[removal])) == [rules.GONE]
    assert broken(SeparateDatabaseAndState([removal], [removal])) == [rules.GONE]


def test_tables_that_new_migrations_make_are_free() -> None:
    made = ops.CreateModel("Card", [("id", models.BigAutoField(primary_key=True))])
    renamed = ops.RenameModel("Card", "Plastic")

    found = broken(
        made,
        ops.AddField("card", "name", NAME),
        ops.AddIndex("card", BY_NAME),
        ops.RemoveIndex("card", "by_name"),
        renamed,
        ops.RemoveField("plastic", "name"),
        RunSQL("ALTER TABLE ledger_plastic RENAME TO plastics"),
    )

    assert found == []


def test_what_is_only_said_of_the_models_makes_no_table() -> None:
    named = ops.CreateModel("Card", [("id", models.BigAutoField(primary_key=True))])

    assert broken(SeparateDatabaseAndState(state_operations=[named]), ops.DeleteModel("Card")) == [
        rules.GONE
    ]


def test_a_finding_says_where_what_why_and_what_instead() -> None:
    checked = check(graph(ops.RemoveField("account", "note")), {("ledger", "0002_second")})

    ((finding,),) = checked.values()
    assert str(finding).startswith(
        "ledger.0002_second: Remove field note from account: the release before still reads and "
        "writes it; let it be NULL or give it a db_default, "
    )


def test_that_it_is_safe_is_no_reason() -> None:
    class Reasoned(Migration):
        safe = "Nobody reads it since May."

    class Silent(Migration):
        safe = True

    assert reason(Reasoned("0001", "ledger")) == "Nobody reads it since May."
    assert reason(Silent("0001", "ledger")) == ""


def told(**options: Any) -> tuple[str, str, str]:
    """Return what the command writes, the errors among it, and how it ends."""
    out, err, end = io.StringIO(), io.StringIO(), ""
    try:
        call_command("check_migrations", stdout=out, stderr=err, no_color=True, **options)
    except CommandError as error:
        end = str(error)
    return out.getvalue(), err.getvalue(), end


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Commit our migrations without some, in a repository of the test's own, and tag them."""
    monkeypatch.setenv("GIT_DIR", str(tmp_path / "repository"))
    monkeypatch.setenv("GIT_WORK_TREE", str(ROOT))
    for role in ("AUTHOR", "COMMITTER"):
        monkeypatch.setenv(f"GIT_{role}_NAME", "Test")
        monkeypatch.setenv(f"GIT_{role}_EMAIL", "test@example.com")

    def git(*command: str) -> None:
        subprocess.run(["git", *command], cwd=ROOT, check=True, capture_output=True)

    def commit(name: str, *, without: str) -> None:
        git("init", "--quiet")
        git("add", "--", "*/migrations/*.py", f":!{without}")
        git("commit", "--quiet", "--no-gpg-sign", "--message", name)
        git("tag", name)

    return commit


def test_with_since_what_that_release_does_not_have_is_looked_at(
    release: Callable[..., None],
) -> None:
    release("may", without="accounts/migrations/0011_reconciled_days.py")

    out, err, end = told(since="may")

    assert [line.partition(" on model ")[0] for line in err.splitlines()] == [
        "accounts.0011_reconciled_days: Create constraint one_system_account_of_a_kind",
        "accounts.0011_reconciled_days: Create constraint kind_belongs_to_type",
    ]
    assert (out, end) == ("", "New migrations: 1; findings: 2.")


def test_a_migration_that_says_why_is_told_and_let_through(
    release: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    release("may", without="accounts/migrations/0010_own_rates.py")
    module = import_module("accounts.migrations.0010_own_rates")
    monkeypatch.setattr(module, "safe", "There are few rates.", raising=False)

    out, err, end = told(since="may")

    assert out.splitlines() == [
        "accounts.0010_own_rates says it is safe: There are few rates.",
        "New migrations: 1; the release before can live with them.",
    ]
    assert (err, end) == ("", "")


def test_what_only_replaces_released_migrations_is_not_new(release: Callable[..., None]) -> None:
    release("may", without="accounts/migrations/0012_valuation_accounts.py")
    loader = MigrationLoader(None)
    last = ("accounts", "0012_valuation_accounts")

    assert new_since(loader, ROOT, "may") == {last}

    loader.graph.nodes[last].replaces = [("accounts", "0011_reconciled_days")]
    assert new_since(loader, ROOT, "may") == set()


def test_the_release_must_be_known(release: Callable[..., None]) -> None:
    release("may", without="accounts/migrations/0010_own_rates.py")

    assert told(since="june") == ("", "", "fatal: Not a valid object name june")
    assert told(since="--long") == ("", "", "fatal: Not a valid object name --long")


@pytest.mark.django_db
def test_without_since_what_the_database_has_not_run_is_looked_at() -> None:
    assert told() == ("New migrations: 0; the release before can live with them.\n", "", "")

    MigrationRecorder(connection).record_unapplied("accounts", "0010_own_rates")
    out, err, end = told()

    assert err.startswith("accounts.0010_own_rates: Create index rates_by_day on field(s) ")
    assert (out, end) == ("", "New migrations: 1; findings: 1.")
