"""Say what is on an account at the end of a day, and value what has a price of its own."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from accounts import services as chart_services
from accounts.models import Account, Kind
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import Invalid, NotFound, Refusal, invalid
from buffet.models import Book
from transactions.chart import Chart
from transactions.drafts import Changes, Draft, DraftEntry, EntryChange
from transactions.models import (
    BalancePoint,
    BalancePointEvent,
    Entry,
    Import,
    ImportStatus,
    PointKind,
    Source,
    Transaction,
)
from transactions.queries import balances
from transactions.services.correcting import correct
from transactions.services.deleting import StillThere, remove, restore
from transactions.services.recording import write

#: What is worth more or less without that anything moves.
VALUED_KINDS = (Kind.INVESTMENT, Kind.PROPERTY, Kind.OTHER, Kind.LOAN)


class PointTaken(Refusal):
    """The account has a balance point for this day already: change that one."""

    code = "point_taken"
    pointer = "/on"


class PointReconciled(Refusal):
    """This balance point is reconciled: unlock it first."""

    code = "reconciled"


class PointStillThere(Refusal):
    """This balance point is in the book: there is nothing to restore."""

    code = "still_there"


class NotAValuation(Refusal):
    """Only a valuation is booked; a statement's balance is compared."""

    code = "not_a_valuation"


#: Where what a gain's transaction says is said by its point.
_SENT = {
    "/date": "/on",
    "/entries/0/account": "/account",
    "/entries/0/amount": "/balance",
    "/entries/1/amount": "/balance",
}


def get_point(book: Book, point_id: UUID) -> BalancePoint:
    """Return a balance point of the book.

    :raises NotFound: if the book has no such point.
    """
    rows = BalancePoint.objects.filter(book=book, id=point_id)
    point = rows.select_related("account", "transaction").first()
    if point is None:
        raise NotFound("There is no such balance point in this book.")
    return point


def create_point(
    *,
    book: Book,
    by: Actor,
    today: date,
    account_id: UUID,
    on: date,
    balance: Decimal,
    kind: str = PointKind.STATEMENT,
    note: str = "",
) -> BalancePoint:
    """Say what is on an account at the end of a day; a valuation books what the ledger lacks.

    `balance` is signed as the account's own: a debt is negative.

    :raises PointTaken: if the account has a point for that day.
    :raises Invalid: naming what is wrong: the book has no such account, the day is not over, the
        account is not one that is valued, or its entries of that day cannot change.
    """
    with writing(book.id, by=by):
        account = _account(book, account_id)
        if on > today:
            raise invalid("/on", "in_the_future", "A balance is known once its day has come.")
        if kind == PointKind.VALUATION and account.kind not in VALUED_KINDS:
            sentence = f"{account.name} is worth what its entries say: it is not valued."
            raise invalid("/account", "not_valued", sentence)
        if BalancePoint.objects.filter(account=account, on=on).exists():
            raise PointTaken
        point = BalancePoint.objects.create(
            book=book,
            account=account,
            on=on,
            balance=_exact(balance, account),
            kind=kind,
            note=note,
        )
        if kind == PointKind.VALUATION:
            _book_gain(book, by, point)
        return get_point(book, point.id)


def _account(book: Book, account_id: UUID) -> Account:
    try:
        return chart_services.get_real_account(book, account_id)
    except NotFound as error:
        raise invalid("/account", "not_found", error.detail) from None


def _exact(balance: Decimal, account: Account) -> Decimal:
    kept = money.round_to(balance, account.currency)
    if kept != balance:
        places = money.decimals(account.currency)
        sentence = f"An amount in {account.currency} has at most {places} decimals."
        raise invalid("/balance", "too_many_decimals", sentence)
    return kept


def change_point(*, book: Book, by: Actor, point_id: UUID, **given: Any) -> BalancePoint:
    """Change a point's balance or note; a valuation is booked again.

    :raises NotFound: if the book has no such point.
    :raises PointReconciled: if it is reconciled and the balance would be another.
    :raises Invalid: if the balance has too many decimals, or entries of that day cannot change.
    """
    with writing(book.id, by=by):
        point = get_point(book, point_id)
        if "balance" in given:
            given["balance"] = _exact(given["balance"], point.account)
            if point.reconciled_at is not None and given["balance"] != point.balance:
                raise PointReconciled
        if given:
            BalancePoint.objects.filter(id=point.id).update(**given)
        point = get_point(book, point_id)
        if point.kind == PointKind.VALUATION and "balance" in given:
            _book_gain(book, by, point)
        return get_point(book, point_id)


def delete_point(*, book: Book, by: Actor, point_id: UUID, reason: str = "") -> None:
    """Delete a point, and what a valuation booked.

    :raises NotFound: if the book has no such point.
    :raises PointReconciled: if it is reconciled.
    :raises Invalid: if entries of that day cannot change.
    """
    with writing(book.id, by=by, reason=reason):
        point = get_point(book, point_id)
        if point.reconciled_at is not None:
            raise PointReconciled
        BalancePoint.objects.filter(id=point.id)._raw_delete("default")
        if point.transaction_id is not None:
            remove(book.id, [point.transaction_id])


def restore_point(*, book: Book, by: Actor, point_id: UUID) -> BalancePoint:
    """Bring a deleted point back under its own id, as it last was, and what a valuation booked.

    What was changed before a valuation since is in its gain.

    :raises PointStillThere: if it is not deleted.
    :raises NotFound: if the book never had such a point.
    :raises PointTaken: if the account has another for that day by now.
    :raises Invalid: if its account is gone, or entries of that day cannot change.
    """
    with writing(book.id, by=by):
        if BalancePoint.objects.filter(book=book, id=point_id).exists():
            raise PointStillThere
        events = BalancePointEvent.objects.filter(
            book_id=book.id, pgh_obj_id=point_id, pgh_label="delete"
        )
        event = events.order_by("-pgh_id").first()
        if event is None:
            raise NotFound("There is no such balance point in this book.")
        if BalancePoint.objects.filter(account_id=event.account_id, on=event.on).exists():
            raise PointTaken
        committed = Import.objects.filter(status=ImportStatus.COMMITTED)
        BalancePoint.objects.create(
            id=point_id,
            book=book,
            account=_account(book, event.account_id),
            on=event.on,
            balance=event.balance,
            kind=event.kind,
            note=event.note,
            of_import=committed.filter(id=event.of_import_id).first()
            if event.of_import_id
            else None,
        )
        if event.transaction_id is not None:
            with suppress(StillThere):
                restore(book=book, by=by, transaction_id=event.transaction_id)
            booked = Transaction.objects.get(id=event.transaction_id)
            BalancePoint.objects.filter(id=point_id).update(
                transaction=booked, booked_on=booked.date
            )
        point = get_point(book, point_id)
        if point.kind == PointKind.VALUATION:
            _book_gain(book, by, point)
        return get_point(book, point_id)


def revalue(*, book: Book, by: Actor, point_id: UUID) -> BalancePoint:
    """Book a valuation again, after entries before it have changed.

    :raises NotFound: if the book has no such point.
    :raises NotAValuation: if it is a statement's.
    :raises Invalid: if entries of that day cannot change.
    """
    with writing(book.id, by=by):
        point = get_point(book, point_id)
        if point.kind != PointKind.VALUATION:
            raise NotAValuation
        _book_gain(book, by, point)
        return get_point(book, point_id)


def _book_gain(book: Book, by: Actor, point: BalancePoint) -> None:
    """Take the account to its value, by the point's own transaction against unrealised gains."""
    gap = point.balance - balances.balance(book.id, point.account_id, point.on)
    if not gap:
        return
    try:
        if not _corrected(book, by, point, gap):
            _record_gain(book, point)
    except Invalid as error:
        sent = (replace(one, pointer=_SENT.get(one.pointer, "")) for one in error.faults)
        raise Invalid(tuple(dict.fromkeys(sent))) from None


def _corrected(book: Book, by: Actor, point: BalancePoint, gap: Decimal) -> bool:
    """Whether the transaction that booked the value before does so again.

    One that somebody made something else of, and one that is not needed any more, is deleted.
    """
    booked = point.transaction
    if booked is None:
        return False
    entries = list(Entry.objects.filter(transaction=booked).select_related("account"))
    own = [entry for entry in entries if entry.account_id == point.account_id]
    other = [entry for entry in entries if entry.account.kind == Kind.VALUATION]
    is_ours = booked.date == point.on and (len(own), len(other), len(entries)) == (1, 1, 2)
    if not is_ours or own[0].amount + gap == 0:
        remove(book.id, [booked.id])
        return is_ours
    gain = own[0].amount + gap
    amounts = ((own[0].id, gain), (other[0].id, -gain))
    changes = tuple(EntryChange(id, given={"amount": amount}) for id, amount in amounts)
    correct(book=book, by=by, transaction_id=booked.id, changes=Changes({}, changes))
    return True


def _record_gain(book: Book, point: BalancePoint) -> None:
    currency = point.account.currency
    gain = point.balance - balances.balance(book.id, point.account_id, point.on)
    if not gain:
        return
    equity = Chart.read(book.id, []).system(Kind.VALUATION)
    draft = Draft(
        date=point.on,
        description=gettext("Valuation"),
        source=Source.VALUATION,
        entries=(
            DraftEntry(point.account_id, gain, currency),
            DraftEntry(equity.id, -gain, currency),
        ),
    )
    (id,) = write(book.id, [draft])
    BalancePoint.objects.filter(id=point.id).update(transaction=id, booked_on=point.on)
