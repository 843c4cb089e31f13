"""Migrate without making the models anew for what changes none of their columns.

For each operation Django makes the classes of the models that it may concern, which with foreign
keys among them are nearly all. For triggers, indexes and constraints nobody looks at these classes
but for the name of the table, and they were more than half of what an empty database's migrations
cost.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any

from django.db.migrations import AddConstraint, AddIndex, RemoveConstraint, RemoveIndex
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

_BESIDE_COLUMNS = (
    *(AddIndex, RemoveIndex, AddConstraint, RemoveConstraint),
    *(AddTrigger, RemoveTrigger),
)
StateForwards = Callable[[Any, str, ProjectState], None]


@contextmanager
def sparingly() -> Iterator[None]:
    """Let operations beside the columns leave the classes as they are."""
    before: dict[type, StateForwards] = {one: one.state_forwards for one in _BESIDE_COLUMNS}
    for one, own in before.items():
        one.state_forwards = _leaving_classes(own)
    try:
        yield
    finally:
        for one, own in before.items():
            one.state_forwards = own


def _leaving_classes(own: StateForwards) -> StateForwards:
    @wraps(own)
    def state_forwards(operation: Any, app_label: str, state: ProjectState) -> None:
        state.reload_model = _leave  # on the instance, in front of the method
        try:
            own(operation, app_label, state)
        finally:
            del state.reload_model

    return state_forwards


def _leave(*args: Any, **more: Any) -> None:
    """Make no class anew."""
