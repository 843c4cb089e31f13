"""A table of several pots, as Revolut sends it, is several accounts."""

import pytest
from test_tables import lines, reading

from buffet.errors import Invalid
from transactions.services.importing.reading import chosen

POTS = (
    "Type,Product,Started Date,Completed Date,Description,Amount,Fee,Currency,State,Balance\n"
    "TRANSFER,Current,2026-01-05 10:00:00,2026-01-05 10:00:00,To pocket,-30.00,0.00,EUR,COMPLETED,"
    "70.00\nTRANSFER,{0},2026-01-05 10:00:00,2026-01-05 10:00:00,To pocket,30.00,0.00,EUR,"
    "COMPLETED,{1}\nCARD,Current,2026-01-06 10:00:00,2026-01-06 10:00:00,Shop,-5.00,0.00,EUR,"
    "COMPLETED,{2}\n"
)


def test_each_pot_of_a_table_is_a_statement_to_choose() -> None:
    translated = POTS.replace("Type,Product", "Tipo,Produto")
    saved = reading(POTS.format("Current", "100.00", "95.00")).profile

    for text, profile in ((POTS, None), (translated, None), (POTS, saved)):
        found = reading(text.format("Savings", "30.00", "65.00"), profile)

        assert not found.remarks
        pots = [(one.account_number, one.total, one.closing_balance) for one in found.statements]
        assert pots == [("Current", -35, 65), ("Savings", 30, 30)]
        with pytest.raises(Invalid, match=r"Current \(1\), Savings \(2\)"):
            chosen(None, found.statements, None, None)


def test_one_pot_is_the_account_and_goods_are_no_pots() -> None:
    found = reading(POTS.format("Current", "100.00", "95.00"))
    goods = (
        "Type,Product,Date,Description,Amount\n"
        "Sale,Book,2026-01-31,a,1.00\nSale,Pen,2026-01-31,b,1.00\n"
    )

    assert [(one.account_number, one.total) for one in found.statements] == [("", -5)]
    assert found.profile.account is None
    assert len(lines(goods)) == 2
