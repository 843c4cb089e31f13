"""What the OpenAPI document says so that code generated from it is good to use."""

from typing import Any

_PREFIX = "#/components/schemas/"
#: How the names of bodies end before they get their own.
_SUFFIX = "Request"


def name_bodies(result: dict[str, Any], generator: object, **_: object) -> dict[str, Any]:
    """Call bodies by their own names."""
    schemas = result["components"]["schemas"]
    bodies = {name: name.removesuffix(_SUFFIX) for name in schemas if name.endswith(_SUFFIX)}
    taken = sorted(set(bodies.values()) & set(schemas))
    if taken:
        raise ValueError(f"These are bodies and answers at once: {', '.join(taken)}.")
    references = {_PREFIX + old: _PREFIX + new for old, new in bodies.items()}
    _refer(result, references)
    named = {bodies.get(name, name): schema for name, schema in schemas.items()}
    result["components"]["schemas"] = dict(sorted(named.items()))
    return result


def _refer(part: Any, references: dict[str, str]) -> None:
    """Replace references in all of a part of the document."""
    if isinstance(part, list):
        for one in part:
            _refer(one, references)
    elif isinstance(part, dict):
        found = part.get("$ref")
        if found in references:
            part["$ref"] = references[found]
        for one in part.values():
            _refer(one, references)
