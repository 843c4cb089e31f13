"""Parameters that many routes have, as the OpenAPI document shows them."""

from collections.abc import Mapping

from drf_spectacular.utils import OpenApiParameter

from buffet.rest.pagination import DEFAULT_LIMIT, MAX_LIMIT


def component(name: str) -> dict[str, object]:
    """Return what the document describes under this name."""
    return {"$ref": f"#/components/schemas/{name}"}


def parameter(
    name: str, description: str, schema: Mapping[str, object], *, required: bool = False
) -> OpenApiParameter:
    """Return a query parameter with its JSON schema; a list is sent once, with commas."""
    found = OpenApiParameter(
        name, schema, OpenApiParameter.QUERY, required=required, description=description
    )
    if schema.get("type") == "array":
        found.style, found.explode = "form", False
    return found


IDENTITY = {"type": "string", "format": "uuid"}
#: The years that days lie in, the months, what amounts look like, and currencies.
YEARS = "^(19|2[01])"
MONTHS = YEARS + "[0-9]{2}-(0[1-9]|1[0-2])$"
DECIMAL = r"^[+-]?0*[0-9]{1,15}(\.[0-9]{1,8}0*)?$"
CODE = "^[A-Z]{3}$"
DAY = {"type": "string", "format": "date", "pattern": YEARS}
AMOUNT = {"type": "string", "pattern": DECIMAL, "maxLength": 40}
FLAG = {"type": "boolean"}
TEXT = {"type": "string", "maxLength": 200}
PAGING = [
    parameter(
        "limit",
        "How many rows at the most.",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
    ),
    parameter("cursor", "A place in the list, from `next` or `previous`.", {"type": "string"}),
]
ON = parameter("on", "The day whose end is meant; today in the book when left out.", DAY)


def sort(*keys: str) -> OpenApiParameter:
    """Return the parameter that orders a list, the first of `keys` when it is left out."""
    schema = {"type": "string", "enum": list(keys), "default": keys[0]}
    return parameter("sort", "The order of the list; with a minus, from its end.", schema)
