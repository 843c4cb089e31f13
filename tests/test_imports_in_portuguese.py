"""What is asked and refused of a file is said in the reader's language, values and all."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from bookkeeping import Bookkeeper
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils.translation import override
from test_import_pages import DOUBTFUL, browser, preview
from wallet import text_of

from accounts.models import Account
from buffet.models import Book, Role
from reports.management.commands.messages import found
from reports.words import ANSWERS, said
from transactions.models import Source, Transaction

__all__ = ["browser"]


def upload_in_portuguese(browser: Any, account: Account, content: str | bytes) -> Any:
    """Choose a file on the page as a reader of Portuguese; return what is answered."""
    file = SimpleUploadedFile("x.csv", content.encode() if isinstance(content, str) else content)
    sent = {"file": file, "account": str(account.id)}
    client = browser(Role.OWNER)
    return client.post("/imports/new", sent, headers={"Accept-Language": "pt-BR"})


def test_a_question_and_its_answers_are_in_the_reader_s_language(
    browser: Any, checking: Account
) -> None:
    asked = upload_in_portuguese(browser, checking, DOUBTFUL)

    said = text_of(asked)
    assert "4 de maio de 2026 (dia, mês, ano) ou 5 de abril de 2026 (mês, dia, ano)" in said
    assert ">5 de abril de 2026</button>" in asked.content.decode()


def test_which_way_money_goes_is_asked_in_the_reader_s_language(
    browser: Any, keeper: Bookkeeper
) -> None:
    card = keeper.open("Cartão", "credit_card", "BRL")

    asked = upload_in_portuguese(browser, card, "2026-05-02;Padaria;9,90\n2026-05-03;Feira;12,50\n")

    for answer in ("dinheiro que entra", "dinheiro que sai"):
        assert f">{answer}</button>" in asked.content.decode()
    assert "na coluna “número 3” são dinheiro que entra" in text_of(asked)


def test_every_answer_is_in_the_reader_s_language() -> None:
    with override("en"):
        english = [str(one) for one in ANSWERS]
    with override("pt-br"):
        for one in english:
            shown = one.format(early="4 April 2026", late="4 May 2026", name="Maio")
            assert said(shown) != shown
        assert said("The day comes first: 4 April 2026") == "O dia vem primeiro: 4 de abril de 2026"
        several = "Several columns could be the amount: Valor, number 4."
        assert said(several).endswith("ser o valor: Valor, número 4.")
    assert said("number 4") == "number 4"


def test_what_an_account_opened_with_is_told_by_its_name(
    browser: Any, keeper: Bookkeeper, book: Book
) -> None:
    keeper.open("Conta", "checking", "BRL", opening_balance=Decimal("100.00"))
    client, portuguese = browser(Role.OWNER), {"Accept-Language": "pt-BR"}

    assert "Saldos iniciais" in text_of(client.get("/transactions", headers=portuguese))
    assert "Opening balances" in text_of(client.get("/transactions"))


def test_the_reason_against_a_row_is_said_in_the_reader_s_language(
    browser: Any, checking: Account
) -> None:
    answer = upload_in_portuguese(browser, checking, "Date,Text,Amount\n2026-05-02,Bread,much\n")

    said = answer.content.decode().split('id="import_file_error"')[1].split("</div>")[0]
    assert "Linha 2:" in said
    sentences = {one for (one, _), _ in found()}
    assert {"“{text}” is not an amount.", "{reason} The row says: “{cells}”."} <= sentences


def test_missing_columns_are_named_in_the_reader_s_language(
    browser: Any, checking: Account
) -> None:
    answer = upload_in_portuguese(browser, checking, "Text,Other\nBread,much\nMarket,little\n")

    said = text_of(answer)
    assert "Faltam colunas: uma data, um valor (ou débitos e créditos)." in said
    assert "A tabela tem: nenhum nome." in said


def test_amounts_that_are_asked_about_are_written_as_their_reader_does(
    browser: Any, checking: Account
) -> None:
    table = "Date,Text,Amount\n2026-05-02,Bread,1.234\n"
    asked = upload_in_portuguese(browser, checking, table)

    assert "“1.234” é 1,234 (" in text_of(asked)
    assert ">1,234</button> " in asked.content.decode()
    assert ">1.234</button> " in asked.content.decode()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("Date,Text,Amount\n31/02/2026,Bread,-1.00\n", "“31/02/2026” não é um dia do calendário."),
        ("\x89PNG\r\n", "Isto é uma imagem (PNG)."),
        (
            "<html><body>Sorry</body></html>",
            "Isto é uma página da web, muitas vezes um erro",
        ),
        ("", "Este arquivo está vazio: baixe-o de novo do seu banco."),
    ],
)
def test_what_is_no_statement_is_told_apart_in_the_reader_s_language(
    browser: Any, checking: Account, content: str, said: str
) -> None:
    sent = content.encode("latin-1" if content.startswith("\x89") else "utf-8")
    answer = upload_in_portuguese(browser, checking, sent)

    assert said in text_of(answer)


def test_small_words_of_imports_are_in_the_reader_s_language(
    browser: Any, checking: Account
) -> None:
    client = browser(Role.OWNER)
    address = preview(client, checking)
    client.post(address, {"action": "choose", "verdict-1": "ignored", "verdict-2": "ignored"})

    portuguese = {"Accept-Language": "pt-BR"}
    seen = text_of(client.get(address, headers=portuguese))
    assert "Nenhuma linha vira um lançamento." in seen
    assert "Nenhuma linha nova" in seen
    unknown = text_of(client.get("/transactions?cursor=zzz", headers=portuguese))
    assert "Este cursor não é desta lista." in unknown
    rule = text_of(client.get("/rules/new", headers=portuguese))
    assert "Nenhuma própria" in rule


def test_what_a_page_books_itself_is_called_in_the_reader_s_language(
    browser: Any, book: Book, keeper: Bookkeeper, checking: Account
) -> None:
    client, fund = browser(Role.OWNER), keeper.open("Fundo", "investment", "BRL")
    keeper.move(checking, date(2026, 5, 4), "-5.00", transfer_to_id=fund.id)
    address = preview(client, checking)
    portuguese = {"Accept-Language": "pt-BR"}
    client.post(address, {"action": "commit", "book_opening_balance": "on"}, headers=portuguese)
    value = {"action": "point", "account": str(fund.id), "balance": "9", "kind": "valuation"}
    answer = client.post("/month-end/2026-05", value | {"on": "2026-05-31"}, headers=portuguese)
    assert answer.status_code == 303, text_of(answer)

    booked = Transaction.objects.filter(book=book, source__in=(Source.OPENING, Source.VALUATION))
    assert {one.description for one in booked} == {"Saldo inicial", "Avaliação"}
