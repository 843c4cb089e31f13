"""The pages of imports: a file is chosen, looked at, corrected, imported and taken back."""

import re
import zlib
from base64 import b64encode
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from wallet import text_of

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, Role, User
from transactions import services as ledger
from transactions.models import Entry, Import, ImportFile, ImportStatus, Transaction

EVIL = "<script>alert(1)</script>"
#: Two lines, and a balance that lacks 100.00.
STATEMENT = (
    "OFXHEADER:100\nDATA:OFXSGML\n\n<OFX><BANKMSGSRSV1><STMTTRNRS><STMTRS><CURDEF>BRL"
    "<BANKACCTFROM><ACCTID>0001-98765</BANKACCTFROM><BANKTRANLIST>"
    "<DTSTART>20260501<DTEND>20260531"
    "<STMTTRN><DTPOSTED>20260502<TRNAMT>-9.90<FITID>1<MEMO>Bread</STMTTRN>"
    "<STMTTRN><DTPOSTED>20260504<TRNAMT>-42.50<FITID>2<MEMO>{memo}</STMTTRN>"
    "</BANKTRANLIST><LEDGERBAL><BALAMT>47.60<DTASOF>20260531</LEDGERBAL>"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1></OFX>\n"
)
#: Which of the numbers is the month, no row of it tells.
DOUBTFUL = "Date,Description,Amount\n04/05/2026,Bread,-9.90\n06/05/2026,Market,-42.50\n"


@pytest.fixture
def browser(client: Client, book: Book, owner: User, person: Any) -> Callable[[str], Client]:
    """A maker of signed-in browsers: `browser("editor")`."""

    def make(role: str) -> Client:
        client.force_login(owner if role == Role.OWNER else person(role, book, role))
        return client

    return make


def upload(client: Client, content: str, account: Account | None = None, **more: Any) -> Any:
    """Choose a file on the page."""
    file = SimpleUploadedFile("may.ofx", content.encode())
    sent = {"file": file, "account": account.id if account else "", **more}
    return client.post("/imports/new", sent)


def preview(client: Client, account: Account, content: str = STATEMENT) -> str:
    """Choose a file and return where its preview is."""
    answer = upload(client, content.replace("{memo}", "Market"), account)
    assert answer.status_code == 303, text_of(answer)
    return str(answer["Location"])


def field(page: Any, name: str) -> str:
    """Return what a hidden field of a page holds."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page.content.decode())
    assert found, name
    return found[1]


# From the file to the ledger and back


def test_who_has_no_categories_yet_is_led_to_them(
    browser: Any, book: Book, by: Actor, checking: Account
) -> None:
    client = browser(Role.EDITOR)
    address = preview(client, checking)

    seen = client.get(address)
    assert "There are no categories yet: start with a common set or add your own" in text_of(seen)
    assert '<a href="/categories">start with' in seen.content.decode()

    client.post("/categories", {"action": "start"})
    assert "There are no categories yet" not in text_of(client.get(address))


def test_a_file_is_looked_at_imported_and_taken_back(
    browser: Any, checking: Account, groceries: Account
) -> None:
    client = browser(Role.EDITOR)
    assert "Import your first statement" in text_of(client.get("/imports"))

    address = preview(client, checking)
    seen = text_of(client.get(address))
    assert "2 new lines" in seen
    assert "not in the book yet" in seen
    assert "The account lacks 100.00 BRL" in seen
    assert not Transaction.objects.exists()
    chosen = {
        "action": "choose",
        "verdict-1": "new",
        "category-1": str(groceries.id),
        "verdict-2": "ignored",
        "category-2": "",
    }
    assert client.post(address, chosen)["Location"] == address
    seen = client.get(address)
    assert "1 new line" in text_of(seen)
    assert f'<option value="{groceries.id}" selected>' in seen.content.decode()
    assert client.post(address, {"action": "commit"}).status_code == 303

    done = text_of(client.get(address))
    (made,) = Transaction.objects.all()
    assert (made.description, made.date, made.created_via) == ("Bread", date(2026, 5, 2), "page")
    assert Entry.objects.filter(account=groceries).get().amount == Decimal("9.90")
    assert "Imported" in done
    assert "Recorded" in done
    assert "not in the book yet" not in done
    assert "The account lacks" in done
    assert f'/transactions/{made.id}"' in client.get(address).content.decode()
    assert "imported" in text_of(client.get("/imports"))

    assert client.post(address, {"action": "revert", "reason": ""}).status_code == 400
    assert client.post(address, {"action": "revert", "reason": "Wrong file"}).status_code == 303
    assert not Transaction.objects.exists()
    back = text_of(client.get(address))
    assert "Taken back" in back
    assert "The account lacks" not in back
    assert "Recorded" not in back


def test_the_gap_is_booked_when_that_is_ticked(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)

    client.post(address, {"action": "commit", "book_opening_balance": "on"})

    assert "The account agrees with the bank" in text_of(client.get(address))
    assert Transaction.objects.get(source="opening").date == date(2026, 4, 30)
    assert " none " in text_of(client.get("/imports"))


def test_a_page_says_that_an_account_opened_after_its_lines(
    browser: Any, book: Book, by: Actor
) -> None:
    opened, day = Decimal("47.60"), date(2026, 6, 1)
    account = ledger.open_account(
        book=book, by=by, today=day, name="Old", kind="checking", currency="BRL",
        opened_on=day, opening_balance=opened,
    )  # fmt: skip
    client = browser(Role.OWNER)
    address = preview(client, account)

    seen = client.get(address)
    said = "2 lines are dated before Old opened with 47.60 BRL on 1 Jun 2026"
    assert said in text_of(seen)
    assert "Let the account open with 100.00 BRL on 30 Apr 2026 instead" in text_of(seen)
    assert 'id="commit_gap" checked' in seen.content.decode()
    client.post(address, {"action": "commit"})

    assert said in text_of(client.get(address))


def test_a_preview_is_thrown_away(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)

    answer = client.post(address, {"action": "discard"})

    assert (answer.status_code, answer["Location"]) == (303, "/imports")
    assert not Import.objects.exists()
    assert client.get(address).status_code == 404


def test_lines_that_are_there_already_say_why_and_lead_to_what_is_there(
    browser: Any, checking: Account
) -> None:
    client = browser(Role.OWNER)
    client.post(preview(client, checking), {"action": "commit"})

    address = preview(client, checking)

    page = client.get(f"{address}?verdict=duplicate")
    assert "No new line" in text_of(page)
    assert "the bank's number of it is in the book" in text_of(page).replace("&#39;", "'")
    for made in Transaction.objects.all():
        assert f'href="/transactions/{made.id}"' in page.content.decode()
    assert "No line is one of these" in text_of(client.get(f"{address}?verdict=ignored"))


def test_a_long_file_stands_on_pages_and_is_imported_in_parts(
    browser: Any, checking: Account, settings: Any
) -> None:
    settings.IMPORT_CHUNK, settings.IMPORT_SECONDS = 60, 0
    client = browser(Role.OWNER)
    rows = "".join(f"2026-05-{1 + n % 28:02d},Line {n},-1.00\n" for n in range(150))
    address = preview(client, checking, f"Date,Description,Amount\n{rows}")
    first = client.get(address)
    assert first.content.decode().count('name="verdict-') == 100
    second = client.get(f"{address}?after=100")
    assert second.content.decode().count('name="verdict-') == 50

    client.post(address, {"action": "commit"})
    page = client.get(address)
    assert "60 of 150 lines" in text_of(page)
    assert '<progress max="150" value="60"' in page.content.decode()
    assert "continue.js" in page.content.decode()
    client.post(address, {"action": "commit"})
    client.post(address, {"action": "commit"})

    assert "Imported" in text_of(client.get(address))
    assert Transaction.objects.count() == 150
    client.post(address, {"action": "revert", "reason": "Too long"})
    assert "Being taken back" in text_of(client.get(address))


def test_the_sum_of_a_file_says_what_it_is_of(browser: Any, checking: Account) -> None:
    rows = "2026-05-02,Bread,-54.30,posted\n2026-05-04,Taxi,-31.80,pending\n"
    client = browser(Role.OWNER)

    address = preview(client, checking, f"Date,Description,Amount,Status\n{rows}")

    seen = text_of(client.get(address))
    assert "1 line −54.30" in seen
    assert "1 pending line is not in these sums: −31.80 BRL." in seen
    client.post(address, {"action": "choose", "verdict-2": "ignored"})
    assert "1 line −54.30" in text_of(client.get(address))
    plain = preview(client, checking, "Date,Description,Amount\n2026-05-06,Soap,-1.00\n")
    assert "not in these sums" not in text_of(client.get(plain))


def test_the_statements_of_the_database_do_not_grow_with_lines_or_imports(
    browser: Any, checking: Account
) -> None:
    client = browser(Role.OWNER)

    def table(lines: int) -> str:
        rows = "".join(f"2026-05-{1 + n % 28:02d},Line {n},-{n + 1}.00\n" for n in range(lines))
        return f"Date,Description,Amount\n{rows}"

    def asked(*addresses: str) -> list[int]:
        counts = []
        for address in addresses:
            with CaptureQueriesContext(connection) as taken:
                client.get(address)
            counts.append(len(taken))
        return counts

    client.post(preview(client, checking, table(2)), {"action": "commit"})
    few = asked(preview(client, checking, table(3)), "/imports")

    many = asked(preview(client, checking, table(60)), "/imports")

    assert few == many
    assert max(few) <= 14


# What a file leaves open


def test_an_ambiguous_day_is_asked_about_and_answered_by_one_click(
    browser: Any, checking: Account
) -> None:
    client = browser(Role.OWNER)

    asked = upload(client, DOUBTFUL, checking)

    assert asked.status_code == 400
    assert "4 May 2026" in text_of(asked)
    assert "5 April 2026" in text_of(asked)
    # The names by which a program answers are for programs.
    assert "Say which with" not in text_of(asked)
    assert not Import.objects.exists()
    sent = {name: field(asked, name) for name in ("held", "held_name", "account")}
    answer = client.post("/imports/new", sent | {"answer": "date_order=mdy"})
    assert answer.status_code == 303
    started = Import.objects.get()
    assert (started.first_on, started.file_name) == (date(2026, 4, 5), "may.ofx")
    page = text_of(client.get(answer["Location"]))
    assert "month, day, year" in page


def test_a_table_is_read_in_another_way(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)
    table = "Date;Text;Other;Amount\n2026-05-02;Bread;Rye;-9,90\n2026-05-28;Market;Hall;-42,50\n"
    address = preview(client, checking, table)
    started = Import.objects.get()
    sent = _form_of(client.get(address).content.decode())

    answer = client.post(address, sent | {"action": "read", "description": ["3"], "negate": "on"})

    assert answer.status_code == 303, text_of(answer)
    lines = [(line.description, line.amount) for line in started.lines.order_by("number")]
    assert lines == [("Rye", Decimal("9.90")), ("Hall", Decimal("42.50"))]
    kept = [client.post(address, {"action": "remember", "name": "Giro"}) for _ in range(2)]
    assert [one.status_code for one in kept] == [303, 400]
    preview(client, checking, table.replace("Rye", "Wheat"))
    assert Import.objects.latest("id").lines.get(number=1).description == "Wheat"


def _form_of(page: str) -> dict[str, str]:
    """Return what the form about the profile would send."""
    form = page.split('<form class="profile"')[1].split("</form>")[0]
    selects = re.findall(r'<select name="(\w+)".*?</select>', form, re.DOTALL)
    found = {}
    for name in selects:
        part = form.split(f'<select name="{name}"')[1].split("</select>")[0]
        chosen = re.search(r'value="([^"]*)" selected', part)
        found[name] = chosen[1] if chosen else ""
    for name, value in re.findall(
        r'<input type="(?:text|number)" name="(\w+)" value="([^"]*)"', form
    ):
        found[name] = value
    return found


def test_a_file_about_several_accounts_becomes_a_preview_of_each(
    browser: Any, checking: Account, savings: Account, book: Book, by: Actor
) -> None:
    Account.objects.filter(id=checking.id).update(number="0001-98765")
    client = browser(Role.OWNER)
    one = STATEMENT.replace("{memo}", "Market")
    inner = one.split("<BANKMSGSRSV1>")[1].split("</BANKMSGSRSV1>")[0]
    two = one.replace(inner, inner + inner.replace("0001-98765", "777"))

    asked = upload(client, two)

    assert "The file has 2 statements" in text_of(asked)
    page = asked.content.decode()
    assert page.count(f'<option value="{checking.id}" selected>') == 1
    sent = {name: field(asked, name) for name in ("held", "held_name")}
    sent |= {"account-1": str(checking.id), "account-2": str(savings.id)}
    answer = client.post("/imports/new", sent)
    assert (answer.status_code, answer["Location"]) == (303, "/imports")
    found = Import.objects.order_by("id").values_list("account", "statement_number")
    assert list(found) == [(checking.id, 1), (savings.id, 2)]


def test_a_file_finds_its_account_by_its_number(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)
    asked = upload(client, STATEMENT.replace("{memo}", "x"))
    assert "The file has 1 statement: which account is it about?" in text_of(asked)
    sent = {name: field(asked, name) for name in ("held", "held_name")}
    again = client.post("/imports/new", sent | {"account-1": ""})
    assert (again.status_code, "is left out so far" in text_of(again)) == (400, True)
    Account.objects.filter(id=checking.id).update(number="000198765")

    assert upload(client, STATEMENT.replace("{memo}", "x")).status_code == 303


# What is refused


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("%PDF-1.7\n", "PDF"),
        ("", "empty"),
        ("<html><body>Session expired</body></html>", "web page"),
        ("Date,Text,Amount\n2026-05-02,Bread,much\n2026-05-03,Bread,1.00\n", "Line 2"),
    ],
)
def test_a_wrong_file_says_why_on_the_page(
    browser: Any, checking: Account, content: str, why: str
) -> None:
    answer = upload(browser(Role.OWNER), content, checking)

    assert answer.status_code == 400
    said = answer.content.decode().split('id="import_file_error"')[1].split("</div>")[0]
    assert why in said
    assert not Import.objects.exists()
    assert not ImportFile.objects.exists()


def test_a_long_file_goes_along_with_a_question(browser: Any, checking: Account) -> None:
    client, text = browser("editor"), "at the market " * 30
    lines = "".join(f"04/05/2026,{number} {text},-9.90\n" for number in range(8_000))
    asked = upload(client, f"Date,Description,Amount\n{lines}", checking)
    assert asked.status_code == 400
    assert len(lines) > 3 * 2**20 > 10 * len(asked.content)

    sent = {name: field(asked, name) for name in ("held", "held_name", "account")}
    answer = client.post("/imports/new", sent | {"answer": "date_order=mdy"})

    assert answer.status_code == 303, text_of(answer)


@pytest.mark.parametrize("end", [None, -8])
def test_a_held_file_that_became_large_or_lacks_its_end_is_refused(
    browser: Any, checking: Account, settings: Any, end: int | None
) -> None:
    settings.IMPORT_MAX_BYTES = 1000
    held = b64encode(zlib.compress(b"x" * (900 if end else 2**22))[:end]).decode()

    answer = browser("editor").post("/imports/new", {"held": held, "held_name": "x"})

    assert answer.status_code == 400
    assert ("Choose the file once more" if end else "at most 1000 bytes") in text_of(answer)


def test_no_file_and_a_held_file_that_is_none_are_refused(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)

    assert client.post("/imports/new", {"account": checking.id}).status_code == 400
    assert client.post("/imports/new", {"held": "%%%", "held_name": "x"}).status_code == 400


def test_what_is_too_large_is_refused_before_it_is_read(
    browser: Any, checking: Account, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 100

    answer = upload(browser(Role.OWNER), "x" * 200_000, checking)

    assert answer.status_code == 413
    assert "at most 100 bytes" in text_of(answer)


def test_a_line_in_a_closed_month_is_named(
    browser: Any, checking: Account, book: Book, by: Actor
) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)
    client.post("/month-end/2026-05", {"action": "close", "anyway": "on"})

    answer = client.post(address, {"action": "commit"})

    assert answer.status_code == 400
    assert re.search("Line 1: .*closed", text_of(answer))
    assert Import.objects.get().status == ImportStatus.PREVIEW


def test_what_a_file_says_is_text(browser: Any, checking: Account) -> None:
    client = browser(Role.OWNER)
    file = SimpleUploadedFile("x.ofx", STATEMENT.replace("{memo}", EVIL).encode())

    answer = client.post("/imports/new", {"file": file, "account": checking.id})

    for page in (client.get(answer["Location"]), client.get("/imports")):
        assert "<script>alert" not in page.content.decode()


def test_a_viewer_reads_and_does_nothing(
    browser: Any, checking: Account, client: Client, owner: User
) -> None:
    client.force_login(owner)
    address = preview(client, checking)
    client = browser(Role.VIEWER)

    seen = client.get(address)
    chosen = client.get("/imports/new").content.decode()

    assert seen.status_code == 200
    assert "A viewer of this book cannot change it." in chosen
    assert 'type="file"' not in chosen
    assert 'name="action"' not in seen.content.decode()
    assert 'href="/imports/new"' not in client.get("/imports").content.decode()
    for sent in ({"action": "commit"}, {"action": "choose", "verdict-1": "ignored"}):
        assert client.post(address, sent).status_code == 403
    assert upload(client, DOUBTFUL, checking).status_code == 403
    assert Import.objects.get().status == ImportStatus.PREVIEW


def test_a_stranger_finds_nothing(
    client: Client, owner: User, checking: Account, person: Any
) -> None:
    client.force_login(owner)
    address = preview(client, checking)
    other = Book.objects.create(name="T", base_currency="EUR")
    client.force_login(person("stranger", other))

    assert client.get(address).status_code == 404
    assert client.post(address, {"action": "commit"}).status_code == 404
    assert "may.ofx" not in text_of(client.get("/imports"))
    assert upload(client, STATEMENT, checking).status_code == 400
    assert Import.objects.count() == 1


def test_a_form_without_its_token_or_name_is_refused(owner: User, checking: Account) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(owner)
    client = Client()
    client.force_login(owner)
    address = preview(client, checking)

    assert upload(strict, DOUBTFUL, checking).status_code == 403
    assert strict.post(address, {"action": "commit"}).status_code == 403
    assert client.post(address, {"action": "burn"}).status_code == 404


def test_the_pages_lead_to_each_other(browser: Any, checking: Account, keeper: Bookkeeper) -> None:
    client = browser(Role.OWNER)

    account = client.get(f"/accounts/{checking.id}").content.decode()
    assert f'href="/imports/new?account={checking.id}"' in account
    new = client.get(f"/imports/new?account={checking.id}").content.decode()
    assert f'<option value="{checking.id}" selected>' in new
    assert 'href="/imports"' in client.get("/coverage").content.decode()
