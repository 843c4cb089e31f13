"""What the database does about rules: what they may name."""

import pgtrigger

#: Says what a rule may name: a real account, a category.
RULE_TRIGGER = pgtrigger.Trigger(
    name="rule_names_its_own",
    when=pgtrigger.After,
    operation=pgtrigger.Insert | pgtrigger.UpdateOf("account_id", "category_id"),
    func="""
        IF NEW.account_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM accounts_account
            WHERE id = NEW.account_id AND type IN ('asset', 'liability')
        ) THEN
            RAISE EXCEPTION 'rule % is about no real account', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'rule_is_about_an_account';
        END IF;
        IF NEW.category_id IS NOT NULL AND NOT EXISTS (
            SELECT FROM accounts_account WHERE id = NEW.category_id AND kind = 'category'
        ) THEN
            RAISE EXCEPTION 'rule % gives no category', NEW.id
            USING ERRCODE = '23514', CONSTRAINT = 'rule_gives_a_category';
        END IF;
        RETURN NULL;
    """,
)
