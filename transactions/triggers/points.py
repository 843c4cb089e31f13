"""What the database does about balance points: what they may say, and what they lock."""

import pgtrigger

#: A point is of a real account, and in the decimals of its currency.
_NAMES_ITS_OWN = pgtrigger.Trigger(
    name="point_names_its_own",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("account_id", "balance"),
    declare=[("own", "text")],
    func="""
        SELECT currency INTO own FROM accounts_account
        WHERE id = NEW.account_id AND type IN ('asset', 'liability');
        IF own IS NULL THEN
            RAISE EXCEPTION 'balance point % is of no real account', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'point_is_of_an_account';
        END IF;
        IF NEW.balance <> round(NEW.balance, buffet_decimals(own)) THEN
            RAISE EXCEPTION 'balance point % has not the decimals of %', NEW.id, own
            USING ERRCODE = '23514', CONSTRAINT = 'point_has_decimals_of_currency';
        END IF;
        RETURN NULL;
    """,
)
_STAYS = pgtrigger.Trigger(
    name="reconciled_points_stay",
    when=pgtrigger.Before,
    operation=pgtrigger.Delete | pgtrigger.UpdateOf("account_id", "book_id", "on", "balance"),
    condition=pgtrigger.Q(old__reconciled_at__isnull=False),
    func="""
        IF TG_OP = 'DELETE' THEN
            RAISE EXCEPTION 'balance point % is reconciled; unlock it first', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'reconciled_points_stay';
        END IF;
        IF (OLD.account_id, OLD.book_id, OLD."on", OLD.balance)
            IS DISTINCT FROM (NEW.account_id, NEW.book_id, NEW."on", NEW.balance)
        THEN
            RAISE EXCEPTION 'balance point % is reconciled; unlock it first', OLD.id
            USING ERRCODE = '23514', CONSTRAINT = 'reconciled_points_stay';
        END IF;
        RETURN NEW;
    """,
)
# The account carries the day, since whoever looks at new entries looks at their accounts anyway.
_LOCKS = pgtrigger.Trigger(
    name="points_lock_their_account",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func="""
        UPDATE accounts_account a SET locked_through = latest.day
        FROM (
            SELECT id, (
                SELECT max(p."on") FROM transactions_balancepoint p
                WHERE p.account_id = touched.id AND p.reconciled_at IS NOT NULL
            ) AS day
            FROM (VALUES (OLD.account_id), (NEW.account_id)) AS touched (id)
        ) AS latest
        WHERE a.id = latest.id AND a.locked_through IS DISTINCT FROM latest.day;
        RETURN NULL;
    """,
)
POINT_TRIGGERS = [_NAMES_ITS_OWN, _STAYS, _LOCKS]
