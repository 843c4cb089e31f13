"""Rows that state a balance are no movements; what only sounds like one is."""

from io import BytesIO

import pytest

from transactions.imports.reading import read
from transactions.imports.statement import Statement, UnreadableFile

HEADER = "Data;Historico;Valor\n31/01/2026;LOJA;-10,00\n"
#: What is all that a row says, so that its number is a balance.
STATED = """SALDO ANTERIOR|SALDO ANTERIOR 31/12/2025|SALDO EM 31/12/2025|Saldo do dia 31/01
SALDO DISPONÍVEL EM 31/01|Saldo Final do Período|SALDO INICIAL DO PERIODO|SALDO BLOQUEADO
Saldo contábil|Solde au 31/01/2026|Ancien solde au 31/12/2025|Saldo al 31/01/2026
Saldo per 31-01-2026|Kontostand am 31.01.2026|Abschlusssaldo|Startsaldo|BALANCE FORWARD
BALANCE B/F|BALANCE C/F|Current Balance|Balance as of 01/31/2026|Balance as of January 31, 2026
Saldo em 31 de janeiro de 2026|Saldo em janeiro de 2026|Kontostand am 31. Januar 2026|Saldo:
Solde au 1er janvier 2026|Solde créditeur au 31/01/2026|Closing balance for January 2026
Neuer Saldo|Alter Saldo|Nieuw saldo|BALANCE BROUGHT FORWARD FROM 31/12/2025
SALDO DISPONIVEL EM CONTA 31/01|Saldo em conta corrente
Saldo do dia 2026-01-31|Saldo final do período 01/01/2026 a 31/01/2026"""
#: What somebody may have bought or paid, whatever it begins with.
MOVED = """Saldo Shop|Pagamento do saldo do cartão|Balance transfer|Saldo devedor pago
Saldo 31/01|SALDO MAIO|Saldo de Marco|Solde de compte|Saldo do dia da loja|Balance forward shop
Kontostand am Markt|Saldo anterior pago em 31/12/2025|Current Balance Gym"""


def texts(listed: str) -> list[str]:
    """Return the texts of a list."""
    return listed.replace("\n", "|").split("|")


def statement(text: str) -> Statement:
    """Return the only statement of a table."""
    (found,) = read(BytesIO(text.encode())).statements
    return found


@pytest.mark.parametrize("said", texts(STATED))
def test_a_row_that_says_nothing_but_a_balance_moves_nothing(said: str) -> None:
    found = statement(f"{HEADER}31/01/2026;{said};1.000,00\n")

    assert found.total == -10
    assert len(list(found.lines)) == 1


@pytest.mark.parametrize("said", texts(MOVED))
def test_a_row_that_says_more_than_a_balance_moves(said: str) -> None:
    assert statement(f"{HEADER}31/01/2026;{said};1.000,00\n").total == 990


def test_a_shop_s_name_is_no_balance_where_more_is_said() -> None:
    text = "Data;Favorecido;Historico;Valor\n31/01/2026;LOJA;Compra;-10,00\n"

    assert statement(f"{text}31/01/2026;Saldo;Compra;-5,00\n").total == -15
    assert statement(f"{text}31/01/2026;Saldo;;1.000,00\n").total == -10
    assert statement(f"{text}31/01/2026;Saldo;Saldo;1.000,00\n").total == -10


def test_a_balance_without_a_day_of_its_own_is_no_movement() -> None:
    assert statement(f"{HEADER};SALDO EM 31/01/2026;1.000,00\n").total == -10


def test_what_is_stated_of_both_ends_is_theirs() -> None:
    found = statement(
        "Data;Historico;Valor\n31/12/2025;SALDO ANTERIOR;100,00\n31/01/2026;LOJA;-10,00\n"
        "31/01/2026;Saldo do dia;90,00\n01/02/2026;SALDO FINAL DO PERIODO;90,00\n"
    )

    assert (found.opening_balance, found.closing_balance) == (100, 90)
    assert str(found.closing_on) == "2026-02-01"


def test_a_balance_that_is_stated_of_a_card_may_be_what_is_owed() -> None:
    text = HEADER + "31/01/2026;CAFE;-5,00\n31/01/2026;SALDO FINAL;500,00\n"

    (found,) = read(BytesIO(text.encode()), is_card=True).statements

    assert (found.total, found.closing_balance) == (-15, None)


def test_ends_that_are_stated_twice_or_amid_the_rows_are_none() -> None:
    twice = "31/01/2026;SALDO FINAL;90,00\n31/01/2026;SALDO ATUAL;80,00\n"
    amid = "30/01/2026;SALDO FINAL;90,00\n01/02/2026;SALDO ANTERIOR;80,00\n"

    assert statement(HEADER + twice).closing_balance is None
    assert statement(HEADER + amid).closing_balance is None
    assert statement(HEADER + amid).opening_balance is None


def test_words_in_another_column_are_all_that_a_row_without_a_text_says() -> None:
    found = statement(
        '"Buchungstag";"Valuta";"Vorgang/Verwendungszweck";"Kundenreferenz";"Währung";"Umsatz";'
        '" "\n'
        '"15.01.2026";"15.01.2026";"Kauf";"";"EUR";"12,34";"S"\n'
        '"16.01.2026";"16.01.2026";"Lohn";"Endsaldo";"EUR";"1.000,00";"H"\n\n'
        '"01.01.2026";;;"Anfangssaldo";"EUR";"500,00";"H"\n'
        '"31.01.2026";;;"Endsaldo";"EUR";"1.487,66";"H"\n'
    )

    assert len(list(found.lines)) == 2
    assert [str(one) for one in (found.total, found.opening_balance, found.closing_balance)] == [
        "987.66", "500.00", "1487.66"
    ]  # fmt: skip


#: As LCL writes it: the account's balance and its number end the table.
LCL = "05/01/2026;-12,34;Carte;;CB SHOP;;\n06/01/2026;100,00;Virement;;VIR X;;\n"
ACCOUNT_ROW = "31/01/2026;1234,56;;;;;00123 456789X\n"


def test_a_row_of_nothing_but_an_account_s_number_ends_a_table_with_its_balance() -> None:
    found = statement(LCL + ACCOUNT_ROW)

    assert len(list(found.lines)) == 2
    assert [str(one) for one in (found.total, found.closing_balance, found.closing_on)] == [
        "87.66", "1234.56", "2026-01-31"
    ]  # fmt: skip


def test_a_number_that_other_rows_have_too_or_a_text_beside_it_is_no_account_s() -> None:
    numbered = LCL.replace("CB SHOP;;", "CB SHOP;;00123 456789X")

    assert len(list(statement(numbered + ACCOUNT_ROW).lines)) == 3
    assert len(list(statement(LCL + ACCOUNT_ROW.replace(";;;;;", ";;;X;;")).lines)) == 3
    assert len(list(statement(ACCOUNT_ROW).lines)) == 1
    assert len(list(statement(LCL + "17/01/2026;5,00;;;;;BANK\n").lines)) == 3


def test_an_account_s_number_amid_the_rows_is_refused() -> None:
    with pytest.raises(UnreadableFile) as caught:
        statement(LCL + ACCOUNT_ROW + LCL)

    assert caught.value.line == 4
    assert "Line 3" in caught.value.detail
