"""The accountant's pack: one zip whose files say what the reports say, to the cent."""

import csv
import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from tempfile import SpooledTemporaryFile
from typing import Any
from zipfile import ZipFile

import pytest
from bookkeeping import Bookkeeper, rate
from cards import Cardholder
from django.utils import timezone
from pypdf import PdfReader

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from reports import asking
from reports.pack import building, entries
from transactions import services as ledger
from transactions.drafts import Draft

YEAR = "period=2026"
ADDRESS = f"/reports/accountants-pack?{YEAR}"


class Opened:
    """A pack that was unpacked."""

    def __init__(self, answer: Any) -> None:
        assert answer.status_code == 200, answer
        assert answer["Content-Type"] == "application/octet-stream"
        self.archive = ZipFile(io.BytesIO(b"".join(answer.streaming_content)))
        assert self.archive.testzip() is None
        (self.folder,) = {name.split("/")[0] for name in self.archive.namelist()}
        self.names = [name.partition("/")[2] for name in self.archive.namelist()]

    def read(self, name: str) -> bytes:
        """Return a file."""
        return self.archive.read(f"{self.folder}/{name}")

    def text(self, name: str) -> str:
        """Return a file as text."""
        return self.read(name).decode()

    def rows(self, name: str) -> list[dict[str, str]]:
        """Return the rows of a table."""
        return list(csv.DictReader(io.StringIO(self.text(name), newline="")))

    def paper(self) -> str:
        """Return what the report says, on one line."""
        pages = PdfReader(io.BytesIO(self.read("report.pdf"))).pages
        return " ".join(" ".join(page.extract_text().split()) for page in pages)


def total(rows: list[dict[str, str]], column: str) -> Decimal:
    return sum((Decimal(row[column]) for row in rows), Decimal(0))


@pytest.fixture
def keeper(
    book: Book, by: Actor, checking: Account, dollars: Account, salary: Account, groceries: Account
) -> Bookkeeper:
    """A book with salaries, groceries, a card, dollars without and with a rate, and names."""
    keeper = Bookkeeper(book, by)
    holder = Cardholder(book, by, checking, closing_day=20, due_day=28)
    keeper.move(checking, date(2025, 12, 30), "1000.00", category_id=salary.id)
    for month in (4, 5):
        keeper.move(checking, date(2026, month, 5), "3000.00", category_id=salary.id)
        keeper.move(checking, date(2026, month, 6), "-20.05", category_id=groceries.id)
    keeper.move(dollars, date(2026, 5, 7), "-10.00", category_id=groceries.id)
    keeper.move(checking, date(2026, 5, 8), "-1.00", description="=HYPERLINK(1)")
    holder.spend("2026-05-10", "50.00", groceries, description="Açaí, Ωmega и Жук")
    rate("USD", "BRL", date(2026, 4, 1), "5.00")
    return keeper


@pytest.fixture
def opened(api: Any, keeper: Bookkeeper) -> Opened:
    """The pack of the year."""
    return Opened(api.get(ADDRESS))


def test_it_has_everything(opened: Opened) -> None:
    assert opened.names == [
        "trial-balance.csv",
        "ledger.csv",
        "accounts/01-checking.csv",
        "accounts/02-dollars.csv",
        "accounts/03-platinum.csv",
        "cash-flow.csv",
        "spending.csv",
        "net-worth.csv",
        "balances.csv",
        "card-statements.csv",
        "rates-used.csv",
        "not-converted.csv",
        "report.pdf",
        "README.txt",
    ]
    assert opened.folder.startswith("household-2026-01-01-2026-")


def test_what_it_is_and_the_digest_of_each_file_are_written_down(
    opened: Opened, book: Book
) -> None:
    told = opened.text("README.txt")

    book.refresh_from_db()
    assert "Book: Household" in told
    assert f"Version: {book.version}\n" in told
    for name in opened.names[:-1]:
        assert f"{sha256(opened.read(name)).hexdigest()}  {name}\n" in told
    ledger_rows = opened.rows("ledger.csv")
    reais = [row for row in ledger_rows if row["currency"] == "BRL"]
    assert f"BRL: debits {total(reais, 'debit')} = credits {total(reais, 'credit')}" in told


@pytest.mark.parametrize("currency", ["BRL", "USD"])
def test_the_ledger_is_what_moved_the_trial_balance(opened: Opened, currency: str) -> None:
    entries = [row for row in opened.rows("ledger.csv") if row["currency"] == currency]
    lines = [row for row in opened.rows("trial-balance.csv") if row["currency"] == currency]

    assert total(entries, "debit") == total(entries, "credit") == total(lines, "debit")
    assert total(lines, "closing") == total(lines, "opening") == 0
    for line in lines:
        own = [row for row in entries if row["account"] == line["account"]]
        assert total(own, "debit") == Decimal(line["debit"])
        if own:
            assert own[-1]["balance"] == line["closing"]


def test_a_statement_leads_from_its_opening_to_its_closing(opened: Opened) -> None:
    first, *rows, last = opened.rows("accounts/01-checking.csv")
    (line,) = [row for row in opened.rows("trial-balance.csv") if row["account"] == "Checking"]

    assert (first["date"], first["balance"]) == ("2025-12-31", "1000.00")
    assert Decimal(first["balance"]) + total(rows, "amount") == Decimal(last["balance"])
    assert (first["balance"], last["balance"]) == (line["opening"], line["closing"])
    assert rows[-1]["other side"] == "Uncategorised expenses"


@pytest.mark.parametrize(
    ("name", "report", "column", "figure"),
    [
        ("cash-flow.csv", "cash-flow", "income", lambda found: found["total"]["income"]),
        ("cash-flow.csv", "cash-flow", "expenses", lambda found: found["total"]["expenses"]),
        ("net-worth.csv", "net-worth", "savings", None),
    ],
)
def test_the_tables_sum_up_to_what_the_reports_say(
    api: Any, opened: Opened, name: str, report: str, column: str, figure: Any
) -> None:
    said = api.get(f"/reports/{report}?{YEAR}").json()

    if figure is None:
        expected = sum(Decimal(month["savings"]["amount"]) for month in said["months"])
    else:
        expected = Decimal(figure(said)["amount"])
    assert total(opened.rows(name), column) == expected


def test_spending_and_balances_are_those_of_the_reports(api: Any, opened: Opened) -> None:
    spent = api.get(f"/reports/spending?{YEAR}").json()
    held = api.get("/reports/accounts/balances").json()

    tops = [row for row in opened.rows("spending.csv") if row["depth"] == "0"]
    assert total(tops, "total") == Decimal(spent["total"]["amount"])
    balances = opened.rows("balances.csv")
    assert total(balances, "in BRL") == Decimal(held["net_worth"]["amount"])


def test_statements_of_cards_and_rates_are_told(opened: Opened) -> None:
    statements = opened.rows("card-statements.csv")
    rates = opened.rows("rates-used.csv")

    assert [
        (row["card"], row["month"], row["total"]) for row in statements if row["total"] != "0.00"
    ]
    assert {(row["currency"], row["into"], row["rate"]) for row in rates} == {
        ("USD", "BRL", "5.00000000")
    }
    # On paper each of them once, whatever it was used for.
    months = {row["month"] for row in rates}
    _, used = opened.paper().split("The rates used")
    assert used.count("5.0000") == len(months) > 1


def test_what_has_no_rate_is_told(api: Any, keeper: Bookkeeper, groceries: Account) -> None:
    yen = keeper.open("Yen", "savings", "JPY")
    keeper.move(yen, date(2026, 5, 7), "-1000", category_id=groceries.id)

    opened = Opened(api.get(ADDRESS))
    rows = opened.rows("not-converted.csv")

    assert {(row["report"], row["currency"]) for row in rows} == {
        ("cash-flow", "JPY"),
        ("spending", "JPY"),
        ("net-worth", "JPY"),
        ("balances", "JPY"),
    }
    ends = [row["of"] for row in rows if row["of"]]
    assert ends[0] == "2026-05-31"
    assert len(ends) > 5
    # Of each day of net worth, of its line in the trial balance and of its category's.
    assert opened.paper().count("no rate") == len(ends) + 1 + 2
    # Of each of them on paper, too.
    assert opened.paper().count("Not converted and not counted: ") == 4


def test_nothing_is_counted_where_there_is_a_rate(api: Any, keeper: Bookkeeper) -> None:
    rate("USD", "BRL", date(2026, 5, 6), "5.43215")
    keeper.open("Nothing in dollars", "savings", "USD")

    opened = Opened(api.get(ADDRESS))

    (line,) = (row for row in opened.rows("balances.csv") if row["account"] == "Nothing in dollars")
    assert line["in BRL"] == "0.00"
    assert "not counted" not in opened.paper()


def test_no_cell_is_a_formula(opened: Opened) -> None:
    for name in ("ledger.csv", "accounts/01-checking.csv"):
        assert "'=HYPERLINK(1)" in [row["description"] for row in opened.rows(name)]


def test_the_report_has_the_figures_and_the_names(
    api: Any, keeper: Bookkeeper, groceries: Account
) -> None:
    keeper.open("Poupança Ωmega Жук", "savings", "BRL", opening_balance=Decimal("7654.32"))

    said = Opened(api.get(ADDRESS))
    paper = said.paper()

    for words in ("Household", "Cash flow", "Spending", "Net worth", "Balances", "Trial balance"):
        assert words in paper
    assert "Poupança Ωmega Жук" in paper
    assert "7,654.32" in paper
    assert "6,000.00" in paper
    assert "−50.00" in paper
    assert f"1 / {len(PdfReader(io.BytesIO(said.read('report.pdf'))).pages)}" in paper


def test_a_page_gives_it_in_its_readers_language(client: Any, owner: User, keeper: Any) -> None:
    client.force_login(owner)

    whole = "Conta poupança de Ana e Bruno para a reforma da casa, aberta em 2024 – Ana e Bruno"
    keeper.open(whole, "savings", "BRL")
    link = client.get("/trial-balance?period=2026-05").content.decode()
    said = Opened(client.get(f"/accountants-pack?{YEAR}", headers={"Accept-Language": "pt-BR"}))
    paper = said.paper()

    assert '"/accountants-pack?date_from=2026-05-01&amp;date_to=2026-05-31"' in link
    assert "Fluxo de caixa" in paper or "6.000,00" in paper
    assert "Despesas sem categoria" in paper
    assert "Uncategorised expenses: Despesas sem categoria\n" in said.text("README.txt")
    # Nothing is cut, however little room it has.
    assert "Taxa de poupança" in paper
    assert whole in paper
    assert "…" not in paper


def test_the_page_of_exports_says_of_which_days_it_is(client: Any, owner: User, book: Book) -> None:
    client.force_login(owner)
    year = timezone.localdate().year

    page = client.get("/export").content.decode()

    assert "/accountants-pack?period=this-year" in page
    assert "/accountants-pack?period=last-month" in page
    assert f"1 Jan {year} – " in page
    assert '/accountants-pack"' not in page


@pytest.mark.django_db(transaction=True)
def test_what_was_known_then_is_told(api: Any, book: Book, keeper: Bookkeeper) -> None:
    today = book.day(timezone.now())

    found = Opened(api.get(f"{ADDRESS}&known_on={today}"))

    assert len(found.rows("ledger.csv")) == len(Opened(api.get(ADDRESS)).rows("ledger.csv"))
    told = found.text("README.txt")
    assert f"\nAs known on: {today}\n" in told
    assert "Version" not in told
    assert "as known on" in found.paper()
    assert "version" not in found.paper()
    refused = api.get(f"{ADDRESS}&known_on={today + timedelta(days=2)}")
    assert refused.json()["code"] == "not_yet"


def test_another_book_is_not_in_it(
    api: Any, opened: Opened, keeper: Bookkeeper, person: Any, sign_in: Any, book: Book
) -> None:
    stranger = person("stranger", Book.objects.create(name="Theirs", base_currency="EUR"))

    theirs = Opened(sign_in(stranger).get(ADDRESS))

    for name in theirs.names[:-1]:
        if name.endswith(".csv"):
            assert "Checking" not in theirs.text(name)
    assert theirs.rows("ledger.csv") == []
    assert sign_in(stranger, book=str(book.id)).get(ADDRESS).status_code == 404


def test_a_viewer_may_have_it(keeper: Bookkeeper, book: Book, person: Any, sign_in: Any) -> None:
    assert Opened(sign_in(person("viewer", book, Role.VIEWER)).get(ADDRESS)).names


@pytest.mark.django_db(transaction=True)
def test_who_has_it_is_told_so_until_the_book_changes(
    api: Any, keeper: Bookkeeper, checking: Account
) -> None:
    first = api.get(ADDRESS)
    assert Opened(first).names
    tag = first["ETag"]

    again = api.get(ADDRESS, **{"If-None-Match": tag})
    keeper.move(checking, date(2026, 5, 9), "-1.00")

    assert again.status_code == 304
    assert Opened(api.get(ADDRESS, **{"If-None-Match": tag})).names


@pytest.fixture
def many(book: Book, by: Actor, checking: Account, groceries: Account) -> Callable[[int], None]:
    """A maker of purchases."""

    def make(count: int) -> None:
        drafts = [
            Draft(
                date=date(2026, 1, 1) + timedelta(days=number % 140),
                description=f"Purchase {number} of something with quite a long name",
                account_id=checking.id,
                amount=Decimal("-1.00"),
                category_id=groceries.id,
            )
            for number in range(count)
        ]
        for first in range(0, count, 1000):
            ledger.record(book=book, by=by, drafts=drafts[first : first + 1000])

    return make


def test_memory_does_not_grow_with_the_ledger(
    book: Book, many: Callable[[int], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(building, "printed", lambda found: b"")
    monkeypatch.setattr(entries, "CHUNK", 100)
    peaks = list(_peaks(book, many))

    # 4 times as many entries, and the same chunk of them at once.
    assert peaks[1] < 1.3 * peaks[0]


def _peaks(book: Book, many: Callable[[int], None]) -> Iterator[int]:
    for count in (500, 1500):
        many(count)
        sent = {"period": "2026"}
        asked = asking.asked(book, 0, 0, date(2026, 6, 15), sent, "")
        tracemalloc.start()
        answer = building.packed(book, asked)
        yield tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert isinstance(answer.file_to_stream, SpooledTemporaryFile)
        answer.file_to_stream.close()
