"""What the database does about subscriptions: what they may name, and what changes them."""

import pgtrigger

#: Says what a subscription may name: a real account, its currency's decimals, a category.
SUBSCRIPTION_TRIGGER = pgtrigger.Trigger(
    name="subscription_names_its_own",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("account_id", "category_id", "amount"),
    declare=[("own", "text")],
    func="""
        SELECT currency INTO own FROM accounts_account
        WHERE id = NEW.account_id AND type IN ('asset', 'liability');
        IF own IS NULL THEN
            RAISE EXCEPTION 'subscription % is paid from no real account', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'subscription_is_paid_from_an_account';
        END IF;
        IF NEW.amount <> round(NEW.amount, buffet_decimals(own)) THEN
            RAISE EXCEPTION 'subscription % has not the decimals of %', NEW.id, own
            USING ERRCODE = '23514', CONSTRAINT = 'subscription_has_decimals_of_currency';
        END IF;
        IF NEW.category_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM accounts_account WHERE id = NEW.category_id AND kind = 'category'
        ) THEN
            RAISE EXCEPTION 'subscription % counts towards no category', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'subscription_counts_towards_a_category';
        END IF;
        RETURN NULL;
    """,
)


def _payments(name: str, operation: pgtrigger.Operation, **rows: str) -> pgtrigger.Trigger:
    delta = " UNION ALL ".join(
        f"SELECT subscription_id, book_id FROM {one}" for one in rows.values()
    )
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=operation,
        referencing=pgtrigger.Referencing(**rows),
        func=f"""
            UPDATE transactions_subscription s SET version = 0
            FROM (SELECT DISTINCT subscription_id, book_id FROM ({delta}) AS d) c
            WHERE s.id = c.subscription_id AND s.version <> buffet_touch(c.book_id);
            RETURN NULL;
        """,
    )


#: A subscription changes with its payments, whoever links them or takes their transactions away.
PAYMENT_TRIGGERS = [
    _payments("payments_came", pgtrigger.Insert, new="new_rows"),
    _payments("payments_changed", pgtrigger.Update, old="old_rows", new="new_rows"),
    _payments("payments_went", pgtrigger.Delete, old="old_rows"),
]
