"""Give a book some of everything that a report could look up for each row."""

from datetime import date, timedelta
from decimal import Decimal

from bookkeeping import Bookkeeper, own_rate, rate

from accounts import services as chart
from accounts.models import Account, CreditCard
from buffet.audit import Actor
from buffet.models import Book
from invoices import services as cards
from invoices.models import Invoice, InvoiceLine
from transactions import services as ledger


class Furnisher:
    """Someone who keeps a book with some of everything, `rounds` times."""

    def __init__(self, book: Book, by: Actor, today: date) -> None:
        self.book, self.today = book, today
        self.who = {"book": book, "by": by}
        self.keeper = Bookkeeper(book, by)
        self.rounds = 0

    def furnish(self) -> None:
        """Add accounts, categories, a card, plans, subscriptions, valuations, rates and points."""
        self.rounds += 1
        name = f"{self.rounds}"
        checking = self.keeper.open(f"Checking {name}", "checking", "BRL")
        food = chart.create_category(**self.who, name=f"Food {name}", type="expense")
        below = chart.create_category(
            **self.who, name=f"Bread {name}", type="expense", parent_id=food.id
        )
        salary = chart.create_category(**self.who, name=f"Salary {name}", type="income")
        vendor = ledger.create_vendor(**self.who, name=f"Vendor {name}").id
        self._rates()
        for account in (checking, *self._abroad(checking, name)):
            for days_ago in (-20, 0, 1, 20, 45, 80, 380, 420):
                day, amount = self.day(days_ago), f"{days_ago + 100}"
                self.keeper.move(account, day, f"-{amount}", category_id=food.id)
                self.keeper.move(account, day, amount, category_id=salary.id, vendor_id=vendor)
                self.keeper.move(account, day, f"-{amount}", category_id=below.id, status="pending")
                self.keeper.move(account, day, f"-{amount}")
            self._point(account, 40, "12")
        self._invested(checking, name)
        self._card(checking, food, name)
        self._subscriptions(checking, food, name)

    def day(self, days_ago: int) -> date:
        """Return the day so many days ago."""
        return self.today - timedelta(days=days_ago)

    def _rates(self) -> None:
        for days_ago, value in ((0, "5.60"), (30, "5.50"), (400, "5.10")):
            for base in ("USD", "EUR"):
                day = self.day(days_ago) - timedelta(days=self.rounds)
                rate(base, "BRL", day, value)
        own_rate(self.book, "GBP", "BRL", self.day(500) - timedelta(days=self.rounds), "7.20")

    def _abroad(self, checking: Account, name: str) -> list[Account]:
        """Open accounts in other currencies, one of them without a rate."""
        broker = chart.create_broker(**self.who, name=f"Bank {name}").id
        found = []
        for currency in ("USD", "EUR", "GBP", "JPY"):
            account = self.keeper.open(f"{currency} {name}", "savings", currency, broker_id=broker)
            self.keeper.move(
                checking, self.day(50), "-10.00",
                transfer_to_id=account.id, transfer_amount=Decimal(50),
            )  # fmt: skip
            found.append(account)
        return found

    def _invested(self, checking: Account, name: str) -> None:
        for currency in ("BRL", "USD"):
            fund = self.keeper.open(f"Fund {currency} {name}", "investment", currency)
            self.keeper.move(
                checking, self.day(390), "-500.00",
                transfer_to_id=fund.id, transfer_amount=Decimal(500),
            )  # fmt: skip
            for days_ago, worth in ((370, "520.00"), (40, "610.00"), (3, "640.00")):
                self._point(fund, days_ago, worth, kind="valuation")

    def _point(
        self, account: Account, days_ago: int, balance: str, kind: str = "statement"
    ) -> None:
        ledger.create_point(
            **self.who, today=self.today, account_id=account.id, on=self.day(days_ago),
            balance=Decimal(balance), kind=kind,
        )  # fmt: skip

    def _card(self, checking: Account, food: Account, name: str) -> None:
        card: CreditCard = cards.create_card(
            **self.who, today=self.day(200), name=f"Card {name}", currency="BRL",
            limit=Decimal("5000.00"), closing_day=self.day(3).day, due_day=self.day(-5).day,
            paying_account_id=checking.id,
        )  # fmt: skip
        for days_ago in (-10, 1, 12, 45, 80, 120):
            self.keeper.move(card.account, self.day(days_ago), "-99.90", category_id=food.id)
        self.keeper.move(checking, self.day(30), "-60.00", transfer_to_id=card.account_id)
        paid = self.keeper.move(checking, self.day(2), "-20.00", transfer_to_id=card.account_id)
        closed = Invoice.objects.filter(card=card, closes_on__lt=self.today).latest("month")
        entry = InvoiceLine.objects.get(transaction_id=paid, card=card).entry_id
        cards.allocate(**self.who, invoice_id=closed.id, entry_id=entry)
        cards.create_plan(
            **self.who, card_id=card.id, description=f"Bicycle {name}", total=Decimal("700.00"),
            parcels=6, purchased_on=self.day(100), category_id=food.id,
        )  # fmt: skip

    def _subscriptions(self, checking: Account, food: Account, name: str) -> None:
        """Subscribe to what was paid a month ago, and looks paid today without being linked."""
        made = ledger.create_subscription(
            **self.who, name=f"Music {name}", account_id=checking.id, amount=Decimal("20.00"),
            cadence="weekly", starts_on=self.day(28), category_id=food.id,
        )  # fmt: skip
        paid = self.keeper.move(checking, self.day(28), "-20.00", description=f"Music {name}")
        ledger.link_payment(**self.who, subscription_id=made.id, transaction_id=paid)
        self.keeper.move(checking, self.today, "-20.00", description=f"Music {name}")
