"""The ledger: dated transactions of signed entries, and what the database keeps about them."""

from typing import TYPE_CHECKING

from transactions.models.imports import Import, ImportFile, ImportLine, ImportStatus, Verdict
from transactions.models.ledger import BalanceCheck, Entry, Source, Status, Transaction
from transactions.models.months import ClosedMonth
from transactions.models.points import BalancePoint, PointKind
from transactions.models.profiles import ImportProfile
from transactions.models.rules import Direction, Rule, RuleChange, RuleRun
from transactions.models.subscriptions import Subscription, SubscriptionPayment
from transactions.models.sums import AccountTotal, MonthlyBalance, Sums, TypeTotal
from transactions.models.vendors import Vendor
from transactions.models.verifications import Verification

if TYPE_CHECKING:
    from buffet.audit import EventColumns

    # The tables of history are put here by django-pghistory: what a row was, and the event.
    class BalancePointEvent(EventColumns, BalancePoint): ...

    class EntryEvent(EventColumns, Entry): ...

    class TransactionEvent(EventColumns, Transaction): ...


__all__ = [
    "AccountTotal",
    "BalanceCheck",
    "BalancePoint",
    "ClosedMonth",
    "Direction",
    "Entry",
    "Import",
    "ImportFile",
    "ImportLine",
    "ImportProfile",
    "ImportStatus",
    "MonthlyBalance",
    "PointKind",
    "Rule",
    "RuleChange",
    "RuleRun",
    "Source",
    "Status",
    "Subscription",
    "SubscriptionPayment",
    "Sums",
    "Transaction",
    "TypeTotal",
    "Vendor",
    "Verdict",
    "Verification",
]
