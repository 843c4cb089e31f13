"""What schemathesis leaves out of the requests that it makes up."""

from typing import Any

import schemathesis

#: Signs of a text in an address; more of them, at twelve bytes each, and gunicorn reads no further.
MOST_SIGNS = 300


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Leave a good `?fields=` out: what is not asked for is missing, which no schema can say.

    Texts in addresses are as long as a server reads.
    """
    for name, value in (case.query or {}).items():
        if isinstance(value, str) and len(value) > MOST_SIGNS:
            case.query[name] = value[:MOST_SIGNS]
    sent = (case.query or {}).get("fields")
    words = sent.split(",") if isinstance(sent, str) else sent
    if isinstance(words, list) and set(words) <= _known(case.operation):
        del case.query["fields"]


def _known(operation: Any) -> set[str]:
    for parameter in operation.definition.raw.get("parameters", ()):
        if parameter["name"] == "fields":
            return set(parameter["schema"]["items"]["enum"])
    return set()
