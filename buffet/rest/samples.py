"""What the examples of the OpenAPI document are made of: one household's values, by field."""

import re
from collections.abc import Callable
from hashlib import sha256
from typing import Any, TypeVar

from drf_spectacular.utils import extend_schema_serializer

#: Under which a schema carries its samples until the examples are made of them.
KEY = "x-samples"
_Kept = TypeVar("_Kept", bound=Callable[..., Any])


def identity(label: str) -> str:
    """Return the id of what the examples call so: a UUIDv7 of 1 May 2026, always the same."""
    found = sha256(label.encode()).hexdigest()
    return f"019de0a9-2800-7{found[:3]}-8{found[3:6]}-{found[6:18]}"


def samples(**rows: dict[str, Any]) -> Callable[[_Kept], _Kept]:
    """Return a decorator that gives a serializer rows for the examples, by the rows' labels.

    A row says what is peculiar to it; the rest is composed. In a body it names the fields that it
    shows, `...` for a composed one; those that it does not name are left out if they may be.
    The id of a row is that of its label, and so is each reference to a row of the first label.
    """
    return extend_schema_serializer(extensions={KEY: rows})


#: Field → what it holds in examples, where the schema allows it.
VALUES: dict[str, Any] = {
    "access": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzaWQiOiIwMTlkZTBhOSJ9.9mXo1sVqT2cN4bWk",
    "account_number": "0001-98765",
    "amount": "-42.50",
    "as_of": "2026-05-31",
    "balance": "1957.50",
    "base_currency": "BRL",
    "closed_at": "2026-06-02T12:30:00.000000Z",
    "closing_on": "2026-05-31",
    "code": "name_taken",
    "count": 0,
    "created_at": "2026-05-01T09:15:00.000000Z",
    "currency": "BRL",
    "current": True,
    "current_password": "correct horse battery staple",
    "date": "2026-05-04",
    "date_from": "2026-05-01",
    "date_to": "2026-05-31",
    "deleted": False,
    "depth": 0,
    "description": "Weekly groceries",
    "detail": "The book already has something of this name.",
    "dry_run": False,
    "email": "ana@example.com",
    "ends_on": "2026-05-31",
    "expires_at": "2099-05-01T09:15:00.000000Z",
    "external_id": "20260504001",
    "file_name": "may.ofx",
    "format": "ofx",
    "from": "USD",
    "has_more": False,
    "is_staff": False,
    "month": "2026-01",
    "month_start_day": 1,
    "new_password": "four other words, and a comma",
    "note": "",
    "notes": "Ours, not only mine.",
    "number": "0001-98765",
    "ok": True,
    "on": "2026-05-31",
    "opened_on": "2026-05-01",
    "opening_balance": "2000.00",
    "password": "correct horse battery staple",
    "pointer": "/name",
    "prefix": "bcb_7Kq2",
    "rate": "1.00000000",
    "reason": "No entry of the account looks like it.",
    "refresh": "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJqdGkiOiIwMTlkZTBhOSJ9.3fTz8yRbK5uE7hLp",
    "role": "owner",
    "since": "2026-04-30",
    "starts_on": "2026-05-01",
    "status": "cleared",
    "time_zone": "America/Sao_Paulo",
    "to": "BRL",
    "token": "bcb_7Kq2XvPz4mRt9sYw1nLc6hJf3dGb8aEu",
    "type": "expense",
    "updated_at": "2026-05-04T18:40:00.000000Z",
    "used_at": "2026-05-04T18:40:00.000000Z",
    "user_agent": "HouseholdApp/2.1 (Android 16)",
    "version": 17,
}
#: Fields that refer to a row by another name than its resource's, and the row's label.
OTHER_NAMES = {
    "closed_by": "ana",
    "default_book": "household",
    "into": "eating_out",
    "member": "ana",
    "transfer_to": "savings",
    "user": "ana",
}


def words(component: str) -> str:
    """Return what a component is about in snake_case: `credit_card` for CreditCardRead."""
    stem = re.sub(r"^(Patched|Sync(?!Read))|(Read|Create|Change|Data)?(Request)?$", "", component)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", stem).lower()
