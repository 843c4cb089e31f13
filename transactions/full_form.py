"""The full form of a correction: each entry that changes, named by its id."""

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from buffet.errors import invalid
from transactions.chart import Chart, ChartAccount
from transactions.drafts import DraftEntry, EntryChange

#: What says of an entry how much it is.
_HOW_MUCH = {"amount", "currency"}


def again(
    old: Sequence[DraftEntry], wanted: Sequence[EntryChange], chart: Chart
) -> list[DraftEntry]:
    """Return the entries after the changes; those that no change names stay.

    :raises Invalid: if a change names no entry, or nothing is left, or money would become another
        without a word about how much.
    """
    _refuse_another_money(old, wanted, chart)
    kept: dict[UUID | None, DraftEntry] = {entry.id: entry for entry in old}
    added = []
    for index, change in enumerate(wanted):
        if change.id is None:
            added.append(DraftEntry(**change.given))
        elif change.id not in kept:
            sentence = "This transaction has no such entry, or it was named twice."
            raise invalid(f"/entries/{index}/id", "not_found", sentence)
        elif change.remove:
            del kept[change.id]
        else:
            given = dict(change.given)
            if "account_id" in given:
                # The new account's own currency, unless the caller names one.
                given.setdefault("currency", "")
            kept[change.id] = replace(kept[change.id], **given)
    if not kept and not added:
        raise invalid("/entries", "required", "A transaction has entries on two accounts or more.")
    return [*kept.values(), *added]


def _refuse_another_money(
    old: Sequence[DraftEntry], wanted: Sequence[EntryChange], chart: Chart
) -> None:
    """Refuse to take numbers over into another currency, of which nothing that was sent speaks."""
    if any(_HOW_MUCH & change.given.keys() for change in wanted):
        return
    before = {entry.id: entry for entry in old}
    for index, change in enumerate(wanted):
        entry, account = before.get(change.id), chart.get(change.given.get("account_id"))
        if entry is not None and account is not None:
            refuse_another_money(entry, account, f"/entries/{index}/amount")


def refuse_another_money(entry: DraftEntry, account: ChartAccount, pointer: str) -> None:
    """Check that an entry may go to an account as it is.

    :raises Invalid: if the account is in another currency, where the number is another amount.
    """
    before = entry.currency
    if account.currency not in ("", before):
        sentence = f"{account.name} is in {account.currency}, not in {before}: say how much it is."
        raise invalid(pointer, "required", sentence)
