"""Whether an amount of a table is money in or out is proved, or asked: never guessed."""

from decimal import Decimal

import pytest
from test_tables import lines, question, reading

from transactions.imports.statement import UnreadableFile
from transactions.imports.tables.profile import Profile

REVOLUT = "Type,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
AMEX = "Date,Description,Card Member,Account #,Amount\n"


def total(text: str, *, is_card: bool | None) -> Decimal:
    """Return what the rows of a file come to."""
    return sum((line.amount for line in lines(text, is_card=is_card)), Decimal(0))


@pytest.mark.parametrize(
    ("text", "right"),
    [
        (
            f"{REVOLUT}TOPUP,2026-01-05,2026-01-05,Top-Up,100.00,0.00,EUR,COMPLETED,100.00\n"
            "CARD_PAYMENT,2026-01-06,2026-01-06,Amazon,10.00,0.00,EUR,COMPLETED,110.00\n"
            "TRANSFER,2026-01-07,2026-01-07,To Bob,-30.00,0.00,EUR,COMPLETED,80.00\n",
            "80",
        ),
        (
            "Date,Description,Amount,Balance\n2026-01-15,SALARY,1000.00,1000.00\n"
            "2026-01-16,CARDMEMBER SERV PAYMENT - THANK YOU,-50.00,950.00\n"
            "2026-01-17,INTEREST,1.00,951.00\n",
            "951",
        ),
        (
            "Data;Descrição;Valor\n15/01/2026;Salário;1000,00\n"
            "16/01/2026;Estorno - Pagamento recebido;-50,00\n",
            "950",
        ),
        (
            "Date,Type,Name,Amount\n2026-01-15,Card payment,Refund,10.00\n"
            "2026-01-16,Faster payment,Pay,500.00\n2026-01-17,Pot transfer,Pot,-50.00\n",
            "460",
        ),
    ],
    ids=["refund by card", "pays a card", "given back", "refund without a balance"],
)
def test_a_bank_account_s_signs_stay(text: str, right: str) -> None:
    assert total(text, is_card=False) == Decimal(right)


def test_a_running_balance_proves_the_signs_of_a_card() -> None:
    text = (
        "Date,Description,Amount,Balance\n2026-01-15,PAYMENT RECEIVED - THANK YOU,-50.00,-50.00\n"
        "2026-01-16,SHOP,20.00,-30.00\n2026-01-17,SHOP,5.00,-25.00\n"
    )

    assert total(text, is_card=True) == Decimal("-25")


@pytest.mark.parametrize(
    "rows",
    [
        "01/15/2026,SHOP,J DOE,1,25.50\n01/16/2026,REFUND,J DOE,1,-5.00\n"
        "01/20/2026,AUTOPAY PAYMENT - THANK YOU,J DOE,1,-100.00\n",
        "01/16/2026,REFUND,J DOE,1,-5.00\n01/20/2026,PAYMENT - THANK YOU,J DOE,1,-100.00\n",
    ],
    ids=["one purchase", "none"],
)
def test_a_card_with_few_purchases_is_asked_about(rows: str) -> None:
    assert question(AMEX + rows, is_card=True) == ("negate", "Amount")


def test_a_card_with_many_positive_purchases_is_turned_round() -> None:
    rows = "01/15/2026,SHOP,J DOE,1,25.50\n01/16/2026,SHOP,J DOE,1,5.00\n"
    paid = "01/20/2026,AUTOPAY PAYMENT - THANK YOU,J DOE,1,-100.00\n"

    assert total(AMEX + rows + paid, is_card=True) == Decimal("69.50")


@pytest.mark.parametrize(
    ("spent", "other"),
    [("Card payment", "Bank credit"), ("Card purchase", "Deposit"), ("Compra", "Depósito")],
)
def test_kinds_that_tell_the_direction_of_amounts_without_signs_are_not_guessed(
    spent: str, other: str
) -> None:
    text = f"Date,Description,Amount,Transaction Type\n15/01/2026,a,25.50,{spent}\n"

    with pytest.raises(UnreadableFile, match="not sure"):
        lines(f"{text}17/01/2026,b,100.00,{other}\n", is_card=False)
    assert question(f"{text}17/01/2026,b,1.00,{spent}\n", is_card=False) == ("negate", "Amount")


def test_a_fee_is_taken_whatever_the_sign_of_its_column() -> None:
    head, on_top = "Date,Description,Amount,Fee\n", Profile(subtract_fee=True)
    taken = "15/01/2026,a,-100.00,-1.20\n16/01/2026,b,50.00,\n"
    later = "17/01/2026,c,-1.00,-0.10\n" * 300

    assert question(head + taken) == ("subtract_fee", "Fee")
    assert [one.amount for one in lines(head + taken, on_top)] == [Decimal("-101.20"), 50]
    given_back = lines(head + taken + later + "18/01/2026,d,-5.00,0.50\n", on_top)
    assert [one.amount for one in (given_back[0], given_back[-1])] == [Decimal("-98.80"), -5.5]
    proved = "Date,Description,Amount,Fee,Balance\n2025-01-01,a,-10.00,-1.00,89.00\n"
    assert lines(proved + "2025-01-02,b,-5.00,-2.00,82.00\n")[0].amount == -11


INTER = (
    '"Data","Lançamento","Categoria","Tipo","Valor"\n'
    '"05/10/2026","MERCADO BOM","SUPERMERCADO","Compra à vista","R$ 149,99"\n'
    '"08/10/2026","LOJA AZUL","VESTUARIO","Parcela 2/6","R$ 50,00"\n'
    '"19/10/2026","POSTO","TRANSPORTE","Compra à vista","R$ 100,00"\n'
    '"25/10/2026","PAGAMENTO ON LINE","PAGAMENTO","Pagamento de fatura","-R$ 500,00"\n'
)


def test_kinds_that_only_cards_have_tell_what_is_bought() -> None:
    for is_card in (None, True):
        assert total(INTER, is_card=is_card) == Decimal("200.01")
    (found,) = reading(INTER).statements
    assert found.account_kind == "credit_card"


def test_a_card_s_table_is_not_taken_for_an_account_s_without_a_question() -> None:
    purchases = INTER.rsplit('"25/10', 1)[0]

    assert question(INTER, is_card=False) == ("negate", "Valor")
    assert question(purchases, is_card=False) == ("negate", "Valor")
    assert total(INTER.replace("R$ 1", "-R$ 1"), is_card=False) == Decimal("-699.99")


def test_a_parcel_that_only_the_kind_tells_of_is_said_with_the_text() -> None:
    said = [line.description for line in lines(INTER)]
    twice = lines(INTER.replace("LOJA AZUL", "LOJA AZUL Parcela 2/6"))[1]

    assert said == ["MERCADO BOM", "LOJA AZUL - Parcela 2/6", "POSTO", "PAGAMENTO ON LINE"]
    assert twice.description == "LOJA AZUL Parcela 2/6"


def test_an_account_that_pays_a_card_is_none() -> None:
    text = (
        "Data;Tipo;Descrição;Valor\n15/01/2026;Pagamento de fatura;Inter;-500,00\n"
        "16/01/2026;Pix recebido;Ana;900,00\n"
    )

    assert reading(text).statements[0].account_kind == ""
    assert total(text, is_card=False) == Decimal(400)
