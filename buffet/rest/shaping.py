"""Answers in the shape that a client asks for: fewer fields, or the rows that they name with them.

`?fields=id,amount` keeps these fields of each row. `?expand=account,vendor` adds to each row
`expanded`, an object with the rows whose ids it has in these fields, as their own addresses show
them. One step is all: what an expanded row names is not expanded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.serializers import Serializer

from buffet.rest import query
from buffet.rest.documents import parameter

#: Returns rows by their ids, as text, for a view and the ids that it shows.
Load = Callable[[Any, set[str]], dict[str, dict[str, Any]]]

_ONLY = (
    "Only these fields of each row; all when left out. Where some are asked for, the answer is "
    "without the others, also those that are required in its schema."
)


@dataclass(frozen=True)
class Shape:
    """What the rows of an answer look like, and which of their fields can be expanded."""

    row: type[Serializer]
    expands: Mapping[str, Load]

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of a row's fields."""
        return tuple(name for name in self.row().fields if name != "expanded")

    @property
    def parameters(self) -> dict[str, query.Reader]:
        """Return the readers of the parameters."""
        found: dict[str, query.Reader] = {"fields": query.words_of(*self.fields)}
        if self.expands:
            found["expand"] = query.words_of(*self.expands)
        return found

    @property
    def documents(self) -> list[OpenApiParameter]:
        """Return the parameters as the OpenAPI document shows them."""
        found = [_listed("fields", _ONLY, self.fields)]
        if self.expands:
            sentence = "Also the rows that these fields name, under `expanded`."
            found.append(_listed("expand", sentence, tuple(self.expands)))
        return found

    def applied(self, view: Any, data: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
        """Return an answer's data in the shape that its parameters ask for."""
        rows = data.get("results", [data])
        shaped = [self._kept(row, asked.get("fields")) for row in rows]
        for name in asked.get("expand", ()):
            wanted = {str(row[name]) for row in rows if row[name] is not None}
            loaded = self.expands[name](view, wanted) if wanted else {}
            for row, kept in zip(rows, shaped, strict=True):
                kept.setdefault("expanded", {})[name] = loaded.get(str(row[name]))
        return data | {"results": shaped} if "results" in data else shaped[0]

    def _kept(self, row: dict[str, Any], fields: tuple[str, ...] | None) -> dict[str, Any]:
        if fields is None:
            return dict(row)
        return {name: row[name] for name in fields}


def _listed(name: str, description: str, words: tuple[str, ...]) -> OpenApiParameter:
    schema = {
        "type": "array",
        "items": {"type": "string", "enum": list(words)},
        "minItems": 1,
        "uniqueItems": True,
    }
    return parameter(name, description, schema)
