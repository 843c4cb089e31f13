"""Days that a bank agreed with: what would change an account's entries there is named."""

from collections.abc import Iterable, Mapping
from datetime import date
from uuid import UUID

from django.db.models import F

from buffet.errors import Fault
from transactions.chart import Chart
from transactions.models import Entry


def reconciled_faults(chart: Chart, touched: Iterable[tuple[str, date, UUID]]) -> list[Fault]:
    """Name the (pointer, day, account) on reconciled days, of accounts `chart` was asked about."""
    found: dict[tuple[str, UUID], Fault] = {}
    for pointer, day, account_id in touched:
        account = chart.get(account_id)
        if account is None or account.locked_through is None or day > account.locked_through:
            continue
        found[pointer, account_id] = _fault(pointer, account.name, account.locked_through)
    return [*found.values()]


def reconciled_faults_of(transactions: Mapping[UUID, str]) -> list[Fault]:
    """Name the transactions, each with its pointer, that have entries on reconciled days."""
    entries = Entry.objects.filter(
        transaction_id__in=list(transactions), date__lte=F("account__locked_through")
    )
    rows = entries.order_by("id").values_list(
        "transaction_id", "account__name", "account__locked_through"
    )
    found = dict.fromkeys(rows)
    return [_fault(transactions[id], name, day) for id, name, day in found if day is not None]


def _fault(pointer: str, account: str, day: date) -> Fault:
    sentence = f"{account} is reconciled up to {day}; an owner of the book can unlock it."
    return Fault(f"{pointer}/date", "days_reconciled", sentence)
