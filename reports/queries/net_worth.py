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
from reports.queries.exchanging import newly_converted
from reports.queries.ground import Ground, ground, moved_by
from reports.queries.worth import ZERO


@dataclass(frozen=True, slots=True)
class Worth:
    """What is held and owed at the end of a day, in the report's currency; debts are negative.

    `left_out` is what had no rate then, by currency.
    """

    on: date
    assets: Decimal
    liabilities: Decimal
    left_out: tuple[Money, ...]

    @property
    def net_worth(self) -> Decimal:
        """What is left when all is paid."""
        return self.assets + self.liabilities

    @property
    def missing(self) -> Sequence[str]:
        """The currencies that had no rate: what was held in them is not counted."""
        return [one.currency for one in self.left_out]


@dataclass(frozen=True, slots=True)
class Step:
    """A month: net worth at its end, and what moved it since the end before.

    `savings` is income less expenses, `gains` what valuations added, `opened` what came with
    opening balances and adjustments, `converted` what had no rate before and has one now, less what
    has none any more; `rates` is the rest, which other exchange rates explain (`exchanging` has
    both). Of some accounts, `transfers` is what the others gave them; of all, nothing.
    """

    month: Month
    worth: Worth
    savings: Decimal
    gains: Decimal
    opened: Decimal
    transfers: Decimal
    converted: Decimal
    rates: Decimal


@dataclass(frozen=True, slots=True)
class KindWorth:
    """What the accounts of a kind came to on each of the days, and which currencies had no rate."""

    kind: str
    worths: Sequence[Decimal]
    missing: Sequence[frozenset[str]]

    @property
    def change(self) -> Decimal | None:
        """How it changed; None where the first day and the last do not count the same."""
        if self.missing[0] != self.missing[-1]:
            return None
        return self.worths[-1] - self.worths[0]


@dataclass(frozen=True, slots=True)
class NetWorth:
    """Net worth before the period and at the end of each of its months."""

    asked: Asked
    opening: Worth
    steps: Sequence[Step]
    kinds: Sequence[KindWorth]
    conversions: Sequence[Conversion]

    @property
    def now(self) -> Worth:
        """Net worth at the end of the period."""
        return self.steps[-1].worth

    @property
    def left_out(self) -> Sequence[Money]:
        """What has no rate at the end of the period, by currency."""
        return self.now.left_out

    @property
    def change(self) -> Decimal | None:
        """How it changed; None where before and now do not count the same currencies."""
        if self.opening.missing != self.now.missing:
            return None
        return self.now.net_worth - self.opening.net_worth


def net_worth(asked: Asked) -> NetWorth:
    """Return net worth by month, in the statements of its `ground`.

    `asked.accounts` keeps these accounts alone, and of what moved them what went through them.

    :raises NotFound: if an account is not in the book.
    """
    found = ground(asked)
    worths, kinds = _worths(found)
    used = {one.currency for one in found.brought.conversions}
    used |= {currency for _, currency in found.held}
    conversions = [
        Conversion(currency, month.name, found.rates.rate(currency, month.until))
        for currency in sorted(used - {asked.currency})
        for month in asked.period.months
    ]
    return NetWorth(asked, worths[0], _steps(found, worths), kinds, conversions)


def _worths(found: Ground) -> tuple[list[Worth], list[KindWorth]]:
    days, rates, target = found.days, found.rates, found.rates.target
    assets, debts = [ZERO] * len(days), [ZERO] * len(days)
    left_out: list[dict[str, Decimal]] = [{} for _ in days]
    kinds: dict[str, tuple[list[Decimal], list[set[str]]]] = {}
    for (id, currency), row in found.held.items():
        node, total = found.chart.nodes[id], ZERO
        side = assets if node.type == AccountType.ASSET else debts
        if node.kind not in kinds:
            kinds[node.kind] = [ZERO] * len(days), [set() for _ in days]
        of_kind, missing = kinds[node.kind]
        for place, (day, value) in enumerate(zip(days, row, strict=True)):
            total += value
            if not total:
                continue
            rate = rates.rate(currency, day)
            if rate.rate is None:
                missing[place].add(currency)
                left_out[place][currency] = left_out[place].get(currency, ZERO) + total
                continue
            worth = total if currency == target else round_to(total * rate.rate, target)
            side[place] += worth
            of_kind[place] += worth
    worths = [
        Worth(day, held, owed, tuple(Money(total, one) for one, total in sorted(apart.items())))
        for day, held, owed, apart in zip(days, assets, debts, left_out, strict=True)
    ]
    told = [
        KindWorth(kind, row, [*map(frozenset, missing)]) for kind, (row, missing) in kinds.items()
    ]
    return worths, sorted(told, key=lambda one: -one.worths[-1])


def _steps(found: Ground, worths: Sequence[Worth]) -> list[Step]:
    # The other accounts mirror what these hold: what adds to those is negative here.
    savings, gains, opened, transfers = (
        [-moved for moved in found.brought.total(ids)] for ids in moved_by(found)
    )
    incomplete = found.brought.incomplete
    steps = []
    for place, month in enumerate(found.asked.period.months):
        before, after = worths[place], worths[place + 1]
        told = savings[place], gains[place], opened[place], transfers[place]
        rest = after.net_worth - before.net_worth - sum(told, ZERO)
        is_apart = before.missing != after.missing or place in incomplete
        converted = newly_converted(found, place) if is_apart else ZERO
        steps.append(Step(month, after, *told, converted, rest - converted))
    return steps
