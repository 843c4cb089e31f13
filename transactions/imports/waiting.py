"""Which lines the account waits for: what was pending, or was recorded ahead of its day."""

from buffet.ids import instant_of
from transactions.imports.pairing import pairs
from transactions.imports.scope import OPEN, TAKEN, Finding, Line, Scope, Side, is_shut
from transactions.models import Verdict

#: How many days after it was seen a pending row may be posted; how far from its day a parcel may.
PENDING_DAYS, PARCEL_DAYS = 7, 5

#: Entries without a bank's id that are pending, or that were recorded before their day came, as
#: the parcels of a purchase are: as their ids know, whatever book they have moved to since.
_WAITING = f"""
SELECT e.transaction_id, e.id, e.date, e.amount, t.description, '', e.status <> 'pending'
FROM transactions_entry e JOIN transactions_transaction t ON t.id = e.transaction_id
    AND t.book_id = %(book)s AND t.date BETWEEN %(first)s::date - 7 AND %(last)s::date + 5
JOIN buffet_book b ON b.id = e.book_id
WHERE e.account_id = %(account)s AND e.external_id = ''
    AND e.date BETWEEN %(first)s::date - 7 AND %(last)s::date + 5
    AND (e.status = 'pending' OR e.status = 'cleared' AND t.source = 'manual'
        AND e.date > ({instant_of("t.id")} AT TIME ZONE b.time_zone)::date)
    AND NOT {is_shut("e.date")}
    AND NOT EXISTS (SELECT FROM {TAKEN} AS taken WHERE taken.id = e.transaction_id)
    AND EXISTS (
        SELECT FROM transactions_importline l WHERE {OPEN} AND l.amount = e.amount
    )
ORDER BY e.date, e.id LIMIT %(most)s
"""
#: A tip makes the posted amount up to 30 % more; the shop is the same.
_TIPS = f"""
SELECT l.id, e.transaction_id
FROM transactions_entry e JOIN transactions_transaction t ON t.id = e.transaction_id
    AND t.book_id = %(book)s AND t.date BETWEEN %(first)s::date - 7 AND %(last)s::date
JOIN transactions_importline l ON l.date BETWEEN e.date AND e.date + 7
    AND lower(split_part(ltrim(l.description), ' ', 1))
        = lower(split_part(ltrim(t.description), ' ', 1))
WHERE e.account_id = %(account)s AND e.status = 'pending' AND e.external_id = ''
    AND e.amount < 0 AND e.date BETWEEN %(first)s::date - 7 AND %(last)s
    AND l.amount < e.amount AND l.amount >= e.amount * 1.3 AND {OPEN} AND NOT l.is_pending
    AND NOT {is_shut("e.date")}
    AND NOT EXISTS (SELECT FROM {TAKEN} AS taken WHERE taken.id = e.transaction_id)
    AND (SELECT count(*) FROM transactions_entry n WHERE n.transaction_id = e.transaction_id) = 2
LIMIT %(most)s
"""
#: Where exactly one line and one row go together.
_PROPOSE_TIPS = f"""
UPDATE transactions_importline l
SET proposed_verdict = 'posted', proposed_id = p.transaction_id, proposed_score = 60
FROM (
    SELECT id, transaction_id, count(*) OVER (PARTITION BY id) AS of_line,
        count(*) OVER (PARTITION BY transaction_id) AS of_row
    FROM ({_TIPS}) AS tips
) AS p WHERE l.id = p.id AND p.of_line = 1 AND p.of_row = 1
"""


def recognise(scope: Scope) -> None:
    """Find the lines that are pending rows by now posted, or parcels that fell due.

    The nearest of the same amount, first among those of the same shop; where two are as near, the
    line stays new. With a higher amount, as a tip makes it, it is only proposed.
    """
    sides = [Side(*row) for row in scope.rows(_WAITING)]
    lines = scope.lines([side.amount for side in sides])
    findings: list[Finding] = []
    for is_ahead, before, after in ((False, PENDING_DAYS, 0), (True, PARCEL_DAYS, PARCEL_DAYS)):
        of_kind = [side for side in sides if side.is_ahead == is_ahead]
        for of_shop in (True, False):
            gone = {one.line.id for one in findings}
            used = {one.entry_id for one in findings}
            found = pairs(
                [line for line in lines if line.id not in gone],
                [side for side in of_kind if side.entry_id not in used],
                before=before,
                after=after,
                key=_amount_and_shop if of_shop else _amount,
            )
            findings += [_posted(*pair) for pair in found]
    scope.keep(findings)
    scope.run(_PROPOSE_TIPS)


def _amount(one: Line | Side) -> object:
    return one.amount


def _amount_and_shop(one: Line | Side) -> object:
    return one.amount, one.first_word


def _posted(line: Line, side: Side) -> Finding:
    return Finding(
        line,
        Verdict.POSTED,
        "instalment_due" if side.is_ahead else "pending_has_posted",
        side.transaction_id,
        side.entry_id,
    )
