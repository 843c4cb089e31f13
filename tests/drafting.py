"""Write drafts as people say them: accounts as rows, amounts as texts."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.models import Account
from transactions.drafts import Draft, DraftEntry

DAY = date(2026, 6, 10)


def draft(**fields: Any) -> Draft:
    """Return a draft; accounts are given as rows, amounts as texts."""
    entries = tuple(entry(*one_entry) for one_entry in fields.pop("entries", ()))
    for name in ("account", "category", "transfer_to", "vendor"):
        if name in fields:
            fields[f"{name}_id"] = fields.pop(name).id
    for name in ("amount", "transfer_amount"):
        if name in fields:
            fields[name] = Decimal(fields[name])
    return Draft(**({"date": DAY, "description": "Test", "entries": entries} | fields))


def entry(account: Account, amount: str, currency: str = "", external_id: str = "") -> DraftEntry:
    """Return a wanted entry."""
    return DraftEntry(account.id, Decimal(amount), currency, external_id=external_id)
