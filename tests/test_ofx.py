"""OFX files as banks write them; what cannot be read is refused with the line and the reason."""

from contextlib import suppress
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transactions.imports import ofx
from transactions.imports.statement import UnreadableFile

SAMPLES = Path(__file__).resolve().parent.parent.parent / "shared" / "samples" / "ofx"
#: file: lines, their sum, currency, closing balance
KNOWN = {
    "br-sample.ofx": (36, "-3896.56", "BRL", "598.44"),
    "br-bb.ofx": (81, "6592.75", "BRL", "6529.19"),
    "us-bank-medium.ofx": (3, "-345.27", "CAD", "382.34"),
    "au-suncorp.ofx": (1, "-16.85", "AUD", "1234.12"),
    "br-card-ampersand.ofx": (16, "393.82", "BRL", "-734.05"),
    "xml-v2.ofx": (3, "250.00", "USD", "5250.00"),
}
XML = """<?xml version="1.0" encoding="UTF-8"?>
<?OFX OFXHEADER="200" VERSION="200" SECURITY="NONE" OLDFILEUID="NONE" NEWFILEUID="NONE"?>
<OFX><CREDITCARDMSGSRSV1><CCSTMTTRNRS><CCSTMTRS><CURDEF>EUR</CURDEF>
<CCACCTFROM><ACCTID>4000</ACCTID></CCACCTFROM>
<BANKTRANLIST><DTSTART>20260101</DTSTART><DTEND>20260131</DTEND>
{rows}
</BANKTRANLIST><LEDGERBAL><BALAMT>{balance}</BALAMT><DTASOF>20260131</DTASOF></LEDGERBAL>
</CCSTMTRS></CCSTMTTRNRS></CREDITCARDMSGSRSV1></OFX>
"""


def file(*amounts: str, balance: str = "1.00", date: str = "20260115", more: str = "") -> bytes:
    """Return a card's statement with these amounts."""
    rows = "".join(
        f"<STMTTRN><TRNTYPE>OTHER</TRNTYPE><DTPOSTED>{date}</DTPOSTED><TRNAMT>{one}</TRNAMT>"
        f"<FITID>{number}</FITID>{more}</STMTTRN>\n"
        for number, one in enumerate(amounts)
    )
    return XML.format(rows=rows, balance=balance).encode()


def amounts(content: bytes) -> list[str]:
    """Return the amounts of a file's lines."""
    return [str(line.amount) for line in ofx.read(content)[0].lines]


def description(more: str) -> str:
    """Return how a line with these elements is described."""
    return ofx.read(file("1.00", more=more))[0].lines[0].description


def test_real_files_hold_what_is_known_of_them() -> None:
    for name, (lines, total, currency, closing) in KNOWN.items():
        path = SAMPLES / name
        if path.exists():
            (statement,) = ofx.read(path.read_bytes())
            assert (len(statement.lines), str(statement.total)) == (lines, total), name
            assert (statement.currency, str(statement.closing_balance)) == (currency, closing), name


def test_a_card_s_statement() -> None:
    (statement,) = ofx.read(file("-10.00", "2.5", balance="-7.50"))

    assert (statement.account_kind, statement.account_number) == ("credit_card", "4000")
    assert statement.total == Decimal("-7.50") == statement.closing_balance
    assert (statement.starts_on, statement.closing_on) == (date(2026, 1, 1), date(2026, 1, 31))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("-33.3", "-33.3"), ("-140", "-140"), ("+5.00", "5.00"), ("42,50", "42.50"),
        ("1.234,56", "1234.56"), ("1,234.56", "1234.56"), ("1.234.567,8", "1234567.8"),
        ("1 234,56", "1234.56"), (".5", "0.5"),
    ],
)  # fmt: skip
def test_amounts_as_banks_write_them(written: str, meant: str) -> None:
    assert Decimal(amounts(file(written))[0]) == Decimal(meant)


def test_one_mark_before_three_digits_is_told_by_the_other_amounts() -> None:
    assert amounts(file("1,234", "2,50", balance="3,00"))[0] == "1.234"
    assert amounts(file("1,234", "2.50"))[0] == "1234"
    with pytest.raises(UnreadableFile):
        amounts(file("1,234", balance="3"))


@pytest.mark.parametrize(
    "wrong", ["NaN", "1e5", "1_000", "١٢", "--1", "", "1.2.3,4,5", "12,34.5", "0x1", "1" * 20]
)
def test_what_is_no_amount_is_refused(wrong: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        ofx.read(file("1.00", wrong))

    assert caught.value.line == 7


@pytest.mark.parametrize("wrong", ["20260230", "00250101", "yesterday", "2026", "00000000", ""])
def test_what_is_no_date_is_refused(wrong: str) -> None:
    with pytest.raises(UnreadableFile):
        ofx.read(file("1.00", date=wrong))


@pytest.mark.parametrize("written", ["20260115", "20260115233000[-5:EST]", "20260115120000.000"])
def test_a_date_is_the_day_that_is_written(written: str) -> None:
    assert ofx.read(file("1.00", date=written))[0].lines[0].date == date(2026, 1, 15)


def test_name_and_memo_are_said_once() -> None:
    assert description("<NAME>ALDI</NAME><MEMO>ALDI STORE</MEMO>") == "ALDI STORE"
    assert description("<NAME>Shop</NAME><MEMO>Card 1</MEMO>") == "Shop · Card 1"
    assert description("<NAME><![CDATA[A <b> & C]]></NAME>") == "A <b> & C"
    assert description("<MEMO>Tom &amp; Jerry & Co</MEMO>") == "Tom & Jerry & Co"


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252", "utf-16"])
def test_letters_arrive_whatever_the_header_says(encoding: str) -> None:
    text = file("1.00", more="<MEMO>CARTÃO</MEMO>").decode().replace("UTF-8", "US-ASCII")

    assert ofx.read(text.encode(encoding))[0].lines[0].description == "CARTÃO"


def test_entities_are_not_expanded() -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>' + file(
        "1.00", more="<MEMO>&b;</MEMO>"
    )

    assert ofx.read(bomb)[0].lines[0].description == "&b;"


def test_several_accounts_are_several_statements() -> None:
    one = file("1.00")
    inner = one[one.index(b"<CREDITCARD") : one.index(b"</OFX>")]

    inner = inner.replace(b"<ACCTID>4000", b"<ACCTID>5000")
    found = ofx.read(one.replace(b"</OFX>", inner + b"</OFX>"))

    assert [statement.account_number for statement in found] == ["4000", "5000"]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_damaged_files_are_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(file("-10.00", "2.5", more="<MEMO>x</MEMO>"))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        length = data.draw(st.integers(0, 30))
        content[at : at + length] = data.draw(st.binary(max_size=8))
        if not content:
            return
    with suppress(UnreadableFile):
        assert ofx.read(bytes(content))
