"""The simple form of a transaction: what makes it, read from its entries and made again."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from accounts.models import Kind
from buffet.errors import Fault, Invalid, Refusal
from transactions import posting
from transactions.chart import Chart
from transactions.drafts import Changes, Draft, DraftEntry
from transactions.full_form import refuse_another_money

#: What a correction may say about a transaction in simple form.
FIELDS = ("account_id", "amount", "category_id", "transfer_to_id", "transfer_amount")
#: Of these, the first entry alone is said something.
OF_FIRST_ENTRY = ("status", "external_id")


class IsSplit(Refusal):
    """This transaction is split over several accounts: change it by its entries."""

    code = "split"
    status = 409


def primary(entries: Sequence[DraftEntry], chart: Chart) -> DraftEntry:
    """Return the entry by which a transaction is read in its simple form."""
    for entry in entries:
        account = chart.get(entry.account_id)
        if account is not None and account.is_real:
            return entry
    return entries[0]


def again(
    old: Sequence[DraftEntry], changes: Changes, header: dict[str, Any], chart: Chart
) -> list[DraftEntry]:
    """Return the entries of the simple form with what changes about it, on the old entries' ids.

    :raises IsSplit: if the entries have no simple form.
    :raises Invalid: naming what is wrong with the changes, by pointer.
    """
    given = {name: changes.given[name] for name in FIELDS if name in changes.given}
    before = _in_order(old, chart)
    simple = _simple_form(before, header, chart)
    given |= _of_another_money(before, given, chart)
    if given.get("transfer_to_id") is not None:
        given.setdefault("category_id", None)
    if given.get("category_id") is not None:
        given.setdefault("transfer_to_id", None)
    if given.get("transfer_to_id", simple.transfer_to_id) is None:
        given.setdefault("transfer_amount", None)
    own = {name: changes.given[name] for name in OF_FIRST_ENTRY if name in changes.given}
    draft = replace(simple, **given, **own)
    if _same_currency(draft, chart):
        draft = replace(draft, transfer_amount=given.get("transfer_amount"))
    faults: list[Fault] = []
    new = posting.entries_of(draft, chart, faults)
    if faults:
        raise Invalid(faults)
    kept = [_again(entry, was) for entry, was in zip(new, before, strict=False)]
    return [replace(kept[0], **own), *kept[1:], *new[len(kept) :]]


def _in_order(entries: Sequence[DraftEntry], chart: Chart) -> list[DraftEntry]:
    """Return the entries as the simple form makes them: the own one first, conversions last."""
    own = primary(entries, chart)
    return sorted(
        entries,
        key=lambda entry: (
            entry is not own,
            chart.accounts[entry.account_id].kind == Kind.CONVERSION,
        ),
    )


def _again(entry: DraftEntry, was: DraftEntry) -> DraftEntry:
    """Return an entry in the place of an old one, whose account's bank may know it already."""
    if entry.account_id != was.account_id:
        return replace(entry, id=was.id, note=was.note)
    return replace(entry, id=was.id, note=was.note, status=was.status, external_id=was.external_id)


def _of_another_money(
    before: Sequence[DraftEntry], given: Mapping[str, Any], chart: Chart
) -> dict[str, Any]:
    """Return what is forgotten as the other account is another one, in another currency.

    :raises Invalid: if the own account is, and nothing was said about how much it is there.
    """
    own, other = chart.get(given.get("account_id")), chart.get(given.get("transfer_to_id"))
    if own is not None and own.is_real and "amount" not in given:
        refuse_another_money(before[0], own, "/amount")
    if other is None or "transfer_amount" in given or other.currency == before[1].currency:
        return {}
    return {"transfer_amount": None}


def _same_currency(draft: Draft, chart: Chart) -> bool:
    here, there = chart.get(draft.account_id), chart.get(draft.transfer_to_id)
    return here is not None and there is not None and here.currency == there.currency


def _simple_form(old: Sequence[DraftEntry], header: Mapping[str, Any], chart: Chart) -> Draft:
    """Return the draft in simple form that would make these entries under a header.

    :raises IsSplit: if none would.
    """
    accounts = [chart.accounts[entry.account_id] for entry in old]
    shapes = [account.kind == Kind.CONVERSION for account in accounts]
    if shapes not in ([False, False], [False, False, True, True]) or not accounts[0].is_real:
        raise IsSplit
    own, other = old[0], old[1]
    crosses = own.currency != other.currency
    if crosses != (len(old) == 4) or (own.amount < 0) == (other.amount < 0):
        raise IsSplit
    kind = accounts[1].kind
    if kind not in (Kind.CATEGORY, Kind.UNCATEGORIZED) and not accounts[1].is_real:
        raise IsSplit
    if crosses and not accounts[1].is_real:
        raise IsSplit
    arrives: Decimal | None = abs(other.amount) if crosses else None
    return Draft(
        **header,
        account_id=own.account_id,
        amount=own.amount,
        category_id=other.account_id if kind == Kind.CATEGORY else None,
        transfer_to_id=other.account_id if accounts[1].is_real else None,
        transfer_amount=arrives,
        status=own.status,
        external_id=own.external_id,
    )
