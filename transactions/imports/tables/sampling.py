"""What the first rows of a table have in a column."""

from collections.abc import Callable, Sequence

from transactions.imports.tables import words
from transactions.imports.tables.columns import cell, text
from transactions.imports.tables.source import Cell, Row


def holds(rows: Sequence[Row], place: int, check: Callable[[Cell], bool]) -> bool:
    """Return whether a column has something, and only what passes the check."""
    cells = [found for row in rows if (found := cell(row, place)) != ""]
    return bool(cells) and all(check(one) for one in cells)


def mostly(rows: Sequence[Row], place: int, check: Callable[[Cell], bool]) -> bool:
    """Return whether most of a column passes: below a table there may be a total."""
    cells = [found for row in rows if (found := cell(row, place)) != ""]
    return bool(cells) and sum(check(one) for one in cells) > len(cells) * 0.6


def tells_sides(rows: Sequence[Row], place: int, *, alone: bool) -> bool:
    """Return whether a column says debit or credit; `alone`: even if it only says one of them.

    A word that is neither is no reason to leave the others unheard: its row is refused.
    """
    said = [one for row in rows if (one := words.plain(text(cell(row, place))))]
    out, into = (len([one for one in said if one in side]) for side in (words.DEBIT, words.CREDIT))
    if alone or (out and into):
        return bool(said) and out + into > len(said) * 0.6
    return bool(said) and out + into == len(said)
