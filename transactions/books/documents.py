"""Texts and JSON inside a line that mean something here: read as strictly as where they come from.

The database keeps any JSON and any text; what would be noticed only when it is used, perhaps by a
server's error, is noticed when the book is loaded.
"""

from decimal import Decimal

import orjson

from buffet.errors import Invalid
from buffet.rest.query import Malformed
from transactions.books import fields
from transactions.classifying.patterns import BadPattern, compiled
from transactions.imports.tables.profile import from_json
from transactions.models import ImportStatus, Status

#: What an upload may say about reading its file.
_OPTIONS = frozenset({"day_first", "decimal_comma"})
_BEFORE = frozenset({"date", "amount", "status"})
#: Whoever looks at a preview may read its file otherwise, and files stay where they are.
_STATUSES = frozenset(map(str, ImportStatus.values)) - {str(ImportStatus.PREVIEW)}


def profile(value: object) -> str:
    """Read how a bank's tables are read."""
    try:
        return _json(from_json(value, "").as_json())
    except Invalid as error:
        fault = error.faults[0]
        raise Malformed(f"{fault.pointer} {fault.detail}".strip()) from None


def options(value: object) -> str:
    """Read what was said about reading a file."""
    if not isinstance(value, dict) or not value.keys() <= _OPTIONS:
        raise Malformed(f"This is an object of: {', '.join(sorted(_OPTIONS))}.")
    for one in value.values():
        fields.flag(one)
    return _json(value)


def before(value: object) -> str:
    """Read how an entry stood before the bank posted it."""
    if not isinstance(value, dict) or value.keys() != _BEFORE:
        raise Malformed(f"This is an object of: {', '.join(sorted(_BEFORE))}.")
    fields.day(value["date"])
    if not Decimal(fields.decimal(value["amount"])):
        raise Malformed("The amount is not zero.")
    fields.text(None, frozenset(map(str, Status.values)))(value["status"])
    return _json(value)


def pattern(value: object) -> str:
    """Read a regular expression of a rule."""
    read = fields.text(200, frozenset())(value)
    try:
        compiled(read)
    except BadPattern as error:
        raise Malformed(f"RE2 says: {error}.") from None
    return read


def status(value: object) -> str:
    """Read where an import stands; a preview does not leave the place where its file is."""
    return fields.text(None, _STATUSES)(value)


def _json(value: object) -> str:
    return orjson.dumps(value).decode()
