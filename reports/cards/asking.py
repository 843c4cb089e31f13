"""What the report of cards is asked for: the API's parameters, and those of the page's files."""

from collections.abc import Mapping

from buffet.rest import query
from buffet.rest.documents import DAY, parameter
from reports import asking, periods
from reports.asking import CURRENCY, IDENTITIES, NAMES, PERIOD
from reports.known.doors import KNOWN_ON

PARAMETERS: Mapping[str, query.Reader] = {
    **periods.PARAMETERS,
    "currency": asking.currency,
    "accounts": asking.identities,
}
_THOSE = "Of the statements, only those that close in"
#: The same as the OpenAPI document shows them.
DOCUMENTS = [
    parameter("period", f"{_THOSE} {NAMES} One that goes on ends today.", PERIOD),
    parameter("date_from", f"{_THOSE} these days: the first, instead of a named period.", DAY),
    parameter("date_to", f"{_THOSE} these days: the last, which may be one to come.", DAY),
    CURRENCY,
    parameter(
        "accounts",
        "Only these cards, separated by commas; each by its `account`, not by its `id`.",
        IDENTITIES,
    ),
    KNOWN_ON,
]
