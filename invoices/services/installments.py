"""Purchases in parcels: one transaction on each of so many statements."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

from accounts.models import Kind
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import Fault, Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from invoices.models import (
    CentsOn,
    Fate,
    Installment,
    InstallmentPlan,
    InvoiceLine,
    Section,
)
from invoices.services.cards import get_card
from invoices.services.statements import pin
from transactions import services as ledger
from transactions.drafts import Changes, Draft
from transactions.models import Entry, Transaction
from transactions.recurring import END_OF_DAYS, Schedule

MOST_PARCELS = 120
#: Where the ledger's names stand in the body of a plan.
_SENT = {"/amount": "/total", "/account": "/card"}


class PlanIsBilled(Refusal):
    """Parcels of this plan are on statements that have closed: cancel the rest instead."""

    code = "is_billed"


def parcels_of(total: Decimal, count: int, currency: str, cents_on: str) -> list[Decimal]:
    """Return the parcels of a total: equal ones, but for the cents that do not divide.

    All in the decimals of the currency; the first or the last takes what is left over.
    """
    unit = Decimal(1).scaleb(-money.decimals(currency))
    units, rest = divmod(int(total / unit), count)
    found = [units * unit] * count
    found[0 if cents_on == CentsOn.FIRST else -1] += rest * unit
    return found


def create_plan(
    *,
    book: Book,
    by: Actor,
    card_id: UUID,
    description: str,
    total: Decimal,
    parcels: int,
    purchased_on: date,
    category_id: UUID | None = None,
    vendor_id: UUID | None = None,
    first_month: date | None = None,
    cents_on: str = CentsOn.FIRST,
    notes: str = "",
) -> InstallmentPlan:
    """Record a purchase in parcels; each is a transaction a month after the one before.

    The first is on the statement of the day of the purchase, or on that of `first_month`, each
    other on the statement after, whatever happens to the dates of statements.

    :raises Invalid: naming what is wrong.
    """
    with writing(book.id, by=by):
        card = get_card(book, card_id)
        amounts = _amounts(total, parcels, card.account.currency, cents_on)
        days = _days(purchased_on, parcels)
        drafts = [
            Draft(
                date=day,
                description=f"{description} ({number}/{parcels})",
                account_id=card.account_id,
                amount=-amount,
                category_id=category_id,
                vendor_id=vendor_id,
            )
            for number, (day, amount) in enumerate(zip(days, amounts, strict=True), start=1)
        ]
        ids = recorded(book, by, drafts)
        return _planned(
            card_id=card.id,
            book=book,
            ids=ids,
            first_month=first_month,
            description=description,
            purchased_on=purchased_on,
            total=total,
            cents_on=cents_on,
            notes=notes,
        )


def split_purchase(
    *,
    book: Book,
    by: Actor,
    transaction_id: UUID,
    parcels: int,
    first_month: date | None = None,
    cents_on: str = CentsOn.FIRST,
    notes: str = "",
) -> InstallmentPlan:
    """Make parcels of a purchase that was recorded as one; it becomes the first of them.

    :raises Invalid: if it is no purchase with a card, or in parcels already; naming what is wrong.
    """
    with writing(book.id, by=by):
        line = _purchase(book, transaction_id)
        found = Transaction.objects.get(id=transaction_id)
        currency = line.card.account.currency
        amounts = _amounts(-line.amount, parcels, currency, cents_on)
        days = _days(found.date, parcels)
        others = Entry.objects.filter(transaction=found).exclude(id=line.entry_id)
        bought = others.select_related("account").get().account
        wanted = Changes(
            {"amount": -amounts[0], "description": f"{found.description[:480]} (1/{parcels})"}
        )
        ledger.correct(book=book, by=by, transaction_id=found.id, changes=wanted)
        drafts = [
            Draft(
                date=day,
                description=f"{found.description[:480]} ({number}/{parcels})",
                account_id=line.card.account_id,
                amount=-amount,
                category_id=bought.id if bought.kind == Kind.CATEGORY else None,
                vendor_id=found.vendor_id,
            )
            for number, (day, amount) in enumerate(zip(days[1:], amounts[1:], strict=True), start=2)
        ]
        ids = [found.id, *recorded(book, by, drafts)]
        return _planned(
            card_id=line.card_id,
            book=book,
            ids=ids,
            first_month=first_month,
            description=found.description[:480],
            purchased_on=found.date,
            total=-line.amount,
            cents_on=cents_on,
            notes=notes,
        )


def _amounts(total: Decimal, parcels: int, currency: str, cents_on: str) -> list[Decimal]:
    if money.round_to(total, currency) != total:
        places = money.decimals(currency)
        sentence = f"An amount in {currency} has at most {places} decimals."
        raise invalid("/total", "too_many_decimals", sentence)
    found = parcels_of(total, parcels, currency, cents_on) if total > 0 else [Decimal(0)]
    if min(found) <= 0:
        sentence = "This is not enough for each parcel to be more than zero."
        raise invalid("/total", "too_little", sentence)
    return found


def _days(first: date, parcels: int) -> list[date]:
    schedule = Schedule(first, "monthly")
    days = [day for number in range(parcels) if (day := schedule.nth(number))]
    if len(days) < parcels:
        raise _beyond("/parcels")
    return days


def _beyond(pointer: str) -> Invalid:
    return invalid(pointer, "too_many", "They would reach beyond the calendar of the book.")


def _purchase(book: Book, transaction_id: UUID) -> InvoiceLine:
    lines = InvoiceLine.objects.select_related("card__account").filter(
        book=book, transaction_id=transaction_id
    )
    found = list(lines)
    entries = Entry.objects.filter(transaction_id=transaction_id).count()
    if len(found) != 1 or found[0].section == Section.PAYMENT or found[0].amount > 0:
        sentence = "There is no such purchase with a card in this book."
        raise invalid("/transaction", "not_found", sentence)
    if entries != 2:
        sentence = "A purchase that is split, or in another currency, is not put in parcels."
        raise invalid("/transaction", "is_split", sentence)
    if Installment.objects.filter(transaction_id=transaction_id).exists():
        raise invalid("/transaction", "in_parcels", "This purchase is in parcels already.")
    return found[0]


def recorded(book: Book, by: Actor, drafts: Sequence[Draft]) -> list[UUID]:
    """Record transactions of a plan and return their ids; what is wrong is named as plans say it.

    :raises Invalid: naming what is wrong.
    """
    try:
        return ledger.record(book=book, by=by, drafts=drafts)
    except Invalid as error:
        raise of_plan(error) from None


def of_plan(error: Invalid) -> Invalid:
    """Return what the ledger refused, each fault once and at the names that plans have for it."""
    faults = (
        Fault(_SENT.get(one.pointer, one.pointer), one.code, one.detail) for one in error.faults
    )
    return Invalid(tuple(dict.fromkeys(faults)))


def _month(month: date, later: int) -> date:
    year, number = divmod(month.year * 12 + month.month - 1 + later, 12)
    return date(year, number + 1, 1)


def _planned(
    *, book: Book, card_id: UUID, ids: Sequence[UUID], first_month: date | None, **columns: Any
) -> InstallmentPlan:
    """Keep a plan whose transactions these are, and bill each in its month."""
    lines = {line.transaction_id: line for line in _lines(ids)}
    month = first_month or lines[ids[0]].invoice.month
    if _month(month, len(ids) - 1) > END_OF_DAYS:
        raise _beyond("/first_month" if first_month else "/parcels")
    plan = InstallmentPlan.objects.create(
        book=book, card_id=card_id, parcels=len(ids), first_month=month, **columns
    )
    Installment.objects.bulk_create(
        Installment(book=book, plan=plan, number=number, transaction_id=id, date=lines[id].date)
        for number, id in enumerate(ids, start=1)
    )
    with connection.cursor() as cursor:
        # The statement of the last parcel, also when the first is later than its day.
        cursor.execute(
            "SELECT buffet_cover(%s, %s, %s)", (card_id, month, _month(month, len(ids) + 1))
        )
    pin([(lines[id].entry_id, _month(month, later)) for later, id in enumerate(ids)])
    return plan


def _lines(ids: Iterable[UUID]) -> QuerySet[InvoiceLine]:
    lines = InvoiceLine.objects.select_related("invoice").filter(transaction_id__in=list(ids))
    return lines.exclude(section=Section.PAYMENT)


def get_plan(book: Book, plan_id: UUID) -> InstallmentPlan:
    """Return a plan of the book.

    :raises NotFound: if the book has no such plan.
    """
    found = (
        InstallmentPlan.objects.select_related("card__account")
        .filter(book=book, id=plan_id)
        .first()
    )
    if found is None:
        raise NotFound("There is no such instalment plan in this book.")
    return found


def left_of(plan: InstallmentPlan, today: date) -> list[tuple[Installment, InvoiceLine]]:
    """Return the parcels on statements that have not closed, the earliest first."""
    parcels = list(plan.installments.filter(fate=Fate.NONE).order_by("number"))
    lines = {line.transaction_id: line for line in _lines(one.transaction_id for one in parcels)}
    pairs = [(one, lines[one.transaction_id]) for one in parcels if one.transaction_id in lines]
    return [(one, line) for one, line in pairs if line.invoice.closes_on >= today]


def change_plan(*, book: Book, by: Actor, plan_id: UUID, **given: Any) -> InstallmentPlan:
    """Change a plan's description or notes; its transactions keep theirs.

    :raises NotFound: if the book has no such plan.
    """
    with writing(book.id, by=by):
        plan = get_plan(book, plan_id)
        if given:
            InstallmentPlan.objects.filter(id=plan.id).update(**given)
        return get_plan(book, plan_id)


def delete_plan(*, book: Book, by: Actor, plan_id: UUID, today: date, reason: str = "") -> None:
    """Delete a plan with its transactions, as if nothing had been bought.

    :raises NotFound: if the book has no such plan.
    :raises PlanIsBilled: if a parcel is on a statement that has closed, or was paid ahead.
    """
    with writing(book.id, by=by, reason=reason):
        plan = get_plan(book, plan_id)
        parcels = list(plan.installments.all())
        if len(left_of(plan, today)) < len(parcels):
            raise PlanIsBilled
        ids = [one.transaction_id for one in parcels]
        Installment.objects.filter(plan=plan)._raw_delete("default")
        InstallmentPlan.objects.filter(id=plan.id)._raw_delete("default")
        if ids:
            ledger.delete(book=book, by=by, transaction_ids=ids, reason=reason)
