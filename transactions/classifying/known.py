"""What a book knows that texts can be compared with: its rules, and its latest transactions."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection

from buffet.postgresql.rows import rows_of
from transactions.classifying.proposals import Known
from transactions.classifying.rules import PlainRule
from transactions.models import Direction, Rule
from transactions.queries.given import GIVEN_TO_RECENT

#: How many of a book's latest transactions are looked through.
RECENT = 10_000
_IS_OUT = {Direction.ANY: None, Direction.IN: False, Direction.OUT: True}
# Latest first, by the index of the list, and before them what they were given. Only plain income
# and expenses: a transfer, a split and equity say nothing about another. Entries are looked up by
# their index, however many others there are: OFFSET 0 keeps them from being joined to all. The
# parts are put together by who reads them; no plan knows how many there are of each.
_TOLD = f"""
    WITH recent AS MATERIALIZED (
        SELECT t.id, t.date, t.description, t.vendor_id FROM transactions_transaction t
        WHERE t.book_id = %s ORDER BY t.date DESC, t.id DESC LIMIT {RECENT}
    ), moved AS MATERIALIZED (
        SELECT t.*, e.account_id, e.amount FROM recent t CROSS JOIN LATERAL (
            SELECT account_id, amount FROM transactions_entry WHERE transaction_id = t.id OFFSET 0
        ) AS e
    )
    SELECT told.id::text, told.date IS NULL, told.description, told.flag, told.category_id::text,
        told.vendor_id::text
    FROM (
        SELECT m.id, m.date, m.description,
            bool_or(m.amount < 0) FILTER (WHERE a.kind = 'category') AS flag,
            (array_agg(a.id) FILTER (
                WHERE a.kind = 'category' AND a.archived_at IS NULL
            ))[1] AS category_id,
            m.vendor_id
        FROM moved m JOIN accounts_account a ON a.id = m.account_id
        GROUP BY m.id, m.date, m.description, m.vendor_id
        HAVING count(*) <= 2 AND count(*) FILTER (WHERE a.kind = 'category') = 1
            AND count(*) FILTER (WHERE a.type NOT IN ('asset', 'liability')) = 1
        UNION ALL
        SELECT g.id, NULL, '', g.by_rule, g.category_id, g.vendor_id FROM ({GIVEN_TO_RECENT}) AS g
    ) AS told
    ORDER BY told.date DESC NULLS FIRST, told.id DESC
"""


def active_rules(book_id: UUID) -> list[Rule]:
    """Return a book's rules that are in force, in their order."""
    rows = Rule.objects.filter(book_id=book_id, is_active=True).select_related("category")
    return list(rows.order_by("position", "id"))


def plain(rules: Sequence[Rule]) -> list[PlainRule]:
    """Return what counts of rules, each read with its category."""
    return [
        PlainRule(
            id=rule.id,
            contains=rule.contains,
            regex=rule.regex,
            amount_min=rule.amount_min,
            amount_max=rule.amount_max,
            is_out=_IS_OUT[Direction(rule.direction)],
            account_id=rule.account_id,
            category_id=(
                None if rule.category is None or rule.category.archived_at else rule.category_id
            ),
            vendor_id=rule.vendor_id,
        )
        for rule in rules
    ]


def known_of(book_id: UUID) -> Known:
    """Read a book's rules in force and its latest transactions, in two statements."""
    rules = plain(active_rules(book_id))
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, (book_id,))
        return Known(rules, [*rows_of(cursor)])
