"""New entries taken one by one: what each is looked at for, and the sums that it is added to."""


def _add(table: str, *key: str, **more: str) -> str:
    """Return what adds one entry, `e`, to a row of kept sums; the book's lock is held."""
    added = {"debit": "e.debit", "credit": "e.credit", "entries": "1"}
    own = {column: f"e.{column}" for column in key}
    sums = [f"{column} = k.{column} + {by}" for column, by in added.items()]
    sums += [f"{column} = {value}" for column, value in more.items()]
    new = {**own, **added, **more}
    return f"""
        UPDATE {table} k SET {", ".join(sums)}
        WHERE {" AND ".join(f"k.{column} = {value}" for column, value in own.items())};
        IF NOT FOUND THEN
            INSERT INTO {table} ({", ".join(new)}) VALUES ({", ".join(new.values())});
        END IF;
    """


_ACCOUNTS = _add("transactions_accounttotal", "book_id", "account_id", "currency")
_MONTHS = _add("transactions_monthlybalance", "book_id", "account_id", "currency", "month")
_TYPES = _add("transactions_typetotal", "book_id", "type", "currency", "month", version="touched")

#: More entries than these are cheaper as a set.
MOST = 4
# What each entry is looked at for, all at once; what is found is left to the looks at sets. Each
# row is looked up by its key: a plan that was made for an empty database joins whole tables. The
# lock of their book is held before, since a query sees what was there when it began.
TAKE = f"""
    FOR e IN
        SELECT n.book_id, n.transaction_id, n.account_id, n.currency, n.amount, a.type, t.version,
            date_trunc('month', n.date)::date AS month,
            greatest(n.amount, 0) AS debit, greatest(-n.amount, 0) AS credit,
            a.currency <> '' AND a.currency <> n.currency OR n.date <= a.locked_through
                OR c.month IS NOT NULL AS refused
        FROM new_rows n
        LEFT JOIN LATERAL (
            SELECT type, currency, locked_through FROM accounts_account
            WHERE id = n.account_id LIMIT 1
        ) a ON true
        LEFT JOIN LATERAL (
            SELECT version FROM transactions_transaction WHERE id = n.transaction_id LIMIT 1
        ) t ON true
        LEFT JOIN LATERAL (
            SELECT month FROM transactions_closedmonth
            WHERE book_id = n.book_id AND month = date_trunc('month', n.date)::date LIMIT 1
        ) c ON true
    LOOP
        IF parent IS NULL THEN
            refused := false; stale := false; off := 0; mixed := false; moving := false;
            parent := e.transaction_id; unit := e.currency; place := e.account_id;
        END IF;
        IF e.refused THEN refused := true; END IF;
        IF e.version <> touched THEN stale := true; END IF;
        IF e.account_id <> place THEN moving := true; END IF;
        IF e.transaction_id <> parent OR e.currency <> unit THEN mixed := true; END IF;
        off := off + e.amount;
        {_MONTHS} {_ACCOUNTS}
        IF e.type IS NOT NULL THEN {_TYPES}
        END IF;
    END LOOP;
    doubtful := off <> 0 OR mixed OR NOT moving;
"""
DECLARED = [
    ("few", "boolean"),
    ("e", "record"),
    ("parent", "uuid"),
    ("unit", "text"),
    ("place", "uuid"),
    ("off", "numeric"),
    ("mixed", "boolean"),
    ("moving", "boolean"),
    *((look, "boolean := true") for look in ("refused", "doubtful", "stale")),
]
