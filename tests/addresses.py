"""Where every page is: a new one that is missing here fails a test."""

from django.urls import get_resolver

#: Addresses that are no page: they keep a choice, end a session, or are a file.
NO_PAGES = {"scheme", "language", "sign-out", "calendar", "accountants-pack"}
NO_PAGES |= {"export-file", "export-link", "stop-visit"}
#: Of each route by its name, addresses that show all that its page can say.
PAGES = {
    "overview": ("/", "/?on=1999-12-31", "/?accounts={account}&currency=USD"),
    "accounts": (
        "/accounts",
        "/accounts?kind=cash",
        "/accounts?broker=",
        "/accounts?held=USD",
        "/accounts?since=2025-12-31",
        "/accounts?since=1999-12-31&kind=savings",
        "/accounts?since=1999-12-31&kind=property",
    ),
    "account": ("/accounts/{account}", "/accounts/{account}?on=1999-12-31"),
    "account-days": (
        "/accounts/{account}/days",
        "/accounts/{account}/days?period=last-12-months",
        "/accounts/{account}/days?period=last-month&currency=USD",
        "/accounts/{account}/days?date_from=1999-01-01&date_to=1999-01-31",
    ),
    "new-account": ("/accounts/new", "/accounts/new?kind=credit_card"),
    "change-account": ("/accounts/{account}/change", "/accounts/{gold_account}/change"),
    "categories": ("/categories",),
    "category": ("/categories/{category}",),
    "cash-flow": ("/cash-flow", "/cash-flow?period=last-12-months"),
    "spending": ("/spending", "/spending?period=last-12-months"),
    "net-worth": ("/net-worth",),
    "net-worth-rates": ("/net-worth/rates?period=last-24-months", "/net-worth/rates?on=1999-12-31"),
    "trial-balance": ("/trial-balance", "/trial-balance?period=last-12-months"),
    "rows": (
        "/rows?type=expense&period=last-12-months",
        "/rows?type=income&period=last-month",
        "/rows?kind=uncategorized&period=last-12-months",
        "/rows?type=equity&period=last-12-months",
        "/rows?status=pending&period=last-12-months",
        "/rows?held=BRL&currency=BRL&side=debit&period=last-month",
        "/rows?type=income&held=BRL&currency=BRL&balance=closing",
        "/rows?flow=saved&period=last-month&against=before&currency=USD",
        "/rows?flow=invested&period=last-12-months&against=year-before",
    ),
    "month-end": ("/month-end",),
    "month-end-of": ("/month-end/{past}", "/month-end/{closed}", "/month-end/1999-12"),
    "rules": ("/rules", "/rules?try=1&again=1"),
    "new-rule": ("/rules/new",),
    "rule": ("/rules/{rule}",),
    "coverage": (
        "/coverage",
        "/coverage?period=last-24-months",
        "/coverage?date_from=1999-01-01&date_to=1999-03-31",
        "/coverage?accounts={gold_account}",
    ),
    "imports": ("/imports",),
    "new-import": ("/imports/new",),
    "import": ("/imports/{preview}", "/imports/{preview}?verdict=new", "/imports/{imported}"),
    "record": ("/record", "/record?account={gold_account}&kind=out", "/record?kind=transfer"),
    "transactions": (
        "/transactions",
        "/transactions?category=none&period=last-12-months",
        "/transactions?q=xyzzy&status=pending&amount=1",
        "/transactions?q=Mercado&step=00000000-0000-7000-8000-000000000000.1",
    ),
    "transaction": ("/transactions/{transaction}", "/transactions/{closed_transaction}"),
    "in-parcels": (
        "/transactions/{purchase}/parcels",
        "/transactions/{closed_transaction}/parcels",
    ),
    "split": ("/transactions/{transaction}/split",),
    "cards": (
        "/cards",
        "/cards?currency=USD&accounts={gold_account}",
        "/cards?period=last-24-months",
        "/cards?date_from=1999-01-01&date_to=1999-03-31",
    ),
    "card": ("/cards/{card}?told=changed", "/cards/{gold}", "/cards/{card}?before=1999-12"),
    "change-card": ("/cards/{card}/change",),
    "statement": ("/cards/{card}/{month}", "/cards/{card}/{next}?told=changed"),
    "change-statement": ("/cards/{card}/{month}/change",),
    "plans": ("/installment-plans?card={card}", "/installment-plans?card={gold}"),
    "plan": ("/installment-plans/{plan}?told=split",),
    "investments": ("/investments", "/investments?on=1999-12-31"),
    "investment-rows": ("/investments/rows?of=contributions", "/investments/rows?of=growth"),
    "valuation": ("/valuations/{valuation}",),
    "coming": (
        "/coming",
        "/coming?what_if=12&what_if_on=1999-01-01",
        "/coming?period=this-year&currency=USD",
        "/coming?period=last-year&accounts={account}&currency=USD",
    ),
    "coming-in": (
        "/coming/{next}",
        "/coming/{next}?accounts={account}",
        "/coming/{month}",
        "/coming/1999-01",
    ),
    "subscriptions": ("/subscriptions", "/subscriptions?told=added"),
    "new-subscription": ("/subscriptions/new", "/subscriptions/new?transaction={transaction}"),
    "subscription": ("/subscriptions/{subscription}",),
    "sign-in": ("/sign-in",),
    "register": ("/register",),
    "registration": ("{register}", "/register/nothing"),
    "forgot-password": ("/forgot-password",),
    "reset-password": ("{reset-password}", "/reset-password/nothing"),
    "invitation": ("/invitations/nothing",),
    "export": ("/export",),
    "book": ("/book", "/book?saved=1"),
    "sharing": ("/sharing", "/sharing?told=ended"),
    "seat": ("/sharing/{seat}",),
    "exchange-rates": ("/exchange-rates", "/exchange-rates?base=JPY&told=added"),
    "exchange-rate": ("/exchange-rates/{own_rate}",),
    "open-book": ("/books/new",),
    "not a page": ("/nowhere", "/?one=1", "/?on=yesterday&currency=x"),
}
ENTRANCES = ("sign-in", "register", "registration", "forgot-password", "reset-password")


def routes() -> set[str]:
    """Return the names of all addresses that are neither the API's nor the admin's."""
    pages = next(one for one in get_resolver().url_patterns if str(one.pattern) == "")
    return {str(route.name) for route in pages.url_patterns}
