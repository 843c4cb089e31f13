"""The API's addresses of the ledger."""

from django.urls import path, register_converter

from buffet.rest.converters import MonthConverter
from transactions.api import accounts, imports, integrity, months, transactions, vendors

register_converter(MonthConverter, "month")

urlpatterns = [
    path("accounts", accounts.AccountsView.as_view()),
    path("accounts/<uuid:id>", accounts.AccountView.as_view()),
    path("accounts/<uuid:id>/archive", accounts.AccountArchiveView.as_view()),
    path("accounts/<uuid:id>/reopen", accounts.AccountReopenView.as_view()),
    path("categories/<uuid:id>", accounts.LedgerCategoryView.as_view()),
    path("categories/<uuid:id>/archive", accounts.CategoryArchiveView.as_view()),
    path("categories/<uuid:id>/reopen", accounts.CategoryReopenView.as_view()),
    path("categories/<uuid:id>/merge", accounts.CategoryMergeView.as_view()),
    path("vendors", vendors.VendorsView.as_view()),
    path("vendors/<uuid:id>", vendors.VendorView.as_view()),
    path("transactions", transactions.TransactionsView.as_view()),
    path("transactions/bulk", transactions.TransactionsBulkView.as_view()),
    path("transactions/<uuid:id>", transactions.TransactionView.as_view()),
    path("transactions/<uuid:id>/restore", transactions.TransactionRestoreView.as_view()),
    path("imports", imports.ImportsView.as_view()),
    path("imports/<uuid:id>", imports.ImportView.as_view()),
    path("imports/<uuid:id>/commit", imports.ImportCommitView.as_view()),
    path("imports/<uuid:id>/revert", imports.ImportRevertView.as_view()),
    path("integrity", integrity.IntegrityView.as_view()),
    path("closed-months", months.ClosedMonthsView.as_view()),
    path("closed-months/<month:month>", months.ClosedMonthView.as_view()),
]
