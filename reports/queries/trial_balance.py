"""The trial balance: every account with what it had, what moved it, and what it came to."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from reports.asking import Asked
from reports.queries.chart import Node
from reports.queries.opening import opened_and_moved
from reports.queries.worth import ZERO

_ORDER = ("asset", "liability", "equity", "income", "expense")


@dataclass(frozen=True, slots=True)
class TrialLine:
    """An account in one currency: debits are positive in `opening` and `closing`."""

    node: Node
    currency: str
    opening: Decimal
    debit: Decimal
    credit: Decimal
    entries: int

    @property
    def closing(self) -> Decimal:
        """What it came to."""
        return self.opening + self.debit - self.credit


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
    """The lines by type, name and currency, and what they come to by currency."""

    asked: Asked
    lines: Sequence[TrialLine]
    totals: Sequence[TrialTotal]


def trial_balance(asked: Asked) -> TrialBalance:
    """Return the trial balance of a period in one statement or two; nothing in it is converted.

    :raises NotFound: if an account or category is not in the book.
    """
    own, opening, moves = opened_and_moved(asked)
    own.refuse_unknown(asked.accounts)
    wanted = {*map(str, asked.accounts)}
    wanted |= {*own.subtrees(asked.categories)} if asked.categories else set()
    lines: dict[tuple[str, str], list[Decimal | int]] = {}
    for key, total in opening.items():
        lines[key] = [total, ZERO, ZERO, 0]
    for one in (one for month in moves.months for one in month.sums()):
        line = lines.setdefault((one.account_id, one.currency), [ZERO, ZERO, ZERO, 0])
        line[1] += one.debit
        line[2] += one.credit
        line[3] += one.entries
    # Of an account that was deleted or merged the kept sums stay, and all of them are zero.
    found = [
        TrialLine(own.nodes[id], currency, *line)
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
    return TrialBalance(asked, found, _totals(found))


def _totals(lines: Sequence[TrialLine]) -> list[TrialTotal]:
    sums: dict[str, list[Decimal]] = {}
    for line in lines:
        total = sums.setdefault(line.currency, [ZERO] * 4)
        for place, value in enumerate((line.opening, line.debit, line.credit, line.closing)):
            total[place] += value
    return [TrialTotal(currency, *total) for currency, total in sorted(sums.items())]
