"""What clients send about transactions: read field by field, refused by pointer."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, overload

from buffet.errors import Fault, Invalid, Refusal
from buffet.rest import fields
from transactions.drafts import Changes, Correction, Deletion, Draft, DraftEntry, EntryChange
from transactions.models import Status

MAX_ENTRIES = 200
MAX_BULK = 1000

_STATUS = fields.one_of(*(str(status) for status in Status.values))
_NOTES = fields.text(2000, lines=True)

ENTRY: Mapping[str, fields.Reader] = {
    "account": fields.identity,
    "amount": fields.amount,
    "currency": fields.currency,
    "status": _STATUS,
    "external_id": fields.cleared(fields.text(255)),
    "note": fields.cleared(fields.text(500)),
}
HEADER: Mapping[str, fields.Reader] = {
    "date": fields.day,
    "description": fields.text(500, least=1),
    "vendor": fields.optional(fields.identity),
    "notes": fields.cleared(_NOTES),
}
SIMPLE: Mapping[str, fields.Reader] = {
    "account": fields.identity,
    "amount": fields.amount,
    "category": fields.optional(fields.identity),
    "transfer_to": fields.optional(fields.identity),
    "transfer_amount": fields.optional(fields.amount),
    "status": _STATUS,
    "external_id": fields.cleared(fields.text(255)),
}
#: The names of the API that end in `_id` inside.
_REFERENCES = {
    "account": "account_id",
    "category": "category_id",
    "transfer_to": "transfer_to_id",
    "vendor": "vendor_id",
}


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise fields.Malformed("This is a list of entries.")
    if not 1 <= len(value) <= MAX_ENTRIES:
        raise fields.Malformed(f"A transaction has from 2 to {MAX_ENTRIES} entries.")
    return value


NEW: Mapping[str, fields.Reader] = {
    **HEADER,
    **SIMPLE,
    "currency": fields.currency,
    "entries": _list,
}
CHANGES: Mapping[str, fields.Reader] = {**HEADER, **SIMPLE, "entries": _list}
#: Which transaction a row of a bulk request is about, and which version of it.
_MEANT: Mapping[str, fields.Reader] = {"id": fields.identity, "version": fields.version}
ENTRY_CHANGE = {**ENTRY, "id": fields.identity, "remove": fields.flag}


def _inside(found: dict[str, Any]) -> dict[str, Any]:
    return {_REFERENCES.get(name, name): value for name, value in found.items()}


@overload
def draft(sent: object, pointer: str = "") -> Draft: ...
@overload
def draft(sent: object, pointer: str, faults: list[Fault]) -> Draft | None: ...
def draft(sent: object, pointer: str = "", faults: list[Fault] | None = None) -> Draft | None:
    """Return the transaction that a client wants recorded, in simple or full form.

    With `faults` given, what is wrong is appended there and None returned.

    :raises Invalid: naming everything that is wrong, by pointer.
    """
    wrong: list[Fault] = [] if faults is None else faults
    before = len(wrong)
    full = isinstance(sent, dict) and "entries" in sent
    required = ("date", "description") if full else ("date", "description", "account", "amount")
    found = fields.read(sent, NEW, required=required, pointer=pointer, faults=wrong)
    if full:
        wrong.extend(
            Fault(f"{pointer}/{name}", "not_with_entries", "With entries, this is said by them.")
            for name in (*SIMPLE, "currency")
            if name in found
        )
        found["entries"] = tuple(_entries(found.get("entries", []), pointer, wrong))
    if len(wrong) == before:
        return Draft(**_inside(found), pointer=pointer)
    if faults is None:
        raise Invalid(wrong)
    return None


def _entries(sent: list[Any], pointer: str, faults: list[Fault]) -> list[DraftEntry]:
    entries = []
    for index, one in enumerate(sent):
        before = len(faults)
        found = fields.read(
            one,
            ENTRY,
            required=("account", "amount"),
            pointer=f"{pointer}/entries/{index}",
            faults=faults,
        )
        if len(faults) == before:
            entries.append(DraftEntry(**_inside(found)))
    return entries


Row = TypeVar("Row")


def drafts(sent: object) -> list[Draft | Refusal]:
    """Return the transactions of a bulk request; one that cannot be read is a refusal.

    :raises Invalid: if there are no rows.
    """
    return _each(sent, draft)


def corrections(sent: object) -> list[Correction | Refusal]:
    """Return the corrections of a bulk request; one that cannot be read is a refusal.

    :raises Invalid: if there are no rows.
    """

    def read(one: object, at: str, faults: list[Fault]) -> Correction:
        found = fields.read(one, {**CHANGES, **_MEANT}, required=("id",), pointer=at, faults=faults)
        id, version = found.pop("id", None), found.pop("version", None)
        return Correction(id, _changes(found, at, faults), version, at)

    return _each(sent, read)


def deletions(sent: object) -> list[Deletion | Refusal]:
    """Return the deletions of a bulk request; one that cannot be read is a refusal.

    :raises Invalid: if there are no rows.
    """

    def read(one: object, at: str, faults: list[Fault]) -> Deletion | None:
        found = fields.read(one, _MEANT, required=("id",), pointer=at, faults=faults)
        return Deletion(found["id"], found.get("version"), at) if "id" in found else None

    return _each(sent, read)


def _each(
    sent: object, read: Callable[[object, str, list[Fault]], Row | None]
) -> list[Row | Refusal]:
    found = fields.read(sent, {"transactions": _bulk}, required=("transactions",))
    rows: list[Row | Refusal] = []
    for index, one in enumerate(found["transactions"]):
        faults: list[Fault] = []
        row = read(one, f"/transactions/{index}", faults)
        rows.append(Invalid(faults) if faults or row is None else row)
    return rows


def _bulk(value: object) -> list[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MAX_BULK:
        raise fields.Malformed(f"This is a list of 1 to {MAX_BULK} transactions.")
    return value


def changes(sent: object) -> Changes:
    """Return what a client wants changed about a transaction.

    :raises Invalid: naming everything that is wrong, by pointer.
    """
    faults: list[Fault] = []
    wanted = _changes(fields.read(sent, CHANGES, faults=faults), "", faults)
    if faults:
        raise Invalid(faults)
    return wanted


def _changes(found: dict[str, Any], pointer: str, faults: list[Fault]) -> Changes:
    wanted = found.pop("entries", [])
    if wanted:
        faults.extend(
            Fault(f"{pointer}/{name}", "not_with_entries", "With entries, this is said by them.")
            for name in SIMPLE
            if name in found
        )
    entries = [
        _entry_change(one, f"{pointer}/entries/{index}", faults) for index, one in enumerate(wanted)
    ]
    return Changes(_inside(found), tuple(entries))


def _entry_change(sent: object, pointer: str, faults: list[Fault]) -> EntryChange:
    is_new = isinstance(sent, dict) and "id" not in sent
    required = ("account", "amount") if is_new else ()
    found = fields.read(sent, ENTRY_CHANGE, required=required, pointer=pointer, faults=faults)
    id, remove = found.pop("id", None), found.pop("remove", False)
    if remove and (found or id is None):
        sentence = "An entry to remove is named by its id alone."
        faults.append(Fault(f"{pointer}/remove", "remove_by_id", sentence))
    return EntryChange(id, remove, _inside(found))
