"""Migrate without making the models anew that an operation has nothing to do with.

For each operation Django makes the classes of the models that it may concern, which with foreign
keys among them are nearly all: nine tenths of what an empty database's migrations cost. For
triggers, indexes and constraints nobody looks at these classes but for the name of the table, and
for a new table or column at that of its own table alone. Whatever else comes then has all of them
made anew, if it looks at them.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial, wraps
from typing import Any

from django.db.migrations import (
    AddConstraint,
    AddField,
    AddIndex,
    CreateModel,
    RemoveConstraint,
    RemoveIndex,
)
from django.db.migrations.state import ProjectState
from pgtrigger.migrations import AddTrigger, RemoveTrigger

_BESIDE_COLUMNS = (
    *(AddIndex, RemoveIndex, AddConstraint, RemoveConstraint),
    *(AddTrigger, RemoveTrigger),
)
_OF_ONE_TABLE = (AddField, CreateModel)
_OF_STATE = ("reload_model", "reload_models")
StateForwards = Callable[[Any, str, ProjectState], None]
Reload = Callable[..., None]


@contextmanager
def sparingly() -> Iterator[None]:
    """Let operations leave the classes as they are that they do not touch."""
    reloading: dict[type, Reload] = {
        **dict.fromkeys(_BESIDE_COLUMNS, _leave),
        **dict.fromkeys(_OF_ONE_TABLE, _itself),
    }
    with ExitStack() as replaced:
        for one, reload in reloading.items():
            replaced.enter_context(_replaced(one, "state_forwards", partial(_with, reload=reload)))
        for name in _OF_STATE:
            replaced.enter_context(_replaced(ProjectState, name, _unless_left))
        yield


@contextmanager
def _replaced(
    of: type, name: str, replacement: Callable[[Callable[..., None]], Callable[..., None]]
) -> Iterator[None]:
    """Put what is made of it in the place of a class's method."""
    own = getattr(of, name)
    setattr(of, name, replacement(own))
    try:
        yield
    finally:
        setattr(of, name, own)


def _with(own: StateForwards, reload: Reload) -> StateForwards:
    @wraps(own)
    def state_forwards(operation: Any, app_label: str, state: ProjectState) -> None:
        # On the instance, in front of the method.
        vars(state)["reload_model"] = partial(reload, state)
        try:
            own(operation, app_label, state)
        finally:
            del vars(state)["reload_model"]

    return state_forwards


def _leave(state: ProjectState, *args: Any, **more: Any) -> None:
    """Make no class anew."""


def _itself(state: ProjectState, app_label: str, model_name: str, delay: bool = False) -> None:
    """Make the class of a model anew, and remember that those around it were not."""
    if "apps" in vars(state):  # to ask for it would make all of them
        state.is_delayed = True
        state._reload({(app_label, model_name)})  # type: ignore[attr-defined]  # a private one


def _unless_left(own: Reload) -> Reload:
    @wraps(own)
    def reload(state: ProjectState, *args: Any, **more: Any) -> None:
        if not state.is_delayed:
            own(state, *args, **more)
            return
        state.clear_delayed_apps_cache()
        state.is_delayed = False

    return reload
