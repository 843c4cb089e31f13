"""What the household's statements say, and what it has is worth, at the ends of months."""

import random
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from buffet import money
from buffet.audit import Actor
from buffet.demo.household import ACCOUNTS, SEED
from buffet.models import Book
from transactions import services as ledger
from transactions.models import PointKind
from transactions.queries import balances

#: Account: what it brings in a month, and how far from that a month may be.
RETURNS = {"XP funds": (0.0095, 0.011), "Brokerage USD": (0.012, 0.024)}
#: The same of a year.
HOME, GROWTH = "Apartment", (0.052, 0.012)
#: Whose statements are compared, and at how many ends of months.
BANKS, MONTHS = ("Itaú checking", "Nubank", "Savings", "Dollars"), 14
#: Which account's last statement says something else, and by how much.
DIFFERING, OFF = "Nubank", Decimal("-34.90")
#: Which are reconciled, all but the latest so many statements.
RECONCILED, NOT_YET = ("Itaú checking", "Savings"), 3


def value(book: Book, by: Actor, first: date, today: date, ids: dict[str, UUID]) -> None:
    """Value investments at the end of each month, and the home at the end of each year."""
    ends = [*month_ends(first, today)]
    for name, (mean, spread) in (RETURNS | {HOME: GROWTH}).items():
        chance = random.Random(f"{SEED} {name}")
        for on in ends:
            if name == HOME and on.month != 12:
                continue
            worth = Decimal(1) + Decimal(chance.gauss(mean, spread))
            there = balances.balance(book.id, ids[name], on)
            _keep(book, by, today, ids, name, on, there * worth, PointKind.VALUATION)


def compare(book: Book, by: Actor, first: date, today: date, ids: dict[str, UUID]) -> None:
    """Keep what the banks' statements say, and reconcile what nobody doubts."""
    for name in BANKS:
        made = []
        ends = [*month_ends(first, today)][-MONTHS:]
        for on in ends:
            said = balances.balance(book.id, ids[name], on)
            if name == DIFFERING and on == ends[-1]:
                said += OFF
            made.append(_keep(book, by, today, ids, name, on, said, PointKind.STATEMENT))
        if name in RECONCILED:
            for point_id in made[:-NOT_YET]:
                ledger.reconcile(book=book, by=by, point_id=point_id)


def month_ends(first: date, today: date) -> Iterator[date]:
    """Yield the last days of the months from `first` on that are over."""
    following = first
    while (following := balances.month_after(following)) <= today:
        yield following - timedelta(days=1)


def _keep(
    book: Book,
    by: Actor,
    today: date,
    ids: dict[str, UUID],
    name: str,
    on: date,
    balance: Decimal,
    kind: str,
) -> UUID:
    return ledger.create_point(
        book=book,
        by=by,
        today=today,
        account_id=ids[name],
        on=on,
        balance=money.round_to(balance, ACCOUNTS[name][1]),
        kind=kind,
    ).id
