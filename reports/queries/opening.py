"""What accounts came to before a period, and what moved them in it: for reports with balances."""

from collections.abc import Mapping
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from buffet.remembering import Latest
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.chart import Chart, opened
from reports.queries.sums import Moves, sums

Totals = Mapping[tuple[str, str], Decimal]


class _State(NamedTuple):
    """A chart with what its accounts came to, by the states that `Moves` tells of both."""

    chart: tuple[int, int]
    before: int
    found: tuple[Chart, Totals]


_states: Latest[_State] = Latest(40_000, lambda state: 2 * state.chart[1] + 1)


def opened_and_moved(asked: Asked) -> tuple[Chart, Totals, Moves]:
    """Return the chart, what each account came to before the period, and what it moved in it.

    In one statement, and in one more where an account or what was moved before has changed since
    this process read it.
    """
    on = asked.period.since - DAY
    moves = sums(asked.book_id, asked.period.months, asked.today, before=on.replace(day=1))
    key = asked.book_id, on
    known = None if connection.in_atomic_block else _states.of(key)
    if known is None or known[:2] != (moves.chart, moves.before):
        # Read after the states, so that a newer one is never taken for the one that was told.
        known = _State(moves.chart, moves.before, opened(asked.book_id, on))
        _states.keep(key, known)
    return *known.found, moves
