"""What proposals gave a transaction: as long as it is still so, nobody's own value stands there."""

#: Of the transaction `t`: the category and vendor that it was given last, and since when. None for
#: what no proposal ever gave.
GIVEN = """
    SELECT c.category_after AS category_id, c.created_at AS category_since,
        v.vendor_after AS vendor_id, v.created_at AS vendor_since
    FROM (SELECT 1) AS one
    LEFT JOIN LATERAL (
        SELECT x.category_after, r.created_at
        FROM transactions_rulechange x JOIN transactions_rulerun r ON r.id = x.run_id
        WHERE x.transaction_id = t.id AND x.category_after IS NOT NULL ORDER BY x.id DESC LIMIT 1
    ) AS c ON true
    LEFT JOIN LATERAL (
        SELECT x.vendor_after, r.created_at
        FROM transactions_rulechange x JOIN transactions_rulerun r ON r.id = x.run_id
        WHERE x.transaction_id = t.id AND x.vendor_after IS NOT NULL ORDER BY x.id DESC LIMIT 1
    ) AS v ON true
"""
