"""What is asked and refused of a file is said in the reader's language, values and all."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from test_import_pages import DOUBTFUL, browser
from wallet import text_of

from accounts.models import Account
from buffet.models import Role
from reports.management.commands.messages import found

__all__ = ["browser"]


def upload_in_portuguese(browser: Any, account: Account, content: str) -> Any:
    """Choose a file on the page as a reader of Portuguese; return what is answered."""
    file = SimpleUploadedFile("x.csv", content.encode())
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
