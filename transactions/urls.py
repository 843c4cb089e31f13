"""The API's addresses of the ledger."""

from django.urls import path, register_converter

from buffet.rest.converters import MonthConverter
from transactions.api import (
    accounts,
    bulk,
    commitments,
    import_lines,
    imports,
    integrity,
    months,
    points,
    profiles,
    subscriptions,
    sync,
    transactions,
    vendors,
)

register_converter(MonthConverter, "month")

urlpatterns = [
    path("transactions", transactions.TransactionsView.as_view()),
    path("transactions/bulk", bulk.TransactionsBulkView.as_view()),
    path("transactions/<uuid:id>", transactions.TransactionView.as_view()),
    path("transactions/<uuid:id>/restore", transactions.TransactionRestoreView.as_view()),
    path("accounts", accounts.AccountsView.as_view()),
    path("accounts/<uuid:id>", accounts.AccountView.as_view()),
    path("accounts/<uuid:id>/archive", accounts.AccountArchiveView.as_view()),
    path("accounts/<uuid:id>/reopen", accounts.AccountReopenView.as_view()),
    path("categories/<uuid:id>", accounts.LedgerCategoryView.as_view()),
    path("categories/<uuid:id>/archive", accounts.CategoryArchiveView.as_view()),
    path("categories/<uuid:id>/reopen", accounts.CategoryReopenView.as_view()),
    path("categories/<uuid:id>/merge", accounts.CategoryMergeView.as_view()),
    path("import-profiles", profiles.ImportProfilesView.as_view()),
    path("import-profiles/<uuid:id>", profiles.ImportProfileView.as_view()),
    path("vendors", vendors.VendorsView.as_view()),
    path("vendors/<uuid:id>", vendors.VendorView.as_view()),
    path("subscriptions", subscriptions.SubscriptionsView.as_view()),
    path("subscriptions/upcoming", commitments.UpcomingView.as_view()),
    path("subscriptions/proposals", commitments.ProposalsView.as_view()),
    path("subscriptions/burn", commitments.BurnView.as_view()),
    path("subscriptions/<uuid:id>", subscriptions.SubscriptionView.as_view()),
    path("subscriptions/<uuid:id>/end", subscriptions.SubscriptionEndView.as_view()),
    path("subscriptions/<uuid:id>/payments", subscriptions.SubscriptionPaymentsView.as_view()),
    path(
        "subscriptions/<uuid:id>/payments/<uuid:transaction>",
        subscriptions.SubscriptionPaymentView.as_view(),
    ),
    path("imports", imports.ImportsView.as_view()),
    path("imports/inspect", imports.ImportInspectionView.as_view()),
    path("imports/<uuid:id>", imports.ImportView.as_view()),
    path("imports/<uuid:id>/lines", import_lines.ImportLinesView.as_view()),
    path("imports/<uuid:id>/lines/<int:number>", import_lines.ImportLineView.as_view()),
    path("imports/<uuid:id>/commit", imports.ImportCommitView.as_view()),
    path("imports/<uuid:id>/revert", imports.ImportRevertView.as_view()),
    path("balance-points", points.BalancePointsView.as_view()),
    path("balance-points/<uuid:id>", points.BalancePointView.as_view()),
    path("balance-points/<uuid:id>/reconcile", points.BalancePointReconcileView.as_view()),
    path("balance-points/<uuid:id>/unlock", points.BalancePointUnlockView.as_view()),
    path("balance-points/<uuid:id>/revalue", points.BalancePointRevalueView.as_view()),
    path("sync", sync.SyncView.as_view()),
    path("integrity", integrity.IntegrityView.as_view()),
    path("closed-months", months.ClosedMonthsView.as_view()),
    path("closed-months/<month:month>", months.ClosedMonthView.as_view()),
]
