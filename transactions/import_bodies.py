"""What clients send about imports: read field by field, refused by pointer."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson

from buffet.errors import Fault, Invalid
from buffet.rest import fields
from buffet.rest.uploads import Upload
from transactions.imports.statement import Options
from transactions.imports.tables.profile import Profile, from_json
from transactions.models import Verdict
from transactions.services import LineChoice, Wish

#: How many lines may be chosen for in one request.
MAX_CHOICES = 1000
_OPTIONS: Mapping[str, fields.Reader] = {
    "day_first": fields.optional(fields.flag),
    "decimal_comma": fields.optional(fields.flag),
}
_NAMES = {"transaction": "transaction_id", "category": "category_id", "vendor": "vendor_id"}
_CHOICE: Mapping[str, fields.Reader] = {
    "verdict": fields.optional(fields.one_of(*(str(one) for one in Verdict.values))),
    "transaction": fields.optional(fields.identity),
    "category": fields.optional(fields.identity),
    "vendor": fields.optional(fields.identity),
    "description": fields.text(500),
}
_NUMBERED = {**_CHOICE, "number": fields.whole(1, 2**31 - 1)}


def _file(value: object) -> Upload:
    """Read an uploaded file."""
    found = Upload.of(value)
    if found is None:
        raise fields.Malformed("This is a file.")
    return found


def _place(value: object) -> int:
    """Read the place of a statement in its file; in a form, numbers are texts."""
    if not isinstance(value, str) or not (value.isascii() and value.isdigit() and len(value) < 5):
        raise fields.Malformed("This is the place of a statement in the file, from 1.")
    return int(value)


def _object(value: object) -> Any:
    """Read JSON in a field of a form."""
    try:
        return orjson.loads(value) if isinstance(value, str) else None
    except orjson.JSONDecodeError:
        raise fields.Malformed("This is a JSON object.") from None


def _options(value: object) -> Options:
    return Options(**fields.read(value, _OPTIONS))


def _profile(value: object) -> UUID | Profile:
    """Read the id of a saved profile, or a profile itself."""
    return from_json(value, "") if isinstance(value, dict) else fields.identity(value)


def _profile_of_form(value: object) -> UUID | Profile:
    is_object = isinstance(value, str) and value.lstrip().startswith("{")
    return _profile(_object(value) if is_object else value)


_WISH: Mapping[str, fields.Reader] = {"options": _options, "profile": _profile}
_INSPECTION: Mapping[str, fields.Reader] = {
    "file": _file,
    "options": lambda value: _options(_object(value)),
    "profile": _profile_of_form,
}
_UPLOAD = {**_INSPECTION, "account": fields.identity, "statement": _place}


def _wish(sent: dict[str, Any]) -> Wish:
    profile = sent.get("profile")
    options = sent.get("options", Options())
    if isinstance(profile, UUID):
        return Wish(options, profile_id=profile)
    return Wish(options, profile)


def upload(data: Mapping[str, Any]) -> tuple[dict[str, Any], Wish]:
    """Read the form of an upload: its fields, and how the file is to be read."""
    sent = fields.read(dict(data.items()), _UPLOAD, required=("file",))
    return sent, _wish(sent)


def inspection(data: Mapping[str, Any]) -> tuple[Upload, Wish]:
    """Read the form of a file that is only looked at."""
    sent = fields.read(dict(data.items()), _INSPECTION, required=("file",))
    return sent["file"], _wish(sent)


def wish(data: object) -> Wish:
    """Read how a file is to be read instead."""
    sent = fields.read(data, _WISH)
    if not sent:
        raise Invalid([Fault("", "required", "Say options, a profile or both.")])
    return _wish(sent)


def choice(data: object, number: int) -> LineChoice:
    """Read what is said of one line."""
    return LineChoice(number, _named(fields.read(data, _CHOICE)))


def choices(data: object) -> list[LineChoice]:
    """Read what is said of several lines, each with its number."""
    listed = fields.read(data, {"lines": _listed}, required=("lines",))["lines"]
    faults: list[Fault] = []
    found = []
    for place, one in enumerate(listed):
        pointer = f"/lines/{place}"
        sent = fields.read(one, _NUMBERED, required=("number",), pointer=pointer, faults=faults)
        found.append(LineChoice(sent.pop("number", 0), _named(sent), pointer))
        if len(faults) >= fields.MOST_FAULTS:
            break
    if faults:
        raise Invalid(faults)
    return found


def _listed(value: object) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_CHOICES:
        raise fields.Malformed(f"This is a list of 1 to {MAX_CHOICES} lines.")
    return value


def _named(sent: dict[str, Any]) -> dict[str, Any]:
    return {_NAMES.get(name, name): value for name, value in sent.items()}
