"""Instances of models from statements that are written by hand.

To build a query set and have its SQL made anew costs a request several times what the database does
for it; where a statement is always the same, it is written once, with all columns of its models.
"""

from collections.abc import Sequence
from typing import Any, Generic, TypeVar

from django.db.models import Model

M = TypeVar("M", bound=Model)


class Columns(Generic[M]):
    """The columns of a model, and its instances from what a statement brings of them."""

    def __init__(self, model: type[M]) -> None:
        fields = model._meta.concrete_fields
        self._model = model
        self._columns = [f'"{field.column}"' for field in fields]
        self._names = [field.attname for field in fields]

    def __len__(self) -> int:
        """Return how many columns there are."""
        return len(self._names)

    def of(self, table: str) -> str:
        """Return the columns as a statement names those of a table, or of its alias."""
        return ", ".join(f"{table}.{column}" for column in self._columns)

    def row(self, values: Sequence[Any]) -> M:
        """Return the instance that a row's values are about."""
        return self._model.from_db("default", self._names, values)
