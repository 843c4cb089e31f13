"""The running balance of a table: it proves the order of its rows and the sign of its amounts."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from transactions.imports.tables import amounts
from transactions.imports.tables.amounts import BadCell
from transactions.imports.tables.source import Row

_ZERO = Decimal(0)


@dataclass(slots=True)
class Chain:
    """What the balances of the rows so far say, for each order of rows and each sign.

    `breaks` counts, and `broken` has the first line, where a balance is not the one before it
    and its row's amount: for (oldest first, as the account's own), (newest first, own), (oldest
    first, as what is owed), (newest first, owed).
    """

    steps: int = 0
    first: tuple[Decimal, Decimal] | None = None
    last: tuple[Decimal, Decimal] | None = None
    breaks: list[int] = field(default_factory=lambda: [0] * 4)
    broken: list[int | None] = field(default_factory=lambda: [None] * 4)

    def add(self, amount: Decimal, balance: Decimal, line: int | None) -> None:
        """See the next row that has a balance."""
        if self.last is None:
            self.first = self.last = (amount, balance)
            return
        before, kept = self.last
        grown = balance - kept
        self.steps += amount != _ZERO or before != _ZERO
        for place, fits in enumerate(
            (grown == amount, grown == -before, grown == -amount, grown == before)
        ):
            if not fits:
                self.breaks[place] += 1
                if self.broken[place] is None:
                    self.broken[place] = line
        self.last = (amount, balance)

    def best(self, *, newest_first: bool | None = None) -> int:
        """Return which of the four holds best; dates decide where balances do not."""
        ranks = range(4)
        return min(
            ranks,
            key=lambda one: (self.breaks[one], one > 1, newest_first is not None
                             and (one % 2 == 1) != newest_first),
        )  # fmt: skip

    def ends(self, kind: int) -> tuple[Decimal, Decimal]:
        """Return the balance before the first movement and after the last one.

        :raises ValueError: if no row was seen.
        """
        if self.first is None or self.last is None:
            raise ValueError("No row has a balance.")
        sign = -1 if kind > 1 else 1
        oldest, newest = (self.last, self.first) if kind % 2 else (self.first, self.last)
        return sign * oldest[1] - oldest[0], sign * newest[1]


def holds(rows: Sequence[Row], amount: int, balance: int) -> bool:
    """Return whether one column of unread cells is the running balance of the other."""
    chain = Chain()
    mark = "," if sum("," in str(row[amount])[-3:] for row in rows if len(row) > amount) else "."
    read = amounts.reader(mark)
    for row in rows:
        try:
            pair = [
                one if isinstance(one, Decimal) else read(str(one).strip())
                for one in (row[amount], row[balance])
            ]
        except (BadCell, IndexError):
            return False
        chain.add(pair[0], pair[1], None)
    return chain.steps >= 2 and min(chain.breaks[:2]) == 0
