"""Net worth month by month: what it was, and what moved it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import AccountType, Kind
from accounts.rates import Rates, rates_of
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.periods import DAY, Month
from reports.queries.bringing import Brought, Conversion, bring, currencies_of
from reports.queries.bringing import moved as moved_through
from reports.queries.chart import Chart
from reports.queries.opening import opened_and_moved
from reports.queries.sums import Moves
from reports.queries.worth import ZERO

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


def net_worth(asked: Asked) -> NetWorth:
    """Return net worth by month in one statement or two, and one for rates when any are needed.

    `asked.accounts` keeps these accounts alone, and of what moved them what went through them: one
    statement more.

    :raises NotFound: if an account is not in the book.
    """
    months = asked.period.months
    days = [asked.period.since - DAY, *(month.until for month in months)]
    own, opening, moved = opened_and_moved(asked)
    own.refuse_unknown(asked.accounts)
    currencies = currencies_of(moved).union(currency for _, currency in opening)
    rates = rates_of(asked.book_id, asked.currency, currencies, tuple(days), moved.rates)
    real = {str(id) for id in asked.accounts} or {*own.of_types(*_REAL)}
    held = _held(real, opening, moved, days)
    worths, kinds, left_out = _worths(own, held, days, rates)
    flows = moved_through(asked, months) if asked.accounts else moved
    brought = bring(asked, months, flows, {*own.nodes} - {*own.of_types(*_REAL)}, rates)
    came = bring(asked, months, moved, real, rates).total(real) if asked.accounts else None
    steps = _steps(asked, own, brought, worths, came)
    used = {one.currency for one in brought.conversions} | {currency for _, currency in held}
    conversions = [
        Conversion(currency, month.name, rates.rate(currency, month.until))
        for currency in sorted(used - {asked.currency})
        for month in months
    ]
    return NetWorth(asked, worths[0], steps, kinds, conversions, left_out)


def _held(
    real: set[str],
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
