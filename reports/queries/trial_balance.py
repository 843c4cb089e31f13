"""The trial balance: every account with what it had, what moved it, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from accounts.rates import Rate, not_converted, rates_of
from buffet.money import Money, round_to
from reports.asking import Asked
from reports.queries.bringing import Conversion
from reports.queries.chart import Node
from reports.queries.opening import opened_and_moved
from reports.queries.worth import ZERO

_ORDER = ("asset", "liability", "equity", "income", "expense")


@dataclass(frozen=True, slots=True)
class TrialLine:
    """An account in one currency: debits are positive in `opening` and `closing`.

    `converted` is what it came to in the report's currency, at the `rate` of the period's last day;
    None where there is none.
    """

    node: Node
    currency: str
    opening: Decimal
    debit: Decimal
    credit: Decimal
    entries: int
    closing: Decimal
    rate: Rate
    converted: Decimal | None


@dataclass(frozen=True, slots=True)
class TrialTotal:
    """All accounts in one currency: what opens and closes is nothing, debits are as credits."""

    currency: str
    opening: Decimal
    debit: Decimal
    credit: Decimal
    closing: Decimal

    @property
    def is_balanced(self) -> bool:
        """Whether it balances, as it always does."""
        return not self.opening and not self.closing and self.debit == self.credit


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """The lines by type, name and currency, and what they come to by currency.

    `converted` is the sum of what the lines close with in the report's currency, each of them
    rounded: of the whole chart nothing, but for that. `left_out` is what had no rate and is not
    nothing by itself.
    """

    asked: Asked
    lines: Sequence[TrialLine]
    totals: Sequence[TrialTotal]
    converted: Decimal
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]

    @property
    def is_foreign(self) -> bool:
        """Whether anything is in another currency than the report's."""
        return bool(self.conversions)


def trial_balance(asked: Asked) -> TrialBalance:
    """Return the trial balance of a period in one statement or two, and one for rates.

    Each currency balances by itself; what the accounts close with is told in the report's, too, at
    the rates of the period's last day.

    :raises NotFound: if an account or category is not in the book.
    """
    own, opening, moves = opened_and_moved(asked)
    own.refuse_unknown(asked.accounts)
    wanted = {*map(str, asked.accounts)}
    wanted |= {*own.subtrees(asked.categories)} if asked.categories else set()
    lines: dict[tuple[str, str], list[Decimal]] = {}
    for key, total in opening.items():
        lines[key] = [total, ZERO, ZERO, ZERO]
    for one in (one for month in moves.months for one in month.sums()):
        line = lines.setdefault((one.account_id, one.currency), [ZERO] * 4)
        line[1] += one.debit
        line[2] += one.credit
        line[3] += one.entries
    # Of an account that was deleted or merged the kept sums stay, and all of them are zero.
    currencies, days = frozenset(currency for _, currency in lines), (asked.period.until,)
    rates = rates_of(asked.book_id, asked.currency, currencies, days, moves.rates)
    found = [
        _line(own.nodes[id], currency, line, rates.rate(currency, *days), asked.currency)
        for (id, currency), line in lines.items()
        if (id in own.nodes or any(line)) and (not wanted or id in wanted)
    ]
    found.sort(
        key=lambda line: (
            _ORDER.index(line.node.type),
            line.node.name,
            line.node.id,
            line.currency,
        )
    )
    foreign = {line.currency: line.rate for line in found if line.currency != asked.currency}
    month = asked.period.months[-1].name
    missing = (Money(one.closing, one.currency) for one in found if one.converted is None)
    return TrialBalance(
        asked,
        found,
        _totals(found),
        sum((line.converted for line in found if line.converted is not None), ZERO),
        [Conversion(currency, month, foreign[currency]) for currency in sorted(foreign)],
        [*filter(None, not_converted(missing))],
    )


def _line(node: Node, currency: str, line: Sequence[Decimal], rate: Rate, target: str) -> TrialLine:
    opening, debit, credit, entries = line
    closing = opening + debit - credit
    converted: Decimal | None = closing
    if currency != target:
        converted = None if rate.rate is None else round_to(closing * rate.rate, target)
    return TrialLine(node, currency, opening, debit, credit, int(entries), closing, rate, converted)


def _totals(lines: Sequence[TrialLine]) -> list[TrialTotal]:
    sums: dict[str, list[Decimal]] = {}
    for line in lines:
        total = sums.setdefault(line.currency, [ZERO] * 4)
        for place, value in enumerate((line.opening, line.debit, line.credit, line.closing)):
            total[place] += value
    return [TrialTotal(currency, *total) for currency, total in sorted(sums.items())]
