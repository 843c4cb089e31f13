"""From a draft to its entries: every rule of the ledger, said in sentences."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from accounts.models import AccountType, Kind
from buffet import money
from buffet.errors import AmountTooLarge, Fault
from transactions.chart import Chart, ChartAccount
from transactions.drafts import Draft, DraftEntry


def entries_of(draft: Draft, chart: Chart, faults: list[Fault]) -> tuple[DraftEntry, ...]:
    """Return the entries that record `draft`; what is wrong with it is appended to `faults`."""
    found = len(faults)
    entries = _full(draft, chart, faults) if draft.entries else _simple(draft, chart, faults)
    return entries if len(faults) == found else ()


def _open_account(
    chart: Chart, account_id: UUID | None, pointer: str, faults: list[Fault]
) -> ChartAccount | None:
    account = chart.get(account_id)
    if account is None:
        faults.append(Fault(pointer, "not_found", "There is no such account in this book."))
    elif account.is_archived:
        sentence = f"{account.name} is archived; reopen it first."
        faults.append(Fault(pointer, "archived", sentence))
        return None
    return account


def _exact(amount: Decimal, currency: str, pointer: str, faults: list[Fault]) -> Decimal:
    """Return the amount with its currency's decimals; inexact, zero or too large is a fault."""
    kept = money.round_to(amount, currency)
    if kept != amount:
        places = money.decimals(currency)
        sentence = f"An amount in {currency} has at most {places} decimals."
        faults.append(Fault(pointer, "too_many_decimals", sentence))
    elif not kept:
        faults.append(Fault(pointer, "zero", "An entry moves money: its amount is not zero."))
    elif abs(kept) >= money.TOO_LARGE:
        # One that was typed is refused before; this one follows from others.
        faults.append(Fault(pointer, "too_large", AmountTooLarge().detail))
    return kept


def _simple(draft: Draft, chart: Chart, faults: list[Fault]) -> tuple[DraftEntry, ...]:
    at = draft.pointer
    account = _open_account(chart, draft.account_id, f"{at}/account", faults)
    if draft.amount is None:
        faults.append(Fault(f"{at}/amount", "required", "Say how much."))
    if account is None or draft.amount is None:
        return ()
    if not account.is_real:
        sentence = f"{account.name} is not an account that holds money; name it as the category."
        faults.append(Fault(f"{at}/account", "not_a_real_account", sentence))
        return ()
    if draft.currency and draft.currency != account.currency:
        sentence = f"{account.name} is in {account.currency}."
        faults.append(Fault(f"{at}/currency", "other_currency", sentence))
        return ()
    amount = _exact(draft.amount, account.currency, f"{at}/amount", faults)
    own = DraftEntry(account.id, amount, account.currency, draft.status, draft.external_id)
    if draft.transfer_to_id is not None:
        return _transfer(draft, account, own, chart, faults)
    if draft.transfer_amount is not None:
        sentence = "Only a transfer to another account has this amount."
        faults.append(Fault(f"{at}/transfer_amount", "not_a_transfer", sentence))
    category = _category(draft, amount, chart, faults)
    if category is None:
        return ()
    return own, DraftEntry(category.id, -amount, account.currency, draft.status)


def _category(
    draft: Draft, amount: Decimal, chart: Chart, faults: list[Fault]
) -> ChartAccount | None:
    if draft.category_id is None:
        spent = AccountType.EXPENSE if amount < 0 else AccountType.INCOME
        return chart.system(Kind.UNCATEGORIZED, spent)
    pointer = f"{draft.pointer}/category"
    category = chart.get(draft.category_id)
    if category is None or not category.is_category:
        faults.append(Fault(pointer, "not_found", "There is no such category in this book."))
        return None
    return _open_account(chart, category.id, pointer, faults)


def _transfer(
    draft: Draft, account: ChartAccount, own: DraftEntry, chart: Chart, faults: list[Fault]
) -> tuple[DraftEntry, ...]:
    at = draft.pointer
    if draft.category_id is not None:
        sentence = "A transfer between own accounts has no category."
        faults.append(Fault(f"{at}/category", "transfer_with_category", sentence))
    other = _open_account(chart, draft.transfer_to_id, f"{at}/transfer_to", faults)
    if other is None:
        return ()
    if other.id == account.id:
        sentence = "A transfer goes to another account."
        faults.append(Fault(f"{at}/transfer_to", "transfer_to_itself", sentence))
        return ()
    if not other.is_real:
        sentence = f"{other.name} is not an account that holds money."
        faults.append(Fault(f"{at}/transfer_to", "not_a_real_account", sentence))
        return ()
    if other.currency == account.currency:
        if draft.transfer_amount is not None and draft.transfer_amount != abs(own.amount):
            sentence = f"Both accounts are in {account.currency}: the amounts are the same."
            faults.append(Fault(f"{at}/transfer_amount", "other_amount", sentence))
        return own, DraftEntry(other.id, -own.amount, other.currency, draft.status)
    if draft.transfer_amount is None:
        sentence = f"Say how much moves in {other.currency}, without a sign."
        faults.append(Fault(f"{at}/transfer_amount", "required", sentence))
        return ()
    if draft.transfer_amount < 0:
        sentence = "This amount has no sign; the direction is that of `amount`."
        faults.append(Fault(f"{at}/transfer_amount", "signed", sentence))
        return ()
    there = _exact(draft.transfer_amount, other.currency, f"{at}/transfer_amount", faults)
    there = there if own.amount < 0 else -there
    conversion = chart.system(Kind.CONVERSION)
    return (
        own,
        DraftEntry(other.id, there, other.currency, draft.status),
        DraftEntry(conversion.id, -own.amount, account.currency, draft.status),
        DraftEntry(conversion.id, -there, other.currency, draft.status),
    )


def _full(draft: Draft, chart: Chart, faults: list[Fault]) -> tuple[DraftEntry, ...]:
    entries = []
    only_currency = _only_currency(draft.entries, chart)
    for index, wanted in enumerate(draft.entries):
        entry = _entry(wanted, chart, only_currency, f"{draft.pointer}/entries/{index}", faults)
        if entry is not None:
            entries.append(entry)
    if len(entries) == len(draft.entries):
        faults.extend(_off_balance(entries, f"{draft.pointer}/entries"))
    return tuple(entries)


def _only_currency(entries: Sequence[DraftEntry], chart: Chart) -> str:
    """Return the currency that the entries name or their accounts have, if it is one."""
    accounts = [chart.get(entry.account_id) for entry in entries]
    found = {entry.currency for entry in entries}
    found |= {account.currency for account in accounts if account is not None}
    found.discard("")
    return found.pop() if len(found) == 1 else ""


def _entry(
    wanted: DraftEntry, chart: Chart, only_currency: str, at: str, faults: list[Fault]
) -> DraftEntry | None:
    account = _open_account(chart, wanted.account_id, f"{at}/account", faults)
    if account is None:
        return None
    currency = wanted.currency or account.currency or only_currency
    if not currency:
        sentence = f"{account.name} takes any currency: say which."
        faults.append(Fault(f"{at}/currency", "required", sentence))
        return None
    if account.currency and currency != account.currency:
        sentence = f"{account.name} is in {account.currency}."
        faults.append(Fault(f"{at}/currency", "other_currency", sentence))
        return None
    amount = _exact(wanted.amount, currency, f"{at}/amount", faults)
    return DraftEntry(
        account.id,
        amount,
        currency,
        wanted.status,
        wanted.external_id,
        wanted.note,
        wanted.id,
    )


def _off_balance(entries: list[DraftEntry], pointer: str) -> list[Fault]:
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for entry in entries:
        sums[entry.currency] += entry.amount
    off = [f"{money.text(total, currency)} {currency}" for currency, total in sums.items() if total]
    if off:
        sentence = f"The entries of each currency add up to zero; they are off by {', '.join(off)}."
        return [Fault(pointer, "unbalanced", sentence)]
    if len({entry.account_id for entry in entries}) < 2:
        sentence = "A transaction moves money between two accounts or more."
        return [Fault(pointer, "transfer_to_itself", sentence)]
    return []
