"""Recompute statements from entries, on another path than the triggers that keep them."""

from transactions.queries import verification

#: Section of lines: the statement's column, and the sign under which it is on paper.
_COLUMNS = {
    "purchase": ("purchases", "-"),
    "refund": ("refunds", ""),
    "fee": ("fees", "-"),
    "interest": ("interest", "-"),
    "tax": ("taxes", "-"),
    "adjustment": ("adjustments", "-"),
    "payment": ("payments", ""),
}
_SUMS = ", ".join(
    f"{sign}sum(amount) FILTER (WHERE section = '{section}') AS {column}"
    for section, (column, sign) in _COLUMNS.items()
)
_DIFFER = " OR ".join(f"a.{column} <> coalesce(s.{column}, 0)" for column, _ in _COLUMNS.values())

# Each query yields a text for every row that breaks the property; {a in scope} is whether the row
# `a` is of the book in question.
_CHECKS = {
    "each card entry is on exactly one statement of its card": """
        SELECT coalesce(e.id, l.entry_id)::text
        FROM (
            SELECT x.* FROM accounts_creditcard a JOIN transactions_entry x
            ON x.account_id = a.account_id WHERE {a in scope}
        ) AS e
        FULL JOIN (SELECT * FROM invoices_invoiceline a WHERE {a in scope}) AS l
            ON l.entry_id = e.id
        LEFT JOIN invoices_invoice i ON i.id = l.invoice_id
        LEFT JOIN accounts_creditcard c ON c.id = i.card_id
        WHERE (e.account_id, e.book_id, e.date, e.amount, e.transaction_id, i.card_id)
            IS DISTINCT FROM
                (c.account_id, l.book_id, l.date, l.amount, l.transaction_id, l.card_id)
    """,
    "each line is on the statement of its day, or the one that was chosen": """
        SELECT l.entry_id::text FROM invoices_invoiceline l
        JOIN invoices_invoice a ON a.id = l.invoice_id
        LEFT JOIN invoices_invoice n ON n.card_id = a.card_id
            AND n.month = (a.month + interval '1 month')::date
        LEFT JOIN LATERAL (
            SELECT max(p.month) AS month FROM invoices_invoice p
            WHERE p.card_id = a.card_id AND p.closes_on <= l.date AND p.due_on >= l.date
                AND l.section = 'adjustment' AND EXISTS (
                    SELECT FROM transactions_entry x JOIN accounts_account o ON o.id = x.account_id
                    WHERE x.transaction_id = l.transaction_id AND o.kind = 'opening_balances'
                )
        ) AS was ON true
        WHERE {a in scope} AND CASE
            WHEN l.chosen_month IS NOT NULL THEN l.chosen_month <> a.month
            WHEN was.month IS NOT NULL THEN was.month <> a.month
            ELSE l.date < a.opens_on OR l.date >= coalesce(n.opens_on, 'infinity')
        END
    """,
    "the sums of statements are those of their lines": f"""
        SELECT a.id::text FROM invoices_invoice a LEFT JOIN (
            SELECT invoice_id, count(*) AS lines, {_SUMS}
            FROM invoices_invoiceline GROUP BY invoice_id
        ) AS s ON s.invoice_id = a.id
        WHERE {{a in scope}} AND (a.lines <> coalesce(s.lines, 0) OR {_DIFFER})
    """,
    "the parcels of a plan add up to its total": """
        SELECT a.id::text FROM invoices_installmentplan a
        JOIN invoices_installment n ON n.plan_id = a.id
        JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id AND l.card_id = a.card_id
        WHERE {a in scope} GROUP BY a.id
        HAVING count(*) = a.parcels AND sum(-l.amount) > 0 AND sum(-l.amount) <> a.total
    """,
    "statements follow each other without a gap": """
        SELECT a.id::text FROM invoices_invoice a JOIN LATERAL (
            SELECT p.month, p.closes_on FROM invoices_invoice p
            WHERE p.card_id = a.card_id AND p.month < a.month ORDER BY p.month DESC LIMIT 1
        ) AS before ON true
        WHERE {a in scope} AND (
            a.opens_on - before.closes_on NOT IN (0, 1)
            OR (before.month + interval '1 month')::date <> a.month
        )
    """,
}


def join() -> None:
    """Add these checks to those of the books."""
    verification.OF_OTHERS.update(_CHECKS)
