"""Migrating an empty database does not make every model anew for every trigger and column."""

import pytest
from django.db import connection, migrations, models
from django.db.migrations import AddIndex
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import Index

from buffet.migrating import rendering

#: The oid of bigint.
INT8 = 20


def test_an_index_leaves_the_classes_and_is_in_the_state() -> None:
    before = AddIndex.state_forwards
    state = MigrationLoader(None, ignore_no_migrations=True).project_state()
    classes = state.apps
    broker = classes.get_model("accounts", "broker")
    index = Index(fields=["name"], name="brokers_by_name_alone")

    with rendering.sparingly():
        AddIndex("broker", index).state_forwards("accounts", state)

    assert index in state.models["accounts", "broker"].options["indexes"]
    assert state.apps.get_model("accounts", "broker") is broker
    assert AddIndex.state_forwards is before


def test_what_has_another_column_is_made_anew_as_before() -> None:
    state = MigrationLoader(None, ignore_no_migrations=True).project_state()
    broker = state.apps.get_model("accounts", "broker")

    with rendering.sparingly():
        pass
    AddIndex("broker", Index(fields=["name"], name="by_name")).state_forwards("accounts", state)

    assert state.apps.get_model("accounts", "broker") is not broker


class _Scratch(migrations.Migration):
    """A table, one that points to it, a column more, and a wider key for both."""

    operations = [
        migrations.CreateModel("Shelf", [("id", models.AutoField(primary_key=True))]),
        migrations.CreateModel("Book", [("id", models.AutoField(primary_key=True))]),
        migrations.AddField("book", "shelf", models.ForeignKey("scratch.shelf", models.CASCADE)),
        # Makes the class of the shelf anew, and leaves that of the book, which knows the other.
        migrations.AddField("shelf", "room", models.TextField(default="")),
        migrations.AlterField("shelf", "id", models.BigAutoField(primary_key=True)),
    ]


@pytest.mark.django_db(transaction=True)
def test_a_wider_key_widens_what_points_to_it() -> None:
    state = ProjectState()
    assert not state.apps.get_models()

    try:
        with rendering.sparingly(), connection.schema_editor() as editor:
            _Scratch("0001", "scratch").apply(state, editor)

        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, "scratch_book")
        assert {one.name: one.type_code for one in columns}["shelf_id"] == INT8
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE IF EXISTS scratch_book, scratch_shelf")


def test_code_of_a_migration_sees_every_relation() -> None:
    state = ProjectState()
    assert not state.apps.get_models()

    with rendering.sparingly():
        for operation in _Scratch.operations[:-1]:
            operation.state_forwards("scratch", state)
    state.clear_delayed_apps_cache()  # as RunPython does

    shelf = state.apps.get_model("scratch", "shelf")
    assert [one.name for one in shelf._meta.related_objects] == ["book"]
