"""Net worth month by month: what it was, and what moved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import AccountType, Kind
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.periods import DAY, Month
from reports.queries.bringing import Brought, Conversion, bring
from reports.queries.bringing import moved as moved_through
from reports.queries.chart import Chart, chart
from reports.queries.rates import Rates, rates_of
from reports.queries.sums import Sum, sums, until
from reports.queries.worth import ZERO
from reports.remembering import remembered

_REAL = (AccountType.ASSET, AccountType.LIABILITY)
#: The kind of the equity account of unrealised gains.
VALUATION = "valuation"


@dataclass(frozen=True, slots=True)
class Worth:
    """What is held and owed at the end of a day, in the report's currency; debts are negative."""

    on: date
    assets: Decimal
    liabilities: Decimal
    missing: frozenset[str]

    @property
    def net_worth(self) -> Decimal:
        """What is left when all is paid."""
        return self.assets + self.liabilities


@dataclass(frozen=True, slots=True)
class Step:
    """A month: net worth at its end, and what moved it since the end before.

    `savings` is income less expenses, `gains` what valuations added, `opened` what came with
    opening balances and adjustments; `rates` is the rest, which other exchange rates explain. Of
    some accounts, `transfers` is what they got from the others on balance; of all, nothing.
    """

    month: Month
    worth: Worth
    savings: Decimal
    gains: Decimal
    opened: Decimal
    transfers: Decimal
    rates: Decimal


@dataclass(frozen=True, slots=True)
class NetWorth:
    """Net worth before the period and at the end of each of its months."""

    asked: Asked
    opening: Worth
    steps: Sequence[Step]
    kinds: Sequence[tuple[str, Sequence[Decimal]]]
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]

    @property
    def now(self) -> Worth:
        """Net worth at the end of the period."""
        return self.steps[-1].worth


@remembered(maxsize=128)
def net_worth(asked: Asked) -> NetWorth:
    """Return net worth by month in three statements, and two for rates when any are needed.

    `asked.accounts` keeps these accounts alone, and of what moved them what went through them: one
    statement more.

    :raises NotFound: if an account is not in the book.
    """
    own = chart(asked.book_id)
    own.refuse_unknown(asked.accounts)
    real = [str(id) for id in asked.accounts] or own.of_types(
        AccountType.ASSET, AccountType.LIABILITY
    )
    months = asked.period.months
    moved = sums(asked.book_id, months, asked.today, start_day=asked.period.start_day)
    worths, kinds, left_out = _held(asked, own, real, moved)
    flows = moved_through(asked, months) if asked.accounts else moved
    others = [one for one in flows if own.nodes[one.account_id].type not in _REAL]
    brought = bring(asked, months, others)
    came = None
    if asked.accounts:
        held = bring(asked, months, [one for one in moved if one.account_id in real])
        came = held.total(real)
    steps = _steps(asked, own, brought, worths, came)
    return NetWorth(asked, worths[0], steps, kinds, brought.conversions, left_out)


def _held(
    asked: Asked, own: Chart, real: Sequence[str], moved: Sequence[Sum]
) -> tuple[list[Worth], list[tuple[str, Sequence[Decimal]]], list[Money]]:
    """Return what is held before the period and at each month's end: in all, by kind, left out."""
    days = [asked.period.since - DAY, *(month.until for month in asked.period.months)]
    wanted = set(real)
    totals: dict[tuple[str, str], list[Decimal]] = {}
    for id, currency, total in until(asked.book_id, days[0]):
        if id in wanted:
            totals[id, currency] = [total, *[ZERO] * (len(days) - 1)]
    for one in moved:
        if one.account_id in wanted:
            row = totals.setdefault((one.account_id, one.currency), [ZERO] * len(days))
            row[one.place + 1] += one.amount
    rates = rates_of(
        asked.currency,
        frozenset(currency for _, currency in totals),
        tuple(days),
        asked.shared,
    )
    return _worths(own, totals, days, rates)


def _worths(
    own: Chart, totals: dict[tuple[str, str], list[Decimal]], days: Sequence[date], rates: Rates
) -> tuple[list[Worth], list[tuple[str, Sequence[Decimal]]], list[Money]]:
    target = rates.target
    assets, debts = [ZERO] * len(days), [ZERO] * len(days)
    missing: list[set[str]] = [set() for _ in days]
    kinds: dict[str, list[Decimal]] = {}
    left_out: dict[str, Decimal] = {}
    for (id, currency), row in totals.items():
        node, total = own.nodes[id], ZERO
        side = assets if node.type == AccountType.ASSET else debts
        of_kind = kinds.setdefault(node.kind, [ZERO] * len(days))
        for place, (day, value) in enumerate(zip(days, row, strict=True)):
            total += value
            if not total:
                continue
            rate = rates.rate(currency, day)
            if rate.rate is None:
                missing[place].add(currency)
                if place == len(days) - 1:
                    left_out[currency] = left_out.get(currency, ZERO) + total
                continue
            worth = total if currency == target else round_to(total * rate.rate, target)
            side[place] += worth
            of_kind[place] += worth
    worths = [
        Worth(day, held, owed, frozenset(gone))
        for day, held, owed, gone in zip(days, assets, debts, missing, strict=True)
    ]
    order = sorted(kinds.items(), key=lambda one: -one[1][-1])
    return worths, order, [Money(total, one) for one, total in sorted(left_out.items())]


def _steps(
    asked: Asked,
    own: Chart,
    brought: Brought,
    worths: Sequence[Worth],
    moved: Sequence[Decimal] | None,
) -> list[Step]:
    """Return the months; `moved` is what came to some accounts, if only they are asked for."""
    # Equity, income and expenses mirror what accounts hold: what adds to those is negative here.
    earned = brought.total(own.of_types(AccountType.INCOME, AccountType.EXPENSE))
    gains = brought.total(own.of_kinds(VALUATION))
    opened = brought.total(own.of_kinds(Kind.OPENING_BALANCES, Kind.ADJUSTMENTS))
    steps = []
    for place, month in enumerate(asked.period.months):
        before, after = worths[place], worths[place + 1]
        savings, gain, came = -earned[place], -gains[place], -opened[place]
        told = savings + gain + came
        transfers = ZERO if moved is None else moved[place] - told
        rest = after.net_worth - before.net_worth - told - transfers
        steps.append(Step(month, after, savings, gain, came, transfers, rest))
    return steps
