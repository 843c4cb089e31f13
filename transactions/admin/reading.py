"""Pages of the ledger that are only read."""

from django.contrib import admin

from buffet.admin.base import HouseAdmin
from transactions.models import ClosedMonth, Entry, Import, ImportLine, Vendor


@admin.register(Entry)
class EntryPage(HouseAdmin):
    """Entries, found by their id or the bank's."""

    list_display = ("date", "transaction", "account", "amount", "currency", "status")
    list_select_related = ("transaction", "account")
    list_filter = ("status", "currency")
    search_fields = ("external_id",)


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


@admin.register(Import)
class ImportPage(HouseAdmin):
    """Bank files on their way in."""

    list_display = ("file_name", "account", "book", "status", "created_at", "created_via")
    list_select_related = ("account", "book")
    list_filter = ("status", "format")
    search_fields = ("file_name", "account_number")


@admin.register(ImportLine)
class ImportLinePage(HouseAdmin):
    """What each line of a bank's file was taken for."""

    list_display = ("of_import", "number", "date", "amount", "description", "verdict", "reason")
    list_select_related = ("of_import",)
    list_filter = ("verdict",)
    search_fields = ("external_id", "description")
