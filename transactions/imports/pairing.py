"""Which line goes with which entry: the nearest one, where that is clear."""

from collections import defaultdict
from collections.abc import Callable, Hashable, Sequence
from datetime import date, timedelta

from transactions.imports.scope import Line, Side

#: By what a line and an entry must be equal.
Key = Callable[[Line | Side], Hashable]


def pairs(
    lines: Sequence[Line],
    sides: Sequence[Side],
    *,
    before: int,
    after: int,
    key: Key = lambda one: one.amount,
    any_of_equals: bool = False,
) -> list[tuple[Line, Side]]:
    """Return each line with the entry nearest to it, line by line in the order given.

    The entry lies at most `before` days before the line and `after` days after it, and goes with
    no other. Of two that are as near, the earlier counts with `any_of_equals`, and else neither.
    """
    left: dict[Hashable, dict[date, list[Side]]] = defaultdict(lambda: defaultdict(list))
    for side in sides:
        left[key(side)][side.date].append(side)
    found = []
    for line in lines:
        days = left.get(key(line))
        if days and (nearest := _nearest(line, days, before, after, any_of_equals)):
            days[nearest.date].remove(nearest)
            found.append((line, nearest))
    return found


def _nearest(
    line: Line, days: dict[date, list[Side]], before: int, after: int, any_of_equals: bool
) -> Side | None:
    for apart in range(max(before, after) + 1):
        near: list[Side] = []
        if apart <= before:
            near += days.get(line.date - timedelta(days=apart), ())
        if 0 < apart <= after:
            near += days.get(line.date + timedelta(days=apart), ())
        if near:
            return near[0] if any_of_equals or len(near) == 1 else None
    return None
