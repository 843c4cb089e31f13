"""One believable household, made from a seed: the same on every machine, relative to today."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_DOWN, Decimal

SEED = 20_260_101
YEARS = 3
CENT = Decimal("0.01")

#: name: (kind, currency, broker, opening balance)
ACCOUNTS = {
    "Itaú checking": ("checking", "BRL", "Itaú", "8400.00"),
    "Nubank": ("checking", "BRL", "Nubank", "8150.00"),
    "Savings": ("savings", "BRL", "Itaú", "31000.00"),
    "Wallet": ("cash", "BRL", None, "180.00"),
    "Visa Platinum": ("credit_card", "BRL", "Itaú", "0"),
    "Nubank Mastercard": ("credit_card", "BRL", "Nubank", "0"),
    "XP funds": ("investment", "BRL", "XP Investimentos", "64000.00"),
    "Brokerage USD": ("investment", "USD", "Interactive Brokers", "5200.00"),
    "Dollars": ("savings", "USD", "Wise", "1400.00"),
    "Car loan": ("loan", "BRL", "Itaú", "-48000.00"),
    "Apartment": ("property", "BRL", None, "420000.00"),
}
#: top category: (type, sub-categories)
CATEGORIES = {
    "Salary": ("income", ("Ana's salary", "Bruno's salary", "13th salary")),
    "Interest and dividends": ("income", ()),
    "Freelance": ("income", ()),
    "Refunds": ("income", ()),
    "Housing": ("expense", ("Condominium", "Electricity", "Water", "Internet", "Repairs")),
    "Food": ("expense", ("Groceries", "Restaurants", "Bakery", "Coffee")),
    "Transport": ("expense", ("Fuel", "Parking", "Ride sharing", "Car insurance", "Loan interest")),
    "Health": ("expense", ("Health plan", "Pharmacy", "Dentist")),
    "Children": ("expense", ("School", "Clothes", "Toys")),
    "Leisure": ("expense", ("Streaming", "Cinema", "Books", "Gym")),
    "Travel": ("expense", ("Hotels", "Flights")),
    "Fees and taxes": ("expense", ("Bank fees", "Card fees", "Property tax")),
}


@dataclass(frozen=True, slots=True)
class Card:
    """What a card account needs to have statements; both days are in every month."""

    brand: str
    last_four: str
    limit: Decimal
    closing_day: int
    due_day: int
    payer: str

    def closing(self, day: date) -> date:
        """Return when the statement of a day's purchases closes."""
        month = day.replace(day=1) if day.day <= self.closing_day else _next(day)
        return month.replace(day=self.closing_day)

    def due(self, closing: date) -> date:
        """Return when a statement is due."""
        month = closing if self.due_day > self.closing_day else _next(closing)
        return month.replace(day=self.due_day)


CARDS = {
    "Visa Platinum": Card("visa", "4417", Decimal("18000.00"), 25, 5, "Itaú checking"),
    "Nubank Mastercard": Card("mastercard", "9032", Decimal("12000.00"), 20, 28, "Nubank"),
}
#: The category whose lines stand apart on a statement.
CARD_FEES = "Card fees"
#: So many statements ago, a bill was paid in two parts, the second so many days late.
IN_TWO_PARTS, LATE = 5, 6


@dataclass(frozen=True, slots=True)
class Row:
    """One transaction by names; `parts` splits it over categories, `to` makes it a transfer."""

    date: date
    account: str
    amount: Decimal
    description: str
    category: str = ""
    vendor: str = ""
    to: str = ""
    arrives: Decimal | None = None
    parts: tuple[tuple[str, Decimal], ...] = ()
    status: str = "cleared"


@dataclass(slots=True)
class _Habit:
    """Something bought again and again: how often a month, for how much, where, paid by what."""

    category: str
    vendors: tuple[str, ...]
    often: float
    low: float
    high: float
    paid_by: tuple[str, ...] = field(default=tuple(CARDS))


HABITS = (
    _Habit("Groceries", ("Pão de Açúcar", "Carrefour", "Zona Sul", "Hortifruti"), 14, 32, 310),
    _Habit(
        "Bakery", ("Padaria Bella Paulista", "Padaria do Bairro"), 17, 9, 42, ("Wallet", "Nubank")
    ),
    _Habit("Coffee", ("Santo Grão", "Coffee Lab"), 12, 8, 29, ("Nubank Mastercard", "Nubank")),
    _Habit("Restaurants", ("Outback", "Sushi Leblon", "Cantina Roma", "iFood"), 13, 38, 240),
    _Habit("Fuel", ("Posto Ipiranga", "Posto Shell"), 4, 140, 290),
    _Habit("Parking", ("Estapar",), 7, 8, 36, ("Nubank Mastercard", "Wallet")),
    _Habit("Ride sharing", ("Uber", "99"), 15, 9, 58, ("Nubank Mastercard",)),
    _Habit("Pharmacy", ("Drogasil", "Droga Raia"), 5, 14, 160),
    _Habit("Clothes", ("Renner", "Zara"), 2.4, 70, 420),
    _Habit("Toys", ("Ri Happy",), 1.5, 35, 190),
    _Habit("Cinema", ("Cinemark",), 2, 40, 120),
    _Habit("Books", ("Livraria da Vila", "Amazon"), 3, 25, 140),
    _Habit("Dentist", ("Dra. Helena Prado",), 0.4, 180, 520, ("Itaú checking",)),
    _Habit("Repairs", ("Leroy Merlin",), 1.1, 45, 380),
)
#: (day, account, amount at the start, category, vendor, description)
MONTHLY = (
    (1, "Itaú checking", "-1180.00", "Condominium", "Edifício Aurora", "Condominium"),
    (5, "Itaú checking", "-2350.00", "School", "Colégio São Luís", "School fee"),
    (8, "Itaú checking", "-1490.00", "Health plan", "SulAmérica", "Health plan"),
    (10, "Nubank", "-129.90", "Internet", "Vivo", "Fibre 500 Mb"),
    (12, "Nubank Mastercard", "-55.90", "Streaming", "Netflix", "Netflix"),
    (14, "Nubank Mastercard", "-21.90", "Streaming", "Spotify", "Spotify family"),
    (15, "Visa Platinum", "-149.00", "Gym", "Smart Fit", "Gym"),
    (18, "Itaú checking", "-38.00", "Bank fees", "Itaú", "Monthly fee"),
    (20, "Visa Platinum", "-312.00", "Car insurance", "Porto Seguro", "Car insurance"),
)


@dataclass(frozen=True, slots=True)
class Plan:
    """A purchase in parcels, so many months before today."""

    card: str
    description: str
    total: Decimal
    parcels: int
    months_ago: int
    day: int
    category: str
    vendor: str

    def bought_on(self, today: date) -> date:
        """Return the day of the purchase, which every month has."""
        months = today.year * 12 + today.month - 1 - self.months_ago
        return date(months // 12, months % 12 + 1, self.day)

    def rows(self, today: date) -> Iterator[Row]:
        """Yield the parcels, for what bills come to: the cents that are left are on the first."""
        day, each = self.bought_on(today), (self.total / self.parcels).quantize(CENT, ROUND_DOWN)
        for number in range(self.parcels):
            amount = each if number else self.total - each * (self.parcels - 1)
            yield Row(day, self.card, -amount, self.description)
            day = _next(day).replace(day=self.day)


PLANS = (
    Plan("Visa Platinum", "Fridge", Decimal("4399.00"), 10, 4, 11, "Housing", "Magazine Luiza"),
    Plan("Nubank Mastercard", "Flights", Decimal("2750.00"), 3, 1, 3, "Flights", "Gol"),
)
#: Description of what comes or goes every month: the name of its subscription.
SUBSCRIPTIONS = {
    "Ana's salary": "Ana's salary",
    "Bruno's salary": "Bruno's salary",
    "Condominium": "Edifício Aurora",
    "School fee": "Colégio São Luís",
    "Health plan": "SulAmérica health plan",
    "Fibre 500 Mb": "Vivo Fibre",
    "Netflix": "Netflix",
    "Spotify family": "Spotify family",
    "Gym": "Smart Fit",
    "Car insurance": "Porto Seguro car insurance",
}
#: The one whose price rose unnoticed, and the one whose last payment nobody has linked yet.
RISEN, UNLINKED = "Netflix", "Smart Fit"


def rows(today: date) -> list[Row]:
    """Return the household's transactions of the three years up to `today`, oldest first."""
    chance = random.Random(SEED)
    first = date(today.year - YEARS, today.month, 1)
    found: list[Row] = []
    loan = Decimal("48000.00")
    month, number = first, 0
    while month <= today:
        made = [*_month(chance, month, number)]
        loan_rows, loan = _loan(month, loan)
        found += made + loan_rows
        month, number = _next(month), number + 1
    found += list(_bills(found, today))
    kept = sorted((row for row in found if row.date <= today), key=lambda row: row.date)
    return [_latest(row, today) for row in kept]


def _next(month: date) -> date:
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1)


def _money(chance: random.Random, low: float, high: float) -> Decimal:
    return Decimal(chance.triangular(low, high, low + (high - low) / 3)).quantize(CENT)


def _month(chance: random.Random, month: date, number: int) -> Iterator[Row]:
    risen = Decimal(1) + Decimal(number // 12) * Decimal("0.055")
    yield from _income(chance, month, risen)
    for day, account, amount, category, vendor, description in MONTHLY:
        value = (Decimal(amount) * risen).quantize(CENT)
        yield Row(month.replace(day=day), account, value, description, category, vendor)
    summer = Decimal("1.5") if month.month in (12, 1, 2, 3) else Decimal(1)
    power = (_money(chance, 170, 260) * summer).quantize(CENT)
    yield Row(month.replace(day=11), "Itaú checking", -power, "Electricity", "Electricity", "Enel")
    water = _money(chance, 70, 120)
    yield Row(month.replace(day=13), "Itaú checking", -water, "Water", "Water", "Sabesp")
    for habit in HABITS:
        yield from _habit(chance, habit, month, risen)
    yield from _savings(chance, month)
    if month.month in (1, 7):
        yield from _travel(chance, month)
    if month.month == 3:
        fee = Decimal("-540.00")
        yield Row(month.replace(day=14), "Visa Platinum", fee, "Annual fee", CARD_FEES, "Itaú")
    if month.month == 2:
        tax = Row(
            month.replace(day=7), "Itaú checking", Decimal("-2280.00"), "IPTU", "Property tax",
            "Prefeitura de São Paulo",
        )  # fmt: skip
        yield tax


def _income(chance: random.Random, month: date, risen: Decimal) -> Iterator[Row]:
    for day, name, amount, account, firm in (
        (5, "Ana's salary", "11800.00", "Itaú checking", "Hospital Santa Clara"),
        (7, "Bruno's salary", "8600.00", "Nubank", "Studio Norte"),
    ):
        value = (Decimal(amount) * risen).quantize(CENT)
        yield Row(month.replace(day=day), account, value, name, name, firm)
        if month.month in (11, 12):
            half = (value / 2).quantize(CENT)
            yield Row(month.replace(day=20), account, half, "13th salary", "13th salary", firm)
    if chance.random() < 0.35:
        value = _money(chance, 600, 2400)
        drawn = month.replace(day=chance.randint(8, 27))
        yield Row(drawn, "Nubank", value, "Illustration", "Freelance", "Editora Rocco")
    interest = _money(chance, 160, 420)
    yield Row(
        month.replace(day=28), "Savings", interest, "Interest", "Interest and dividends", "Itaú"
    )
    if month.month % 3 == 0:
        dividend = _money(chance, 22, 61)
        yield Row(
            month.replace(day=16), "Brokerage USD", dividend, "Dividends VTI",
            "Interest and dividends", "Vanguard",
        )  # fmt: skip


def _habit(chance: random.Random, habit: _Habit, month: date, risen: Decimal) -> Iterator[Row]:
    times = int(habit.often) + (chance.random() < habit.often % 1)
    for _ in range(times):
        day = month.replace(day=chance.randint(1, 28))
        value = (_money(chance, habit.low, habit.high) * risen).quantize(CENT)
        vendor, account = chance.choice(habit.vendors), chance.choice(habit.paid_by)
        if habit.category == "Groceries" and value > 240 and chance.random() < 0.5:
            other = (value * Decimal("0.3")).quantize(CENT)
            parts = (("Groceries", value - other), ("Repairs", other))
            yield Row(day, account, -value, f"{vendor}, household", vendor=vendor, parts=parts)
            continue
        yield Row(day, account, -value, vendor, habit.category, vendor)
        if habit.category == "Clothes" and chance.random() < 0.12:
            back = day + timedelta(days=3)
            yield Row(back, account, value, f"Refund {vendor}", "Refunds", vendor)


def _savings(chance: random.Random, month: date) -> Iterator[Row]:
    checking = "Itaú checking"
    yield Row(month.replace(day=2), checking, Decimal("-300.00"), "Cash", to="Wallet")
    yield Row(month.replace(day=9), "Nubank", Decimal("-2600.00"), "To savings", to="Savings")
    yield Row(month.replace(day=9), "Nubank", Decimal("-2400.00"), "XP funds", to="XP funds")
    yield Row(month.replace(day=12), checking, Decimal("-1500.00"), "XP funds", to="XP funds")
    if month.month != 12:
        rate = Decimal(chance.uniform(4.9, 5.7))
        arrives = (Decimal(900) / rate).quantize(CENT)
        yield Row(
            month.replace(day=17), "Nubank", Decimal("-900.00"), "Wise", to="Dollars",
            arrives=arrives,
        )  # fmt: skip
    if month.month % 4 == 0:
        value = Decimal("-300.00")
        yield Row(month.replace(day=21), "Dollars", value, "To the broker", to="Brokerage USD")


def _travel(chance: random.Random, month: date) -> Iterator[Row]:
    flight = _money(chance, 1900, 3600)
    yield Row(month.replace(day=4), "Visa Platinum", -flight, "LATAM flights", "Flights", "LATAM")
    for night in range(6):
        value = _money(chance, 70, 150)
        yield Row(
            month.replace(day=12 + night), "Dollars", -value, "Hotel night", "Hotels", "Booking.com"
        )


def _loan(month: date, owed: Decimal) -> tuple[list[Row], Decimal]:
    """Return the month's instalment, principal apart from interest at 1.1 % a month."""
    if owed <= 0:
        return [], owed
    interest = (owed * Decimal("0.011")).quantize(CENT)
    principal = min(Decimal("1420.00") - interest, owed)
    parts = (("Car loan", principal), ("Loan interest", interest))
    whole = -(principal + interest)
    row = Row(month.replace(day=15), "Itaú checking", whole, "Car loan instalment", parts=parts)
    return [row], owed - principal


def _bills(rows: list[Row], today: date) -> Iterator[Row]:
    """Yield the payments of what the cards' statements came to, each on the day it was due."""
    parcels = [row for plan in PLANS for row in plan.rows(today)]
    for name, card in CARDS.items():
        owed: dict[date, Decimal] = defaultdict(Decimal)
        for row in (*rows, *parcels):
            if row.account == name:
                owed[card.closing(row.date)] -= row.amount
        billed = sorted(day for day in owed if card.due(day) <= today and owed[day] > 0)
        for number, closing in enumerate(reversed(billed)):
            due, whole = card.due(closing), owed[closing]
            part = whole
            if name == "Visa Platinum" and number == IN_TWO_PARTS:
                part = (whole * Decimal("0.6")).quantize(CENT)
                late = due + timedelta(days=LATE)
                yield Row(late, card.payer, part - whole, f"{name} bill, the rest", to=name)
            yield Row(due, card.payer, -part, f"{name} bill", to=name)


def _latest(row: Row, today: date) -> Row:
    """Return the row as the last days leave it: cards' purchases pending, some not yet sorted."""
    age = (today - row.date).days
    if age <= 3 and row.account in CARDS and not row.to and not row.parts:
        category = "" if row.category in ("Restaurants", "Books") else row.category
        return Row(
            row.date, row.account, row.amount, row.description, category,
            row.vendor if category else "", status="pending",
        )  # fmt: skip
    return row


def rates(today: date) -> Iterator[tuple[date, str, Decimal]]:
    """Yield what one euro was worth at the end of each working day: (day, currency, rate)."""
    chance = random.Random(SEED + 1)
    dollar, real = 1.07, 5.55
    day = date(today.year - YEARS, today.month, 1) - timedelta(days=7)
    while day <= today:
        if day.weekday() < 5:
            dollar += chance.gauss(0, 0.0035) + (1.10 - dollar) * 0.01
            real += chance.gauss(0, 0.028) + (5.90 - real) * 0.01
            yield day, "USD", Decimal(dollar).quantize(Decimal("0.0001"))
            yield day, "BRL", Decimal(real).quantize(Decimal("0.0001"))
        day += timedelta(days=1)
