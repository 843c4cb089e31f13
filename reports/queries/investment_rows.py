"""What a figure of the investments was made of: the transactions, and how much of it each was."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from django.db import connection

from buffet.money import Money
from reports.asking import Asked
from reports.queries.performance import tracked
from reports.queries.tracks import Piece
from reports.queries.worth import ZERO

#: As a row's own date is called like its type.
Day = date


class Row(NamedTuple):
    """A transaction and how much of a figure it was, with the figure's sign.

    Where none did it, what was `held`: while the rate moved since `since`, or before the period.
    """

    date: date
    transaction_id: UUID | None
    description: str
    accounts: str
    amount: Decimal
    held: Money | None
    since: Day | None


@dataclass(frozen=True, slots=True)
class PieceRows:
    """The transactions of which a figure is the sum, the latest first, in the report's currency."""

    asked: Asked
    piece: Piece
    rows: Sequence[Row]

    @property
    def total(self) -> Money:
        """What they come to: the figure."""
        return Money(sum((one.amount for one in self.rows), ZERO), self.asked.currency)


_DESCRIPTIONS = "SELECT id, description FROM transactions_transaction WHERE id = ANY(%s)"


def piece_rows(asked: Asked, piece: Piece) -> PieceRows:
    """Return what a figure of the performance of these investments was made of.

    What has no rate is in no figure, and so not here either.

    :raises NotFound: if one of `asked.accounts` is no investment account of the book.
    """
    found = tracked(asked)
    parts = found.together(found.known).of(piece)
    with connection.cursor() as cursor:
        cursor.execute(_DESCRIPTIONS, [[one.transaction_id for one in parts if one.transaction_id]])
        descriptions = dict(cursor.fetchall())
    return PieceRows(
        asked,
        piece,
        [
            Row(
                one.on,
                one.transaction_id,
                descriptions.get(one.transaction_id, ""),
                ", ".join(one.accounts),
                one.amount,
                one.held,
                one.since,
            )
            for one in reversed(parts)
        ],
    )
