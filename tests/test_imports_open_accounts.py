"""The first import opens its account: as the file says, as its reader corrects it, once or not."""

import re
from datetime import date
from decimal import Decimal
from html import unescape
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from test_import_pages import DOUBTFUL, STATEMENT, browser, field
from test_signs_of_tables import INTER
from wallet import text_of

from accounts.models import Account, Broker, CreditCard
from buffet.audit import Actor
from buffet.models import Book, Role
from transactions.models import Entry, Import, ImportLine, Transaction
from transactions.queries.balances import balance

__all__ = ["browser"]
BANK = STATEMENT.replace("{memo}", "Market")
#: A card's statement of which nothing opens and what is owed is told.
CARD = (
    "OFXHEADER:100\n\n<OFX><SIGNONMSGSRSV1><SONRS><FI><ORG>Banco Azul</FI></SONRS>"
    "</SIGNONMSGSRSV1><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>BRL"
    "<CCACCTFROM><ACCTID>5500********1234</CCACCTFROM><BANKTRANLIST>"
    "<DTSTART>20260401<DTEND>20260430"
    "<STMTTRN><DTPOSTED>20260407<TRNAMT>-120.00<FITID>1<MEMO>Shoes</STMTTRN>"
    "<STMTTRN><DTPOSTED>20260410<TRNAMT>500.00<FITID>2<MEMO>Payment</STMTTRN>"
    "</BANKTRANLIST><LEDGERBAL><BALAMT>-734.05<DTASOF>20260430</LEDGERBAL>"
    "</CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>\n"
)
MT940 = (
    ":20:X\n:25:DE10/4455667788\n:28C:1/1\n:60F:C260331EUR1000,00\n"
    ":61:2604020402D250,00NTRFNONREF\n:86:Rent\n:61:2604100410C80,50NTRFNONREF\n:86:Refund\n"
    ":62F:C260430EUR830,50\n-\n"
)
CAMT = """<?xml version="1.0"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt><Stmt><Id>1</Id>
<Acct><Id><IBAN>CH9300762011623852957</IBAN></Id><Ccy>CHF</Ccy>
<Svcr><FinInstnId><Nm>Bank Rot</Nm></FinInstnId></Svcr></Acct>
<Bal><Tp><CdOrPrtry><Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">10.00</Amt>
<CdtDbtInd>DBIT</CdtDbtInd><Dt><Dt>2026-04-01</Dt></Dt></Bal>
<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CHF">65.00</Amt>
<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-04-30</Dt></Dt></Bal>
<Ntry><Amt Ccy="CHF">75.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-04-03</Dt></BookgDt><AddtlNtryInf>Sale</AddtlNtryInf></Ntry>
</Stmt></BkToCstmrStmt></Document>
"""
TABLE = "Date,Text,Amount,Balance\n2026-04-15,Bread,-33.50,-23.50\n2026-04-16,Pay,1533.50,1510.00\n"


#: A card of Nubank, whose payment tells what the signs mean.
NUBANK = (
    "date,title,amount\n2026-04-05,Mercado Bom,800.00\n2026-04-10,Pagamento recebido,-500.00\n"
    "2026-05-02,Padaria,34.65\n"
)


def upload(client: Client, content: str, account: str = "") -> Any:
    """Choose a file on the page, and the account as its list says it."""
    file = SimpleUploadedFile("april.txt", content.encode())
    return client.post("/imports/new", {"file": file, "account": account})


def offered(page: Any, place: int = 1) -> dict[str, str]:
    """Return what a page proposes of a new account, as its form would send it."""
    body = page.content.decode()
    names = rf'name="(new-{place}-\w+)"'
    found = dict(re.findall(rf'<input[^>]* {names}(?: value="([^"]*)")?', body))
    for name, options in re.findall(rf"<select {names}.*?>(.*?)</select>", body, re.DOTALL):
        chosen = re.search(r'value="([^"]*)" selected', options)
        found[name] = chosen[1] if chosen else ""
    return {name: unescape(value) for name, value in found.items()}


def held(page: Any) -> dict[str, str]:
    """Return the file that goes along with a page."""
    return {name: field(page, name) for name in ("held", "held_name")}


def agreed(client: Client, content: str, **corrected: str) -> Any:
    """Choose a file, and agree with what it says of its account, but for what is corrected."""
    asked = upload(client, content, account="new")
    corrections = {f"new-1-{name}": value for name, value in corrected.items()}
    sent = held(asked) | {"account-1": "new"} | offered(asked) | corrections
    return client.post("/imports/new", sent)


def nothing(book: Book) -> bool:
    """Say whether a book is as empty as it was."""
    kinds = (Broker, CreditCard, Import, ImportLine, Transaction)
    rows = [Account.objects.real(), *(kind.objects.all() for kind in kinds)]
    return not any(row.filter(book=book).exists() for row in rows)


@pytest.mark.parametrize(
    ("content", "said", "closing"),
    [
        (
            BANK,
            ("checking", "Checking account 8765", "BRL", "", "0001-98765", "100.00", "2026-04-30"),
            ("2026-05-31", "47.60"),
        ),
        (
            MT940,
            ("checking", "Checking account 7788", "EUR", "", "4455667788", "1000.00", "2026-04-01"),
            ("2026-04-30", "830.50"),
        ),
        (
            CAMT,
            (
                *("checking", "Checking account 2957", "CHF", "Bank Rot"),
                *("CH9300762011623852957", "-10.00", "2026-04-02"),
            ),
            ("2026-04-30", "65.00"),
        ),
        (
            TABLE,
            ("checking", "Checking account", "BRL", "", "", "10.00", "2026-04-14"),
            ("2026-04-16", "1510.00"),
        ),
    ],
    ids=["ofx", "mt940", "camt", "csv"],
)
def test_a_file_opens_its_account_which_then_has_what_the_bank_says(
    browser: Any, book: Book, content: str, said: tuple[str, ...], closing: tuple[str, str]
) -> None:
    client = browser(Role.EDITOR)

    asked = upload(client, content)

    assert "A new account for this file" in text_of(asked)
    names = "kind name currency broker number opening_balance opened_on".split()
    assert tuple(offered(asked)[f"new-1-{name}"] for name in names) == said
    assert nothing(book)
    answer = agreed(client, content)
    started = Import.objects.get()
    assert (answer.status_code, answer["Location"]) == (303, f"/imports/{started.id}")
    assert "The account agrees with the bank" in text_of(client.get(answer["Location"]))
    client.post(answer["Location"], {"action": "commit"})
    on, amount = closing
    assert started.account.created_via == "page"
    assert balance(book.id, started.account_id, date.fromisoformat(on)) == Decimal(amount)
    assert Entry.objects.filter(account=started.account, transaction__source="opening").count() == 1


def test_each_day_of_the_account_is_backed_by_its_file(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    client.post(agreed(client, BANK)["Location"], {"action": "commit"})

    page = client.get("/coverage?date_from=2026-04-01&date_to=2026-05-31&format=json").json()

    (account,) = page["accounts"]
    assert (account["days"], account["missing"]) == (31, 0)


def test_what_was_on_it_is_dated_the_day_before_the_first_line(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    asked = text_of(upload(client, TABLE))

    client.post(agreed(client, TABLE)["Location"], {"action": "commit"})

    assert "At the end of The day before the first one of the file." in asked
    account = Account.objects.real().get(book=book)
    opening = Entry.objects.get(account=account, transaction__source="opening")
    assert (opening.date, account.opened_on) == (date(2026, 4, 14), date(2026, 4, 15))


def test_an_account_begins_on_the_first_day_of_its_file_with_nothing_on_it(
    browser: Any, book: Book
) -> None:
    agreed(browser(Role.OWNER), BANK, opening_balance="")

    account = Account.objects.real().get(book=book)
    assert account.opened_on == date(2026, 5, 1)
    assert not Entry.objects.filter(account=account).exists()


def test_a_cards_file_opens_a_card_with_what_was_owed(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    asked = offered(upload(client, CARD))
    assert asked["new-1-kind"] == "credit_card"
    assert asked["new-1-name"] == "Credit card 1234"
    assert asked["new-1-broker"] == "Banco Azul"
    assert asked["new-1-owed"] == "1114.05"

    refused = agreed(client, CARD)
    opened = agreed(client, CARD, closing_day="30", due_day="8")

    assert refused.status_code == 400
    # Only a person knows these, and the file goes along while they are asked for.
    assert text_of(refused).count("statements follow from it.") == 2
    assert held(refused)
    client.post(opened["Location"], {"action": "commit"})
    card = CreditCard.objects.get(book=book)
    assert balance(book.id, card.account_id, date(2026, 4, 30)) == Decimal("-734.05")
    assert card.account.broker.name == "Banco Azul"


def test_what_is_corrected_holds(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)

    agreed(client, BANK, name="Ours", kind="savings", broker="Azul", opening_balance="1,100.00")

    account = Account.objects.real().get(book=book)
    assert (account.name, account.kind, account.broker.name) == ("Ours", "savings", "Azul")
    assert Entry.objects.get(account=account).amount == Decimal(1100)


def test_amounts_are_proposed_as_the_reader_types_them(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "pt-BR"

    assert offered(upload(client, BANK))["new-1-opening_balance"] == "100,00"
    agreed(client, BANK)

    account = Account.objects.real().get(book=book)
    assert account.name == "Conta-corrente 8765"
    assert Entry.objects.get(account=account).amount == Decimal(100)


@pytest.mark.parametrize(
    ("corrected", "place", "why"),
    [
        ({"currency": "USD"}, "currency", "The statement is in BRL"),
        ({"name": ""}, "name", "This field is required"),
        ({"opening_balance": "much"}, "opening_balance", "amount"),
        (
            {"kind": "credit_card", "closing_day": "1", "due_day": "9", "limit": "-1"},
            "limit",
            "A l",
        ),
    ],
)
def test_what_is_refused_is_said_beside_its_field_and_leaves_nothing(
    browser: Any, book: Book, corrected: dict[str, str], place: str, why: str
) -> None:
    client = browser(Role.OWNER)

    answer = agreed(client, BANK, broker="Azul", **corrected)

    body = answer.content.decode()
    assert answer.status_code == 400
    assert why in body[body.index(f'id="new-1-{place}_error"') :].partition("</p>")[0]
    assert offered(answer)["new-1-broker"] == "Azul"
    assert nothing(book)


def test_the_same_agreement_sent_again_opens_no_second_account(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    asked = upload(client, BANK)
    sent = held(asked) | {"account-1": "new"} | offered(asked)

    first, again = (client.post("/imports/new", sent) for _ in range(2))

    assert (first.status_code, again.status_code) == (303, 400)
    assert "The book already has an account of this name." in text_of(again)
    assert (Account.objects.real().filter(book=book).count(), Import.objects.count()) == (1, 1)


def test_of_two_statements_both_open_their_accounts_or_neither(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    inner = BANK.split("<BANKMSGSRSV1>")[1].split("</BANKMSGSRSV1>")[0]
    two = BANK.replace(inner, inner + inner.replace("0001-98765", "777"))
    asked = upload(client, two)
    assert "The file has 2 statements" in text_of(asked)
    sent = held(asked) | {"account-1": "new", "account-2": "new"}
    sent |= offered(asked) | offered(asked, 2)

    refused = client.post("/imports/new", sent | {"new-2-name": sent["new-1-name"]})

    assert 'id="new-2-name_error"' in refused.content.decode()
    assert nothing(book)
    answer = client.post("/imports/new", sent)
    assert (answer.status_code, answer["Location"]) == (303, "/imports")
    numbers = Account.objects.real().order_by("number").values_list("number", "imports__total")
    assert list(numbers) == [("0001-98765", Decimal("-52.4")), ("777", Decimal("-52.4"))]


def test_what_was_said_of_the_account_goes_along_with_a_question(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    spent = "Date,Text,Amount\n2026-04-15,Bread,33.50\n2026-04-16,Shoes,10.00\n"
    asked = agreed(client, spent, kind="credit_card", closing_day="25", due_day="5", name="Gold")
    assert "How is this to be read?" in text_of(asked)
    assert nothing(book)

    body = asked.content.decode()
    hidden = dict(re.findall(r'type="hidden" name="([\w-]+)" value="([^"]*)"', body))
    answer = re.findall(r'name="answer" value="([^"]+)"', body)[0]
    done = client.post("/imports/new", hidden | {"answer": answer})

    assert done.status_code == 303
    assert Import.objects.get().account.name == "Gold"


def test_a_file_that_can_be_read_in_two_ways_is_asked_about_first(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    asked = upload(client, DOUBTFUL)
    assert "How is this to be read?" in text_of(asked)

    sent = held(asked) | {"account": field(asked, "account"), "answer": "date_order=dmy"}
    page = client.post("/imports/new", sent)

    assert offered(page)["new-1-opened_on"] == "2026-05-03"
    sent = held(page) | {"account-1": "new", "answer": "date_order=dmy"} | offered(page)
    assert client.post("/imports/new", sent).status_code == 303
    assert Import.objects.get().first_on == date(2026, 5, 4)


def test_beside_other_accounts_a_new_one_may_be_chosen(
    browser: Any, book: Book, checking: Account
) -> None:
    Account.objects.filter(id=checking.id).update(name="Checking account 8765")
    client = browser(Role.OWNER)
    asked = upload(client, BANK, account="new")
    assert '<option value="new" selected>' in asked.content.decode()
    assert offered(asked)["new-1-name"] == "Checking account 8765 (2)"

    agreed(client, BANK)

    assert Import.objects.get().account.name == "Checking account 8765 (2)"


@pytest.mark.parametrize("content", [INTER, NUBANK])
def test_a_card_s_table_is_offered_a_card(browser: Any, book: Book, content: str) -> None:
    client = browser(Role.OWNER)

    assert offered(upload(client, content))["new-1-kind"] == "credit_card"
    asked = agreed(client, content, kind="savings")
    assert "How is this to be read?" in text_of(asked)
    assert nothing(book)


@pytest.mark.parametrize(
    ("number", "kind", "chosen"),
    [
        ("555", "checking", "new"),
        ("", "savings", "new"),
        # It may be the one of the file, whose number nobody said.
        ("", "checking", ""),
    ],
)
def test_an_account_that_the_book_cannot_have_is_to_be_opened(
    browser: Any, checking: Account, number: str, kind: str, chosen: str
) -> None:
    Account.objects.filter(id=checking.id).update(number=number, kind=kind)
    client = browser(Role.OWNER)

    asked = upload(client, BANK)

    assert ('<option value="new" selected>' in asked.content.decode()) is (chosen == "new")
    answer = client.post("/imports/new", held(asked) | {"account-1": chosen} | offered(asked))
    assert answer.status_code == (303 if chosen else 400)
    assert '<option value="new" selected>' not in answer.content.decode()


def test_a_file_whose_account_is_there_is_offered_that(browser: Any, checking: Account) -> None:
    Account.objects.filter(id=checking.id).update(number="0001-98765")

    page = upload(browser(Role.OWNER), BANK, account="new").content.decode()

    assert f'<option value="{checking.id}" selected>' in page
    assert '<option value="new" selected>' not in page


def test_an_account_that_a_file_opened_is_found_by_the_next(browser: Any, book: Book) -> None:
    client = browser(Role.OWNER)
    agreed(client, BANK)

    answer = upload(client, BANK)

    assert answer.status_code == 303
    assert len({*Import.objects.values_list("account", flat=True)}) == 1


def test_a_file_that_cannot_be_read_says_so_in_an_empty_book(browser: Any, book: Book) -> None:
    answer = upload(browser(Role.OWNER), "%PDF-1.7\n")

    assert answer.status_code == 400
    assert "This is a PDF" in text_of(answer)


def test_a_viewer_opens_nothing(browser: Any, book: Book) -> None:
    client = browser(Role.VIEWER)
    file = SimpleUploadedFile("may.ofx", BANK.encode())

    answer = client.post("/imports/new", {"file": file, "account-1": "new", "new-1-name": "X"})

    assert answer.status_code == 403
    assert nothing(book)


def test_the_api_says_what_a_file_says_of_its_account(api: Any, book: Book) -> None:
    headers = {"Authorization": f"Bearer {api.token}"}
    file = SimpleUploadedFile("card.ofx", CARD.encode())

    found = api.client.post("/api/v1/imports/inspect", {"file": file}, headers=headers).json()

    assert found["statements"][0]["new_account"] == {
        "kind": "credit_card",
        "currency": "BRL",
        "number": "5500********1234",
        "bank": "Banco Azul",
        "opened_on": "2026-04-01",
        "opening_balance": "-1114.05",
    }


@pytest.mark.parametrize("content", [BANK, CARD], ids=["account", "card"])
def test_what_is_thrown_away_takes_along_the_account_that_was_opened_for_it(
    browser: Any, book: Book, content: str
) -> None:
    client = browser(Role.OWNER)
    extra = {"closing_day": "25", "due_day": "5", "owed": "300"} if content == CARD else {}
    preview = agreed(client, content, **extra)["Location"]
    (account,) = Account.objects.real().filter(book=book)
    assert f"it takes {account.name} along" in text_of(client.get(preview))

    answer = client.post(preview, {"action": "discard"})

    assert (answer.status_code, answer["Location"]) == (303, "/imports")
    assert not Account.objects.real().filter(book=book).exists()
    assert not CreditCard.objects.exists()
    assert not Transaction.objects.exists()


def test_what_somebody_recorded_meanwhile_keeps_the_account(
    browser: Any, book: Book, by: Actor
) -> None:
    client = browser(Role.OWNER)
    preview = agreed(client, BANK, opening_balance="1,000.00", opened_on="2026-04-01")["Location"]
    (account,) = Account.objects.real().filter(book=book)
    Bookkeeper(book, by).move(account, date(2026, 4, 20), "-5.00")

    client.post(preview, {"action": "discard"})

    assert not Import.objects.exists()
    assert balance(book.id, account.id, date(2026, 4, 30)) == Decimal("995.00")
