"""Until when rates hold: what `accounts.rates` finds instead from a later day on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from accounts.rates import PIVOT

_DAY = timedelta(days=1)


def _first(base: str, quote: str) -> str:
    """Return the query of the first quotation of a pair, either way round, behind `w.day`."""
    parts = [
        f"""(SELECT "on", {own} AS own FROM {table}
        WHERE {of_book} base = {one} AND quote = {other} AND "on" > w.day ORDER BY "on" LIMIT 1)"""
        for table, own, of_book in (
            ("accounts_exchangerate", "false", ""),
            ("accounts_bookrate", "true", "book_id = %(book)s AND"),
        )
        for one, other in ((base, quote), (quote, base))
    ]
    either = " UNION ALL ".join(parts)
    return f'(SELECT * FROM ({either}) AS either ORDER BY "on", own DESC LIMIT 1)'


_NEXT = f"""
SELECT quoted.on, quoted.own, crossed.on
FROM unnest(%(bases)s::text[], %(quotes)s::text[], %(days)s::date[])
    WITH ORDINALITY AS w (base, quote, day, number)
LEFT JOIN LATERAL {_first("w.base", "w.quote")} AS quoted ON true
LEFT JOIN LATERAL (
    SELECT greatest(here.on, there.on) AS on
    FROM {_first("%(pivot)s", "w.base")} AS here
    CROSS JOIN {_first("%(pivot)s", "w.quote")} AS there
) AS crossed ON %(pivot)s NOT IN (w.base, w.quote)
ORDER BY w.number
"""


@dataclass(frozen=True, slots=True)
class End:
    """The last day on which a rate holds, and what holds from the day after on.

    `then` is own, shared, or crossed: through the euro.
    """

    last_on: date
    then: str

    @property
    def next_on(self) -> date:
        """The day from which on the other one holds."""
        return self.last_on + _DAY


def ends(book_id: UUID, rates: Sequence[tuple[str, str, date]]) -> list[End | None]:
    """Return the end of each rate, of a base, a quote and a day, in this book; None if it has none.

    Whatever is quoted between the two on a later day ends it, and so does a cross through the euro
    of which both halves are.
    """
    wanted: dict[str, Any] = {
        "book": book_id,
        "pivot": PIVOT,
        "bases": [base for base, _, _ in rates],
        "quotes": [quote for _, quote, _ in rates],
        "days": [on for _, _, on in rates],
    }
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, wanted)
        return [_end(*row) for row in cursor.fetchall()]


def _end(quoted: date | None, own: bool | None, crossed: date | None) -> End | None:
    if quoted is not None and (crossed is None or quoted <= crossed):
        return End(quoted - _DAY, "own" if own else "shared")
    return None if crossed is None else End(crossed - _DAY, "crossed")
