"""Examples of every body and answer in the OpenAPI document, composed from their schemas.

A new operation has them by itself: known fields hold what the household's do, ids and references to
the same row are the same, and the rest follows from the schema. Where that makes no sense, a
serializer says what does (`samples`), or an operation brings examples of its own.
"""

from collections.abc import Mapping
from typing import Any

from buffet.rest.samples import KEY, OTHER_NAMES, VALUES, identity, words

Schema = dict[str, Any]
_TYPES: dict[str, type | tuple[type, ...]] = {
    "string": str,
    "integer": int,
    "boolean": bool,
    "number": (int, float),
    "null": type(None),
}


def add_examples(result: dict[str, Any], generator: object, **_: object) -> dict[str, Any]:
    """Give bodies, answers with content and the parameters that there must be an example."""
    compose = Composer(result["components"]["schemas"])
    rows = {address: _row(methods) for address, methods in result["paths"].items()}
    for address, methods in result["paths"].items():
        for operation in methods.values():
            about = compose.label(_main(operation))
            sent: dict[str, Any] = {}
            for content in operation.get("requestBody", {}).get("content", {}).values():
                sent = content.setdefault("examples", compose.bodies(content["schema"], about))
                content["schema"].pop(KEY, None)
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    content.setdefault("examples", compose.answers(content["schema"], sent))
            for parameter in operation.get("parameters", ()):
                if parameter["in"] == "path":
                    before = address.split(f"/{{{parameter['name']}}}")[0]
                    parameter["example"] = compose.parameter(parameter, rows.get(before, {}))
                elif parameter.get("required"):
                    parameter["example"] = compose.parameter(parameter, {})
    compose.forget()
    return result


def _row(methods: dict[str, Any]) -> Schema:
    """Return the schema of what a list's address lists."""
    return _main(methods.get("get", {}))


def _main(operation: dict[str, Any]) -> Schema:
    """Return the schema of an operation's good answer, which says what the operation is about."""
    for status in ("200", "201"):
        content = operation.get("responses", {}).get(status, {}).get("content", {})
        if "application/json" in content:
            return content["application/json"]["schema"]
    return {}


class Composer:
    """Makes examples of the schemas of a document."""

    def __init__(self, schemas: dict[str, Schema]) -> None:
        self.schemas = schemas
        #: Resource → the label of its first row.
        self._first = {
            words(name): next(iter(schema[KEY]))
            for name, schema in schemas.items()
            if name.endswith("Read") and KEY in schema
        }

    def forget(self) -> None:
        """Take the samples, which are in the examples now, out of the document."""
        for schema in self.schemas.values():
            schema.pop(KEY, None)

    def label(self, schema: Schema) -> str:
        """Return the label of the first row of what a schema describes; empty for nothing."""
        name, schema = self._named(schema)
        return next(iter(self._rows(name, schema))) if name else ""

    def bodies(self, schema: Schema, about: str) -> dict[str, Any]:
        """Return examples of a body, one for each row; `about` names what it has no rows of."""
        name, schema = self._named(schema)
        is_named = about and "name" in schema["properties"]
        rows = schema.get(KEY) or {about if is_named else words(name): {}}
        return {
            label: _example(label, self._object(name, schema, label, row))
            for label, row in rows.items()
        }

    def answers(self, schema: Schema, sent: dict[str, Any]) -> dict[str, Any]:
        """Return examples of an answer: what it is to each body of the same label, or the first."""
        name, schema = self._named(schema)
        if schema.get("format") == "binary":
            return {"file": _example("file", "The bytes of the file.")}
        if "anyOf" in schema:
            labels = [words(self._named(one)[0]) for one in schema["anyOf"]]
            values = map(self.value, schema["anyOf"])
            return {label: _example(label, one) for label, one in zip(labels, values, strict=True)}
        rows = self._rows(name, schema)
        kept = [label for label in rows if label in sent] or [*rows][:1]
        found = {}
        for label in kept:
            value = self._object(name, schema, label, rows[label])
            told = sent[label]["value"] if label in sent else {}
            value |= {
                field: one for field, one in told.items() if isinstance(value.get(field), str)
            }
            found[label] = _example(label, value)
        return found

    def parameter(self, parameter: dict[str, Any], lists: Schema) -> Any:
        """Return an example of a path's parameter: the first row of what its list lists."""
        field = parameter["name"]
        first = self.value(lists)["results"][0] if lists and field not in OTHER_NAMES else {}
        known = first.get("id") or first.get(field)
        return known or self._field(field, field, parameter["schema"])

    def value(self, schema: Schema, field: str = "", patch: Any = ..., of: str = "") -> Any:
        """Return an example of a schema: the value of a field of the row with the label `of`."""
        if patch is not ... and not isinstance(patch, list | dict):
            return patch
        name, schema = self._named(schema)
        options = [one for one in schema.get("anyOf", ()) if one.get("type") != "null"]
        if options:
            return self.value(options[0], field, patch, of)
        if schema.get("type") == "array":
            return self._array(schema["items"], field, patch, of)
        if schema.get("type") != "object":
            return _plain(schema, field)
        label, row = next(iter(self._rows(name, schema).items()))
        if patch is ...:
            return self._object(name, schema, label, row)
        if isinstance(patch, list):
            raise TypeError(f"{name} is no list.")
        # Of a body it says all; of an answer, what differs from the first row.
        found = patch if name.endswith("Request") else row | patch
        return self._object(name, schema, of or label, found, exactly=True)

    def _array(self, items: Schema, field: str, patch: Any, of: str) -> list[Any]:
        if isinstance(patch, list):
            return [
                self.value(items, field, one, f"{of}_{place}") for place, one in enumerate(patch, 1)
            ]
        name, row = self._named(items)
        if "oneOf" in row:
            return [self.value(one) for one in row["oneOf"]]
        if row.get("type") != "object":
            return [self.value(items, field)]
        rows = self._rows(name, row).items()
        return [self._object(name, row, label, one) for label, one in rows]

    def _object(
        self,
        name: str,
        schema: Schema,
        label: str,
        row: Mapping[str, Any],
        *,
        exactly: bool = False,
    ) -> dict[str, Any]:
        """Return an object of a row: the fields it names, those that must be, or else all."""
        all_of_them = name.endswith("Request") and KEY not in schema and not exactly
        return {
            field: self._field(label, field, one, row.get(field, ...))
            for field, one in schema.get("properties", {}).items()
            if all_of_them or field in row or field in schema.get("required", ())
        }

    def _field(self, label: str, field: str, schema: Schema, patch: Any = ...) -> Any:
        if patch is not ...:
            return self.value(schema, field, patch, label if isinstance(patch, list) else "")
        _, known = self._named(schema)
        if known.get("format") == "uuid":
            return identity(label if field == "id" else self._label(field))
        if field == "name":
            return _human(label)
        resource = field.removesuffix("_name")
        if resource != field and resource in {*self._first, *OTHER_NAMES}:
            return _human(self._label(resource))
        return self.value(schema, field)

    def _label(self, field: str) -> str:
        return OTHER_NAMES.get(field) or self._first.get(field, field)

    def _rows(self, name: str, schema: Schema) -> dict[str, dict[str, Any]]:
        return schema.get(KEY) or {self._label(words(name)): {}}

    def _named(self, schema: Schema) -> tuple[str, Schema]:
        """Return the name and the schema of the component that a schema refers to."""
        name = schema.get("$ref", "").split("/")[-1]
        return (name, self.schemas[name]) if name else ("", schema)


def _example(label: str, value: Any) -> dict[str, Any]:
    return {"summary": _human(label), "value": value}


def _human(label: str) -> str:
    return label.replace("_", " ").capitalize()


def _plain(schema: Schema, field: str) -> Any:
    """Return an example of what is neither an object nor a list."""
    types = schema.get("type", "string")
    types = types if isinstance(types, list) else [types]
    known = VALUES.get(field)
    choices = schema.get("enum") or ([schema["const"]] if "const" in schema else None)
    if known is not None and isinstance(known, _TYPES[types[0]]) and known in (choices or [known]):
        return known
    if choices:
        return choices[0]
    if "null" in types:
        return None
    if types[0] == "string":
        return _text(schema, field)
    return True if types[0] == "boolean" else max(1, schema.get("minimum", 1))


def _text(schema: Schema, field: str) -> str:
    by_format = {
        "uuid": identity(field),
        "date": VALUES["date"],
        "date-time": VALUES["created_at"],
        "email": VALUES["email"],
    }
    return by_format.get(schema.get("format", "")) or _human(field or "text")
