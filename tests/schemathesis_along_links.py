"""What schemathesis sends when it walks along links: requests about rows that are there.

What a schema cannot say is put right in bodies that keep to it: an id is that of a row of the book,
a name is taken by nobody, a transaction is told in one of its two ways. So each of them has to be
accepted, and no answer depends on requests before, after which the same seed would draw others.
"""

import json
import os
import unicodedata
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import schemathesis
from schemathesis.core import NOT_SET
from schemathesis.openapi.checks import EnsureResourceAvailability, UseAfterFree

#: Field → the id of a row of the book, for it to name.
ROWS: dict[str, str] = json.loads(os.environ["ROWS_OF_THE_BOOK"])
#: What a transaction says beside its money.
ABOUT_IT = ("date", "description", "notes", "vendor")
#: What it says only of money that goes to another account or comes in another currency.
OF_OTHERS = ("currency", "transfer_amount", "transfer_to")

_numbers, _months = count(1), count()
#: Transactions that pay nothing yet.
_payments: list[str] = json.loads(os.environ["PAYMENTS_OF_THE_BOOK"])
#: Transactions that are one side of a transfer.
_sides: list[str] = json.loads(os.environ["SIDES_OF_THE_BOOK"])
#: A bank's file, from the document.
_files: list[str] = []
#: Categories and transactions that became part of another, and transactions that came back.
_merged: set[str] = set()
_restored: set[str] = set()


@schemathesis.hook
def before_load_schema(context: Any, raw_schema: dict[str, Any]) -> None:
    """Leave out of the document what would let requests depend on more than a row and a body."""
    for methods in raw_schema["paths"].values():
        for operation in methods.values():
            # `ensure_resource_availability` only looks at requests whose links tell all parameters.
            operation["parameters"] = [one for one in operation["parameters"] if "required" in one]
            # Ids in examples are nobody's, and drawn the less, the more often they were.
            for answer in operation["responses"].values():
                for content in answer.get("content", {}).values():
                    content.pop("examples", None)
    for schema in raw_schema["components"]["schemas"].values():
        # Taken for the id of something that nothing makes, so that nobody would start there.
        schema.get("properties", {}).pop("external_id", None)
    upload = raw_schema["paths"]["/api/v1/imports"]["post"]["requestBody"]["content"]
    _files.extend(
        one["value"]["file"] for one in upload["multipart/form-data"]["examples"].values()
    )


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Put right what the schema of a body cannot say, unless the body is meant to be wrong."""
    number = next(_numbers)
    # Letters from one address are counted.
    case.headers["X-Forwarded-For"] = f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"
    if case.meta.generation.mode.is_positive and case.body is NOT_SET:
        # That one says something of itself, which none of its fields has to.
        if f"{case.method} {case.operation.path}" == "PATCH /api/v1/imports/{id}":
            case.body, case.media_type = {"options": {}}, "application/json"
    elif case.meta.generation.mode.is_positive and isinstance(case.body, dict):
        body = {name: _right(name, value, number) for name, value in case.body.items()}
        told = _TOLD.get(case.operation.path.split("/")[3], _as_it_is)
        case.body = told(body, number, f"{case.method} {case.operation.path}")


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remember what was merged or restored."""
    for verb, ids in (("/merge", _merged), ("/restore", _restored)):
        if case.operation.path.endswith(verb) and response.status_code == 200:
            ids.add(case.path_parameters["id"])


@schemathesis.hook
def filter_failure(context: Any, failure: Any, case: Any, response: Any) -> bool:
    """Let be missing what was merged, and what was restored be there again."""
    id = case.path_parameters.get("id")
    if isinstance(failure, EnsureResourceAvailability):
        return id not in _merged
    return not (isinstance(failure, UseAfterFree) and id in _restored)


def _right(name: str, value: Any, number: int) -> Any:
    """Return what a field may hold: what was drawn, but for what no schema says."""
    if name in ROWS and value is not None:
        return ROWS[name]
    if not isinstance(value, str):
        return value
    if name.endswith("_at"):
        # Something expires.
        return f"2196{value[4:]}"
    if name == "month":
        # That of a transaction is never closed.
        years, month = divmod(next(_months), 12)
        return f"{1900 + years}-{month + 1:02}"
    written = "".join(one for one in value if unicodedata.category(one) not in ("Cc", "Cs"))
    known = {
        "amount": f"{number}.00",
        "base_currency": "BRL",
        "currency": "BRL",
        "date": "2026-05-04",
        "description": f"{number} {written}"[:500],
        "email": f"{number}@example.com",
        "file": _files[0].replace("<FITID>", f"<FITID>{number}-"),
        "limit": f"{number}.00",
        "name": f"{number} {written}"[:100],
        "opened_on": "2026-05-04",
        "opening_balance": f"{number}.00",
        "time_zone": "America/Sao_Paulo",
        # That of the category that it may come below.
        "type": "expense",
    }
    return known.get(name, written)


def _told_one_way(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return what is told of a transaction in one of the two ways, of which schemas tell both."""
    if operation.endswith("/merge"):
        # Each becomes a transfer once.
        return {"into": _sides.pop()}
    is_new = {"date", "description"} <= body.keys()
    if "entries" in body and is_new:
        entries = [
            {"account": ROWS["account"], "amount": f"-{number}.00"},
            {"account": ROWS["category"], "amount": f"{number}.00", "currency": "BRL"},
        ]
        return {name: body[name] for name in ABOUT_IT if name in body} | {"entries": entries}
    found = {name: one for name, one in body.items() if name not in (*OF_OTHERS, "entries")}
    return found | ({"account": ROWS["account"], "amount": f"-{number}.00"} if is_new else {})


def _card(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return a card of an account of its own; days that move hold from now on."""
    found = {one: body[one] for one in body if one not in ("account", "from_month")}
    of_its_own = {"name": f"Card {number}", "currency": "BRL"}
    return found | of_its_own if operation.startswith("POST") else found


def _plan(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return a purchase in parcels that is told in one of the two ways; one of them paid ahead."""
    if operation.endswith("/prepay"):
        return {"parcels": 1}
    if "parcels" not in body:
        # Cancelled on the day of the purchase, which is to come.
        return {name: one for name, one in body.items() if name != "date"}
    found = {one: body[one] for one in body if one not in ("transaction", "first_month")}
    known = {"card": ROWS["card"], "description": f"Lamp {number}", "total": f"{number}.00"}
    # Nothing of it is billed, so that it may still be paid ahead, cancelled and deleted.
    return found | known | {"date": f"{datetime.now(UTC) + timedelta(5):%Y-%m-%d}"}


def _subscription(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return a subscription that ends, if at all, after its beginning, or what pays it."""
    if operation.endswith("/payments"):
        # Each pays once.
        return {"transaction": _payments.pop()}
    found = {one: body[one] for one in body if one != "ends_on"}
    return found | {one: "2196-01-31" for one in ("on",) if one in body}


def _rate(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return a rate of two currencies, each of a day of its own after all that is closed."""
    known = {"base": "USD", "quote": "BRL", "rate": f"{number}.5"}
    known["on"] = f"{date(2030, 1, 1) + timedelta(number % 60_000):%Y-%m-%d}"
    return body | {name: one for name, one in known.items() if name in body}


def _point(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return a statement's balance, which no day has yet, and which is never what it should be."""
    known = {"on": f"{date(2010, 1, 1) + timedelta(number % 5000)}", "balance": f"{number}.07"}
    return (
        body
        | {one: known[one] for one in known if one in body}
        | ({"kind": "statement"} if "kind" in body else {})
    )


def _rule(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return a rule that asks and gives something, with amounts in order and a good expression."""
    left_out = ("amount_min", "amount_max", "regex")
    found = {name: one for name, one in body.items() if name not in left_out}
    is_new = operation == "POST /api/v1/rules"
    if is_new or {"category", "vendor"} & found.keys():
        found["category"] = ROWS["category"]
    if is_new or "contains" in found:
        found["contains"] = "Bread"
    return found


def _import(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return an import of a file that says itself how it is read, and choices for its lines."""
    if "lines" in body:
        return {"lines": [{"number": 1, "verdict": "ignored"}]}
    found = {
        name: one for name, one in body.items() if name not in ("profile", "options", "statement")
    }
    # Of a file whose number no account has.
    return found | ({"account": ROWS["account"]} if "file" in body else {}) or {"options": {}}


def _profile(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    """Return a profile whose settings agree with each other."""
    return body | ({"profile": {"date_order": "dmy"}} if "profile" in body else {})


def _as_it_is(body: dict[str, Any], number: int, operation: str) -> dict[str, Any]:
    return body


#: Resource → what puts its bodies right.
_TOLD = {
    "exchange-rates": _rate,
    "transactions": _told_one_way,
    "credit-cards": _card,
    "installment-plans": _plan,
    "subscriptions": _subscription,
    "balance-points": _point,
    "rules": _rule,
    "imports": _import,
    "import-profiles": _profile,
}
