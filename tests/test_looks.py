"""Every page, in every width, scheme and language: fit, quiet, light and open to everyone."""

import re
from collections.abc import Iterator
from email import message_from_bytes
from itertools import product
from typing import Any
from urllib.request import Request, urlopen

import httpx
import pytest
from addresses import ENTRANCES, PAGES
from browsing import ARTIFACTS, Reader, chromium
from demo_site import Site, demo_site
from playwright.sync_api import Browser

from buffet.demo.loading import PASSWORD, PERSON, STAFF

WIDTHS = (390, 1280, 1920)
LANGUAGES = {"en": "en-US", "pt-br": "pt-BR"}
VIEWS = [*product(WIDTHS, ("light", "dark"))]
#: Between those that are looked at nothing is wider than the screen either: in the language with
#: the longer words, of the first address of a page.
BETWEEN = (320, 641, 700, 769, 900, 1024)
#: Which of them are seen through axe, which takes longer than all else; further addresses of a page
#: in the first of these alone. What it finds hardly depends on the language.
AXE = {"en": [(390, "light"), (1280, "dark")], "pt-br": [(390, "dark")]}
#: What a page and its style sheet weigh at most, as they come over the wire.
WEIGHT = 60_000
#: The paper between its margins: 180 mm at 96 dots per inch.
PAPER = 680
REFUSED = {
    "/nowhere": 404,
    "/?one=1": 400,
    "/?on=yesterday&currency=x": 400,
    "/coming?what_if=12&what_if_on=1999-01-01": 400,
    "/register/nothing": 403,
    "/reset-password/nothing": 403,
    "/invitations/nothing": 403,
}

# One worker runs them all, so that one browser is enough.
pytestmark = pytest.mark.xdist_group("browser")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for all."""
    with chromium() as browser:
        yield browser


@pytest.fixture(scope="module")
def site(browser: Browser, tmp_path_factory: Any) -> Iterator[Site]:
    """The demo, with two letters whose links are pages."""
    with demo_site(tmp_path_factory.mktemp("demo")) as site:
        reader = Reader(browser, site.url)
        for address, email in (("/register", "new@example.com"), ("/forgot-password", STAFF)):
            reader.open(address)
            reader.page.locator("[name=email]").fill(email)
            reader.page.locator("main button").click()
        for letter in site.letters.iterdir():
            body = message_from_bytes(letter.read_bytes()).get_payload(decode=True).decode()
            path = re.search(r"https?://[^/]+(/\S+)", body)[1]
            site.known[path.split("/")[1]] = path
        reader.context.close()
        yield site


@pytest.fixture(scope="module")
def readers(browser: Browser, site: Site) -> Iterator[dict[tuple[str, bool], Reader]]:
    """Readers by language and whether they are signed in."""
    made = {}
    for language, locale in LANGUAGES.items():
        made[language, False] = Reader(browser, site.url, locale=locale)
        made[language, True] = reader = Reader(browser, site.url, locale=locale)
        reader.sign_in(PERSON, PASSWORD)
    yield made
    for reader in made.values():
        reader.context.close()


def known(name: str, site: Site) -> list[str]:
    """Return the addresses of a page."""
    return [address.format(**site.known) for address in PAGES[name]]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", PAGES)
def test_a_page_fits_is_quiet_and_keeps_nobody_out(
    readers: dict[tuple[str, bool], Reader], site: Site, name: str, language: str
) -> None:
    reader = readers[language, name not in ENTRANCES]

    for place, address in enumerate(known(name, site)):
        answer = reader.open(address)

        assert answer.status == REFUSED.get(address, 200), address
        assert answer.headers["content-language"] == language
        # The first address is seen in every way; the others narrow and wide.
        for width, scheme in VIEWS if not place else (AXE[language][0], VIEWS[3]):
            reader.see(width, scheme)
            label = f"{name}-{place}-{width}-{scheme}-{language}"
            assert reader.overflow() <= 0, label
            reader.shoot(label)
            if (width, scheme) in AXE[language][: 1 if place else 2]:
                assert reader.barriers() == [], label
        for width in BETWEEN if language == "pt-br" and not place else ():
            reader.see(width, "light")
            assert reader.overflow() <= 0, (address, width, language)
        assert reader.amiss == [], address


@pytest.mark.parametrize("name", PAGES)
def test_a_page_weighs_little(
    readers: dict[tuple[str, bool], Reader], site: Site, name: str
) -> None:
    reader = readers["en", name not in ENTRANCES]

    for address in known(name, site):
        answer = reader.open(address)
        sheet = reader.page.locator("link[rel=stylesheet]")
        styles = weight(site.url + str(sheet.get_attribute("href")))
        page = answer.request.sizes()["responseBodySize"]

        assert answer.headers.get("content-encoding") == "gzip", address
        assert sheet.count() == 1
        assert page + styles <= WEIGHT, (address, page, styles)


def weight(url: str) -> int:
    """Return how many bytes come over the wire for a file."""
    with urlopen(Request(url, headers={"Accept-Encoding": "gzip"})) as answer:
        assert answer.headers["Content-Encoding"] == "gzip"
        return len(answer.read())


# What is cut off at the paper's edge, or inside a box that scrolls on a screen.
CUT = """
() => [...document.querySelectorAll('table, svg, h1, .figure')]
  .filter(one => one.getClientRects().length)
  .filter(one => one.getBoundingClientRect().right > document.documentElement.clientWidth + 1
    || one.parentElement.scrollWidth > one.parentElement.clientWidth + 1)
  .map(one => one.outerHTML.slice(0, 80))
"""


@pytest.mark.parametrize("name", sorted(PAGES.keys() - {*ENTRANCES, "not a page"}))
def test_a_page_prints_whole_and_says_what_it_is_of(
    readers: dict[tuple[str, bool], Reader], site: Site, name: str
) -> None:
    reader = readers["en", True]
    reader.see(PAPER, "light")

    for address in known(name, site):
        reader.open(address)
        reader.page.emulate_media(media="print")
        margin = reader.page.locator(".margin")
        if not margin.count():
            assert name in ("invitation", "open-book")
            continue
        said = margin.inner_text()
        (ARTIFACTS / "print").mkdir(parents=True, exist_ok=True)
        paper = ARTIFACTS / "print" / f"{name}.pdf"
        reader.page.pdf(path=paper, format="A4", prefer_css_page_size=True)

        assert margin.is_visible()
        assert re.match(r"Household · .*\d{4}.* · version \d+", said), (address, said)
        assert reader.page.evaluate(CUT) == [], address
        reader.page.emulate_media(media="screen")


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark"), (390, "light"), (1280, "dark")])
def test_a_period_is_chosen_by_keyboard(
    readers: dict[tuple[str, bool], Reader], width: int, scheme: Any
) -> None:
    reader = readers["pt-br", True]
    reader.open("/spending")
    reader.see(width, scheme)
    page = reader.page
    focus = "getComputedStyle(document.activeElement).outlineStyle"

    page.locator(".pick summary").focus()
    page.keyboard.press("Enter")
    seen = [page.evaluate(focus)]
    reader.shoot(f"picker-{width}-{scheme}")
    while not page.locator(".sheet li:last-child a:focus").count():
        page.keyboard.press("Tab")
        seen.append(page.evaluate(focus))
    barriers = reader.barriers()
    page.keyboard.press("Enter")
    page.wait_for_url("**/spending?*last-24-months*")

    assert set(seen) == {"solid"}
    assert barriers == []


def test_a_narrow_page_says_what_its_figures_are(
    readers: dict[tuple[str, bool], Reader], site: Site
) -> None:
    reader = readers["en", True]
    reader.see(390, "light")
    page = reader.page

    reader.open("/net-worth")
    # A gain is no loss: nothing puts a sign before it.
    gains = page.locator(".worth tbody .out").first
    assert gains.inner_text().startswith("Unrealised gains ")
    assert gains.evaluate("one => getComputedStyle(one, '::before').content") == "none"
    reader.open("/coverage")
    bars = page.locator(".coverage td svg")
    assert all(bars.nth(place).bounding_box()["width"] > 15 for place in range(12))
    reader.open("/imports")
    assert page.locator(".imports tbody .own").first.inner_text().startswith("Lines ")


def owe(site: Site) -> None:
    """Buy something on the card's last closed statement, which on many days has been paid."""
    purchase = {
        "account": site.known["gold_account"],
        "date": site.known["gold_closed"],
        "amount": "-20.00",
        "description": "Found later",
    }
    with httpx.Client(base_url=f"{site.url}/api/v1") as client:
        sent = {"email": PERSON, "password": PASSWORD}
        token = client.post("/auth/token", json=sent).json()["access"]
        headers = {"Authorization": f"Bearer {token}"}
        answer = client.post("/transactions", json=purchase, headers=headers)
        assert answer.status_code == 201, answer.text


def test_the_pages_work_without_javascript(browser: Browser, site: Site) -> None:
    reader = Reader(browser, site.url, locale="en-US", java_script_enabled=False)
    page = reader.page

    reader.sign_in(PERSON, PASSWORD)
    page.get_by_role("link", name="Spending").click()
    page.locator(".pick summary").click()
    page.get_by_role("link", name="Last year").click()
    assert page.get_by_role("group").locator("summary").first.inner_text() == "Last year"
    spent = page.locator(".figure a").inner_text()
    page.locator(".figure a").click()
    page.wait_for_url("**/rows?*")
    assert page.locator(".figure").inner_text().split()[0].lstrip("−") == spent
    page.go_back()
    page.get_by_role("button", name="Português").click()
    page.wait_for_selector("html[lang=pt-br]")
    page.get_by_role("button", name="Escura").click()
    page.wait_for_selector("html[data-scheme=dark]")
    owe(site)
    page.goto(f"/cards/{site.known['gold']}")
    page.get_by_role("link", name="Pagar").first.click()
    page.locator("[name=amount]").fill("12,50")
    page.get_by_role("button", name="Registrar o pagamento").click()
    page.wait_for_url("**#paid")

    assert "12,50" in page.locator("#paid tbody .own").all_inner_texts()
    assert reader.amiss == []
    reader.context.close()


def test_what_is_amiss_is_noticed(readers: dict[tuple[str, bool], Reader]) -> None:
    reader = readers["en", False]
    reader.see(390, "light")
    reader.open("/sign-in")
    picture = "<img src='https://elsewhere.example/'>"

    reader.page.evaluate("html => document.querySelector('main').innerHTML += html", picture)

    assert {one.split(":")[0] for one in reader.barriers()} == {"image-alt"}
    assert any("Content Security Policy" in one for one in reader.amiss)
