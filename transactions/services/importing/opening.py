"""What the account opened with: booked where it is missing, moved where it is dated too late."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.utils.translation import gettext

from accounts.models import Account, Kind
from buffet import money
from buffet.audit import Actor
from buffet.errors import Invalid, Refusal
from buffet.models import Book
from transactions.chart import Chart
from transactions.drafts import Changes, Draft, DraftEntry, EntryChange
from transactions.models import Entry, Import, ImportStatus, Source, Transaction
from transactions.queries.imports import last_day, settled
from transactions.queries.opened import Opened, day_before, opened_later
from transactions.services.correcting import correct
from transactions.services.deleting import NothingToRestore, remove, restore
from transactions.services.reconciled import reconciled_faults
from transactions.services.recording import closed_month_faults, write

#: The fields of an import that change when its opening balance is booked.
FIELDS = (
    "opening_transaction_id",
    "moved_opening_id",
    "opened_on_before",
    "opened_with_before",
    "opened_with_after",
)


class NoClosingBalance(Refusal):
    """The statement names no balance, so there is no gap to book."""

    code = "no_closing_balance"


class OpenedWithMore(Refusal):
    """The opening balance is dated after lines, with more in its transaction: correct it first."""

    code = "opened_with_more"


def refuse(started: Import, account: Account) -> None:
    """Check that the opening balance can be what the lines lead to.

    :raises NoClosingBalance: if the statement names none, and the account has no opening balance.
    :raises OpenedWithMore: if that is dated after lines and cannot be moved.
    :raises Invalid: if a day that it would be moved from or to is closed or reconciled.
    """
    opened = opened_later(started)
    if opened is None:
        if started.closing_balance is None or last_day(started) is None:
            raise NoClosingBalance
        return
    if not opened.is_plain:
        raise OpenedWithMore
    days = [("", opened.opened_on), ("", day_before(started, opened.opened_on))]
    chart = Chart.read(started.book_id, [account.id], [day for _, day in days])
    faults = closed_month_faults(chart, days)
    faults += reconciled_faults(chart, [("", day, account.id) for _, day in days])
    if faults:
        raise Invalid(faults)


def book_opening(started: Import, account: Account, *, book: Book, by: Actor) -> None:
    """Have the account open with what the statement's balance and its lines lead to.

    An opening balance that is dated after lines goes to the day before the statement's first, and
    with an amount of zero it goes altogether; where there is none such, the gap becomes one.
    """
    on, opened = last_day(started), opened_later(started)
    gap = None
    if started.closing_balance is not None and on is not None:
        gap = money.round_to(started.closing_balance - settled(started, on), account.currency)
    if opened is not None and opened.is_plain:
        _move(started, opened, opened.amount_before(gap, on), book=book, by=by)
    elif gap and on is not None:
        _book(started, account, gap, on)


def _move(started: Import, opened: Opened, amount: Decimal, *, book: Book, by: Actor) -> None:
    started.moved_opening_id = opened.transaction_id
    started.opened_on_before, started.opened_with_before = opened.opened_on, opened.amount
    started.opened_with_after = amount
    if not amount:
        remove(book.id, [opened.transaction_id])
        return
    ids = opened.entry_id, opened.other_id
    changes = _changes(day_before(started, opened.opened_on), ids, amount)
    correct(book=book, by=by, transaction_id=opened.transaction_id, changes=changes)


def _changes(day: date, ids: tuple[UUID, UUID], amount: Decimal) -> Changes:
    """Return what makes an opening balance one of another day and amount."""
    entries = zip(ids, (amount, -amount), strict=True)
    return Changes(
        {"date": day}, tuple(EntryChange(id=id, given={"amount": own}) for id, own in entries)
    )


def _book(started: Import, account: Account, gap: Decimal, on: date) -> None:
    equity = Chart.read(started.book_id, [account.id]).system(Kind.OPENING_BALANCES)
    draft = Draft(
        date=day_before(started, on),
        description=gettext("Opening balance"),
        source=Source.OPENING,
        entries=(
            DraftEntry(account.id, gap, account.currency),
            DraftEntry(equity.id, -gap, account.currency),
        ),
    )
    (started.opening_transaction_id,) = write(started.book_id, [draft])
    started.opened_with_after = gap


def take_back(started: Import, account: Account, *, book: Book, by: Actor) -> None:
    """Take the opening balance that was booked out again; one that was moved goes back.

    One that has another day or amount by now was corrected since, and stays, and so does one that
    was deleted since. If it was another import that has moved it since, that one takes it back to
    where this one would have, and what it led back from this one's amount it leads back from the
    amount before.

    :raises Invalid: if it cannot go back: a month is closed, or days are reconciled.
    """
    id = started.opening_transaction_id or started.moved_opening_id
    if id is None:
        return
    is_as_made = _is_as_made(started, account, id)
    if not is_as_made and _hand_on(started, account, id, book=book, by=by):
        return
    if started.opening_transaction_id is not None:
        booked = Transaction.objects.filter(book=book, id=id)
        remove(book.id, list(booked.values_list("id", flat=True)))
    elif is_as_made:
        day, amount = started.opened_on_before, started.opened_with_before
        _become(account, id, day, amount, book=book, by=by)


def _made_on(started: Import) -> date | None:
    """Return the day that the commit gave the opening balance."""
    on = started.opened_on_before or last_day(started)
    return None if on is None else day_before(started, on)


def _sides(account: Account, id: UUID) -> tuple[Entry, Entry] | None:
    """Return the account's entry of its opening balance and the one against it; None if more."""
    entries = list(Entry.objects.filter(transaction_id=id).order_by("id"))
    own = [one for one in entries if one.account_id == account.id]
    others = [one for one in entries if one.account_id != account.id]
    return (own[0], others[0]) if len(own) == len(others) == 1 else None


def _is_as_made(started: Import, account: Account, id: UUID) -> bool:
    """Whether the opening balance is what the commit made of it: gone if that was nothing."""
    made, sides = started.opened_with_after, _sides(account, id)
    if sides is None:
        return made == 0 and not Transaction.objects.filter(book=started.book_id, id=id).exists()
    # Commits of the release before did not keep the amount.
    return sides[0].date == _made_on(started) and made in (None, sides[0].amount)


def _next(made: Import, id: UUID) -> Import | None:
    """Return the import that moved the opening balance from where another one had put it."""
    later = Import.objects.filter(
        book=made.book_id,
        moved_opening_id=id,
        status=ImportStatus.COMMITTED,
        opened_on_before=_made_on(made),
    ).exclude(id=made.id)
    if made.opened_with_after is not None:
        later = later.filter(opened_with_before=made.opened_with_after)
    return later.order_by("id").first()


def _hand_on(started: Import, account: Account, id: UUID, *, book: Book, by: Actor) -> bool:
    """Leave it to the import that moved the opening balance next; return whether there is one."""
    later = _next(started, id)
    if later is None:
        return False
    before, made = started.opened_with_before, started.opened_with_after
    later.opening_transaction_id = started.opening_transaction_id
    later.moved_opening_id = started.moved_opening_id
    later.opened_on_before, later.opened_with_before = started.opened_on_before, before
    later.save(update_fields=FIELDS)
    if before is not None and made is not None and before != made:
        _lead_back(later, account, id, before - made, book=book, by=by)
    return True


def _lead_back(
    later: Import, account: Account, id: UUID, more: Decimal, *, book: Book, by: Actor
) -> None:
    """Let an import lead back from `more`, and those behind it, up to one with the bank's balance.

    What such a balance says the account opened with does not follow from what it was before.
    """
    if later.closing_balance is not None or later.opened_with_after is None:
        return
    is_as_made, behind = _is_as_made(later, account, id), _next(later, id)
    later.opened_with_after += more
    later.save(update_fields=FIELDS)
    if is_as_made:
        _become(account, id, _made_on(later), later.opened_with_after, book=book, by=by)
    elif behind is not None and behind.opened_with_before is not None:
        behind.opened_with_before += more
        behind.save(update_fields=FIELDS)
        _lead_back(behind, account, id, more, book=book, by=by)


def _become(
    account: Account, id: UUID, day: date | None, amount: Decimal | None, *, book: Book, by: Actor
) -> None:
    """Have an opening balance that is as a commit made it be of another day and amount."""
    if day is None or amount is None:
        return
    if _sides(account, id) is None:
        with suppress(NothingToRestore):
            restore(book=book, by=by, transaction_id=id)
    sides = _sides(account, id)
    if sides is None:
        return
    if not amount:
        remove(book.id, [id])
    elif (sides[0].date, sides[0].amount) != (day, amount):
        changes = _changes(day, (sides[0].id, sides[1].id), amount)
        correct(book=book, by=by, transaction_id=id, changes=changes)
