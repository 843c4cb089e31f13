"""The fields of a line: how a column is written as JSON, and read from it as a text for COPY."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import orjson
from django.db import models

from buffet.rest.query import Malformed, parse_any_day, parse_day

#: An id as JSON has it → the one that the row gets here.
Renamed = Callable[[str], str]

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.ASCII)
# As many digits as a column of amounts or rates has at the most. PostgreSQL would take NaN, too.
_DECIMAL = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?", re.ASCII)
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?Z", re.ASCII)
_CODE = re.compile(r"[A-Z]{3}", re.ASCII)
_WORD = re.compile(r"[a-z_]{0,60}", re.ASCII)
#: Columns with the code of a currency.
_CODES = ("currency", "base_currency", "base", "quote")
#: What a reason begins with that names a rule.
_RULE = "rule:"
#: Columns with the reason for what was proposed.
_REASONS = ("category_reason", "vendor_reason")
_day = lru_cache(maxsize=4096)(parse_day)


def identity(value: object) -> str:
    """Read an id, as our own files write it."""
    if not isinstance(value, str) or not _ID.fullmatch(value):
        raise Malformed("This is not an id in lower case.")
    return value


def decimal(value: object) -> str:
    """Read a decimal number in a string."""
    if not isinstance(value, str) or not _DECIMAL.fullmatch(value):
        raise Malformed('This is a string with a decimal number, such as "-42.50".')
    return value


def day(value: object) -> str:
    """Read a calendar day."""
    _day(value)
    return str(value)


def day_of_statement(value: object) -> str:
    """Read a day of a card's statement: entries of the first and last days have some beyond."""
    if not 1899 <= parse_any_day(value).year <= 2200:
        raise Malformed("Days of statements lie between 1899-01-01 and 2200-12-31.")
    return str(value)


def instant(value: object) -> str:
    """Read an instant of UTC."""
    found = _INSTANT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise Malformed("An instant is written 2027-01-31T12:00:00Z.")
    _day(found[1])
    return str(value)


def flag(value: object) -> str:
    """Read true or false."""
    if not isinstance(value, bool):
        raise Malformed("This is true or false.")
    return "true" if value else "false"


def number(value: object) -> str:
    """Read a whole number."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise Malformed("This is a whole number.")
    return str(value)


def document(value: object) -> str:
    """Read any JSON."""
    return orjson.dumps(value).decode()


def text(most: int | None, choices: frozenset[str]) -> Callable[[object], str]:
    """Return the reader of a text of at most so many characters, or of one of some words."""

    def read(value: object) -> str:
        if not isinstance(value, str) or "\x00" in value:
            raise Malformed("This is a text without NUL.")
        if choices and value not in choices:
            raise Malformed(f"This is one of: {', '.join(sorted(choices))}.")
        if most is not None and len(value) > most:
            raise Malformed(f"This text has at most {most} characters.")
        return value

    return read


def code(value: object) -> str:
    """Read the code of a currency, or that there is none."""
    if not isinstance(value, str) or (value and not _CODE.fullmatch(value)):
        raise Malformed("This is the code of a currency.")
    return value


def reason(value: object) -> str:
    """Read why something was proposed: a word, or which rule did."""
    if isinstance(value, str) and value.startswith(_RULE):
        return _RULE + identity(value.removeprefix(_RULE))
    if not isinstance(value, str) or not _WORD.fullmatch(value):
        raise Malformed("This is a reason: a word, or rule: and the id of a rule.")
    return value


def renamed_reason(value: str, renamed: Renamed) -> str:
    """Return a reason that names the rule by the id which it gets here."""
    named = value.removeprefix(_RULE)
    return value if named == value else _RULE + renamed(named)


def renamed_id(value: str, renamed: Renamed) -> str:
    """Return the id that a row gets here."""
    return renamed(value)


@dataclass(frozen=True, slots=True)
class Field:
    """A column of a table and its name in a line.

    A line has `before`, what the expression `sql` says, and `after`. `absent` is the column's text
    for COPY when the line does not have the field, None for NULL; a field that has to be there is
    `required`. Where the text has an id, `rename` changes it.
    """

    name: str
    column: str
    before: str
    sql: str
    after: str
    read: Callable[[object], str]
    rename: Callable[[str, Renamed], str] | None = None
    required: bool = True
    absent: str | None = None


_JSON, _QUOTED = "to_json({column})", "{column}"
_INSTANT_SQL = """to_char({column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')"""


def field_of(model_field: models.Field) -> Field:
    """Return how a field of a model stands in a line; what is empty is left out of it.

    :raises TypeError: if there is no way to write such a column.
    """
    if model_field.column is None:
        raise TypeError(f"{model_field} has no column")
    name, column = model_field.name, f'r."{model_field.column}"'
    sql, value, rename = _QUOTED, column, None
    read: Callable[[object], str] = identity
    absent, empty = None, f"{column} IS NULL"
    required = not model_field.null
    if isinstance(model_field, models.UUIDField | models.ForeignKey):
        rename = renamed_id
    elif isinstance(model_field, models.DateTimeField):
        value, read = _INSTANT_SQL.format(column=column), instant
    elif isinstance(model_field, models.DateField):
        read = day
    elif isinstance(model_field, models.DecimalField):
        value, read = f"trim_scale({column})", decimal
    elif isinstance(model_field, models.BooleanField):
        sql, read = _JSON, flag
        required, absent, empty = False, "false", f"NOT {column}"
    elif isinstance(model_field, models.IntegerField):
        sql, read = _JSON, number
    elif isinstance(model_field, models.JSONField):
        sql, read = _JSON, document
    elif isinstance(model_field, models.CharField | models.TextField):
        # What is one of some words, or a code, has nothing that JSON would escape.
        sql = _QUOTED if model_field.choices or name in _CODES else _JSON
        read = _text_of(model_field)
        rename = renamed_reason if name in _REASONS else None
        if model_field.blank and not model_field.null:
            required, absent, empty = False, "", f"{column} = ''"
    else:
        raise TypeError(f"{model_field} cannot be written as JSON")
    quote = '"' if sql is _QUOTED else ""
    before, found, after = f',"{name}":{quote}', sql.format(column=value), quote
    if not required:
        found = f"CASE WHEN {empty} THEN '' ELSE concat('{before}', {found}, '{after}') END"
        before = after = ""
    return Field(name, model_field.column, before, found, after, read, rename, required, absent)


def _text_of(model_field: models.Field) -> Callable[[object], str]:
    if model_field.name in _CODES:
        return code
    if model_field.name in _REASONS:
        return reason
    choices = frozenset(str(value) for value, _ in model_field.choices or ())
    return text(model_field.max_length, choices)
