"""Books with accounts of many kinds, of which some are asked about."""

from collections.abc import Iterable
from datetime import date

from bookkeeping import Bookkeeper, rate

from accounts import services as chart
from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book

#: Accounts by name: of what kind, in which currency, and at which broker.
ACCOUNTS = {
    "Card": ("credit_card", "BRL", "Bank"),
    "Current": ("checking", "BRL", "Bank"),
    "Dollars": ("savings", "USD", "Broker"),
    "Old": ("savings", "BRL", "Bank"),
    "Shares": ("investment", "USD", "Broker"),
    "Yen": ("cash", "JPY", ""),
}
MOVES = (
    *(("Current", date(2025, 5, 4), "4000.00"), ("Current", date(2026, 3, 4), "-120.10")),
    *(("Current", date(2026, 6, 2), "80.00"), ("Current", date(2026, 6, 28), "7.00")),
    *(("Dollars", date(2025, 8, 9), "300.33"), ("Dollars", date(2026, 6, 14), "-50.00")),
    *(("Shares", date(2025, 9, 1), "900.07"), ("Shares", date(2026, 5, 31), "33.10")),
    *(("Yen", date(2025, 12, 1), "20000"), ("Card", date(2025, 7, 2), "-400.00")),
    *(("Card", date(2026, 6, 15), "-15.55"), ("Old", date(2024, 2, 1), "70.00")),
    ("Old", date(2026, 1, 9), "-70.00"),
)
PARTS = [
    ("Current",),
    ("Dollars", "Card"),
    ("Old",),
    ("Yen",),
    ("Shares", "Dollars", "Yen"),
    tuple(ACCOUNTS),
]


def furnish(book: Book, by: Actor, names: Iterable[str]) -> dict[str, Account]:
    """Open some of the accounts in a book, and move what was moved on them."""
    keeper = Bookkeeper(book, by)
    brokers = {name: chart.create_broker(**keeper.who, name=name) for name in ("Bank", "Broker")}
    opened = {}
    for name in names:
        kind, currency, at = ACCOUNTS[name]
        more = {"broker_id": brokers[at].id} if at else {}
        opened[name] = keeper.open(name, kind, currency, **more)
    for name, day, amount in MOVES:
        if name in opened:
            keeper.move(opened[name], day, amount)
    if "Old" in opened:
        chart.archive_account(**keeper.who, account_id=opened["Old"].id)
    return opened


def quote() -> None:
    """Keep what dollars and yen cost; before May 2026 nobody knew it of yen."""
    for day, dollars in ((date(2025, 7, 31), "5.4321"), (date(2026, 5, 20), "6.1")):
        rate("USD", "BRL", day, dollars)
    rate("JPY", "BRL", date(2026, 5, 2), "0.0377")


def some(ids: dict[str, str], *names: str) -> str:
    """Return the parameter that names accounts."""
    return f"accounts={','.join(ids[name] for name in names)}"
