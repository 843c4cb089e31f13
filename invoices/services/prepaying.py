"""Bring parcels to a day before their own: paid ahead, or cancelled."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import connection

from buffet.audit import Actor, writing
from buffet.errors import Invalid, Refusal, invalid
from buffet.models import Book
from invoices.models import Fate, Installment, InstallmentPlan, Invoice, InvoiceLine
from invoices.services.installments import get_plan, left_of, of_plan, recorded
from invoices.services.statements import pin
from transactions import services as ledger
from transactions.drafts import Changes, Correction, Draft
from transactions.models import Entry, Transaction


class PlanIsOver(Refusal):
    """Nothing is left of this plan that has not been billed."""

    code = "nothing_left"


def prepay(
    *,
    book: Book,
    by: Actor,
    plan_id: UUID,
    today: date,
    parcels: int,
    discount: Decimal | None = None,
    on: date | None = None,
    reason: str = "",
) -> InstallmentPlan:
    """Bring the last so many parcels to a day and its statement, today by default.

    Those of later days are dated that day, from which they are owed. A discount is what comes
    back for it, on that day.

    :raises NotFound: if the book has no such plan.
    :raises PlanIsOver: if all of it has been billed.
    :raises Invalid: if not so many are left, the discount is more than they cost, the day is
        before the purchase or still to come, or the month or account is closed to it.
    """
    with writing(book.id, by=by, reason=reason):
        plan = get_plan(book, plan_id)
        left = left_of(plan, today)
        if not left:
            raise PlanIsOver
        if not 1 <= parcels <= len(left):
            sentence = f"From 1 to {len(left)} parcels are left to be paid ahead."
            raise invalid("/parcels", "out_of_range", sentence)
        taken = left[-parcels:]
        worth = -sum(line.amount for _, line in taken)
        if discount is not None and not 0 < discount <= worth:
            raise invalid("/discount", "out_of_range", "A discount is part of what is paid ahead.")
        day = day_of(plan, on, today)
        _bring(book, by, plan, taken, day, Fate.PREPAID)
        if discount is not None:
            _give_back(book, by, plan, taken[0][0], day, discount, "paid ahead")
        return get_plan(book, plan_id)


def cancel(
    *,
    book: Book,
    by: Actor,
    plan_id: UUID,
    today: date,
    on: date | None = None,
    reason: str = "",
) -> InstallmentPlan:
    """Cancel what has not been billed, as banks do: it comes to the day and its statement at once,
    and so does one refund of as much.

    :raises NotFound: if the book has no such plan.
    :raises PlanIsOver: if it is cancelled, or all of it has been billed.
    :raises Invalid: if the day is before the purchase or still to come, or the month or account
        is closed to it.
    """
    with writing(book.id, by=by, reason=reason):
        plan = get_plan(book, plan_id)
        left = left_of(plan, today)
        if plan.cancelled_on is not None or not left:
            raise PlanIsOver
        day = day_of(plan, on, today)
        worth = -sum((line.amount for _, line in left), Decimal(0))
        _bring(book, by, plan, left, day, Fate.CANCELLED)
        _give_back(book, by, plan, left[0][0], day, worth, "cancelled")
        InstallmentPlan.objects.filter(id=plan.id).update(cancelled_on=day)
        return get_plan(book, plan_id)


def day_of(plan: InstallmentPlan, on: date | None, today: date) -> date:
    """Return the day that was said, or today; of a purchase that is dated ahead, its own day.

    :raises Invalid: if nothing was bought yet on that day, or if it is still to come.
    """
    last = max(today, plan.purchased_on)
    day = on or last
    if day < plan.purchased_on:
        sentence = f"This was bought on {plan.purchased_on}; before that, nothing of it is owed."
        raise invalid("/date", "before_purchase", sentence)
    if day > last:
        raise invalid("/date", "in_the_future", "This day is still to come.")
    return day


def _statement(plan: InstallmentPlan, day: date) -> Invoice:
    with connection.cursor() as cursor:
        cursor.execute("SELECT buffet_cover(%s, %s, %s)", (plan.card_id, day, day))
    found = Invoice.objects.filter(card_id=plan.card_id, opens_on__lte=day)
    return found.order_by("-opens_on")[0]


def _bring(
    book: Book,
    by: Actor,
    plan: InstallmentPlan,
    parcels: Sequence[tuple[Installment, InvoiceLine]],
    day: date,
    fate: str,
) -> None:
    # Dated first, so that a statement that has closed tells of each parcel that comes with its day.
    _date(book, by, [one for one, line in parcels if line.date > day], day)
    month = _statement(plan, day).month
    pin([(line.entry_id, month) for _, line in parcels])
    Installment.objects.filter(id__in=[one.id for one, _ in parcels]).update(fate=fate)


def _date(book: Book, by: Actor, parcels: Sequence[Installment], day: date) -> None:
    """Correct the day of parcels, so that balances have them when their statement does."""
    changes = Changes({"date": day})
    rows = [Correction(one.transaction_id, changes) for one in parcels]
    try:
        ledger.correct_each(book=book, by=by, rows=rows)
    except Invalid as error:
        raise of_plan(error) from None


def _give_back(
    book: Book,
    by: Actor,
    plan: InstallmentPlan,
    parcel: Installment,
    day: date,
    amount: Decimal,
    why: str,
) -> None:
    """Record what comes back, in the category and of the vendor of a parcel."""
    others = Entry.objects.filter(transaction_id=parcel.transaction_id)
    category = others.filter(account__kind="category").values_list("account_id", flat=True).first()
    draft = Draft(
        date=day,
        description=f"{plan.description}, {why}",
        account_id=plan.card.account_id,
        amount=amount,
        category_id=category,
        vendor_id=Transaction.objects.get(id=parcel.transaction_id).vendor_id,
    )
    recorded(book, by, [draft])
