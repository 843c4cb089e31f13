"""Record and correct as people say it: accounts as rows, amounts as texts."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from raw import check_now, run

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book
from transactions import services as ledger
from transactions.drafts import Changes, Draft, DraftEntry, EntryChange

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


def record(book: Book, by: Actor, **fields: Any) -> UUID:
    """Record one transaction and return its id."""
    (id,) = ledger.record(book=book, by=by, drafts=[draft(**fields)])
    check_now()
    return id


def correct(
    book: Book, by: Actor, id: UUID, entries: Any = (), version: int | None = None, **given: Any
) -> None:
    """Correct a transaction: by its fields or by its entries, (id, {…}) each."""
    for name in ("account", "category", "transfer_to", "vendor"):
        if name in given:
            row = given.pop(name)
            given[f"{name}_id"] = row.id if row else None
    for name in ("amount", "transfer_amount"):
        if name in given:
            given[name] = Decimal(given[name])
    changes = Changes(given, tuple(_change(*entry) for entry in entries))
    ledger.correct(
        book=book, by=by, transaction_id=id, changes=changes, version=version, reason="Test"
    )
    check_now()


def _change(id: UUID | None, given: dict[str, Any] | None) -> EntryChange:
    """Return the change of one entry; None removes it."""
    if given is None:
        return EntryChange(id, remove=True)
    given = dict(given)
    if "account" in given:
        given["account_id"] = given.pop("account").id
    if "amount" in given:
        given["amount"] = Decimal(given["amount"])
    return EntryChange(id, given=given)


def entries(id: UUID) -> list[tuple[Any, ...]]:
    """Return the entries in order: (account, amount, currency, status, external id) each."""
    return run(
        "SELECT a.name, trim_scale(e.amount)::text, e.currency, e.status, e.external_id "
        "FROM transactions_entry e JOIN accounts_account a ON a.id = e.account_id "
        "WHERE e.transaction_id = %s ORDER BY e.id",
        id,
    )


def ids(id: UUID) -> list[UUID]:
    """Return the ids of the entries, in order."""
    sql = "SELECT id FROM transactions_entry WHERE transaction_id = %s ORDER BY id"
    return [row for (row,) in run(sql, id)]
