"""Keep the shared rates that a source quotes: those that are as they were are not touched."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import connection

from accounts.ecb import Quotation
from accounts.rates import PIVOT
from buffet.audit import Actor, acting
from buffet.money import CURRENCIES

SOURCE = "ecb"


@dataclass(frozen=True, slots=True)
class Loaded:
    """What a load did; `unknown` are the codes that no book can have, which were left out."""

    new: int
    changed: int
    unchanged: int
    days: int
    currencies: int
    unknown: tuple[str, ...]


# What did not change is not even in a statement: one without rows would number another state.
_COUNT = """
SELECT count(*) FILTER (WHERE r.id IS NULL),
    count(*) FILTER (WHERE r.id IS NOT NULL AND (r.rate, r.source) <> (i.rate, %(source)s::text)),
    count(*) FILTER (WHERE (r.rate, r.source) = (i.rate, %(source)s::text)),
    count(DISTINCT i.on), count(DISTINCT i.quote)
FROM incoming i
LEFT JOIN accounts_exchangerate r ON r.base = %(base)s::text AND r.quote = i.quote AND r.on = i.on
"""
_INSERT = """
INSERT INTO accounts_exchangerate (base, quote, "on", rate, source)
SELECT %(base)s::text, i.quote, i.on, i.rate, %(source)s::text FROM incoming i
WHERE NOT EXISTS (
    SELECT FROM accounts_exchangerate r
    WHERE r.base = %(base)s::text AND r.quote = i.quote AND r.on = i.on
)
ORDER BY i.on, i.quote
"""
_UPDATE = """
UPDATE accounts_exchangerate r SET rate = i.rate, source = %(source)s::text FROM incoming i
WHERE r.base = %(base)s::text AND r.quote = i.quote AND r.on = i.on
    AND (r.rate, r.source) <> (i.rate, %(source)s::text)
"""


def load_rates(*, by: Actor, quotations: Iterable[Quotation], since: date | None = None) -> Loaded:
    """Keep what one euro was worth, from a day on: all of it, or nothing if a quotation is bad.

    A rate of another source for the same day gives way. Readers go on meanwhile; who writes rates
    waits.

    :raises BadFile: if the quotations, which are read here, say so.
    """
    unknown: set[str] = set()
    known = {"base": PIVOT, "source": SOURCE}
    with acting(by=by), connection.cursor() as cursor:
        # Loading is no request: it may take longer than one may.
        cursor.execute("SET LOCAL statement_timeout = 0")
        cursor.execute(
            "CREATE TEMPORARY TABLE incoming "
            '(quote varchar(3), "on" date, rate numeric(24, 12)) ON COMMIT DROP'
        )
        with cursor.copy('COPY incoming (quote, "on", rate) FROM STDIN') as copy:
            for one in quotations:
                if one.currency not in CURRENCIES:
                    unknown.add(one.currency)
                elif since is None or one.on >= since:
                    copy.write_row((one.currency, one.on, one.rate))
        cursor.execute("ANALYZE incoming")
        cursor.execute("LOCK TABLE accounts_exchangerate IN SHARE ROW EXCLUSIVE MODE")
        cursor.execute(_COUNT, known)
        new, changed, unchanged, days, currencies = cursor.fetchone()
        if new:
            cursor.execute(_INSERT, known)
        if changed:
            cursor.execute(_UPDATE, known)
        cursor.execute("DROP TABLE incoming")
    return Loaded(new, changed, unchanged, days, currencies, tuple(sorted(unknown)))
