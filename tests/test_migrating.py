"""Migrating an empty database does not make every model anew for every trigger."""

from django.db.migrations import AddIndex
from django.db.migrations.loader import MigrationLoader
from django.db.models import Index

from buffet.migrating import rendering


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
