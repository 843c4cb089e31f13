"""Pages speak the reader's language, all of them and all of it; nothing else does."""

import re
from datetime import date, timedelta
from decimal import Decimal
from html.parser import HTMLParser
from io import BytesIO
from typing import Any
from uuid import UUID
from zoneinfo import available_timezones

import pytest
from addresses import ENTRANCES, NO_PAGES, PAGES, routes
from conftest import PASSWORD
from django.core import mail
from django.test import Client
from django.utils import timezone
from fields import sent_by
from wallet import Wallet, text_of

from accounts import services as chart
from accounts.models import Account, CreditCard, ExchangeRate
from buffet import services as people
from buffet.audit import Actor
from buffet.models import Book, Membership, Role, User
from invoices import services as cards
from transactions import services as ledger

PORTUGUESE = {"Accept-Language": "pt-BR,pt;q=0.9,en;q=0.8"}
#: What is the same in every language: names and what was recorded with them, codes, languages.
DATA = set(
    """
    Better Call Buffet|English|Português|CSV|XLSX|JSON|API|E-mail|Total|Bradesco|Nubank|Casa|Owner
    BRL|USD|Platinum|Ouro|Visa|Mercado|Padaria|Netflix|Lâmpada|Alimentos|Ganhos|XP|Market|test|MXN
    Maio.csv|Data|Histórico|Valor|utf-8|OFX|Jan|Mar|Jun|Jul|Nov
    owner|book.jsonl|transactions.csv|book.beancount|book.hledger
    Payment of|Opening balance|Valuation|POST /balance-points|/balance-points
    Editor|editor|padaria@example.com|mercado@example.com
    Mastercard|Elo|American Express|Hipercard|Diners|Discover|JCB|UnionPay
    """.replace("|", "\n").split("\n")
)
ENGLISH = re.compile(
    r"\b(the|of|and|is|are|to|by|from|with|not|at|it|its|this|that|left|paid|due|your|you"
    r"|will|until|since|so|yet|more)\b",
    re.IGNORECASE,
)
ZONES = available_timezones()


class Texts(HTMLParser):
    """The texts of a page that people see or hear."""

    HEARD = ("aria-label", "title", "alt", "placeholder")

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_data(self, data: str) -> None:
        self.found += [data.strip()] if data.strip() else []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in self.HEARD and value]


def words_in(text: str) -> str:
    """Return what of a text is neither a name of the test nor a figure."""
    if text.replace(" ", "_") in ZONES:
        return ""
    for name in sorted(DATA, key=len, reverse=True):
        text = text.replace(name.strip(), "") if name.strip() else text
    return "" if re.fullmatch(r"\?\w+|[\W\d_]*", text) else text


def bring(who: dict[str, Any], account: Account, day: date) -> UUID:
    """Make a preview of a table with a line that is there and one that is new."""
    lines = (f"{day:%d/%m/%Y};Mercado;-{amount}" for amount in ("9,00", "7654,32"))
    content = "\n".join(("Data;Histórico;Valor", *lines, f"{day:%d/%m/%Y};Mercado;0,00", ""))
    return ledger.preview(
        **who, account_id=account.id, file=BytesIO(content.encode()), file_name="Maio.csv"
    ).id


@pytest.fixture
def full(
    book: Book, by: Actor, owner: User, wallet: Wallet, issue: Any, checking: Account
) -> dict[str, str]:
    """A book with something of everything, and what addresses need of it."""
    who = {"book": book, "by": by}
    today = wallet.today
    Book.objects.filter(id=book.id).update(name="Casa")
    broker = chart.create_broker(**who, name="XP")
    chart.change_account(
        **who, account_id=checking.id, name="Bradesco", broker_id=broker.id, number="0907"
    )
    food = chart.create_category(**who, name="Alimentos", type="expense")
    pay = chart.create_category(**who, name="Ganhos", type="income")
    for months in range(5):
        day = today - timedelta(days=30 * months + 1)
        wallet.keeper.move(checking, day, "4321.09", category_id=pay.id, description="Ganhos")
        wallet.buy(30 * months + 20, "99.90", description="Padaria", category_id=food.id)
    for currency in ("USD", "MXN"):
        ledger.open_account(
            **who, today=today, name=f"Nubank {currency}", kind="savings", currency=currency,
            opened_on=today - timedelta(days=60), opening_balance=Decimal("1000.00"),
        )  # fmt: skip
    ExchangeRate.objects.create(
        base="USD", quote="BRL", on=today - timedelta(days=9), rate=Decimal("5.4321"), source="test"
    )
    own = ledger.create_own_rate(
        **who, base="USD", quote="BRL", on=today, rate=Decimal("5.4321"), source="Nubank"
    )
    plan = cards.create_plan(
        **who, card_id=wallet.card.id, description="Lâmpada", total=Decimal("90.00"), parcels=3,
        purchased_on=today - timedelta(days=1), category_id=food.id,
    )  # fmt: skip
    ledger.create_subscription(
        **who, name="Netflix", account_id=wallet.card.account_id, amount=Decimal("39.90"),
        cadence="monthly", starts_on=today + timedelta(days=2),
    )  # fmt: skip
    missed = ledger.create_subscription(
        **who, name="Padaria", account_id=checking.id, amount=Decimal("15.00"), cadence="weekly",
        every=2, starts_on=today - timedelta(days=56), category_id=food.id,
    )  # fmt: skip
    paid, _ = [
        wallet.keeper.move(checking, today - timedelta(days=ago), "-16.00", description="Padaria")
        for ago in (56, 29)
    ]
    ledger.link_payment(**who, subscription_id=missed.id, transaction_id=paid)
    ledger.create_subscription(
        **who, name="Ganhos", account_id=checking.id, amount=Decimal(100), cadence="yearly",
        starts_on=today - timedelta(days=3), category_id=pay.id,
    )  # fmt: skip
    wallet.keeper.move(checking, today + timedelta(days=4), "-15.00", description="Padaria")
    purchase = wallet.buy(1, "21.00", description="Mercado", category_id=food.id)
    paying = {"on": today, "from_account_id": checking.id, "from_amount": None, "seen": None}
    cards.pay(
        **who, invoice_id=wallet.statement(10).id, today=today, amount=Decimal("20.00"), **paying
    )
    gold: CreditCard = issue("Ouro", limit=None, paying_account_id=None)
    Wallet(wallet.keeper, gold, today).buy(40, "7.00", description="Mercado")
    id = wallet.keeper.move(checking, today, "-8.00", description="Mercado", notes="Mercado")
    past, long_ago = today.replace(day=1) - timedelta(days=1), today - timedelta(days=150)
    ledger.create_point(
        **who, today=today, account_id=checking.id, on=past, balance=Decimal("1234.50")
    )
    keep = wallet.keeper.move
    fund = ledger.open_account(
        **who, today=today, name="Padaria", kind="investment", currency="BRL",
        opened_on=today - timedelta(days=60),
    )  # fmt: skip
    valued = ledger.create_point(
        **who, today=today, account_id=fund.id, on=past, balance=Decimal(9), kind="valuation"
    )
    keep(fund, past, "-1.00", category_id=food.id, description="Mercado")
    keep(checking, past, "-9.00", status="pending", description="Mercado")
    closed = keep(checking, long_ago, "-9.00", description="Mercado")
    ledger.close_month(**who, month=long_ago, today=today)
    ledger.reopen_month(**who, month=long_ago, reason="Mercado")
    ledger.close_month(**who, month=long_ago, today=today)
    rule = ledger.create_rule(
        **who, name="Padaria", contains="Padaria", regex="^P", direction="out",
        amount_min=Decimal(1), amount_max=Decimal(2000), account_id=checking.id,
        category_id=food.id,
    )  # fmt: skip
    ledger.create_rule(**who, name="Mercado", contains="mercado", category_id=food.id)
    ledger.change_rule(**who, rule_id=rule.id, is_active=False)
    ledger.create_rule(**who, name="Netflix", direction="in", contains="x", category_id=food.id)
    ledger.apply_rules(**who, first=past, last=today)
    ledger.apply_rules(**who, first=long_ago, last=long_ago)
    keep(checking, today, "-9.00", description="Mercado")
    preview, imported = [bring(who, checking, days) for days in (today, past)]
    ledger.choose(**who, import_id=preview, choices=[ledger.LineChoice(1, {"verdict": "ignored"})])
    ledger.commit(**who, import_id=imported)
    baker = User.objects.create_user("padaria@example.com", PASSWORD, name="Padaria")
    seat = Membership.objects.create(
        book=book, user=baker, role=Role.EDITOR, expires_at=timezone.now() + timedelta(days=9)
    )
    people.invite(by=by, book_id=book.id, email="mercado@example.com", role=Role.VIEWER)
    people.ask_to_register(email="new@example.com", address="")
    people.ask_for_reset(email=owner.email, address="")
    letters = re.findall(r"https?://[^/]+(/\S+/\S+)", "\n".join(one.body for one in mail.outbox))
    return {
        "account": str(checking.id), "card": str(wallet.card.id), "gold": str(gold.id),
        "gold_account": str(gold.account_id), "plan": str(plan.id),
        "purchase": str(purchase),
        "valuation": str(valued.id),
        "transaction": str(id), "month": f"{wallet.statement(10).month:%Y-%m}",
        "next": f"{today + timedelta(days=40):%Y-%m}", "past": f"{past:%Y-%m}",
        "closed": f"{long_ago:%Y-%m}", "closed_transaction": str(closed),
        "category": str(food.id), "own_rate": str(own.id), "seat": str(seat.id),
        "subscription": str(missed.id),
        "rule": str(rule.id), "preview": str(preview), "imported": str(imported),
        **{path.split("/")[1]: path for path in letters},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("name", "address"), [(name, one) for name, several in PAGES.items() for one in several]
)
def test_no_english_is_left_on_a_page_in_portuguese(
    client: Client, owner: User, full: dict[str, str], name: str, address: str
) -> None:
    if name not in ENTRANCES:
        client.force_login(owner)
    address = address.format(**full)

    english = client.get(address)
    portuguese = client.get(address, headers=PORTUGUESE)

    assert portuguese.status_code == english.status_code != 302
    assert '<html lang="en"' in english.content.decode()
    assert '<html lang="pt-br"' in portuguese.content.decode()
    same = set(Texts(english.content.decode()).found)
    for text in Texts(portuguese.content.decode()).found:
        words = words_in(text)
        if text == owner.email:
            continue
        assert not words or text not in same, text
        assert not ENGLISH.search(words), text


def test_every_page_is_in_the_table() -> None:
    assert routes() - NO_PAGES == PAGES.keys() - {"not a page"}


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        ("", "en"),
        ("pt-BR", "pt-br"),
        ("pt", "pt-br"),
        ("pt-PT,en;q=0.5", "pt-br"),
        ("de, pt-BR;q=0.8, en;q=0.5", "pt-br"),
        ("en-GB, pt;q=0.1", "en"),
        ("de", "en"),
        ("*", "en"),
        ("\x00; q=no", "en"),
    ],
)
def test_a_browser_asks_for_a_language(client: Client, db: None, asked: str, language: str) -> None:
    answer = client.get("/sign-in", headers={"Accept-Language": asked})

    assert f'<html lang="{language}"' in answer.content.decode()
    assert answer.headers["Content-Language"] == language
    assert {"Accept-Language", "Cookie"} <= set(answer.headers["Vary"].split(", "))


def test_a_reader_s_choice_is_kept_and_leads_back(client: Client, db: None) -> None:
    form = client.get("/sign-in?next=/cards").content.decode()
    assert 'name="back" value="/sign-in?next=/cards"' in form
    chosen = client.post("/language", {"language": "pt-br", "back": "/sign-in?next=/cards"})

    assert (chosen.status_code, chosen.headers["Location"]) == (303, "/sign-in?next=/cards")
    assert chosen.cookies["language"]["max-age"] == 31_536_000
    kept = client.get("/sign-in", headers={"Accept-Language": "en"}).content.decode()
    assert 'value="pt-br" lang="pt-br" aria-pressed="true"' in kept
    assert 'value="en" lang="en">' in kept


@pytest.mark.parametrize("sent", ["de", "", "pt", "../x"])
def test_a_language_that_is_not_there_leaves_it_to_the_browser(
    client: Client, db: None, sent: str
) -> None:
    client.post("/language", {"language": "pt-br"})
    answer = client.post("/language", {"language": sent, "back": "//evil.example"})

    assert answer.headers["Location"] == "/"
    assert '<html lang="en"' in client.get("/sign-in").content.decode()


def test_a_page_in_another_language_is_another_page(
    client: Client, owner: User, full: dict[str, str]
) -> None:
    client.force_login(owner)
    english = client.get("/").headers["ETag"]
    portuguese = client.get("/", headers=PORTUGUESE).headers["ETag"]

    seen = client.get("/", headers={**PORTUGUESE, "If-None-Match": portuguese})
    other = client.get("/", headers={**PORTUGUESE, "If-None-Match": english})

    assert english != portuguese
    assert seen.status_code == 304
    assert (other.status_code, other.headers["Content-Language"]) == (200, "pt-br")


@pytest.mark.parametrize("path", ["/api/v1/accounts", "/api/v1/none", "/health", "/health/ready"])
def test_programs_are_answered_in_english(api: Any, book: Book, path: str) -> None:
    api.client.cookies["language"] = "pt-br"
    plain = api("GET", path.removeprefix("/api/v1")) if path.startswith("/api") else None

    own = {"Authorization": f"Bearer {api.token}", **PORTUGUESE}
    answer = api.client.get(path, headers=own)

    assert "Content-Language" not in answer.headers
    assert "Accept-Language" not in answer.headers.get("Vary", "")
    if plain is not None:
        assert re.sub(rb"[0-9a-f-]{36}", b"", answer.content) == re.sub(
            rb"[0-9a-f-]{36}", b"", plain.content
        )


def test_staff_are_answered_in_english(client: Client, db: None) -> None:
    staff = User.objects.create_superuser("staff@example.com", "x")
    client.force_login(staff)
    client.cookies["language"] = "pt-br"

    index = client.get("/admin/", headers=PORTUGUESE)

    assert "Content-Language" not in index.headers
    assert "Ledger" in text_of(index)
    assert "Log out" in text_of(index)


@pytest.mark.parametrize("face", ["csv", "json"])
@pytest.mark.parametrize("page", ["/", "/accounts/{account}", "/cards", "/cards/{card}/{month}"])
def test_files_are_the_same_in_every_language(
    client: Client, owner: User, full: dict[str, str], page: str, face: str
) -> None:
    client.force_login(owner)
    address = f"{page.format(**full)}?format={face}"

    answers = [client.get(address, headers=headers) for headers in ({}, PORTUGUESE)]

    english, portuguese = (b"".join(answer) for answer in answers)
    assert english == portuguese


def test_what_follows_a_page_on_its_thread_is_in_english(
    client: Client, api: Any, db: None
) -> None:
    client.get("/sign-in", headers=PORTUGUESE)

    body = {"current_password": PASSWORD, "new_password": "x"}
    refused = api.post("/users/me/password", body)

    assert "This password is too short." in refused.json()["detail"]


def test_a_refusal_is_said_in_the_language_of_the_form(client: Client, db: None) -> None:
    told = client.get("/register/nothing", headers=PORTUGUESE)
    wrong = client.post(
        "/sign-in", {"username": "a@b.example", "password": "x"}, headers=PORTUGUESE
    )
    empty = client.post("/forgot-password", {}, headers=PORTUGUESE)

    assert "Este link já foi usado, expirou ou nunca existiu: peça um novo." in text_of(told)
    assert "O e-mail ou a senha está errado." in text_of(wrong)
    assert "Este campo é obrigatório." in text_of(empty)


@pytest.mark.parametrize(
    ("typed", "headers", "left"),
    [
        ("20,50", PORTUGUESE, "99.50"),
        ("20.50", PORTUGUESE, "99.50"),
        ("20", PORTUGUESE, "100.00"),
        ("20.50", {}, "99.50"),
        ("−20,50", PORTUGUESE, None),
        ("20,50", {}, None),
        ("2.050", PORTUGUESE, None),
        ("2.05,0", PORTUGUESE, None),
    ],
)
def test_an_amount_is_typed_as_the_language_writes_it(
    client: Client, owner: User, wallet: Wallet, checking: Account,
    typed: str, headers: dict[str, str], left: str | None,
) -> None:  # fmt: skip
    client.force_login(owner)
    wallet.keeper.move(checking, wallet.today, "9000.00")
    statement = wallet.address(10)
    sent = sent_by(client.get(statement, headers=headers))
    assert sent["amount"] == ("120,00" if headers else "120.00")

    answer = client.post(statement, sent | {"amount": typed}, headers=headers)

    rest = client.get(f"{statement}?format=json").json()["invoice"]["remaining"]
    if typed == "2.050":  # two thousand and fifty, which is more than is owed and goes on
        assert (answer.status_code, rest) == (303, "0.00")
    else:
        assert (answer.status_code, rest) == ((303, left) if left else (400, "120.00"))
