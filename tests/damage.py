"""Every way a book can be damaged past its guards, and the check of `verify` that sees it."""

SUMS = "entries of each transaction sum to zero per currency"
TWO = "each transaction has entries on two accounts or more"
TRANSACTION = "entries agree with their transaction in book and date"
ACCOUNT = "entries agree with their account in book and currency"
DECIMALS = "entries move money in the decimals of their currency"
KEPT = "kept balances are the sums of entries"
EXTERNAL = "an external id stands once per account"
REFERENCES = "references stay in their book"
VERSIONS = "no row is newer than its book"
CIRCLE = "the category tree has no circle"
WAITING = "no transaction waits to be looked at"
RECONCILED = "reconciled balances are the sums of entries"
LOCKED = "accounts are locked through their last reconciled day"
ALL = {
    *(SUMS, TWO, TRANSACTION, ACCOUNT, DECIMALS, KEPT),
    *(RECONCILED, LOCKED),
    *(EXTERNAL, REFERENCES, VERSIONS, CIRCLE, WAITING),
}

OF_PURCHASE = "WHERE transaction_id = %(purchase)s"
IN_JUNE = "WHERE account_id = %(checking)s AND month = '2026-06-01'"
SET_MONTH = f"UPDATE transactions_monthlybalance SET {{}} {IN_JUNE}"
SET_TOTAL = "UPDATE transactions_accounttotal SET {} WHERE account_id = %(checking)s"
SET_TYPE = (
    "UPDATE transactions_typetotal SET {} WHERE book_id = %(book)s AND type = '{}' "
    "AND currency = 'BRL' AND month = '2026-06-01'"
)
GROCERIES_IN_JUNE = IN_JUNE.replace("checking", "groceries") + " AND currency = 'BRL'"


def kept(change: str) -> list[str]:
    """Return what brings all sums that checking's entries of June are part of into line."""
    return [SET_MONTH.format(change), SET_TOTAL.format(change), SET_TYPE.format(change, "asset")]


def kept_of_groceries(change: str) -> list[str]:
    """Return the same for groceries."""
    return [
        f"UPDATE transactions_monthlybalance SET {change} {GROCERIES_IN_JUNE}",
        f"UPDATE transactions_accounttotal SET {change} "
        "WHERE account_id = %(groceries)s AND currency = 'BRL'",
        SET_TYPE.format(change, "expense"),
    ]


def point(balance: str, *more: tuple[str, str]) -> str:
    """Return what keeps a balance of checking at the end of June."""
    columns = "".join(f", {column}" for column, _ in more)
    values = "".join(f", {value}" for _, value in more)
    return (
        f'INSERT INTO transactions_balancepoint (id, book_id, account_id, "on", balance, kind, '
        f"note{columns}) VALUES (%(new)s, %(book)s, %(checking)s, '2026-06-30', {balance}, "
        f"'valuation', ''{values})"
    )


RECONCILED_AT = ("reconciled_at", "now()")
LOCK = "UPDATE accounts_account SET locked_through = '2026-06-30' WHERE id = %(checking)s"

#: What is broken, by which statements; the one check that fails; the rows that it shows.
DAMAGE = {
    "an amount": (
        [
            f"UPDATE transactions_entry SET amount = -42.49 {OF_PURCHASE} AND amount < 0",
            *kept("credit = credit - 0.01"),
        ],
        SUMS,
        ["{purchase}: 0.01000000 BRL"],
    ),
    "a transaction without entries": (
        [
            "INSERT INTO transactions_transaction (id, book_id, date, description, notes, source) "
            "VALUES (%(new)s, %(book)s, '2026-06-01', 'Empty', '', 'manual')"
        ],
        TWO,
        ["{new}"],
    ),
    "a transaction on one account": (
        [
            f"UPDATE transactions_entry SET account_id = %(checking)s {OF_PURCHASE}",
            *kept("debit = debit + 42.5, entries = entries + 1"),
            *kept_of_groceries("debit = debit - 42.5, entries = entries - 1"),
        ],
        TWO,
        ["{purchase}"],
    ),
    "the day of one entry": (
        [f"UPDATE transactions_entry SET date = '2026-05-10' {OF_PURCHASE} AND amount < 0"],
        TRANSACTION,
        [""],
    ),
    "the currency of an account": (
        ["UPDATE accounts_account SET currency = 'EUR' WHERE id = %(checking)s"],
        ACCOUNT,
        ["", ""],
    ),
    "an amount with a third decimal": (
        [
            "ALTER TABLE transactions_entry DROP CONSTRAINT entry_has_decimals_of_currency",
            f"UPDATE transactions_entry SET amount = amount + sign(amount) * 0.001 {OF_PURCHASE}",
            *kept("credit = credit + 0.001"),
            *kept_of_groceries("debit = debit + 0.001"),
        ],
        DECIMALS,
        ["", ""],
    ),
    "an entry of zero": (
        [
            "ALTER TABLE transactions_entry DROP CONSTRAINT entry_moves_money",
            "INSERT INTO transactions_entry SELECT %(new)s, date, currency, 0, status, '', note, "
            f"account_id, book_id, transaction_id FROM transactions_entry {OF_PURCHASE} "
            "AND amount < 0",
            *kept("entries = entries + 1"),
        ],
        DECIMALS,
        ["{new}"],
    ),
    **{
        f"the {column} of a month": (
            [SET_MONTH.format(f"{column} = {column} + 1")],
            KEPT,
            ["monthlybalance {checking} BRL 2026-06-01"],
        )
        for column in ("debit", "credit", "entries")
    },
    **{
        f"the {column} of an account": (
            [SET_TOTAL.format(f"{column} = {column} + 1")],
            KEPT,
            ["accounttotal {checking} BRL"],
        )
        for column in ("debit", "credit", "entries")
    },
    **{
        f"the {column} of a type": (
            [SET_TYPE.format(f"{column} = {column} + 1", "expense")],
            KEPT,
            ["typetotal expense BRL 2026-06-01"],
        )
        for column in ("debit", "credit", "entries")
    },
    "a month that is missing": (
        [f"DELETE FROM transactions_monthlybalance {IN_JUNE}"],
        KEPT,
        ["monthlybalance {checking} BRL 2026-06-01"],
    ),
    "a month of no entries, beside one at zero": (
        [
            "INSERT INTO transactions_monthlybalance (book_id, account_id, currency, month, debit, "
            "credit, entries) VALUES (%(book)s, %(checking)s, 'BRL', '2020-01-01', 0, 0, 0), "
            "(%(book)s, %(checking)s, 'BRL', '2021-01-01', 1, 1, 1)"
        ],
        KEPT,
        ["monthlybalance {checking} BRL 2021-01-01"],
    ),
    "an external id": (
        [
            "DROP INDEX one_entry_per_external_id",
            "UPDATE transactions_entry SET external_id = 'a' WHERE external_id = 'b'",
        ],
        EXTERNAL,
        ["{checking} a"],
    ),
    "references into another book": (
        [
            "INSERT INTO accounts_broker (id, book_id, name, notes) "
            "VALUES (%(new)s, %(elsewhere)s, 'Theirs', '')",
            "INSERT INTO transactions_vendor (id, book_id, name, notes) "
            "VALUES (%(new)s, %(elsewhere)s, 'Theirs', '')",
            "INSERT INTO accounts_account (id, book_id, name, type, kind, currency, number, notes) "
            "VALUES (%(new)s, %(elsewhere)s, 'Theirs', 'expense', 'category', '', '', '')",
            "UPDATE accounts_account SET broker_id = %(new)s WHERE id = %(checking)s",
            "UPDATE accounts_account SET parent_id = %(new)s WHERE id = %(groceries)s",
            "UPDATE transactions_transaction SET vendor_id = %(new)s WHERE id = %(purchase)s",
        ],
        REFERENCES,
        [
            "broker of account {checking}",
            "parent of account {groceries}",
            "vendor of transaction {purchase}",
        ],
    ),
    "a reference to nothing": (
        ["UPDATE transactions_transaction SET vendor_id = %(new)s WHERE id = %(purchase)s"],
        REFERENCES,
        ["vendor of transaction {purchase}"],
    ),
    "a subscription that names nothing, and a payment of none": (
        [
            "INSERT INTO transactions_subscription (id, book_id, name, account_id, vendor_id, "
            "amount, cadence, every, starts_on, notes) VALUES (%(new)s, %(book)s, 'S', "
            "%(checking)s, %(new)s, 1, 'monthly', 1, '2026-06-01', '')",
            "INSERT INTO transactions_subscriptionpayment (id, book_id, subscription_id, "
            "transaction_id, due_on, date) VALUES (%(new)s, %(book)s, %(elsewhere)s, %(purchase)s, "
            "'2026-06-01', '2026-06-10')",
        ],
        REFERENCES,
        ["vendor of subscription {new}", "subscription of subscriptionpayment {new}"],
    ),
    "a category below one of another type": (
        ["UPDATE accounts_account SET parent_id = %(salary)s WHERE id = %(groceries)s"],
        REFERENCES,
        ["parent of account {groceries}"],
    ),
    "the version of a transaction": (
        ["UPDATE transactions_transaction SET version = 10000 WHERE id = %(purchase)s"],
        VERSIONS,
        ["transaction {purchase}"],
    ),
    "the version of a tombstone": (
        [
            "INSERT INTO buffet_tombstone (book_id, resource, row_id, version) "
            "VALUES (%(book)s, 'vendor', %(new)s, 10000)"
        ],
        VERSIONS,
        ["tombstone"],
    ),
    "a circle of one": (
        ["UPDATE accounts_account SET parent_id = id WHERE id = %(fruit)s"],
        CIRCLE,
        ["{fruit}"],
    ),
    "a circle of two": (
        [
            "UPDATE accounts_account SET parent_id = %(fruit)s WHERE id = %(groceries)s",
            "UPDATE accounts_account SET parent_id = %(groceries)s WHERE id = %(fruit)s",
        ],
        CIRCLE,
        ["{groceries}", "{fruit}"],
    ),
    "a reconciled balance": ([point("-49.49", RECONCILED_AT), LOCK], RECONCILED, ["{new}"]),
    "a reconciled entry": (
        [
            point("-49.50", RECONCILED_AT),
            LOCK,
            "UPDATE transactions_entry SET status = 'pending' WHERE account_id = %(checking)s",
        ],
        RECONCILED,
        ["", ""],
    ),
    "a lock of nothing": ([LOCK], LOCKED, ["{checking}"]),
    "a lock that is missing": ([point("-49.50", RECONCILED_AT)], LOCKED, ["{checking}"]),
    "a valuation whose gain is gone": (
        [point("1", ("transaction_id", "%(new)s"), ("booked_on", "'2026-06-30'"))],
        REFERENCES,
        ["transaction of balancepoint {new}"],
    ),
    "a transaction nobody looked at": (
        ["INSERT INTO transactions_balancecheck (transaction_id) VALUES (%(purchase)s)"],
        WAITING,
        ["{purchase}"],
    ),
}
