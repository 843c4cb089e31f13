"""What proposals gave a transaction: as long as it is still so, nobody's own value stands there."""

_BY_LINE = """
    CASE WHEN i.category_reason LIKE 'rule:%%' OR i.category_reason = 'history'
        THEN i.category_id END AS category_id,
    CASE WHEN i.vendor_reason LIKE 'rule:%%' OR i.vendor_reason = 'history'
        THEN i.vendor_id END AS vendor_id
"""
#: Of the transaction `t`: the category and vendor that rules or the history gave it last, since
#: when, and how often that moved it: a run did, an import recorded it so. None for what no proposal
#: ever gave; what a file said, or a person chose, is none.
GIVEN = f"""
    SELECT coalesce(c.category_after, l.category_id) AS category_id,
        coalesce(c.created_at, '-infinity') AS category_since,
        (c.category_after IS NOT NULL)::int AS category_moves,
        coalesce(v.vendor_after, l.vendor_id) AS vendor_id,
        coalesce(v.created_at, '-infinity') AS vendor_since,
        (v.vendor_after IS NOT NULL)::int AS vendor_moves
    FROM (SELECT 1) AS one
    LEFT JOIN LATERAL (
        SELECT x.category_after, x.created_at FROM transactions_rulechange x
        WHERE x.transaction_id = t.id AND x.category_after IS NOT NULL ORDER BY x.id DESC LIMIT 1
    ) AS c ON true
    LEFT JOIN LATERAL (
        SELECT x.vendor_after, x.created_at FROM transactions_rulechange x
        WHERE x.transaction_id = t.id AND x.vendor_after IS NOT NULL ORDER BY x.id DESC LIMIT 1
    ) AS v ON true
    LEFT JOIN LATERAL (
        SELECT {_BY_LINE}
        FROM transactions_importline i
        WHERE i.new_id = t.id AND (i.category_id IS NOT NULL OR i.vendor_id IS NOT NULL) LIMIT 1
    ) AS l ON true
"""

#: The same category and vendor of all transactions in a part `recent` of the query, by rules and
#: by the lines of files: id, whether a rule gave it, category, vendor. Looked up one by one, they
#: would take most of its time.
GIVEN_TO_RECENT = f"""
    SELECT x.transaction_id AS id, true AS by_rule,
        (array_agg(x.category_after ORDER BY x.id DESC)
            FILTER (WHERE x.category_after IS NOT NULL))[1] AS category_id,
        (array_agg(x.vendor_after ORDER BY x.id DESC)
            FILTER (WHERE x.vendor_after IS NOT NULL))[1] AS vendor_id
    FROM transactions_rulechange x JOIN recent ON recent.id = x.transaction_id
    GROUP BY x.transaction_id
    UNION ALL
    SELECT i.new_id, false, {_BY_LINE}
    FROM transactions_importline i JOIN recent ON recent.id = i.new_id
    WHERE i.category_id IS NOT NULL OR i.vendor_id IS NOT NULL
"""
