"""What follows from other rows, made anew from what was known of those."""

from invoices.models import SUMS as SUMS_OF_INVOICE
from invoices.triggers import LINES, SUMS

#: What the database says when what was known is no whole: a write was under way.
NO_WHOLE = "BCB02"

# A month stays in the sums when its last entry has gone, and begins the history of a report.
SUM_UP = """
INSERT INTO transactions_monthlybalance
    (book_id, account_id, currency, month, debit, credit, entries)
SELECT {book}, account_id, currency, date_trunc('month', date)::date,
    coalesce(sum(amount) FILTER (WHERE amount > 0), 0),
    coalesce(sum(-amount) FILTER (WHERE amount < 0), 0), count(amount)
FROM (
    SELECT account_id, currency, date, amount FROM transactions_entry
    UNION ALL
    SELECT account_id, currency, date, NULL FROM {entry_events}
    WHERE book_id = {book} AND pgh_created_at <= {at}
) AS moved GROUP BY 2, 3, 4;
INSERT INTO transactions_accounttotal (book_id, account_id, currency, debit, credit, entries)
SELECT book_id, account_id, currency, sum(debit), sum(credit), sum(entries)
FROM transactions_monthlybalance GROUP BY 1, 2, 3;
INSERT INTO transactions_typetotal
    (book_id, type, currency, month, debit, credit, entries, version)
SELECT m.book_id, a.type, m.currency, m.month, sum(debit), sum(credit), sum(entries), 0
FROM transactions_monthlybalance m JOIN (
    SELECT id, type FROM accounts_account
    UNION SELECT id, type FROM {account_events} WHERE book_id = {book}
) AS a ON a.id = m.account_id
GROUP BY 1, 2, 3, 4;
"""
CHECK = f"""
DO $$ BEGIN
    IF EXISTS (
        SELECT FROM transactions_transaction t LEFT JOIN transactions_entry e
        ON e.transaction_id = t.id GROUP BY t.id, e.currency
        HAVING sum(e.amount) IS DISTINCT FROM 0
    ) THEN
        RAISE EXCEPTION 'a write was under way' USING ERRCODE = '{NO_WHOLE}';
    END IF;
END $$;
"""
BILL = f"""
CREATE TEMPORARY TABLE known_choices ON COMMIT DROP AS
SELECT coalesce(l.entry_id, r.entry_id) AS entry_id,
    CASE WHEN l.entry_id IS NULL THEN r.chosen_month ELSE l.chosen_month END AS chosen_month
FROM (
    SELECT DISTINCT ON (pgh_obj_id) entry_id, chosen_month FROM {{line_events}}
    WHERE book_id = {{book}} AND pgh_created_at > {{at}} ORDER BY pgh_obj_id, pgh_id
) AS l FULL JOIN (
    SELECT l.entry_id, l.chosen_month FROM accounts_creditcard c JOIN {{lines}} l
    ON l.card_id = c.id WHERE l.chosen_month IS NOT NULL
) AS r ON r.entry_id = l.entry_id;
ANALYZE known_choices;
INSERT INTO invoices_invoiceline (entry_id, book_id, card_id, invoice_id, transaction_id, date,
    section, amount, chosen_month)
SELECT line.*, l.chosen_month
FROM ({LINES.replace("{chosen}", "known_choices")}) AS line
    (entry_id, book_id, card_id, invoice_id, transaction_id, date, section, amount)
LEFT JOIN known_choices l ON l.entry_id = line.entry_id;
UPDATE invoices_invoice i SET {", ".join(f"{one} = m.{one}" for one in SUMS_OF_INVOICE.values())},
    lines = m.lines
FROM (
    SELECT invoice_id, {SUMS}, count(*) AS lines
    FROM (SELECT *, 1 AS sign FROM invoices_invoiceline) AS d GROUP BY invoice_id
) AS m WHERE m.invoice_id = i.id;
"""
