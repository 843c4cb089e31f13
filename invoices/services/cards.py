"""Cards: an account that has statements."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection
from django.db.transaction import atomic

from accounts import services as chart
from accounts.models import Account, AccountType, CardTerms, CreditCard, Kind
from buffet import money
from buffet.audit import Actor, writing
from buffet.errors import NotFound, Refusal, invalid
from buffet.models import Book
from invoices.models import Invoice, InvoiceChange, InvoiceLine
from transactions import services as ledger

#: From the beginning: the terms of a card that were never others.
ALWAYS = date(1900, 1, 1)


class CardHasLines(Refusal):
    """The card has entries: archive it instead."""

    code = "has_entries"


class DatesCross(Refusal):
    """A statement whose dates the bank moved would close before it opens: change that one first."""

    code = "dates_cross"
    pointer = "/closing_day"


def get_card(book: Book, card_id: UUID) -> CreditCard:
    """Return a card of the book with its account.

    :raises NotFound: if the book has no such card.
    """
    card = CreditCard.objects.select_related("account").filter(book=book, id=card_id).first()
    if card is None:
        raise NotFound("There is no such card in this book.")
    return card


def _payer(book: Book, account_id: UUID | None) -> None:
    if account_id is None:
        return
    account = Account.objects.filter(book=book, id=account_id).first()
    if account is None:
        raise invalid("/paying_account", "not_found", "There is no such account in this book.")
    if account.type != AccountType.ASSET:
        sentence = f"{account.name} holds no money that could pay a bill."
        raise invalid("/paying_account", "not_an_asset", sentence)


def _limit(limit: Decimal | None, currency: str) -> None:
    if limit is None:
        return
    if limit < 0:
        raise invalid("/limit", "negative", "A limit is zero or more.")
    if money.round_to(limit, currency) != limit:
        places = money.decimals(currency)
        sentence = f"An amount in {currency} has at most {places} decimals."
        raise invalid("/limit", "too_many_decimals", sentence)


def create_card(
    *,
    book: Book,
    by: Actor,
    today: date,
    closing_day: int,
    due_day: int,
    account_id: UUID | None = None,
    paying_account_id: UUID | None = None,
    limit: Decimal | None = None,
    brand: str = "other",
    last_four: str = "",
    closing_day_is_next: bool = False,
    **account: Any,
) -> CreditCard:
    """Make a card of an account of the kind credit_card, or open one with what `account` says.

    Statements are made for what the account already holds and for a year ahead.

    :raises Invalid: naming what is wrong.
    :raises accounts.services.NameTaken: if the book has an account of this name.
    """
    with writing(book.id, by=by):
        if account_id is None:
            opened = ledger.open_account(
                book=book, by=by, today=today, kind=Kind.CREDIT_CARD, **account
            )
        else:
            opened = _card_account(book, account_id)
        _payer(book, paying_account_id)
        _limit(limit, opened.currency)
        card = CreditCard.objects.create(
            book=book,
            account=opened,
            brand=brand,
            last_four=last_four,
            limit=limit,
            paying_account_id=paying_account_id,
            closing_day_is_next=closing_day_is_next,
        )
        CardTerms.objects.create(
            book=book, card=card, from_month=ALWAYS, closing_day=closing_day, due_day=due_day
        )
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT buffet_cover(%s, least(%s, min(date)), greatest(%s, max(date))) "
                "FROM transactions_entry WHERE account_id = %s",
                (card.id, today, today, opened.id),
            )
            cursor.execute(
                "SELECT buffet_bill(array_agg(DISTINCT transaction_id)) "
                "FROM transactions_entry WHERE account_id = %s HAVING count(*) > 0",
                (opened.id,),
            )
        return card


def _card_account(book: Book, account_id: UUID) -> Account:
    account = Account.objects.filter(book=book, id=account_id).first()
    if account is None:
        raise invalid("/account", "not_found", "There is no such account in this book.")
    if account.kind != Kind.CREDIT_CARD:
        sentence = f"{account.name} is not an account of the kind credit_card."
        raise invalid("/account", "not_a_card_account", sentence)
    if CreditCard.objects.filter(account=account).exists():
        raise invalid("/account", "has_card", f"{account.name} already is a card.")
    return account


def change_card(
    *,
    book: Book,
    by: Actor,
    card_id: UUID,
    today: date,
    name: str | None = None,
    closing_day: int | None = None,
    due_day: int | None = None,
    from_month: date | None = None,
    reason: str = "",
    **given: Any,
) -> CreditCard:
    """Change a card; new days hold from a month on, that of the current statement by default.

    Statements from then on get their dates anew, save those whose dates the bank moved.

    :raises NotFound: if the book has no such card.
    :raises DatesCross: if a statement with moved dates would close before it opens.
    :raises Invalid: naming what is wrong.
    """
    with writing(book.id, by=by, reason=reason):
        card = get_card(book, card_id)
        _payer(book, given.get("paying_account_id"))
        _limit(given.get("limit"), card.account.currency)
        if name is not None:
            chart.change_account(book=book, by=by, account_id=card.account_id, name=name)
        if given:
            CreditCard.objects.filter(id=card.id).update(**given)
        moves = "closing_day_is_next" in given
        if closing_day is not None or due_day is not None:
            month = from_month or _current_month(card, today)
            before = _terms(card, month)
            CardTerms.objects.filter(card=card, from_month__gt=month).delete()
            days = {
                "closing_day": closing_day or before.closing_day,
                "due_day": due_day or before.due_day,
            }
            changed = CardTerms.objects.filter(card=card, from_month=month).update(**days)
            if not changed:
                CardTerms.objects.create(book=book, card=card, from_month=month, **days)
            _redate(card, month)
        elif from_month is not None:
            raise invalid("/from_month", "without_days", "Say which day changes from then on.")
        if moves:
            _redate(card, _current_month(card, today))
        return get_card(book, card_id)


def _current_month(card: CreditCard, today: date) -> date:
    found = Invoice.objects.filter(card=card, opens_on__lte=today).order_by("-opens_on").first()
    return found.month if found else today.replace(day=1)


def _terms(card: CreditCard, month: date) -> CardTerms:
    held = CardTerms.objects.filter(card=card, from_month__lte=month).order_by("-from_month")
    return held.first() or CardTerms.objects.filter(card=card).order_by("from_month")[0]


_REDATE = """
WITH own AS (
    SELECT id, CASE WHEN closing_day_is_next THEN 0 ELSE 1 END AS gap
    FROM accounts_creditcard WHERE id = %(card)s
), wanted AS (
    SELECT i.id, i.month, CASE WHEN i.dates_kept THEN i.closes_on ELSE d.closes_on END AS closes_on,
        CASE WHEN i.dates_kept THEN i.due_on ELSE d.due_on END AS due_on
    FROM invoices_invoice i, buffet_statement_dates(i.card_id, i.month) AS d
    WHERE i.card_id = %(card)s AND i.month >= %(month)s
), following AS (
    SELECT w.*, coalesce(
        lag(w.closes_on) OVER (ORDER BY w.month),
        (SELECT max(p.closes_on) FROM invoices_invoice p
         WHERE p.card_id = %(card)s AND p.month < %(month)s)
    ) AS closed_on FROM wanted w
)
UPDATE invoices_invoice i SET closes_on = f.closes_on, due_on = greatest(f.due_on, f.closes_on),
    opens_on = coalesce(f.closed_on + own.gap, i.opens_on)
FROM following f, own WHERE f.id = i.id
"""


def _redate(card: CreditCard, month: date) -> None:
    """Give the statements from a month on the dates of the card's days.

    :raises DatesCross: if one would close before it opens.
    """
    try:
        with atomic(), connection.cursor() as cursor:
            cursor.execute(_REDATE, {"card": card.id, "month": month})
    except IntegrityError as error:
        raise DatesCross from error


def archive_card(*, book: Book, by: Actor, card_id: UUID, reason: str = "") -> CreditCard:
    """Archive a card's account: it takes no more entries and leaves the lists.

    :raises NotFound: if the book has no such card.
    :raises accounts.services.AlreadyArchived: if it is archived.
    """
    card = get_card(book, card_id)
    chart.archive_account(book=book, by=by, account_id=card.account_id, reason=reason)
    return get_card(book, card_id)


def reopen_card(*, book: Book, by: Actor, card_id: UUID, reason: str = "") -> CreditCard:
    """Take an archived card back into use.

    :raises NotFound: if the book has no such card.
    :raises accounts.services.NotArchived: if it is not archived.
    """
    card = get_card(book, card_id)
    chart.reopen_account(book=book, by=by, account_id=card.account_id, reason=reason)
    return get_card(book, card_id)


def delete_card(*, book: Book, by: Actor, card_id: UUID) -> None:
    """Delete a card that has no entries, its statements and its account.

    :raises NotFound: if the book has no such card.
    :raises CardHasLines: if it has entries.
    """
    with writing(book.id, by=by):
        card = get_card(book, card_id)
        if InvoiceLine.objects.filter(card=card).exists():
            raise CardHasLines
        # What changed on its statements is also in the history of the entries.
        InvoiceChange.objects.filter(invoice__card=card).delete()
        Invoice.objects.filter(card=card)._raw_delete("default")
        CardTerms.objects.filter(card=card)._raw_delete("default")
        CreditCard.objects.filter(id=card.id)._raw_delete("default")
        ledger.delete_account(book=book, by=by, account_id=card.account_id)
