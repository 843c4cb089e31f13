"""In a real browser: sign in, read the pages wide and narrow, light and dark, print them."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from gzip import compress
from typing import Any

import pytest
from browsing import ARTIFACTS, chromium
from conftest import PASSWORD
from django.utils import timezone
from playwright.sync_api import Browser, Page

from accounts import services as chart
from accounts.models import Account, CreditCard, ExchangeRate
from buffet.audit import Actor
from buffet.models import Book, User
from invoices import services as cards
from transactions import services as ledger
from transactions.drafts import Draft

TODAY = date(2026, 6, 15)
ON = "?on=2026-06-15"

# One worker runs them all, so that one browser is enough.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("browser")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all."""
    with chromium() as browser:
        yield browser


@pytest.fixture
def household(book: Book, by: Actor, owner: User, checking: Account, dollars: Account) -> Account:
    """A year of a household's book with long names, three currencies and a debt."""
    yen = ledger.open_account(
        book=book, by=by, today=TODAY, name="Yen", kind="cash", currency="JPY"
    )
    loan = ledger.open_account(
        book=book, by=by, today=TODAY, name="Mortgage", kind="loan", currency="BRL",
        opened_on=date(2025, 7, 1), opening_balance=Decimal("-412345.67"),
    )  # fmt: skip
    broker = chart.create_broker(book=book, by=by, name="Caixa Econômica Federal de São Paulo")
    chart.change_account(book=book, by=by, account_id=loan.id, broker_id=broker.id)
    ExchangeRate.objects.create(
        base="USD", quote="BRL", on=date(2025, 6, 30), rate=Decimal("5.4321"), source="test"
    )
    drafts = [
        Draft(
            date=date(2025 + (6 + month) // 12, (6 + month) % 12 + 1, day),
            description=description,
            account_id=account.id,
            amount=Decimal(amount),
        )
        for month in range(12)
        for account, day, amount, description in (
            (checking, 2, "1234567.89", "Salary"),
            (checking, 9, "-98765.43", "Pagamento de boleto bancário número 34191.79001 01043"),
            (checking, 10, "-0.01", "Averyveryverylongwordwithoutanyspaceinitthatwillnotbreak"),
            (dollars, 5, "-1000.00", "Coffee"),
            (yen, 5, "250000", "Change"),
        )
    ]
    ledger.record(book=book, by=by, drafts=drafts)
    return checking


@pytest.fixture
def card(book: Book, by: Actor, checking: Account) -> CreditCard:
    """A card with a year of statements, long names, a refund and an unpaid bill."""
    today = book.day(timezone.now())
    card = cards.create_card(
        book=book, by=by, today=today, name="Cartão de crédito Mastercard Black Internacional",
        currency="BRL", closing_day=3, due_day=10, limit=Decimal("123456.78"),
        brand="mastercard", last_four="0907", paying_account_id=checking.id,
    )  # fmt: skip
    drafts = [
        Draft(
            date=today - timedelta(days=30 * month),
            description=description,
            account_id=card.account_id,
            amount=Decimal(amount),
        )
        for month in range(13)
        for amount, description in (
            ("-9876.54", "Averyveryverylongwordwithoutanyspaceinitthatwillnotbreak"),
            ("-0.01", "Compra com cartão no supermercado da esquina, 2 de 10"),
            ("12.00", "Refund"),
        )
    ]
    ledger.record(book=book, by=by, drafts=drafts)
    return card


@pytest.fixture
def open_page(browser: Browser, live_server: Any, owner: User) -> Iterator[Callable[..., Page]]:
    """A maker of signed-in browser pages; what they complain about fails the test."""
    contexts, complaints = [], []

    def heard(message: Any) -> None:
        # A refused address is a page of ours; `answered` hears of all else that is missing.
        if not message.text.startswith("Failed to load resource"):
            complaints.append(message.text)

    def answered(answer: Any) -> None:
        if answer.status >= (500 if answer.request.resource_type == "document" else 400):
            complaints.append(f"{answer.status} {answer.url}")

    def failed(request: Any) -> None:
        # Going on before the icon has come is no failure.
        if request.failure != "net::ERR_ABORTED":
            complaints.append(request.url)

    def make(width: int = 1280, scheme: str = "light", height: int = 900) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            base_url=live_server.url,
        )
        contexts.append(context)
        page = context.new_page()
        page.on("console", heard)
        page.on("response", answered)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("requestfailed", failed)
        page.goto("/sign-in")
        page.get_by_label("E-mail").fill(owner.email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("/")
        return page

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page, and see that nothing scrolls sideways."""
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=ARTIFACTS / f"{name}.png", full_page=True)
    wide = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert wide <= 0, f"{name} is {wide} pixels too wide"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1280, 1920])
def test_the_pages_fit_the_screen(
    open_page: Any, household: Account, width: int, scheme: str
) -> None:
    page = open_page(width, scheme)
    size = f"{width}-{scheme}"

    page.goto(f"/{ON}")
    shoot(page, f"overview-{size}")
    page.goto(f"/accounts{ON}")
    shoot(page, f"accounts-{size}")
    page.get_by_role("link", name="Checking").click()
    page.wait_for_url("**/accounts/*")
    shoot(page, f"account-{size}")
    page.get_by_role("link", name="Averyvery").first.click()
    page.wait_for_url("**/transactions/*")
    shoot(page, f"transaction-{size}")
    page.goto("/nowhere")
    shoot(page, f"not-found-{size}")


def test_one_chart_is_shown_at_a_time(open_page: Any, household: Account) -> None:
    page = open_page()
    page.goto(f"/{ON}")
    shown = [page.locator(f"svg.{size}").is_visible() for size in ("wide", "narrow")]
    page.set_viewport_size({"width": 390, "height": 844})

    assert shown == [True, False]
    assert [page.locator(f"svg.{size}").is_visible() for size in ("wide", "narrow")] == [
        False,
        True,
    ]


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (1280, "light")])
def test_the_pages_of_cards_fit_the_screen_and_take_a_payment(
    open_page: Any, card: CreditCard, width: int, scheme: str
) -> None:
    page = open_page(width, scheme)
    size = f"{width}-{scheme}"

    for path, name in (("/cards", "cards"), ("/coming", "coming"), (f"/cards/{card.id}", "card")):
        page.goto(path)
        shoot(page, f"{name}-{size}")
        assert page.evaluate(CONTRAST) == []
        assert page.locator("h1").count() == 1
        assert page.locator("th:not([scope])").count() == 0
    page.get_by_role("link", name="Pay", exact=False).first.click()
    page.wait_for_url("**/cards/*/*#pay")
    page.get_by_label("Amount, BRL").fill("12,50")
    page.get_by_role("button", name="Record the payment").click()
    page.wait_for_selector("#pay_amount_error")
    shoot(page, f"statement-refused-{size}")
    assert page.evaluate(CONTRAST) == []
    page.get_by_label("Amount, BRL").fill("12.50")
    page.get_by_role("button", name="Record the payment").click()
    page.wait_for_url("**#paid")
    shoot(page, f"statement-{size}")
    assert page.locator("#paid tfoot .n").inner_text() == "12.50"
    page.pdf(path=ARTIFACTS / "statement.pdf", format="A4", prefer_css_page_size=True)


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_the_forecast_fits_the_screen_and_answers_what_if(
    open_page: Any, card: CreditCard, book: Book, by: Actor, width: int, scheme: str
) -> None:
    chart_of = ".curve svg.wide" if width > 640 else ".curve svg.narrow"
    ledger.create_subscription(
        book=book, by=by, name="Clube de assinatura de vinhos da esquina", cadence="monthly",
        account_id=card.account_id, amount=Decimal("55.90"), starts_on=date(2026, 1, 31),
    )  # fmt: skip
    page = open_page(width, scheme)
    size = f"{width}-{scheme}"

    page.goto("/coming")
    page.get_by_label("An expense of").fill("lots")
    page.locator("#forecast").get_by_role("button", name="Show").click()
    page.wait_for_selector("#id_what_if_error")
    shoot(page, f"what-if-refused-{size}")
    page.get_by_label("An expense of").fill("450.00")
    page.locator("#forecast").get_by_role("button", name="Show").click()
    page.wait_for_url("**what_if=450.00**")
    page.get_by_text("The figures by day").click()
    shoot(page, f"what-if-{size}")

    assert page.locator(f"{chart_of} .before").is_visible()
    assert page.get_by_role("cell", name="What if").is_visible()
    assert page.evaluate(CONTRAST) == []
    assert page.locator("h1").count() == 1
    assert page.locator("th:not([scope])").count() == 0
    later = page.get_by_role("link", name="→")
    later.click()
    page.wait_for_url("**/coming/20*")
    shoot(page, f"coming-later-{size}")
    assert page.evaluate(CONTRAST) == []


CONTRAST = """
() => {
  const channel = c => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4 };
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const rgb = text => (text.match(/[\\d.]+/g) || []).map(Number);
  const behind = element => {
    for (let one = element; one; one = one.parentElement) {
      const colour = rgb(getComputedStyle(one).backgroundColor);
      if (colour.length === 3 || colour[3] > 0) return colour;
    }
    return [255, 255, 255];
  };
  const faint = [];
  for (const element of document.querySelectorAll('body *')) {
    const own = [...element.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
    if (!own || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const front = light(rgb(element.closest('svg') ? style.fill : style.color));
    const back = light(behind(element));
    const ratio = (Math.max(front, back) + .05) / (Math.min(front, back) + .05);
    if (ratio < 4.5) faint.push(`${element.className} ${element.textContent.trim()} ${ratio}`);
  }
  return faint;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_stands_out_from_its_ground(
    open_page: Any, household: Account, scheme: str
) -> None:
    page = open_page(1280, scheme)

    for path in (f"/{ON}", f"/accounts/{household.id}", "/accounts?on=1999-13-99"):
        page.goto(path)
        assert page.evaluate(CONTRAST) == []


def test_a_reader_of_the_keyboard_gets_everywhere(open_page: Any, household: Account) -> None:
    page = open_page()
    page.goto(f"/{ON}")

    page.keyboard.press("Tab")

    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    assert page.locator("h1").count() == 1
    assert page.locator("th:not([scope])").count() == 0
    assert page.locator("input:not([type=hidden]):not([id])").count() == 0
    for landmark in ("banner", "navigation", "main", "contentinfo"):
        assert page.get_by_role(landmark).count() == 1, landmark


def test_dark_is_kept_until_it_is_left(open_page: Any, household: Account) -> None:
    page = open_page(scheme="light")
    ground = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)

    page.get_by_role("button", name="Dark").click()
    page.wait_for_selector("html[data-scheme=dark]")
    page.goto(f"/accounts{ON}")

    assert page.evaluate(ground) != light
    page.get_by_role("button", name="System").click()
    page.wait_for_selector("html:not([data-scheme])")
    assert page.evaluate(ground) == light


def test_the_pages_weigh_little(open_page: Any, household: Account) -> None:
    page = open_page()
    weights: list[int] = []
    page.on("response", lambda answer: weights.append(len(compress(answer.body()))))

    page.goto(f"/{ON}")
    page.wait_for_load_state("networkidle")

    # The document, the style sheet, the icon and the script of the charts, as they go over the
    # wire: pages and collected files are compressed.
    assert len(weights) <= 4
    assert sum(weights) <= 20_000


def test_it_prints_on_paper(open_page: Any, household: Account) -> None:
    page = open_page()
    page.goto(f"/accounts/{household.id}{ON}")

    page.emulate_media(media="print")
    ARTIFACTS.mkdir(parents=True, exist_ok=True)
    page.pdf(path=ARTIFACTS / "account.pdf", format="A4", prefer_css_page_size=True)

    assert not page.locator(".top").is_visible()
    margin = page.locator(".margin")
    assert margin.is_visible()
    assert "Household · at the end of 15 June 2026 · version" in margin.inner_text()
