"""What net worth by month follows from: what was held, and what moved it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import REAL_TYPES, AccountType, Kind
from accounts.rates import Rates, rates_of
from reports.asking import Asked
from reports.periods import DAY
from reports.queries.bringing import Brought, bring, currencies_of
from reports.queries.bringing import moved as moved_through
from reports.queries.chart import Chart
from reports.queries.gains import OPENED
from reports.queries.opening import opened_and_moved
from reports.queries.sums import Moves
from reports.queries.worth import ZERO


@dataclass(frozen=True, slots=True)
class Ground:
    """What net worth by month follows from.

    `real` are the accounts that are asked about, `held` what moved them up to each of `days` (the
    one before the period, and its months' ends), and `brought` what moved all accounts in each
    month, through `real` where these are some.
    """

    asked: Asked
    chart: Chart
    real: frozenset[str]
    days: Sequence[date]
    held: Mapping[tuple[str, str], Sequence[Decimal]]
    flows: Moves
    brought: Brought
    rates: Rates

    @property
    def elsewhere(self) -> list[str]:
        """The other accounts that money is held on or owed on: none if all are asked about."""
        return [id for id in self.chart.of_types(*REAL_TYPES) if id not in self.real]


def ground(asked: Asked) -> Ground:
    """Return it in one statement or two, and one for rates when any are needed.

    Where only some accounts are asked about, one more reads what moved with them.

    :raises NotFound: if an account is not in the book.
    """
    months = asked.period.months
    days = (asked.period.since - DAY, *(month.until for month in months))
    own, opening, moved = opened_and_moved(asked)
    own.refuse_unknown(asked.accounts)
    currencies = currencies_of(moved).union(currency for _, currency in opening)
    rates = rates_of(asked.book_id, asked.currency, currencies, days, moved.rates)
    real = frozenset(map(str, asked.accounts) if asked.accounts else own.of_types(*REAL_TYPES))
    flows = moved_through(asked, months) if asked.accounts else moved
    brought = bring(asked, months, flows, {*own.nodes} - real, rates)
    held = _held(real, opening, moved, days)
    return Ground(asked, own, real, days, held, flows, brought, rates)


def _held(
    real: Collection[str],
    opening: Mapping[tuple[str, str], Decimal],
    moved: Moves,
    days: Sequence[date],
) -> dict[tuple[str, str], list[Decimal]]:
    """Return what moved these accounts up to each of the days, by account and currency."""
    held = {
        key: [total, *[ZERO] * (len(days) - 1)] for key, total in opening.items() if key[0] in real
    }
    for place, month in enumerate(moved.months, start=1):
        for one in month.sums(real):
            row = held.setdefault((one.account_id, one.currency), [ZERO] * len(days))
            row[place] += one.amount
    return held


def moved_by(found: Ground) -> tuple[list[str], list[str], list[str], list[str]]:
    """Return the accounts by which net worth moved: savings, gains, openings and transfers."""
    own = found.chart
    return (
        own.of_types(AccountType.INCOME, AccountType.EXPENSE),
        own.of_kinds(Kind.VALUATION),
        own.of_kinds(*OPENED),
        found.elsewhere,
    )
