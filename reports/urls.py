"""The addresses of the pages."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from reports import calendars, entrance, views
from reports.book_settings import book_settings
from reports.cards import views as cards
from reports.cards.dates import change_statement
from reports.cards.plans import plan, plan_list
from reports.cards.splitting import split_purchase
from reports.cards.terms import change_card
from reports.categories import views as categories
from reports.closing import views as closing
from reports.coming.views import coming
from reports.coverage.views import coverage_page
from reports.exports import views as exports
from reports.finding.views import transaction_list
from reports.flows import views as flows
from reports.forms import SignIn
from reports.importing import views as importing
from reports.importing.uploads import new_import
from reports.investments.views import investment_rows, investments
from reports.opening.changing import change_account
from reports.opening.views import new_account
from reports.pack.views import accountants_pack
from reports.quoting.views import own_rate, own_rates
from reports.recording.splitting import split
from reports.recording.transaction import transaction
from reports.recording.views import record
from reports.ruling import views as ruling
from reports.sharing import views as sharing
from reports.subscribing import views as subscribing
from reports.valuing import valuation

urlpatterns = [
    path("", views.overview, name="overview"),
    path("accounts", views.account_list, name="accounts"),
    path("accounts/new", new_account, name="new-account"),
    path("accounts/<uuid:id>", views.account, name="account"),
    path("accounts/<uuid:id>/days", flows.account_days_page, name="account-days"),
    path("accounts/<uuid:id>/change", change_account, name="change-account"),
    path("categories", categories.category_list, name="categories"),
    path("categories/<uuid:id>", categories.one_category, name="category"),
    path("cash-flow", flows.cash_flow_page, name="cash-flow"),
    path("spending", flows.spending_page, name="spending"),
    path("net-worth", flows.net_worth_page, name="net-worth"),
    path("net-worth/rates", flows.rate_effects_page, name="net-worth-rates"),
    path("trial-balance", flows.trial_balance_page, name="trial-balance"),
    path("rows", flows.rows_page, name="rows"),
    path("record", record, name="record"),
    path("transactions", transaction_list, name="transactions"),
    path("transactions/<uuid:id>", transaction, name="transaction"),
    path("transactions/<uuid:id>/parcels", split_purchase, name="in-parcels"),
    path("transactions/<uuid:id>/split", split, name="split"),
    path("calendar/<str:token>.ics", calendars.calendar, name="calendar"),
    path("cards", cards.card_list, name="cards"),
    path("cards/<uuid:id>", cards.card, name="card"),
    path("cards/<uuid:id>/change", change_card, name="change-card"),
    # The months' converter is the ledger's.
    path("cards/<uuid:id>/<month:month>", cards.statement, name="statement"),
    path("cards/<uuid:id>/<month:month>/change", change_statement, name="change-statement"),
    path("installment-plans", plan_list, name="plans"),
    path("installment-plans/<uuid:id>", plan, name="plan"),
    path("coming", coming, name="coming"),
    path("coming/<month:month>", coming, name="coming-in"),
    path("subscriptions", subscribing.subscription_list, name="subscriptions"),
    path("subscriptions/new", subscribing.new_subscription, name="new-subscription"),
    path("subscriptions/<uuid:id>", subscribing.one_subscription, name="subscription"),
    path("investments", investments, name="investments"),
    path("investments/rows", investment_rows, name="investment-rows"),
    path("valuations/<uuid:id>", valuation, name="valuation"),
    path("month-end", closing.latest, name="month-end"),
    path("month-end/<month:month>", closing.of_month, name="month-end-of"),
    path("rules", ruling.rule_list, name="rules"),
    path("rules/new", ruling.new_rule, name="new-rule"),
    path("rules/<uuid:id>", ruling.one_rule, name="rule"),
    path("coverage", coverage_page, name="coverage"),
    path("imports", importing.import_list_page, name="imports"),
    path("imports/new", new_import, name="new-import"),
    path("imports/<uuid:id>", importing.import_page, name="import"),
    path("accountants-pack", accountants_pack, name="accountants-pack"),
    path("export", exports.export_page, name="export"),
    path("export/<str:name>", exports.export_file, name="export-file"),
    path("exports/<str:token>/<str:name>", exports.linked, name="export-link"),
    path("book", book_settings, name="book"),
    path("exchange-rates", own_rates, name="exchange-rates"),
    path("exchange-rates/<uuid:id>", own_rate, name="exchange-rate"),
    path("sharing", sharing.sharing, name="sharing"),
    path("sharing/<uuid:id>", sharing.seat, name="seat"),
    path("visit/stop", sharing.stop_visit, name="stop-visit"),
    path("scheme", views.scheme, name="scheme"),
    path("language", views.language, name="language"),
    path(
        "sign-in",
        LoginView.as_view(
            template_name="reports/sign_in.html",
            authentication_form=SignIn,
            redirect_authenticated_user=True,
            extra_context={"may_register": lambda: settings.REGISTRATION == "open"},
        ),
        name="sign-in",
    ),
    path("register", entrance.register, name="register"),
    path("register/<str:token>", entrance.registration, name="registration"),
    path("forgot-password", entrance.forgotten, name="forgot-password"),
    path("reset-password/<str:token>", entrance.reset, name="reset-password"),
    path("invitations/<str:token>", entrance.invitation, name="invitation"),
    path("books/new", entrance.open_book, name="open-book"),
    path("sign-out", LogoutView.as_view(), name="sign-out"),
]
