"""What the database refuses when a book's own rates change: news in closed months.

Which closed month a rate is news in is said by `buffet_month_closed_to_rate`, a function that
migrations make, and that the services ask before.
"""

import pgtrigger

# The book's lock first, so that a month that is being closed is waited for.
_REFUSE = """
    PERFORM buffet_touch(book_id)
    FROM (SELECT DISTINCT book_id FROM ({delta}) AS d ORDER BY book_id) AS b;
    SELECT found.month INTO closed FROM (
        SELECT buffet_month_closed_to_rate(d.book_id, d.base, d.quote, d.on) AS month
        FROM ({delta}) AS d
        WHERE EXISTS (SELECT FROM transactions_closedmonth c WHERE c.book_id = d.book_id)
    ) AS found WHERE found.month IS NOT NULL LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'the month % is closed', to_char(closed, 'YYYY-MM')
        USING ERRCODE = '23514', CONSTRAINT = 'closed_months_stay';
    END IF;
    RETURN NULL;
"""
_NEW, _OLD = "SELECT * FROM new_rows", "SELECT * FROM old_rows"


def _trigger(
    name: str, operation: pgtrigger.Operation, delta: str, rows: dict[str, str]
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        declare=[("closed", "date")],
        func=_REFUSE.replace("{delta}", delta),
    )


RATE_TRIGGERS = (
    _trigger("closed_to_new_rates", pgtrigger.Insert, _NEW, {"new": "new_rows"}),
    _trigger(
        "closed_to_changed_rates",
        pgtrigger.Update,
        f"{_NEW} UNION ALL {_OLD}",
        {"old": "old_rows", "new": "new_rows"},
    ),
    _trigger("closed_to_deleted_rates", pgtrigger.Delete, _OLD, {"old": "old_rows"}),
)
