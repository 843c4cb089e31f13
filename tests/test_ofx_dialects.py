"""OFX as banks of many countries send it: each small file gives its day, amount and text."""

from datetime import date
from decimal import Decimal

import pytest

from transactions.imports import ofx
from transactions.imports.statement import AmbiguousFile, Options, Statement, UnreadableFile

HEADER = "OFXHEADER:100\nDATA:OFXSGML\nVERSION:102\nENCODING:USASCII\nCHARSET:1252\n\n"
ROW = (
    "<STMTTRN>\n<TRNTYPE>DEBIT\n<DTPOSTED>20260115\n<TRNAMT>-42.50\n<FITID>A1\n<NAME>CAFÉ\n"
    "</STMTTRN>\n"
)
PLAIN = (
    HEADER + "<OFX>\n<BANKMSGSRSV1><STMTTRNRS><STMTRS>\n<CURDEF>EUR\n"
    "<BANKACCTFROM><BANKID>1\n<ACCTID>22\n<ACCTTYPE>CHECKING\n</BANKACCTFROM>\n"
    "<BANKTRANLIST><DTSTART>20260101\n<DTEND>20260131\n" + ROW + "</BANKTRANLIST>\n"
    "<LEDGERBAL><BALAMT>100.00\n<DTASOF>20260131\n</LEDGERBAL>\n"
    "</STMTRS></STMTTRNRS></BANKMSGSRSV1>\n</OFX>\n"
)
PENDING = (
    "<BANKTRANLISTP><DTASOF>20260131<STMTTRNP><TRNTYPE>DEBIT<DTTRAN>20260116<TRNAMT>-5.00<NAME>WAIT"
    "</STMTTRNP></BANKTRANLISTP>"
)


def one(text: str, options: Options = Options()) -> Statement:  # noqa: B008
    """Return the only statement of a file."""
    (statement,) = ofx.read(text.encode(), options)
    return statement


def row(old: str, new: str) -> str:
    """Return the plain file with its row changed."""
    assert old in ROW
    return PLAIN.replace(ROW, ROW.replace(old, new))


def line_of(text: str, part: str) -> int:
    """Return the line that a part of a text stands on."""
    return text[: text.index(part)].count("\n") + 1


#: What was changed of the plain file, which says the same all the same.
SAME = {
    "as it is": PLAIN,
    "line ends of Windows": PLAIN.replace("\n", "\r\n"),
    "line ends of an old Mac": PLAIN.replace("\n", "\r"),
    "one line": PLAIN.replace("\n", ""),
    "blank lines": PLAIN.replace("\n", "\n\n"),
    "no header": PLAIN.removeprefix(HEADER),
    "a misspelt header": PLAIN.replace("OFXHEADER:100", "OFXHEADER 100"),
    "words before": "Statement of your account\n\n" + PLAIN,
    "words behind": PLAIN + "\n\nThank you.",
    "tags in lower case": PLAIN.replace("STMTTRN>", "stmttrn>").replace("<FITID>", "<fitid>"),
    "an element with a name space": PLAIN.replace("<OFX>", '<OFX xmlns="http://ofx.net">'),
    "prefixes": PLAIN.replace("<STMTRS>", "<o:STMTRS>").replace("</STMTRS>", "</o:STMTRS>"),
    "closing tags": row("\n<FITID>A1\n", "</TRNAMT>\n<FITID>A1</FITID>\n"),
    "closing tags of other names": row("<FITID>A1\n", "<FITID>A1</MEMO>\n"),
    "an empty value that is not closed": row("<FITID>A1", "<CHECKNUM>\n<FITID>A1"),
    "an empty value that is closed": row("<FITID>A1", "<MEMO></MEMO><FITID>A1"),
    "an empty value with a slash": row("<FITID>A1", "<MEMO/><FITID>A1"),
    "tags of Intuit": row("<FITID>A1", "<INTU.BID>3000<INTU.USERID>x</INTU.USERID><FITID>A1"),
    "an aggregate of another bank": row("<FITID>A1", "<X.Y><X.Z>9</X.Z></X.Y><FITID>A1"),
    "CDATA": row("<NAME>CAFÉ", "<NAME><![CDATA[CAFÉ]]></NAME>"),
    "an entity": row("CAFÉ", "CAF&#201;"),
    "a comment": row("<FITID>", "<!-- <TRNAMT>9</TRNAMT> --><FITID>"),
    "name and memo the same": row("<NAME>CAFÉ", "<NAME>CAFÉ<MEMO>café"),
    "the payee instead": row("<NAME>CAFÉ", "<PAYEE><NAME>CAFÉ<ADDR1>x</PAYEE>"),
    "the payee as a text": row("<NAME>CAFÉ", "<PAYEE>CAFÉ"),
    "a longer name": row("<NAME>CAFÉ", "<NAME>CAF<EXTDNAME>CAFÉ"),
    "a decimal comma": row("-42.50", "-42,50"),
    "many decimals": row("-42.50", "-42.500000"),
    "spaces around the amount": row("-42.50", " - 42.50 "),
    "a minus behind": row("-42.50", "42.50-"),
    "brackets": row("-42.50", "(42.50)"),
    "a typographic minus": row("-42.50", "−42.50"),
    "a time": row("20260115", "20260115235959"),
    "a time and a zone": row("20260115", "20260115233000.000[-3:BRT]"),
    "a zone that does not end": row("20260115", "20260115120000[0:GMT"),
    "a day as in XML": row("20260115", "2026-01-15"),
    "the amount in another currency before": row(
        "<FITID>A1", "<ORIGCURRENCY><CURRATE>1.1<CURSYM>USD</ORIGCURRENCY><FITID>A1"
    ),
    "the end of the row missing": PLAIN.replace("</STMTTRN>\n", ""),
    "the bank's UTF-8 mark": "\ufeff" + PLAIN,
    "the balance without a day": PLAIN.replace("<DTASOF>20260131\n", "<DTASOF>\n"),
    "the list without days": PLAIN.replace("<DTSTART>20260101\n<DTEND>20260131\n", ""),
    "a day of zeros": PLAIN.replace("<DTSTART>20260101", "<DTSTART>00000000"),
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_the_same_row_however_it_is_written(what: str) -> None:
    statement = one(SAME[what])
    (line,) = statement.lines

    assert (line.date, line.amount) == (date(2026, 1, 15), Decimal("-42.50"))
    assert (line.description, line.external_id) == ("CAFÉ", "A1")
    assert (statement.account_number, statement.currency) == ("22", "EUR")
    assert statement.closing_balance == Decimal(100)


@pytest.mark.parametrize(
    ("encoding", "named"),
    [
        ("utf-8", "1252"), ("utf-8-sig", "1252"), ("cp1252", "1252"), ("cp1252", "NONE"),
        ("latin-1", "ISO-8859-1"), ("iso8859-15", "ISO-8859-15"), ("cp850", "850"),
        ("utf-16", "1252"), ("utf-16-le", "NONE"), ("utf-16-be", "NONE"),
    ],
)  # fmt: skip
def test_letters_arrive_in_every_encoding(encoding: str, named: str) -> None:
    content = PLAIN.replace("CHARSET:1252", f"CHARSET:{named}").encode(encoding)

    assert ofx.read(content)[0].lines[0].description == "CAFÉ"


def test_cyrillic_by_its_code_page() -> None:
    content = row("CAFÉ", "КАФЕ").replace("CHARSET:1252", "CHARSET:1251").encode("cp1251")

    assert ofx.read(content)[0].lines[0].description == "КАФЕ"


def test_a_row_whose_end_is_missing_does_not_hide_the_next() -> None:
    both = ROW.replace("</STMTTRN>\n", "") + ROW.replace("A1", "A2")

    found = one(PLAIN.replace(ROW, both))

    assert [line.external_id for line in found.lines] == ["A1", "A2"]


def test_a_bracket_in_a_text_is_one() -> None:
    found = one(row("CAFÉ", "A < B & C"))

    assert found.lines[0].description == "A < B & C"


def test_pending_rows_are_pending_and_in_no_total() -> None:
    found = one(PLAIN.replace("<LEDGERBAL>", PENDING + "<LEDGERBAL>"))

    assert [(line.is_pending, line.amount) for line in found.lines] == [
        (False, Decimal("-42.50")),
        (True, Decimal("-5.00")),
    ]
    assert found.total == Decimal("-42.50")


def test_two_files_in_one_are_both_read() -> None:
    other = PLAIN.replace("A1", "A2").replace("20260131", "20260228").replace(">100.00", ">57.50")

    found = one(PLAIN + other)

    assert [(line.number, line.external_id) for line in found.lines] == [(1, "A1"), (2, "A2")]
    assert (found.closing_balance, found.closing_on) == (Decimal("57.50"), date(2026, 2, 28))


NAMELESS = PLAIN.replace("<FITID>A1\n", "")


@pytest.mark.parametrize("text", [PLAIN, NAMELESS])
def test_the_same_statement_twice_counts_once(text: str) -> None:
    doubled = text[: text.index("</OFX>")] + text[text.index("<BANKMSGSRSV1>") :]

    for twice in (text + text, doubled):
        found = one(twice)
        assert (found.total, len(found.lines)) == (one(text).total, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-42.50", "-42.51"), ("CAFÉ", "CAFE"), ("20260115", "20260116"), ("DEBIT", "POS"),
        ("<BALAMT>100.00", "<BALAMT>57.50"), ("<DTSTART>20260101", "<DTSTART>20260102"),
        ("<NAME>", "<FITID>A2\n<NAME>"), ("</STMTTRN>\n", "</STMTTRN>\n" + PENDING),
    ],
)  # fmt: skip
def test_statements_that_differ_in_anything_are_two(old: str, new: str) -> None:
    other = NAMELESS.replace(old, new, 1)

    lines = one(NAMELESS).lines + one(other).lines
    assert [found.amount for found in one(NAMELESS + other).lines] == [
        line.amount for line in lines
    ]


def test_equal_statements_of_nobody_are_two() -> None:
    nobodys = NAMELESS.replace("<ACCTID>22\n", "")

    assert len(ofx.read((nobodys + nobodys).encode())) == 2


def test_months_in_any_order_close_with_the_last() -> None:
    other = PLAIN.replace("A1", "A2").replace("20260131", "20260228").replace(">100.00", ">57.50")

    assert one(other + PLAIN).closing_balance == Decimal("57.50")


def test_no_balance_is_no_balance() -> None:
    without = PLAIN[: PLAIN.index("<LEDGERBAL>")] + PLAIN[PLAIN.index("</STMTRS>") :]

    assert one(without).closing_balance is None
    assert one(PLAIN.replace("<BALAMT>100.00", "<BALAMT>")).closing_balance is None


def test_no_currency_is_the_account_s() -> None:
    assert one(PLAIN.replace("<CURDEF>EUR\n", "")).currency == ""


def test_thousands_or_thousandths_is_asked() -> None:
    text = row("-42.50", "-1,234").replace("100.00", "100")

    with pytest.raises(AmbiguousFile) as caught:
        one(text)

    assert caught.value.line == line_of(text, "-1,234")
    assert caught.value.questions[0].field == "decimal_comma"
    assert one(text, Options(decimal_comma=True)).total == Decimal("-1.234")
    assert one(text, Options(decimal_comma=False)).total == Decimal(-1234)


@pytest.mark.parametrize(
    ("text", "said", "where"),
    [
        (row("<DTPOSTED>20260115\n", ""), "no posting date", "<STMTTRN>"),
        (row("<TRNAMT>-42.50\n", ""), "TRNAMT", "<STMTTRN>"),
        (row("<FITID>", "<TRNAMT>-1.00\n<FITID>"), "two amounts", "<STMTTRN>"),
        (row("<FITID>", "<CURRENCY><CURSYM>USD</CURRENCY><FITID>"), "CURRENCY", "<CURRENCY>"),
        (row("<FITID>", "<CORRECTFITID>A0<FITID>"), "CORRECTFITID", "<CORRECTFITID>"),
        (row("20260115", "20261301"), "DTPOSTED", "20261301"),
        (row("20260115", "00260115"), "DTPOSTED", "00260115"),
        (row("-42.50", "NaN"), "TRNAMT", "NaN"),
        (row("-42.50", "1e400"), "TRNAMT", "1e400"),
        (row("-42.50", "٤٢"), "TRNAMT", "٤٢"),
        (row("-42.50", "R$ 42,50"), "TRNAMT", "R$"),
        (row("-42.50", "-(42.50)"), "TRNAMT", "-(42"),
        (row("-42.50", "1" * 30), "too many digits", "1" * 30),
        (PLAIN.replace("<CURDEF>EUR", "<CURDEF>EURO"), "currency", "<STMTRS>"),
        (PLAIN[: PLAIN.index("</STMTRS>")], "not complete", "</LEDGERBAL>"),
    ],
)
def test_what_is_not_sure_is_refused_with_its_line(text: str, said: str, where: str) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        one(text)

    assert caught.value.line == line_of(text, where)


def test_an_error_of_the_bank_is_told() -> None:
    status = "<STATUS><CODE>15500<SEVERITY>ERROR<MESSAGE>Signon invalid</STATUS>"

    with pytest.raises(UnreadableFile, match="Signon invalid"):
        ofx.read(f"{HEADER}<OFX><SONRS>{status}</SONRS></OFX>".encode())
