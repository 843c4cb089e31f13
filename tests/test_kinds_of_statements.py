"""A statement of each kind that banks send, bank by format: lines, sum and balances to the cent."""

# Lines of banks are as long as they are.
# ruff: noqa: E501

from decimal import Decimal
from io import BytesIO

import pytest

from transactions.imports.reading import read
from transactions.imports.statement import UnreadableFile

SGML = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
XML = '<?xml version="1.0" encoding="US-ASCII"?>\n<?OFX OFXHEADER="200" VERSION="200"?>\n'
CAMT = "urn:iso:std:iso:20022:tech:xsd:camt.053.001"
#: name: what it must give (lines, sum, currency, opening, closing, day), and the file
KINDS: dict[str, tuple[str, bytes]] = {}


def kind(name: str, gives: str, text: str, encoding: str = "utf-8") -> None:
    """Add a kind of statement."""
    KINDS[name] = (gives, text.encode(encoding))


def bank(cur: str, rows: str, about: str, closing: str, on: str = "20260531") -> str:
    """Return the body of an OFX file as Brazilian and American banks write it."""
    return (
        f"<OFX>\n<BANKMSGSRSV1><STMTTRNRS><STMTRS>\n\t<CURDEF>{cur}\n<BANKACCTFROM>{about}"
        f"</BANKACCTFROM>\n<BANKTRANLIST><DTSTART>20260501 \n<DTEND>{on} \n{rows}</BANKTRANLIST>\n"
        f"<LEDGERBAL><BALAMT>{closing} \n<DTASOF>{on} \n</LEDGERBAL></STMTRS></STMTTRNRS>"
        "</BANKMSGSRSV1></OFX>\n"
    )


kind(
    "a bank of Brazil, OFX 1: tabs, SIC, the day of the purchase",
    "2 964.66 BRL None 598.44 2026-05-31",
    "\n\n" + SGML + bank(
        "BRL",
        "<STMTTRN>\n\t<TRNTYPE>DEBIT\n\t<DTPOSTED>20260509080000\n\t<DTUSER>20260409080000\n\t<TRNAMT>-35.34"
        "\n\t<FITID>1\n\t<CHECKNUM>0001223\n\t<MEMO>COMPRA\n   <SIC>5072\n</STMTTRN><STMTTRN>\n<TRNTYPE>CREDIT"
        "<DTPOSTED>20260516<TRNAMT>1000.00<FITID>2<MEMO>TED</STMTTRN>",
        "\n<BANKID>0356\n<ACCTID>0322\n<ACCTTYPE>CHECKING\n",
        "598.44",
    ),
)  # fmt: skip
kind(
    "Banco do Brasil, OFX 1: blanks behind each value, a check",
    "2 -854.64 BRL None 6529.19 2026-05-25",
    SGML + bank(
        "BRL",
        " <STMTTRN>\n  <TRNTYPE>CHECK \n  <DTPOSTED>20260501 \n  <TRNAMT>-836.30 \n  <FITID>1 \n  <CHECKNUM>850076 "
        "\n  <MEMO>CHEQUE COMPENSADO         \n </STMTTRN>\n<STMTTRN>\n<TRNTYPE>DEBIT \n<DTPOSTED>20260502 \n"
        "<TRNAMT>-18.34 \n<FITID>2 \n<MEMO>IOF \n</STMTTRN>\n",
        "<BANKID>001\n<ACCTID>12345-6 \n<ACCTTYPE>CHECKING\n",
        "6529.19",
        "20260525",
    ),
)  # fmt: skip
kind(
    "a bank of North America, OFX 1: all in a line, a zone, an apostrophe",
    "2 -323.27 CAD None 382.34 2026-05-23",
    SGML + bank(
        "CAD",
        "<STMTTRN><TRNTYPE>POS<DTPOSTED>20260501122017.000[-5:EST]<TRNAMT>-6.60<FITID>1<NAME>MCDONALD'S #112"
        "<MEMO>POS MERCHANDISE;MCDONALD'S #112</STMTTRN><STMTTRN><TRNTYPE>CHECK<DTPOSTED>20260502122017.000[-5:EST]"
        "<TRNAMT>-316.67<FITID>2<CHECKNUM>0<NAME>CHEQUE</STMTTRN>",
        "<BANKID>160000100<BRANCHID>00<ACCTID>12300 000012345678<ACCTTYPE>CHECKING",
        "382.34",
        "20260523122017",
    ),
)  # fmt: skip
kind(
    "a bank of Australia, OFX 2: CDATA",
    "1 -16.85 AUD None 1234.12 2026-05-31",
    XML + bank(
        "AUD</CURDEF>",
        "<STMTTRN><TRNTYPE>DEBIT</TRNTYPE><DTPOSTED>20260515</DTPOSTED><TRNAMT><![CDATA[-16.85]]></TRNAMT>"
        "<FITID>1</FITID><MEMO><![CDATA[EFTPOS <A> & B]]></MEMO></STMTTRN>",
        "<BANKID>S</BANKID><ACCTID>1</ACCTID><ACCTTYPE>CHECKING</ACCTTYPE>",
        "1234.12</BALAMT>",
    ),
)  # fmt: skip
kind(
    "a bank of the United States, OFX 2",
    "2 150.00 USD None 5250.00 2026-05-31",
    XML + bank(
        "USD</CURDEF>",
        "<STMTTRN>\n<TRNTYPE>CREDIT</TRNTYPE>\n<DTPOSTED>20260504021529.000[-8:PST]</DTPOSTED><TRNAMT>200.00</TRNAMT>"
        "<FITID>980315001</FITID><NAME>DEPOSIT</NAME></STMTTRN>\n<STMTTRN><TRNTYPE>CHECK</TRNTYPE><DTPOSTED>20260505"
        "</DTPOSTED><TRNAMT>-50.00</TRNAMT><FITID>2</FITID><CHECKNUM>1001</CHECKNUM></STMTTRN>",
        "<BANKID>9</BANKID><ACCTID>1</ACCTID><ACCTTYPE>SAVINGS</ACCTTYPE>",
        "5250.00</BALAMT>",
    ),
)  # fmt: skip
kind(
    "a card of Brazil, OFX 1: an ampersand, one decimal, owed",
    "2 56.8 BRL None -734.05 2026-05-31",
    SGML + bank(
        "BRL",
        "<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>20260513000000[-3:GMT]\n<TRNAMT>-33.3\n<FITID>1\n<MEMO>Amazon & Cloud 3/3"
        "\n</STMTTRN>\n\n<STMTTRN>\n<TRNTYPE>CREDIT\n<DTPOSTED>20260520\n<TRNAMT>90.1\n<FITID>2\n<MEMO>Pagamento\n</STMTTRN>\n",
        "\n<ACCTID>9-9\n",
        "-734.05",
    ).replace("STMTRS", "CCSTMTRS").replace("BANKACCTFROM", "CCACCTFROM"),
)  # fmt: skip
kind(
    "Quicken, QIF: months first, a comma for thousands",
    "2 -1075.46  None None None",
    "!Type:Bank\nD8/12/13\nT-1,000.00\nPDelta PC\n^\nD8/15/13\nT-75.46\nPWalts Drugs\n^\n",
)
kind(
    "a bank of Switzerland, CAMT.053: a batch in one entry",
    "2 3483.00 CHF 75960.15 79443.15 2026-05-23",
    f'<Document xmlns="{CAMT}.04"><BkToCstmrStmt><Stmt><Id>1</Id><Acct><Id><IBAN>CH1</IBAN></Id><Ccy>CHF</Ccy></Acct>'
    + "".join(
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp><Amt Ccy='CHF'>{amount}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><Dt><Dt>2026-05-23</Dt></Dt></Bal>"
        for code, amount in (("OPBD", "75960.15"), ("CLBD", "79443.15"))
    )
    + "<Ntry><Amt Ccy='CHF'>3483.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><RvslInd>false</RvslInd><Sts>BOOK</Sts>"
    "<BookgDt><Dt>2026-05-22</Dt></BookgDt><AcctSvcrRef>2026</AcctSvcrRef><NtryDtls>"
    + "".join(
        f"<TxDtls><Refs><AcctSvcrRef>SAME</AcctSvcrRef></Refs><Amt Ccy='CHF'>{amount}</Amt>"
        f"<CdtDbtInd>CRDT</CdtDbtInd><RltdPties><Dbtr><Nm>{name}</Nm></Dbtr></RltdPties></TxDtls>"
        for amount, name in (("2187.00", "A"), ("1296.00", "B"))
    )
    + "</NtryDtls></Ntry></Stmt></BkToCstmrStmt></Document>",
)
kind(
    "Citi, MT940: no day of booking, lines of nothing",
    "4 -581.67 USD 17376.67 16795.00 2026-03-12",
    ":20:asdf\n:25:123456789\n:28:1/1\n:60F:C260312USD17376,67\n"
    ":61:260312    DD212,39NMSCNONREF//\n/ABC/DEF/MISCELLANEOUS\n:86:/PT/FT/PY/SOMETHING          1122\n   123456\n"
    ":61:260312    DD369,28NDEFNONREF//\n/ABC/DEF/MISCELLANEOUS\n:86:/PT/FT/PY/SOMETHING          1122\n"
    ":61:260312    CD0,00NDEFNONREF//\n/ABC/DEF/C 37897,00 BAI CD 025\n"
    ":61:260312    CD0,00NDEFNONREF//\n/ABC/DEF/C 17376,67 BAI CD 010\n"
    ":62F:C260312USD16795,00\n:64:C260312USD16795,00\n-",
)
kind(
    "Sberbank, MT940: fields NS, forints, an old code page",
    "2 -5862.00 HUF 627311.30 621449.30 2026-10-11",
    ":20:STARTUMS\n:25:1966315302010001\n:28:00046\n:NS:22JOHN DOE\n23John Doe\n\n:60F:C261011HUF627311,30\n"
    ":61:2610111011DF2402,00S   X\n:NS:01526715\n02A12596785    20260926\n09Tranzakciós Illeték:7.21HUF\n15ERGO Fiokte\n16lep\n"
    ":61:2610111011DF3460,00S   X\n:NS:01136508\n15ERGO\n:62F:C261011HUF621449,30\n:64:C261011HUF621449,30\n",
    "cp1250",
)
kind(
    "mBank, MT940: one grosz at a time",
    "2 0.02 PLN 0.40 0.42 2026-01-19",
    "\n:20:ST170119CYC/1\n:25:PL29114010810000267002001002\n:28C:1/1\n:60F:C260119PLN0,40\n"
    ":61:2601190119CN0,01NTRFNONREF//MB1\n911-TRANSAKCJA IPH\n:86:911 TRANSAKCJA COLLECT; OD: JAN\nUL. NIJAKA 1; TYT.: X   ; \n"
    ":61:2601190119CN0,01NTRFNONREF//MB2\n911-TRANSAKCJA IPH\n:86:911 TRANSAKCJA COLLECT; OD: JAN\n"
    ":62F:C260119PLN0,42\n:64:C260119PLN0,42\n-\n",
)
kind(
    "Rabobank, MT940: a header of its own, twelve digits, the IBAN with its currency",
    "2 -5.00 EUR 1000.00 995.00 2026-03-31",
    ":940:\n:20:940S260331\n:25:NL44RABO0123456789 EUR\n:28C:26063\n:60F:C260328EUR000000001000,00\n"
    ":61:260331D000000000010,00N541NONREF\nNL01ABNA0123456789\n:86:/ORDP//NAME/Albert Heijn/REMI/Betaling/ISDT/2026-03-31\n"
    ":61:260331C000000000005,00N541EREF//00001\n:86:/EREF/1/BENM//NAME/Ana/REMI/Tikkie\n:62F:C260331EUR000000000995,00\n",
)
kind(
    "Sparkasse, MT940: a debit taken back, marks of SEPA",
    "2 -40.00 EUR 1000.00 960.00 2026-03-04",
    ":20:STARTUMSE\n:25:37040044/532013000\n:28C:00001/001\n:60F:C260228EUR1000,00\n"
    ":61:2603030303DR45,00NDDTNONREF//ABC\n:86:105?00LASTSCHRIFT?20EREF+1?21SVWZ+Strom Maerz?32Stadtwerke\n"
    ":61:2603040303RDR5,00NRTINONREF\n:86:109?00RUECKLASTSCHRIFT?20SVWZ+zurueck\n:62F:C260304EUR960,00\n-\n",
)
kind(
    "a table with balances, newest day twice",
    "2 1500.00  10.00 1510.00 2026-12-15",
    '"Date","Label","Amount","Balance","Partner Name","Bank Account"\n"12/15/2026","Supplier","-33.50","-23.50","John","1"\n'
    '"12/15/2026","Payment","1,533.50","1,510.00","Azure",""\n',
)
kind(
    "a table that says debit and credit beside a sign",
    "2 1500.00  10.00 1510.00 2026-12-15",
    '"Date","Label","Amount","D/C","Balance","Partner Name","Bank Account"\n"12/15/2026","Supplier","33.50","D","-23.50","J","1"\n'
    '"12/15/2026","Payment","-1,533.50","C","1,510.00","Azure",""\n',
)


@pytest.mark.parametrize("name", KINDS)
def test_a_statement_of_each_kind_gives_its_numbers(name: str) -> None:
    gives, content = KINDS[name]

    (statement,) = read(BytesIO(content)).statements

    lines = list(statement.lines)
    assert gives == (
        f"{len(lines)} {statement.total} {statement.currency} {statement.opening_balance} "
        f"{statement.closing_balance} {statement.closing_on}"
    )


MOVED = ":20:1\n:25:1/2\n:28C:1\n:60F:C260301EUR10,00\n:61:2603030303{0}\n:62F:C260303EUR9,00\n-\n"
ROW = "<STMTTRN><TRNTYPE>{0}<DTPOSTED>{1}<TRNAMT>{2}<FITID>1<MEMO>x</STMTTRN>"
ENTRY = (
    f'<Document xmlns="{CAMT}.02"><BkToCstmrStmt><Stmt><Acct><Ccy>EUR</Ccy></Acct><Ntry>'
    '<Amt Ccy="{0}">{1}</Amt><CdtDbtInd>{2}</CdtDbtInd><Sts>BOOK</Sts><BookgDt><Dt>2026-05-01</Dt>'
    "</BookgDt></Ntry></Stmt></BkToCstmrStmt></Document>"
)


def one(*row: str) -> str:
    """Return an OFX file with one row."""
    return SGML + bank("BRL", ROW.format(*row), "<ACCTID>1", "1")


def moved(*rows: str) -> str:
    """Return an OFX file with these types and amounts."""
    written = (ROW.format(kind, "20260501", amount) for kind, amount in map(str.split, rows))
    return SGML + bank("BRL", "".join(written), "<ACCTID>1", "1")


def card(text: str) -> str:
    """Return the OFX file as a card's."""
    return text.replace("STMTRS", "CCSTMTRS").replace("BANKACCTFROM", "CCACCTFROM")


TURNED = moved("OTHER -1.00", "DEBIT 25.50", "DEBIT 10.00", "CREDIT -100.00")


#: What a file could be read as in two ways: why it is not.
DOUBTFUL = {
    "thousands with an apostrophe": (MOVED.format("C1'000,00NTRFX"), "1'000"),
    "thousands with a space": (MOVED.format("C1 000,00NTRFX"), "1 000"),
    "thousands with a point": (MOVED.format("C1.000NTRFX"), "may be two"),
    "no mark of debit or credit": (MOVED.format("1,00NTRFX"), "not a movement"),
    "debits without a sign": (one("DEBIT", "20260501", "10.00"), "money in or out"),
    "each sign against its type": (TURNED, "is a DEBIT of 25.50, and all signs"),
    "each sign of a card against its type": (card(TURNED), "is a DEBIT of 25.50, and all signs"),
    "a credit and a fee of other signs": (moved("DEP -10", "FEE 20"), "is a DEP of -10"),
    "a day with two digits of a year": (one("CREDIT", "260501", "10.00"), "not a date"),
    "a day in an order of its own": (one("CREDIT", "01/05/2026", "10.00"), "not a date"),
    "one comma before three digits": (one("CREDIT", "20260501", "1,234"), "may be 1.234 or 1234"),
    "another currency than the account's": (ENTRY.format("USD", "1.00", "CRDT"), "is in USD"),
    "a comma in XML": (ENTRY.format("EUR", "1,00", "CRDT"), "1,00"),
    "a sign beside the mark": (ENTRY.format("EUR", "-1.00", "DBIT"), "-1.00"),
    "neither debit nor credit": (ENTRY.format("EUR", "1.00", "X"), "not told"),
    "a QIF file of no order": ("!Type:Bank\nD01/02/26\nT1.00\n^\n", "2026-02-01 or 2026-01-02"),
}


@pytest.mark.parametrize("why", DOUBTFUL)
def test_what_may_be_two_numbers_is_neither(why: str) -> None:
    content, said = DOUBTFUL[why]

    with pytest.raises(UnreadableFile) as caught:
        read(BytesIO(content.encode()))

    assert said in caught.value.detail
    assert caught.value.line


@pytest.mark.parametrize(
    ("rows", "total"),
    [
        (("DEBIT -10.00", "DEBIT 4.00"), "-6"),
        (("DEBIT 25.50", "CREDIT -100.00", "DEBIT -1.00"), "-75.5"),
        (("DEBIT 25.50", "CREDIT -100.00", "CREDIT 1.00"), "-73.5"),
        (("CREDIT -10.00", "CREDIT -2.00", "PAYMENT 30.00"), "18"),
        (("DEBIT 10.00", "CREDIT 0.00", "OTHER -4.00"), "6"),
    ],
)
def test_signs_that_may_be_corrections_are_taken(rows: tuple[str, ...], total: str) -> None:
    for text in (moved(*rows), card(moved(*rows))):
        (statement,) = read(BytesIO(text.encode())).statements

        assert statement.total == Decimal(total)
