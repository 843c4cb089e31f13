"""What the database does whenever card entries, lines or a statement's dates change.

Entries make lines (`buffet_bill`), lines make the sums of their statements. Whoever writes, each
entry of a card's account is on exactly one statement, the one of its day or the one it was moved
to, and the statement's sums are those of its lines.
"""

import pgtrigger

#: The sums of some lines, each with a sign that says whether it comes or goes.
SUMS = ", ".join(
    f"coalesce(sum({sign}amount * sign) FILTER (WHERE section = '{section}'), 0) AS {column}"
    for section, column, sign in (
        ("purchase", "purchases", "-"),
        ("refund", "refunds", ""),
        ("fee", "fees", "-"),
        ("interest", "interest", "-"),
        ("tax", "taxes", "-"),
        ("adjustment", "adjustments", "-"),
        ("payment", "payments", ""),
    )
)
_COLUMNS = ("purchases", "refunds", "fees", "interest", "taxes", "adjustments", "payments", "lines")
_ADD = ", ".join(f"{column} = i.{column} + m.{column}" for column in _COLUMNS)

# A statement that had closed says what changed, unless this transaction began to fill it; what was
# on the card before its first entries does not.
_KEEP_SUMS = f"""
    INSERT INTO invoices_invoicechange
        (book_id, invoice_id, entry_id, transaction_id, date, before, after)
    SELECT c.book_id, c.invoice_id, c.entry_id, (array_agg(c.transaction_id))[1], max(c.date),
        sum(c.amount) FILTER (WHERE c.sign < 0), sum(c.amount) FILTER (WHERE c.sign > 0)
    FROM ({{delta}}) AS c
    JOIN invoices_invoice i ON i.id = c.invoice_id JOIN buffet_book b ON b.id = c.book_id
    WHERE i.filled_in <> pg_current_xact_id()::text::bigint
        AND i.closes_on < (now() AT TIME ZONE b.time_zone)::date
    GROUP BY c.book_id, c.invoice_id, c.entry_id
    HAVING sum(c.amount * c.sign) <> 0 OR count(*) = 1
    ORDER BY c.entry_id;

    UPDATE invoices_invoice i
    SET {_ADD}, filled_in = coalesce(
        i.filled_in, CASE WHEN m.fills THEN pg_current_xact_id()::text::bigint END
    )
    FROM (
        SELECT invoice_id, {SUMS}, sum(sign) AS lines, bool_or(section <> 'adjustment') AS fills
        FROM ({{delta}}) AS d GROUP BY invoice_id
    ) AS m WHERE m.invoice_id = i.id;
    RETURN NULL;
"""


def _of_lines(
    name: str, operation: pgtrigger.Operation, delta: str, rows: dict[str, str]
) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        func=_KEEP_SUMS.replace("{delta}", delta),
    )


_CAME, _WENT = "SELECT *, 1 AS sign FROM new_rows", "SELECT *, -1 AS sign FROM old_rows"
LINE_TRIGGERS = [
    _of_lines("lines_came", pgtrigger.Insert, _CAME, {"new": "new_rows"}),
    _of_lines(
        "lines_changed",
        pgtrigger.Update,
        f"{_CAME} UNION ALL {_WENT}",
        {"old": "old_rows", "new": "new_rows"},
    ),
    _of_lines("lines_went", pgtrigger.Delete, _WENT, {"old": "old_rows"}),
]

# One whose parcels are not all there changes with each of their lines: its total is their sum.
_TOUCH_PART = """
    UPDATE invoices_installmentplan p SET version = 0
    FROM (
        SELECT DISTINCT m.plan_id, m.book_id FROM invoices_installment m
        JOIN {rows} c ON c.transaction_id = m.transaction_id
    ) AS c
    WHERE p.id = c.plan_id AND p.version <> buffet_touch(c.book_id) AND p.parcels <> (
        SELECT count(*) FROM invoices_installment n JOIN invoices_invoiceline l
            ON l.transaction_id = n.transaction_id AND l.card_id = p.card_id
        WHERE n.plan_id = p.id
    );
    RETURN NULL;
"""
#: A plan costs what its parcels do, also when one of them is corrected; while all are there.
_PRICE = """
    UPDATE invoices_installmentplan p SET total = s.total
    FROM (
        SELECT n.plan_id, l.card_id, sum(-l.amount) AS total, count(*) AS parcels
        FROM invoices_installment n
        JOIN invoices_invoiceline l ON l.transaction_id = n.transaction_id
        WHERE n.plan_id IN (
            SELECT m.plan_id FROM invoices_installment m
            JOIN new_rows c ON c.transaction_id = m.transaction_id
        ) GROUP BY n.plan_id, l.card_id
    ) AS s
    WHERE p.id = s.plan_id AND p.card_id = s.card_id AND p.parcels = s.parcels
        AND s.total > 0 AND s.total <> p.total;
"""


def _prices(name: str, operation: pgtrigger.Operation, func: str, rows: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**{rows.partition("_")[0]: rows}),
        func=func + _TOUCH_PART.replace("{rows}", rows),
    )


LINE_TRIGGERS += [
    _prices("parcels_cost_anew", pgtrigger.Insert, _PRICE, "new_rows"),
    _prices("parcels_cost_otherwise", pgtrigger.Update, _PRICE, "new_rows"),
    _prices("parcels_cost_no_more", pgtrigger.Delete, "", "old_rows"),
]


def _parcels(name: str, operation: pgtrigger.Operation, **rows: str) -> pgtrigger.Trigger:
    delta = " UNION ALL ".join(f"SELECT plan_id, book_id FROM {one}" for one in rows.values())
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        func=f"""
            UPDATE invoices_installmentplan p SET version = 0
            FROM (SELECT DISTINCT plan_id, book_id FROM ({delta}) AS d) c
            WHERE p.id = c.plan_id AND p.version <> buffet_touch(c.book_id);
            RETURN NULL;
        """,
    )


#: A plan changes with its parcels, also when their transactions go.
PARCEL_TRIGGERS = [
    _parcels("parcels_came", pgtrigger.Insert, new="new_rows"),
    _parcels("parcels_changed", pgtrigger.Update, old="old_rows", new="new_rows"),
    _parcels("parcels_went", pgtrigger.Delete, old="old_rows"),
]

#: One statement ends where the next begins, looked at when the database transaction ends. The
#: closing day lies in either, as the card's setting was when the dates were made.
DATES_TRIGGER = pgtrigger.Trigger(
    name="statements_follow_each_other",
    level=pgtrigger.Row,
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("opens_on", "closes_on", "month", "card_id"),
    timing=pgtrigger.Deferred,
    func="""
        IF EXISTS (
            SELECT FROM (
                SELECT i.opens_on, i.month,
                    lag(i.closes_on) OVER w AS closed_on, lag(i.month) OVER w AS before
                FROM invoices_invoice i
                WHERE i.card_id = NEW.card_id
                    AND i.month >= (NEW.month - interval '1 month')::date
                    AND i.month <= (NEW.month + interval '1 month')::date
                WINDOW w AS (ORDER BY i.month)
            ) AS s
            WHERE s.before IS NOT NULL AND (
                s.opens_on - s.closed_on NOT IN (0, 1)
                OR s.month <> (s.before + interval '1 month')::date
            )
        ) THEN
            RAISE EXCEPTION 'the statements around % of card % leave a day out or have it twice',
                NEW.month, NEW.card_id
            USING ERRCODE = '23514', CONSTRAINT = 'statements_follow_each_other';
        END IF;
        RETURN NULL;
    """,
)

#: The day of a number in a month; the last one in a shorter month.
_DAY = """
CREATE FUNCTION buffet_day_of(month date, day int) RETURNS date LANGUAGE sql IMMUTABLE
RETURN least(month + (day - 1), (month + interval '1 month')::date - 1);
"""

#: A UUIDv7 whose first bits count microseconds, so that ids made one after the other are in order.
_NEW_ID = """
CREATE FUNCTION buffet_uuid7() RETURNS uuid LANGUAGE sql VOLATILE AS $$
    SELECT (lpad(to_hex(now / 1000), 12, '0') || '7'
        || lpad(to_hex(now % 1000 * 4096 / 1000), 3, '0') || substr(chance, 17))::uuid
    FROM (
        SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint AS now,
            replace(gen_random_uuid()::text, '-', '') AS chance
    ) AS made
$$;
"""

#: What the days of a card make of a month: when its statement closes and is due.
_DATES = """
CREATE FUNCTION buffet_statement_dates(
    card uuid, month date, OUT closes_on date, OUT due_on date
) LANGUAGE plpgsql STABLE AS $$
DECLARE
    days record;
BEGIN
    SELECT t.closing_day, t.due_day INTO days FROM accounts_cardterms t
    WHERE t.card_id = card ORDER BY t.from_month <= month DESC,
        CASE WHEN t.from_month <= month THEN t.from_month END DESC, t.from_month LIMIT 1;
    closes_on := buffet_day_of(month, days.closing_day);
    due_on := buffet_day_of(month, days.due_day);
    IF due_on <= closes_on THEN
        due_on := buffet_day_of((month + interval '1 month')::date, days.due_day);
    END IF;
END $$;
"""

#: Make the statements of a card that the days from `first` to `last` need, and a year ahead.
_COVER = """
CREATE FUNCTION buffet_cover(card uuid, first date, last date) RETURNS void
LANGUAGE plpgsql AS $$
DECLARE
    own record;
    edge record;
    dates record;
    gap int;
    of_month date;
    today date;
    made date;
BEGIN
    SELECT c.book_id, c.closing_day_is_next, b.time_zone INTO own
    FROM accounts_creditcard c JOIN buffet_book b ON b.id = c.book_id WHERE c.id = card;
    gap := CASE WHEN own.closing_day_is_next THEN 0 ELSE 1 END;
    today := (now() AT TIME ZONE own.time_zone)::date;
    last := greatest(last, (today + interval '1 year')::date);
    SELECT min(opens_on) AS opens_on, min(month) AS first_month, max(month) AS last_month,
        max(closes_on) AS closes_on INTO edge
    FROM invoices_invoice WHERE card_id = card;

    IF edge.first_month IS NULL THEN
        first := least(first, today);
        of_month := date_trunc('month', first)::date;
        SELECT * INTO dates FROM buffet_statement_dates(card, of_month);
        IF first >= dates.closes_on + gap THEN
            of_month := (of_month + interval '1 month')::date;
            SELECT * INTO dates FROM buffet_statement_dates(card, of_month);
        END IF;
        SELECT d.closes_on + gap INTO made
        FROM buffet_statement_dates(card, (of_month - interval '1 month')::date) AS d;
        INSERT INTO invoices_invoice
            (id, book_id, card_id, month, opens_on, closes_on, due_on, dates_kept)
        VALUES (buffet_uuid7(), own.book_id, card, of_month, made, dates.closes_on, dates.due_on,
            false);
        edge.opens_on := made;
        edge.first_month := of_month;
        edge.last_month := of_month;
        edge.closes_on := dates.closes_on;
    END IF;

    WHILE first < edge.opens_on LOOP
        edge.first_month := (edge.first_month - interval '1 month')::date;
        SELECT * INTO dates FROM buffet_statement_dates(card, edge.first_month);
        dates.closes_on := edge.opens_on - gap;
        dates.due_on := greatest(dates.due_on, dates.closes_on);
        SELECT least(d.closes_on + gap, dates.closes_on) INTO made
        FROM buffet_statement_dates(card, (edge.first_month - interval '1 month')::date) AS d;
        INSERT INTO invoices_invoice
            (id, book_id, card_id, month, opens_on, closes_on, due_on, dates_kept)
        VALUES (buffet_uuid7(), own.book_id, card, edge.first_month, made, dates.closes_on,
            dates.due_on, false);
        edge.opens_on := made;
    END LOOP;

    WHILE last >= edge.closes_on + gap LOOP
        edge.last_month := (edge.last_month + interval '1 month')::date;
        SELECT * INTO dates FROM buffet_statement_dates(card, edge.last_month);
        made := edge.closes_on + gap;
        dates.closes_on := greatest(dates.closes_on, made);
        INSERT INTO invoices_invoice
            (id, book_id, card_id, month, opens_on, closes_on, due_on, dates_kept)
        VALUES (buffet_uuid7(), own.book_id, card, edge.last_month, made, dates.closes_on,
            greatest(dates.due_on, dates.closes_on), false);
        edge.closes_on := dates.closes_on;
    END LOOP;
END $$;
"""

#: Each entry of a card's account as the line that it is, on the statement of its day or of the
#: month that was chosen for it; who asks names the table of the choices. What was owed when a card
#: began was billed by the statement that had closed last, unless that had been due before.
LINES = """
    SELECT e.id, e.book_id, c.id, i.id, e.transaction_id, e.date,
        CASE
            WHEN e.amount > 0 AND o.real AND NOT o.categories THEN 'payment'
            WHEN o.equity AND NOT o.categories THEN 'adjustment'
            WHEN e.amount > 0 THEN 'refund'
            WHEN o.least = o.most THEN o.least
            ELSE 'purchase'
        END, e.amount
    FROM transactions_entry e JOIN accounts_creditcard c ON c.account_id = e.account_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(a.type IN ('asset', 'liability')), false) AS real,
            coalesce(bool_or(a.type IN ('income', 'expense')), false) AS categories,
            coalesce(bool_or(a.type = 'equity'), false) AS equity,
            coalesce(bool_or(a.kind = 'opening_balances'), false) AS opening,
            min(a.billed_as) FILTER (WHERE a.type IN ('income', 'expense')) AS least,
            max(a.billed_as) FILTER (WHERE a.type IN ('income', 'expense')) AS most
        FROM transactions_entry x JOIN accounts_account a ON a.id = x.account_id
        WHERE x.transaction_id = e.transaction_id AND x.id <> e.id AND a.kind <> 'conversion'
    ) AS o
    LEFT JOIN {chosen} l ON l.entry_id = e.id
    JOIN invoices_invoice i ON i.card_id = c.id AND CASE
        WHEN l.chosen_month IS NOT NULL THEN i.month = l.chosen_month
        ELSE i.id = coalesce(
            CASE WHEN o.opening AND NOT o.categories AND NOT (e.amount > 0 AND o.real) THEN (
                SELECT n.id FROM invoices_invoice n
                WHERE n.card_id = c.id AND e.date BETWEEN n.closes_on AND n.due_on
                ORDER BY n.opens_on DESC LIMIT 1
            ) END, (
                SELECT n.id FROM invoices_invoice n WHERE n.card_id = c.id AND n.opens_on <= e.date
                ORDER BY n.opens_on DESC LIMIT 1
            )
        )
    END
"""

#: Bring the lines of some transactions up to their entries.
BILL = """
CREATE OR REPLACE FUNCTION buffet_bill(touched uuid[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM buffet_cover(days.card_id, days.first, days.last) FROM (
        SELECT c.id AS card_id, min(e.date) AS first, max(e.date) AS last
        FROM transactions_entry e JOIN accounts_creditcard c ON c.account_id = e.account_id
        WHERE e.transaction_id = ANY(touched) GROUP BY c.id ORDER BY c.id
    ) AS days;

    PERFORM buffet_cover(opened.card_id, opened.before, opened.before) FROM (
        SELECT DISTINCT c.id AS card_id, edge.opens_on - 1 AS before
        FROM transactions_entry e JOIN accounts_creditcard c ON c.account_id = e.account_id
        JOIN LATERAL (
            SELECT i.opens_on, i.closes_on, i.month FROM invoices_invoice i
            WHERE i.card_id = c.id ORDER BY i.month LIMIT 1
        ) AS edge ON e.date < edge.closes_on
        WHERE e.transaction_id = ANY(touched) AND EXISTS (
            SELECT FROM transactions_entry x JOIN accounts_account a ON a.id = x.account_id
            WHERE x.transaction_id = e.transaction_id AND a.kind = 'opening_balances'
        ) AND e.date <= (
            SELECT due_on FROM
                buffet_statement_dates(c.id, (edge.month - interval '1 month')::date)
        )
    ) AS opened;

    DELETE FROM invoices_invoiceline l
    WHERE l.transaction_id = ANY(touched) AND NOT EXISTS (
        SELECT FROM transactions_entry e JOIN accounts_creditcard c ON c.account_id = e.account_id
        WHERE e.id = l.entry_id AND c.id = l.card_id
    );

    INSERT INTO invoices_invoiceline AS kept (entry_id, book_id, card_id, invoice_id,
        transaction_id, date, section, amount)
    {LINES}
    WHERE e.transaction_id = ANY(touched)
    ORDER BY e.id
    ON CONFLICT (entry_id) DO UPDATE SET invoice_id = excluded.invoice_id,
        transaction_id = excluded.transaction_id, date = excluded.date,
        section = excluded.section, amount = excluded.amount
    WHERE (kept.invoice_id, kept.transaction_id, kept.date, kept.section, kept.amount)
        IS DISTINCT FROM (excluded.invoice_id, excluded.transaction_id, excluded.date,
            excluded.section, excluded.amount);

    DELETE FROM invoices_allocationchoice k WHERE k.entry_id IN (
        SELECT l.entry_id FROM invoices_invoiceline l
        WHERE l.transaction_id = ANY(touched) AND l.section <> 'payment'
    );
END $$;
""".replace("{LINES}", LINES.strip()).replace("{chosen}", "invoices_invoiceline")

#: Bill again what a change of a statement's dates may have moved to another.
REBILL = """
CREATE OR REPLACE FUNCTION buffet_rebill() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM buffet_bill(array_agg(DISTINCT l.transaction_id)) FROM (
        SELECT card_id, min(day) AS first, max(day) AS last FROM (
            SELECT n.card_id, unnest(ARRAY[
                n.opens_on, n.closes_on, n.due_on, o.opens_on, o.closes_on, o.due_on
            ]) AS day
            FROM new_rows n JOIN old_rows o ON o.id = n.id
            WHERE (n.opens_on, n.closes_on, n.due_on) <> (o.opens_on, o.closes_on, o.due_on)
        ) AS days GROUP BY card_id
    ) AS moved JOIN invoices_invoiceline l
        ON l.card_id = moved.card_id AND l.date BETWEEN moved.first AND moved.last
    HAVING count(*) > 0;
    RETURN NULL;
END $$;
"""
_DATES_MOVED = """
CREATE TRIGGER statement_dates_moved AFTER UPDATE ON invoices_invoice
REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
FOR EACH STATEMENT EXECUTE FUNCTION buffet_rebill();
"""


def _entry_trigger(name: str, operation: str, tables: str, delta: str) -> str:
    # After the ledger's own, in the order of names, which take the book's lock.
    return f"""
CREATE FUNCTION buffet_{name}() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM buffet_bill(array_agg(DISTINCT d.transaction_id)) FROM ({delta}) AS d
    WHERE EXISTS (SELECT FROM accounts_creditcard c WHERE c.account_id = d.account_id)
        OR EXISTS (
            SELECT FROM invoices_invoiceline l WHERE l.transaction_id = d.transaction_id
        )
    HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER {name} AFTER {operation} ON transactions_entry
REFERENCING {tables} FOR EACH STATEMENT EXECUTE FUNCTION buffet_{name}();
"""


_OF_ENTRIES = "".join(
    (
        _entry_trigger(
            "statement_lines_come", "INSERT", "NEW TABLE AS new_rows", "SELECT * FROM new_rows"
        ),
        _entry_trigger(
            "statement_lines_change",
            "UPDATE",
            "OLD TABLE AS old_rows NEW TABLE AS new_rows",
            "SELECT * FROM new_rows UNION ALL SELECT * FROM old_rows",
        ),
        _entry_trigger(
            "statement_lines_go", "DELETE", "OLD TABLE AS old_rows", "SELECT * FROM old_rows"
        ),
    )
)

#: A category that is billed as something else takes its lines along.
_OF_ACCOUNTS = """
CREATE FUNCTION buffet_billed_otherwise() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM buffet_bill(array_agg(DISTINCT l.transaction_id))
    FROM transactions_entry e JOIN invoices_invoiceline l ON l.transaction_id = e.transaction_id
    WHERE e.account_id = NEW.id
    HAVING count(*) > 0;
    RETURN NULL;
END $$;
CREATE TRIGGER statement_billed_otherwise AFTER UPDATE OF billed_as ON accounts_account
FOR EACH ROW WHEN (OLD.billed_as <> NEW.billed_as)
EXECUTE FUNCTION buffet_billed_otherwise();
"""

#: All that the migration makes, in this order.
SQL = (_DAY, _NEW_ID, _DATES, _COVER, BILL, REBILL, _DATES_MOVED, _OF_ENTRIES, _OF_ACCOUNTS)
