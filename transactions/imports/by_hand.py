"""Which lines may be what somebody recorded by hand, in words of their own."""

from transactions.imports.pairing import pairs
from transactions.imports.scope import OPEN, TAKEN, Line, Scope, Side
from transactions.models import Verdict

#: How many days may lie between a purchase and the bank's day for it.
APART = 3

#: Entries of the account that no file has told of.
_BY_HAND = f"""
SELECT e.transaction_id, e.id, e.date, e.amount, t.description
FROM transactions_entry e JOIN transactions_transaction t ON t.id = e.transaction_id
    AND t.book_id = %(book)s AND t.date BETWEEN %(first)s::date - 3 AND %(last)s::date + 3
WHERE e.account_id = %(account)s AND e.external_id = '' AND e.status <> 'pending'
    AND e.date BETWEEN %(first)s::date - 3 AND %(last)s::date + 3 AND t.source = 'manual'
    AND EXISTS (
        SELECT FROM transactions_importline l WHERE {OPEN} AND l.amount = e.amount
            AND l.date BETWEEN e.date - 3 AND e.date + 3
    )
    AND NOT EXISTS (SELECT FROM {TAKEN} AS taken WHERE taken.id = e.transaction_id)
    AND NOT EXISTS (
        SELECT FROM transactions_importline o JOIN transactions_import i ON i.id = o.of_import_id
        WHERE o.transaction_id = e.transaction_id AND i.account_id = %(account)s
            AND i.id <> %(import)s AND i.status IN ('committing', 'committed')
            AND o.number <= i.done
    )
ORDER BY e.date, e.id LIMIT %(most)s
"""


def propose(scope: Scope) -> None:
    """Propose that lines are in the book already, under another text.

    The nearest day of the same amount counts first; each entry is proposed to one line only, so
    that two equal purchases stay two.
    """
    sides = [Side(*row) for row in scope.rows(_BY_HAND)]
    lines = scope.lines([side.amount for side in sides])
    proposals: list[tuple[Line, Side]] = []
    for apart in range(APART + 1):
        found = pairs(lines, sides, before=apart, after=apart, any_of_equals=True)
        proposals += found
        gone, used = {line.id for line, _ in found}, {side.entry_id for _, side in found}
        lines = [line for line in lines if line.id not in gone]
        sides = [side for side in sides if side.entry_id not in used]
    scope.propose(Verdict.DUPLICATE, [(line, side, _score(line, side)) for line, side in proposals])


def _score(line: Line, side: Side) -> int:
    """Return how sure it is: 60 for the same day, 10 less for each apart, 30 for a common word."""
    said, typed = (set(one.description.lower().split()) for one in (line, side))
    return 60 - 10 * abs((side.date - line.date).days) + 30 * bool(said & typed)
