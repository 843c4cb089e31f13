"""What someone wants recorded: the simple form of daily life or the full form with entries."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from transactions.models import Source, Status


@dataclass(frozen=True, slots=True)
class DraftEntry:
    """One wanted entry: a signed amount on an account.

    `currency` may be left out on an account that has one, and on others when those have the same.
    `id` names an existing entry in a correction, `remove` takes it out.
    """

    account_id: UUID
    amount: Decimal
    currency: str = ""
    status: str = Status.CLEARED
    external_id: str = ""
    note: str = ""
    id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Draft:
    """One wanted transaction.

    Simple form: `amount` on `account_id`, against `category_id`, or to (a negative amount) or from
    `transfer_to_id`, where `transfer_amount` says what arrives in another currency; with neither,
    it stays uncategorised. Full form: `entries`.
    """

    date: date
    description: str
    account_id: UUID | None = None
    amount: Decimal | None = None
    currency: str = ""
    category_id: UUID | None = None
    transfer_to_id: UUID | None = None
    transfer_amount: Decimal | None = None
    status: str = Status.CLEARED
    external_id: str = ""
    vendor_id: UUID | None = None
    notes: str = ""
    source: str = Source.MANUAL
    entries: tuple[DraftEntry, ...] = ()
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What changes about one entry: an existing one when `id` is given, else a new one."""

    id: UUID | None = None
    remove: bool = False
    given: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Changes:
    """What changes about a transaction: only the fields that were given; None clears one.

    The names are those of `Draft`. `entries`, when given, changes the entries it names and adds
    those without an id; entries that it does not name stay as they are.
    """

    given: dict[str, Any]
    entries: tuple[EntryChange, ...] = ()


@dataclass(frozen=True, slots=True)
class Correction:
    """A transaction to change, and the version of it that is meant, if one is."""

    transaction_id: UUID
    changes: Changes
    version: int | None = None
    pointer: str = ""


@dataclass(frozen=True, slots=True)
class Deletion:
    """A transaction to delete, and the version of it that is meant, if one is."""

    transaction_id: UUID
    version: int | None = None
    pointer: str = ""
