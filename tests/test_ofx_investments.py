"""Investment statements: what comes in or goes out is a line, and a trade moves what it cost."""

from datetime import date
from decimal import Decimal

import pytest

from transactions.imports import ofx
from transactions.imports.statement import Statement, UnreadableFile

FILE = """OFXHEADER:100

<OFX><INVSTMTMSGSRSV1><INVSTMTTRNRS><INVSTMTRS><DTASOF>20260131<CURDEF>USD
<INVACCTFROM><BROKERID>broker.com<ACCTID>77</INVACCTFROM>
<INVTRANLIST><DTSTART>20260101<DTEND>20260131
{rows}
</INVTRANLIST>
{positions}
</INVSTMTRS></INVSTMTTRNRS></INVSTMTMSGSRSV1>
<SECLISTMSGSRSV1><SECLIST><STOCKINFO><SECINFO><SECID><UNIQUEID>123<UNIQUEIDTYPE>CUSIP</SECID>
<SECNAME>ACME Corp<TICKER>ACME</SECINFO></STOCKINFO></SECLIST></SECLISTMSGSRSV1></OFX>
"""
ABOUT = (
    "<INVTRAN><FITID>F1<DTTRADE>20260105<MEMO>memo</INVTRAN>"
    "<SECID><UNIQUEID>123<UNIQUEIDTYPE>CUSIP</SECID>"
)
BUY = (
    f"<BUYSTOCK><INVBUY>{ABOUT}<UNITS>10<UNITPRICE>12.50<COMMISSION>4.95<FEES>0.05<TOTAL>-130.00"
    "<SUBACCTSEC>CASH<SUBACCTFUND>CASH</INVBUY><BUYTYPE>BUY</BUYSTOCK>"
)
SELL = BUY.replace("BUY", "SELL").replace("-130.00", "120.00")
INCOME = f"<INCOME>{ABOUT}<INCOMETYPE>DIV<TOTAL>3.21<SUBACCTSEC>CASH</INCOME>"
CASH = (
    "<INVBANKTRAN><STMTTRN><TRNTYPE>CREDIT<DTPOSTED>20260102<TRNAMT>500.00<FITID>C1<NAME>Deposit"
    "</STMTTRN><SUBACCTFUND>CASH</INVBANKTRAN>"
)
POSITIONS = (
    "<INVPOSLIST><POSSTOCK><INVPOS><SECID><UNIQUEID>123</SECID><UNITS>10<UNITPRICE>13"
    "<MKTVAL>130.00<DTPRICEASOF>20260131</INVPOS></POSSTOCK></INVPOSLIST>"
    "<INVBAL><AVAILCASH>370.00<MARGINBALANCE>0<SHORTBALANCE>0</INVBAL>"
)


def read(rows: str, positions: str = "") -> Statement:
    """Return the statement with these rows and positions."""
    (statement,) = ofx.read(FILE.format(rows=rows, positions=positions).encode())
    return statement


@pytest.mark.parametrize(
    ("row", "moved"),
    [
        (CASH, "500.00"),
        (BUY, "-5.00"),
        (SELL, "-5.00"),
        (BUY.replace("<COMMISSION>4.95<FEES>0.05", ""), "0"),
        (INCOME, "3.21"),
        (INCOME.replace("3.21", "-3.21"), "-3.21"),
        (INCOME.replace("INCOME>", "REINVEST>").replace("3.21", "-3.21<FEES>0.21"), "3.00"),
        (INCOME.replace("INCOME>", "RETOFCAP>"), "0"),
        (INCOME.replace("INCOME>", "INVEXPENSE>").replace("3.21", "-3.21"), "-3.21"),
        (INCOME.replace("INCOME>", "MARGININTEREST>").replace("3.21", "-0.10"), "-0.10"),
        (INCOME.replace("INCOME>", "JRNLFUND>"), "0"),
        (INCOME.replace("INCOME>", "SPLIT>"), "0"),
    ],
)
def test_what_an_action_moves(row: str, moved: str) -> None:
    (line,) = read(row).lines

    assert line.amount == Decimal(moved)


def test_a_trade_says_what_was_traded() -> None:
    (line,) = read(BUY).lines

    assert (line.date, line.external_id) == (date(2026, 1, 5), "F1")
    assert line.description == "Buy 10 ACME Corp · memo"


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (INCOME.replace("INCOME>", "TRANSFER>"), "TRANSFER"),
        (INCOME.replace("<TOTAL>", "<WITHHOLDING>0.50<TOTAL>"), "WITHHOLDING"),
        (INCOME.replace("<TOTAL>3.21", ""), "no TOTAL"),
        (INCOME.replace("INCOME>", "INVEXPENSE>"), "positive"),
        (BUY.replace("4.95", "-4.95"), "COMMISSION"),
        (BUY.replace("</INVBUY>", "<INV401KSOURCE>MATCH</INVBUY>"), "INV401KSOURCE"),
        (BUY.replace("</INVBUY>", "<CURRENCY><CURSYM>CAD</CURRENCY></INVBUY>"), "CURRENCY"),
        (BUY.replace("<DTTRADE>20260105", ""), "DTTRADE"),
        (BUY.replace("<MEMO>", "<REVERSALFITID>F0<MEMO>"), "REVERSALFITID"),
    ],
)  # fmt: skip
def test_what_is_not_sure_is_refused_by_its_name(row: str, said: str) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        read(row)

    assert caught.value.line == 6


def test_what_the_account_is_worth() -> None:
    statement = read(CASH + BUY, POSITIONS)

    assert (statement.closing_balance, statement.closing_on) == (
        Decimal("500.00"),
        date(2026, 1, 31),
    )
    assert (statement.account_kind, statement.account_number) == ("investment", "77")


@pytest.mark.parametrize(
    "positions",
    [
        "",
        POSITIONS.replace("<AVAILCASH>370.00", ""),
        POSITIONS.replace("<MARGINBALANCE>0", "<MARGINBALANCE>-50.00"),
        POSITIONS.replace("370.00", "130.00"),
        POSITIONS.replace("<DTPRICE", "<CURRENCY><CURRATE>1.3<CURSYM>CAD</CURRENCY><DTPRICE"),
        POSITIONS[POSITIONS.index("<INVBAL>") :],
    ],
)
def test_what_it_is_worth_is_not_told_where_that_is_not_sure(positions: str) -> None:
    assert read(CASH, positions).closing_balance is None
