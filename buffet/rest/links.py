"""Links in the OpenAPI document: what one can do next with a row that was just made.

They follow from the paths: an answer that made a row of a list links to each operation at the
addresses below that list that need nothing more than the row. Tools walk along them.
"""

from typing import Any

_SCHEMAS = "#/components/schemas/"


def add_links(result: dict[str, Any], generator: object, **_: object) -> dict[str, Any]:
    """Link the answer of each operation that makes a row to the operations on that row."""
    schemas = result["components"]["schemas"]
    for address, methods in result["paths"].items():
        body, made, row = _sent_and_made(methods)
        above = result["paths"].get(address.partition("/{")[0], {})
        # What was made below a row may be told in an answer about that row: then it was named.
        was_named = above is not methods and row == _sent_and_made(above)[2]
        source, name = ("$request", body) if was_named else ("$response", row)
        fields = schemas.get(name, {}).get("properties", {})
        links = {}
        for below, operations in result["paths"].items():
            parameters = _parameters(address, below, fields, source)
            if parameters is not None:
                for operation in operations.values():
                    name = operation["operationId"]
                    links[name] = {"operationId": name, "parameters": parameters.copy()}
        if links:
            made["links"] = links
    return result


def _sent_and_made(methods: dict[str, Any]) -> tuple[str, dict[str, Any], str]:
    """Return of an address that makes rows: the body's schema, the answer and its schema."""
    operation = methods.get("post", {})
    made = operation.get("responses", {}).get("201", {})
    return _name_of(operation.get("requestBody", {})), made, _name_of(made)


def _name_of(part: dict[str, Any]) -> str:
    schema = part.get("content", {}).get("application/json", {}).get("schema", {})
    return schema.get("$ref", "").removeprefix(_SCHEMAS)


def _parameters(
    address: str, below: str, fields: dict[str, Any], source: str
) -> dict[str, str] | None:
    """Return where the parameters of an address below a list's come from, if a row says all."""
    if not below.startswith(f"{address}/{{"):
        return None
    row, *more = _names(below.removeprefix(address))
    field = row if row in fields else "id"
    if more or field not in fields:
        return None
    before = {name: f"$request.path.{name}" for name in _names(address)}
    return before | {row: f"{source}.body#/{field}"}


def _names(address: str) -> list[str]:
    """Return the names of an address's parameters."""
    return [part[1:-1] for part in address.split("/") if part.startswith("{")]
