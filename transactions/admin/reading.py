"""Pages of the ledger that are only read."""

from django.contrib import admin

from buffet import money
from buffet.admin.base import HouseAdmin
from buffet.money import Money
from transactions.models import (
    BalanceCheck,
    BalancePoint,
    ClosedMonth,
    Entry,
    Import,
    ImportLine,
    ImportProfile,
    Rule,
    RuleChange,
    RuleRun,
    Vendor,
)


@admin.register(Entry)
class EntryPage(HouseAdmin):
    """Entries, found by their id or the bank's."""

    list_display = ("date", "transaction", "account", "money", "currency", "status")
    list_select_related = ("transaction", "account")
    list_filter = ("status", "currency")
    search_fields = ("external_id",)

    @admin.display(description="Amount", ordering="amount")
    def money(self, entry: Entry) -> str:
        """Return the amount with its currency's decimals."""
        return money.text(entry.amount, entry.currency)


@admin.register(BalanceCheck)
class BalanceCheckPage(HouseAdmin):
    """Transactions whose entries were not checked yet; empty but while one is written."""


@admin.register(Vendor)
class VendorPage(HouseAdmin):
    """Vendors."""

    list_display = ("name", "book", "created_at", "created_via")
    list_select_related = ("book",)
    search_fields = ("name",)


@admin.register(ClosedMonth)
class ClosedMonthPage(HouseAdmin):
    """Closed months: the row says who closed one and when."""

    list_display = ("month", "book", "created_at", "created_by", "created_via")
    list_select_related = ("book",)


@admin.register(BalancePoint)
class BalancePointPage(HouseAdmin):
    """What accounts are known to have at the end of some days."""

    list_display = ("on", "account", "book", "kind", "money", "reconciled_at", "created_via")
    list_select_related = ("account", "book")
    list_filter = ("kind",)
    search_fields = ("account__name",)

    @admin.display(description="Balance", ordering="balance")
    def money(self, point: BalancePoint) -> str:
        """Return the balance with its currency."""
        return str(Money(point.balance, point.account.currency))


@admin.register(Import)
class ImportPage(HouseAdmin):
    """Bank files on their way in."""

    list_display = ("file_name", "account", "book", "status", "created_at", "created_via")
    list_select_related = ("account", "book")
    list_filter = ("status", "format")
    search_fields = ("file_name", "account_number")


@admin.register(ImportProfile)
class ImportProfilePage(HouseAdmin):
    """How the tables of banks are read."""

    list_display = ("name", "account", "book", "created_at", "created_via")
    list_select_related = ("account", "book")
    search_fields = ("name",)


@admin.register(ImportLine)
class ImportLinePage(HouseAdmin):
    """What each line of a bank's file was taken for."""

    list_display = ("of_import", "number", "date", "amount", "description", "verdict", "reason")
    list_select_related = ("of_import",)
    list_filter = ("verdict",)
    search_fields = ("external_id", "description")


@admin.register(Rule)
class RulePage(HouseAdmin):
    """What transactions are about, by their text, amount and account."""

    list_display = ("name", "position", "book", "is_active", "category", "vendor", "created_via")
    list_select_related = ("book", "category", "vendor")
    list_filter = ("is_active", "direction")
    search_fields = ("name", "contains", "regex")


@admin.register(RuleRun)
class RuleRunPage(HouseAdmin):
    """Rules applied to what was recorded already."""

    list_display = ("rules", "book", "date_from", "date_to", "changed", "undone_at", "created_by")
    list_select_related = ("book",)
    search_fields = ("rules",)


@admin.register(RuleChange)
class RuleChangePage(HouseAdmin):
    """What each run gave, and what was there before."""

    list_display = ("run", "transaction_id", "category_after", "vendor_after")
    list_select_related = ("run",)
