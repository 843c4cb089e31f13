"""Subscriptions: contracts by which something falls due again and again."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from accounts.models import REAL_TYPES, Account, AccountType, Kind
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book, others
from transactions.models import Subscription, Vendor
from transactions.recurring import MOST_PERIODS, Cadence


class SubscriptionNameTaken(Refusal):
    """The book already has a subscription of this name."""

    code = "name_taken"
    pointer = "/name"


class SubscriptionPaid(Refusal):
    """Payments are linked to this subscription: end it instead of deleting it."""

    code = "in_use"


class PaidInAnotherCurrency(Refusal):
    """Its payments are in the currency of the account as it was: end this one, begin another."""

    code = "other_currency"
    pointer = "/account"


class PaidTheOtherWay(Refusal):
    """Its payments go the other way: a category for income takes what comes in, not what goes."""

    code = "other_direction"
    pointer = "/category"


def get_subscription(book: Book, subscription_id: UUID) -> Subscription:
    """Return a subscription of the book, with its account, category and vendor.

    :raises NotFound: if the book has no such subscription.
    """
    rows = Subscription.objects.select_related("account", "category", "vendor")
    found = rows.filter(book=book, id=subscription_id).first()
    if found is None:
        raise NotFound("There is no such subscription in this book.")
    return found


def _refuse_taken(book: Book, name: str, besides: UUID | None = None) -> None:
    taken = others(Subscription.objects.filter(book=book, name__iexact=name), besides)
    if taken.exists():
        raise SubscriptionNameTaken


def create_subscription(
    *,
    book: Book,
    by: Actor,
    name: str,
    account_id: UUID,
    amount: Decimal,
    cadence: str,
    starts_on: date,
    **more: Any,
) -> Subscription:
    """Add a subscription; `amount` is positive, in the currency of the account that pays.

    `more` may have `every` (1), `ends_on`, `vendor_id`, `category_id` and `notes`.

    :raises SubscriptionNameTaken: if there is one of this name, whatever its case.
    :raises Invalid: naming everything else that is wrong.
    """
    wanted = Subscription(
        book=book,
        name=name,
        account_id=account_id,
        amount=amount,
        cadence=cadence,
        starts_on=starts_on,
        **more,
    )
    with writing(book.id, by=by):
        _refuse_taken(book, name)
        _refuse_wrong(wanted, {"account_id", "category_id"})
        wanted.save(force_insert=True)
        return get_subscription(book, wanted.id)


def change_subscription(
    *, book: Book, by: Actor, subscription_id: UUID, reason: str = "", **given: Any
) -> Subscription:
    """Change what was given of a subscription; its linked payments stay as they are.

    :raises NotFound: if the book has no such subscription.
    :raises SubscriptionNameTaken: if another has the name.
    :raises PaidInAnotherCurrency: if payments are linked and the account has another currency.
    :raises PaidTheOtherWay: if payments are linked and the category is of the other type.
    :raises Invalid: naming everything else that is wrong.
    """
    with writing(book.id, by=by, reason=reason):
        found = get_subscription(book, subscription_id)
        before = found.account.currency, is_income(found)
        if "name" in given:
            _refuse_taken(book, given["name"], found.id)
        changed = {name for name, value in given.items() if getattr(found, name) != value}
        for name in changed:
            setattr(found, name, given[name])
        _refuse_wrong(found, changed)
        if found.payments.exists():
            if found.account.currency != before[0]:
                raise PaidInAnotherCurrency
            if is_income(found) != before[1]:
                raise PaidTheOtherWay
        if changed:
            Subscription.objects.filter(id=found.id).update(
                **{name: given[name] for name in changed}
            )
        return get_subscription(book, subscription_id)


def end_subscription(
    *, book: Book, by: Actor, subscription_id: UUID, on: date, reason: str = ""
) -> Subscription:
    """Let nothing fall due after a day.

    :raises NotFound: if the book has no such subscription.
    :raises Invalid: if the day is before the first due date.
    """
    with writing(book.id, by=by, reason=reason):
        found = get_subscription(book, subscription_id)
        if on < found.starts_on:
            sentence = f"It begins on {found.starts_on}, and ends then at the earliest."
            raise invalid("/on", "before_start", sentence)
        if found.ends_on != on:
            Subscription.objects.filter(id=found.id).update(ends_on=on)
        return get_subscription(book, subscription_id)


def delete_subscription(*, book: Book, by: Actor, subscription_id: UUID) -> None:
    """Delete a subscription that nothing was paid for.

    :raises NotFound: if the book has no such subscription.
    :raises SubscriptionPaid: if payments are linked to it; end it instead.
    """
    with writing(book.id, by=by):
        found = get_subscription(book, subscription_id)
        if found.payments.exists():
            raise SubscriptionPaid
        Subscription.objects.filter(id=found.id)._raw_delete("default")


def is_income(subscription: Subscription) -> bool:
    """Whether the subscription brings money in."""
    category = subscription.category
    return category is not None and category.type == AccountType.INCOME


def _refuse_wrong(wanted: Subscription, named: set[str]) -> None:
    """Check what a subscription will be; only what is `named` anew may not be archived.

    :raises Invalid: naming everything that is wrong.
    """
    faults: list[Fault] = []
    ids = [id for id in (wanted.account_id, wanted.category_id) if id is not None]
    rows = Account.objects.filter(book_id=wanted.book_id).in_bulk(ids)
    account, category = rows.get(wanted.account_id), rows.get(wanted.category_id)
    if account is None or account.is_system:
        faults.append(Fault("/account", "not_found", "There is no such account in this book."))
    elif account.type not in REAL_TYPES:
        sentence = f"{account.name} is not an account that holds money; name it as the category."
        faults.append(Fault("/account", "not_a_real_account", sentence))
    else:
        faults += _amount_faults(wanted.amount, account.currency)
    if wanted.category_id and (category is None or category.kind != Kind.CATEGORY):
        faults.append(Fault("/category", "not_found", "There is no such category in this book."))
    for row, field in ((account, "account"), (category, "category")):
        if row is not None and row.archived_at is not None and f"{field}_id" in named:
            sentence = f"{row.name} is archived; reopen it first."
            faults.append(Fault(f"/{field}", "archived", sentence))
    vendors = Vendor.objects.filter(book_id=wanted.book_id)
    if wanted.vendor_id and not vendors.filter(id=wanted.vendor_id).exists():
        faults.append(Fault("/vendor", "not_found", "There is no such vendor in this book."))
    if wanted.cadence not in Cadence.values:
        faults.append(Fault("/cadence", "unknown", f"One of: {', '.join(Cadence.values)}."))
    if not 1 <= wanted.every <= MOST_PERIODS:
        faults.append(Fault("/every", "out_of_range", f"A number from 1 to {MOST_PERIODS}."))
    if wanted.ends_on is not None and wanted.ends_on < wanted.starts_on:
        sentence = f"It begins on {wanted.starts_on}, and ends then at the earliest."
        faults.append(Fault("/ends_on", "before_start", sentence))
    if faults:
        raise Invalid(faults)


def _amount_faults(amount: Decimal, currency: str) -> list[Fault]:
    if amount <= 0:
        sentence = "The amount is what is paid each time, more than zero; the category says where."
        return [Fault("/amount", "not_positive", sentence)]
    if money.round_to(amount, currency) != amount:
        sentence = f"An amount in {currency} has at most {money.decimals(currency)} decimals."
        return [Fault("/amount", "too_many_decimals", sentence)]
    return []
