"""Pages of the ledger that are only read."""

from django.contrib import admin
from django.db import connection
from django.db.models import QuerySet

from buffet import money
from buffet.admin.base import HouseAdmin
from transactions.models import (
    BalanceCheck,
    Entry,
    ImportLine,
    ImportProfile,
    Rule,
    RuleChange,
)

MOST_FOUND = 1000
# One look-up an account; OFFSET 0 keeps it from being planned as a walk through all entries.
_BY_EXTERNAL_ID = """
    SELECT e.id FROM accounts_account a, LATERAL (
        SELECT id FROM transactions_entry own
        WHERE own.account_id = a.id AND own.external_id = %(term)s AND own.external_id <> ''
        OFFSET 0
    ) AS e LIMIT %(most)s
"""


@admin.register(Entry)
class EntryPage(HouseAdmin):
    """Entries, found by their id, their transaction's or the bank's."""

    list_display = ("date", "transaction", "account", "money", "currency", "status")
    list_select_related = ("transaction", "account")
    list_filter = ("status",)
    is_large = True
    narrowed_by = {"account": ("-date", "-transaction_id", "-id")}
    date_hierarchy = "date"
    search_fields = ("external_id",)
    search_ids = ("pk", "transaction_id")
    search_help_text = "An id of the entry or its transaction, or the whole one that the bank gave"

    def find(self, rows: QuerySet, term: str) -> QuerySet:
        """Find entries by the bank's id, by the index that begins with the account."""
        with connection.cursor() as cursor:
            cursor.execute(_BY_EXTERNAL_ID, {"term": term, "most": MOST_FOUND})
            return rows.filter(pk__in=[row[0] for row in cursor.fetchall()])

    @admin.display(description="Amount", ordering="amount")
    def money(self, entry: Entry) -> str:
        """Return the amount with its currency's decimals."""
        return money.text(entry.amount, entry.currency)


@admin.register(BalanceCheck)
class BalanceCheckPage(HouseAdmin):
    """Transactions whose entries were not checked yet; empty but while one is written."""


@admin.register(ImportProfile)
class ImportProfilePage(HouseAdmin):
    """How the tables of banks are read."""

    list_display = ("name", "account", "book", "created_at", "created_via")
    list_select_related = ("account", "book")
    date_hierarchy = "created_at"
    search_fields = ("name",)


@admin.register(ImportLine)
class ImportLinePage(HouseAdmin):
    """What each line of a bank's file was taken for."""

    list_display = ("of_import", "number", "date", "amount", "description", "verdict", "reason")
    list_select_related = ("of_import",)
    list_filter = ("verdict",)
    is_large = True
    narrowed_by = {"of_import": ("number",)}
    date_hierarchy = "date"
    searched_through = "of_import"
    search_fields = ("of_import__file_name",)
    search_help_text = "The beginning of the file's name"


@admin.register(Rule)
class RulePage(HouseAdmin):
    """What transactions are about, by their text, amount and account."""

    list_display = ("name", "position", "book", "is_active", "category", "vendor", "created_via")
    list_select_related = ("book", "category", "vendor")
    list_filter = ("is_active", "direction")
    date_hierarchy = "created_at"
    search_fields = ("name", "contains", "regex")


@admin.register(RuleChange)
class RuleChangePage(HouseAdmin):
    """What each run gave, and what was there before."""

    list_display = ("run", "transaction_id", "category_after", "vendor_after", "left")
    list_select_related = ("run",)
    is_large = True
    narrowed_by = {"run": ("id",)}
    date_hierarchy = "created_at"
    searched_through = "run"
    search_fields = ("run__rules",)
    search_ids = ("transaction_id",)
