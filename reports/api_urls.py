"""The API's addresses of the reports."""

from django.urls import path

from reports import api, calendars
from reports.closing.api import MonthEndView
from reports.coverage.api import CoverageView
from reports.exports import api as exports
from reports.flows import api as flows
from reports.investments.api import PerformanceView
from reports.pack.api import AccountantsPackView

urlpatterns = [
    path("reports/accounts/portfolio-overview", api.PortfolioOverviewView.as_view()),
    path("reports/accounts/balances", api.BalancesView.as_view()),
    path("reports/accounts/<uuid:account>/timeline", flows.TimelineView.as_view()),
    path("reports/cash-flow", flows.CashFlowView.as_view()),
    path("reports/spending", flows.SpendingView.as_view()),
    path("reports/net-worth", flows.NetWorthView.as_view()),
    path("reports/trial-balance", flows.TrialBalanceView.as_view()),
    path("reports/investment-performance", PerformanceView.as_view()),
    path("reports/cards", api.CardsView.as_view()),
    path("reports/accountants-pack", AccountantsPackView.as_view()),
    path("reports/coverage", CoverageView.as_view()),
    path("reports/month-end", MonthEndView.as_view()),
    path("reports/forecast", api.ForecastView.as_view()),
    path("exports", exports.ExportsView.as_view()),
    path("exports/transactions.csv", exports.TransactionsCsvView.as_view()),
    path("exports/book.jsonl", exports.BookJsonlView.as_view()),
    path("exports/book.beancount", exports.BookBeancountView.as_view()),
    path("exports/book.hledger", exports.BookHledgerView.as_view()),
    path("accounts/<uuid:id>/statement.ofx", exports.StatementOfxView.as_view()),
    path("calendar-links", calendars.CalendarLinksView.as_view()),
    path("calendar-links/<uuid:id>", calendars.CalendarLinkView.as_view()),
]
