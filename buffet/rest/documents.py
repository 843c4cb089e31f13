"""Parameters that many routes have, as the OpenAPI document shows them."""

from drf_spectacular.utils import OpenApiParameter

from buffet.rest.pagination import DEFAULT_LIMIT, MAX_LIMIT


def parameter(name: str, description: str, schema: dict[str, object]) -> OpenApiParameter:
    """Return a query parameter with its JSON schema."""
    return OpenApiParameter(name, schema, OpenApiParameter.QUERY, description=description)


IDENTITY = {"type": "string", "format": "uuid"}
DAY = {"type": "string", "format": "date"}
AMOUNT = {"type": "string", "pattern": r"^[+-]?[0-9]{1,15}(\.[0-9]{1,8})?$"}
FLAG = {"type": "string", "enum": ["true", "false"]}
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
