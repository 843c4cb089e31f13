"""Which transactions may be out of balance, and the look at them in the end.

Each text names `{delta}`, the rows that came (`sign` 1) and went (-1) with a statement.
"""

import pgtrigger

# New entries that add up to zero among themselves, on more than one account, leave their
# transaction as balanced as it was. All else is looked at when the database transaction ends.
# The hash spares a text comparison per entry; when two accounts share one, the look decides. Most
# are in one currency, which takes one look.
QUEUE_DOUBTFUL = """
    IF EXISTS (
        SELECT FROM new_rows GROUP BY transaction_id
        HAVING sum(amount) <> 0 OR min(currency COLLATE "C") <> max(currency COLLATE "C")
            OR min(uuid_hash(account_id)) = max(uuid_hash(account_id))
    ) THEN
        INSERT INTO transactions_balancecheck (transaction_id)
        SELECT DISTINCT transaction_id FROM (
            SELECT transaction_id FROM new_rows
            GROUP BY transaction_id, currency HAVING sum(amount) <> 0
            UNION ALL
            SELECT transaction_id FROM new_rows
            GROUP BY transaction_id HAVING min(uuid_hash(account_id)) = max(uuid_hash(account_id))
        ) AS doubtful;
    END IF;
"""
# What went with its transaction leaves nothing to balance.
QUEUE_LEFT = """
    INSERT INTO transactions_balancecheck (transaction_id)
    SELECT d.transaction_id FROM (SELECT DISTINCT transaction_id FROM ({delta}) AS d) AS d
    WHERE EXISTS (SELECT FROM transactions_transaction t WHERE t.id = d.transaction_id);
"""
# A new status, note or day puts nothing out of balance. Nor does what adds up to zero, as where
# entries move to another account, if their transaction is on two accounts still.
QUEUE_MOVED = """
    INSERT INTO transactions_balancecheck (transaction_id)
    SELECT transaction_id FROM (
        SELECT transaction_id, bool_or(off <> 0) AS is_off FROM (
            SELECT transaction_id, currency, sum(amount * times) AS off FROM (
                SELECT transaction_id, currency, amount, sum(sign) AS times
                FROM ({delta}) AS d
                GROUP BY id, transaction_id, account_id, currency, amount HAVING sum(sign) <> 0
            ) AS moved GROUP BY transaction_id, currency
        ) AS sums GROUP BY transaction_id
    ) AS touching
    WHERE is_off OR (
        SELECT min(uuid_hash(account_id)) < max(uuid_hash(account_id))
        FROM transactions_entry e WHERE e.transaction_id = touching.transaction_id
    ) IS NOT TRUE;
"""

#: Looks at one transaction when the database transaction ends.
BALANCE_TRIGGER = pgtrigger.Trigger(
    name="entries_sum_to_zero",
    level=pgtrigger.Row,
    when=pgtrigger.After,
    operation=pgtrigger.Insert,
    timing=pgtrigger.Deferred,
    declare=[("off", "text"), ("places", "bigint"), ("entries", "bigint")],
    func="""
        SELECT string_agg(total || ' ' || currency, ', ') INTO off FROM (
            SELECT sum(amount) AS total, currency FROM transactions_entry
            WHERE transaction_id = NEW.transaction_id GROUP BY currency HAVING sum(amount) <> 0
        ) AS sums;
        IF off IS NOT NULL THEN
            RAISE EXCEPTION 'the entries of transaction % are off by %', NEW.transaction_id, off
            USING ERRCODE = '23514', CONSTRAINT = 'entries_sum_to_zero';
        END IF;
        SELECT count(DISTINCT account_id), count(*) INTO places, entries FROM transactions_entry
        WHERE transaction_id = NEW.transaction_id;
        IF places = 1 THEN
            RAISE EXCEPTION 'transaction % moves money from an account to itself',
                NEW.transaction_id
            USING ERRCODE = '23514', CONSTRAINT = 'no_transfer_to_itself';
        END IF;
        IF entries = 0 AND EXISTS (
            SELECT FROM transactions_transaction WHERE id = NEW.transaction_id
        ) THEN
            RAISE EXCEPTION 'transaction % has no entries', NEW.transaction_id
            USING ERRCODE = '23514', CONSTRAINT = 'transactions_have_entries';
        END IF;
        DELETE FROM transactions_balancecheck WHERE id = NEW.id;
        RETURN NULL;
    """,
)
