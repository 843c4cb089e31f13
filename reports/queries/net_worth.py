"""Net worth month by month: what it was, and what moved it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.models import AccountType
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.periods import Month
from reports.queries.bringing import Conversion
from reports.queries.ground import Ground, ground, moved_by
from reports.queries.worth import ZERO


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
    opening balances and adjustments; `rates` is the rest, which other exchange rates explain
    (`exchanging`). Of some accounts, `transfers` is what the others gave them; of all, nothing.
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
    """Return net worth by month, in the statements of its `ground`.

    `asked.accounts` keeps these accounts alone, and of what moved them what went through them.

    :raises NotFound: if an account is not in the book.
    """
    found = ground(asked)
    worths, kinds, left_out = _worths(found)
    used = {one.currency for one in found.brought.conversions}
    used |= {currency for _, currency in found.held}
    conversions = [
        Conversion(currency, month.name, found.rates.rate(currency, month.until))
        for currency in sorted(used - {asked.currency})
        for month in asked.period.months
    ]
    return NetWorth(asked, worths[0], _steps(found, worths), kinds, conversions, left_out)


def _worths(
    found: Ground,
) -> tuple[list[Worth], list[tuple[str, Sequence[Decimal]]], list[Money]]:
    days, rates, target = found.days, found.rates, found.rates.target
    assets, debts = [ZERO] * len(days), [ZERO] * len(days)
    missing: list[set[str]] = [set() for _ in days]
    kinds: dict[str, list[Decimal]] = {}
    left_out: dict[str, Decimal] = {}
    for (id, currency), row in found.held.items():
        node, total = found.chart.nodes[id], ZERO
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


def _steps(found: Ground, worths: Sequence[Worth]) -> list[Step]:
    # The other accounts mirror what these hold: what adds to those is negative here.
    savings, gains, opened, transfers = (
        [-moved for moved in found.brought.total(ids)] for ids in moved_by(found)
    )
    steps = []
    for place, month in enumerate(found.asked.period.months):
        before, after = worths[place], worths[place + 1]
        told = savings[place], gains[place], opened[place], transfers[place]
        rest = after.net_worth - before.net_worth - sum(told, ZERO)
        steps.append(Step(month, after, *told, rest))
    return steps
