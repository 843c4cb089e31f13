"""MT940 in the dialects of banks: days, signs, references and texts of its movements."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transactions.imports import mt940
from transactions.imports.statement import Statement, StatementLine, UnreadableFile

OPEN, CLOSE = ":60F:C260101EUR100,00", ":62F:C260131EUR57,50"
MOVEMENT = ":61:2601150115D42,50NTRFNONREF//B1"
FILE = f":20:START\n:25:12345678/900100\n:28C:1/1\n{OPEN}\n{MOVEMENT}\n:86:SHOP\n{CLOSE}\n-\n"


def one(text: str) -> Statement:
    """Return the only statement of a file."""
    (statement,) = mt940.read(text.encode())
    return statement


def line(movement: str, about: str = "SHOP") -> StatementLine:
    """Return the line of a file with this movement, and what is said about it."""
    changed = FILE.replace(MOVEMENT, f":61:{movement}").replace("SHOP", about)
    return one(changed).lines[0]


SWIFT = "{1:F01INGBNL2ABXXX0000000000}{2:I940INGBNL2AXXXN}{4:\n"
#: What was changed of the plain file, which says the same all the same.
SAME = {
    "as it is": FILE,
    "line ends of Windows": FILE.replace("\n", "\r\n"),
    "no end": FILE.removesuffix("-\n"),
    "SWIFT's envelope": SWIFT + FILE.removesuffix("-\n") + "-}\n",
    "SWIFT's envelope in one line": SWIFT.strip() + FILE.removesuffix("-\n") + "-}{5:}",
    "words before": "ABNANL2A\n940\nABNANL2A\n" + FILE,
    "Rabobank's first tag": ":940:\n" + FILE,
    "a control character before": "\x01\n" + FILE,
    "blank lines": FILE.replace("\n:", "\n\n:"),
    "a related reference": FILE.replace(":25:", ":21:NONREF\n:25:"),
    "tag 28 without C": FILE.replace(":28C:", ":28:"),
    "a text about the statement": FILE.replace(CLOSE, f"{CLOSE}\n:64:C260131EUR57,50\n:86:SUM"),
    "balances ahead": FILE.replace(CLOSE, f"{CLOSE}\n:65:C260201EUR57,50\n:65:C260202EUR57,50"),
    "the same twice": FILE + FILE,
    "the same twice in a message": FILE.removesuffix("-\n") + FILE.removeprefix(":20:START\n"),
    "fields twice": FILE.replace(OPEN, f":25:12345678/900100\n:28C:1/1\n{OPEN}\n{OPEN}"),
    "the closing balance twice": FILE.replace(CLOSE, f"{CLOSE}\n{CLOSE}"),
    "a page before": (
        ":20:START\n:25:12345678/900100\n:28C:1/1\n:60F:C260101EUR100,00\n:62M:C260101EUR100,00\n-\n"
        + FILE.replace("60F", "60M").replace("1/1", "1/2")
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", SAME)
def test_the_same_statement_however_it_is_written(what: str) -> None:
    statement = one(SAME[what])
    (only,) = statement.lines

    assert (only.date, only.amount) == (date(2026, 1, 15), Decimal("-42.50"))
    assert (only.description, only.external_id) == ("SHOP", "B1")
    assert (statement.bank_id, statement.account_number) == ("12345678", "900100")
    assert (statement.currency, statement.opening_balance) == ("EUR", Decimal(100))
    assert statement.closing_balance == Decimal("57.50")


@pytest.mark.parametrize(
    ("movement", "day", "moved"),
    [
        ("2601150115D42,50NTRF", (2026, 1, 15), "-42.50"),
        ("260115D42,50NTRF", (2026, 1, 15), "-42.50"),
        ("2601150116C42,NTRF", (2026, 1, 16), "42"),
        ("2601150116C0,5NTRF", (2026, 1, 16), "0.5"),
        ("2601150116RC42,50NTRF", (2026, 1, 16), "-42.50"),
        ("2601150116RD42,50NTRF", (2026, 1, 16), "42.50"),
        ("2601150116DR42,50NTRF", (2026, 1, 16), "-42.50"),
        ("2601150116CN0,01NTRFNONREF//MB1\n911-TRANSAKCJA", (2026, 1, 16), "0.01"),
        ("260115    DD212,39NMSCNONREF//\n/ABC/DEF", (2026, 1, 15), "-212.39"),
        ("2601150115DF2402,00S   X", (2026, 1, 15), "-2402"),
        ("2512310102D5,00NTRF", (2026, 1, 2), "-5"),
        ("2601021231D5,00NTRF", (2025, 12, 31), "-5"),
        ("2402280229D5,00NTRF", (2024, 2, 29), "-5"),
        ("2601150000D5,00NTRF", (2026, 1, 15), "-5"),
        ("2601150115D1234NTRF", (2026, 1, 15), "-1234"),
        ("2601150115D1234.50NTRF", (2026, 1, 15), "-1234.50"),
        ("2601150115D000000000042,50NTRF", (2026, 1, 15), "-42.50"),
        ("2601150115D42,500FMSC", (2026, 1, 15), "-42.5"),
        ("991231D1,00NTRF", (1999, 12, 31), "-1"),
    ],
)
def test_movements_as_banks_write_them(
    movement: str, day: tuple[int, int, int], moved: str
) -> None:
    found = line(movement)

    assert (found.date, found.amount) == (date(*day), Decimal(moved))


def test_expected_movements_are_pending() -> None:
    assert line("2601150115ED5,00NTRF").is_pending


@pytest.mark.parametrize(
    ("reference", "id"),
    [
        ("NTRFNONREF//B1", "B1"), ("NTRFINV 7//B1\nmore", "B1"), ("NTRFINV 7", ""),
        ("NTRF//NONREF", ""),
        ("NTRFNONREF", ""), ("", ""), ("S   X", ""),
    ],
)  # fmt: skip
def test_only_the_bank_s_own_reference_is_an_id(reference: str, id: str) -> None:
    assert line(f"2601150115D42,50{reference}").external_id == id


def test_equal_payments_of_one_reference_are_two() -> None:
    found = one(FILE.replace(MOVEMENT, f"{MOVEMENT}\n:86:SHOP\n{MOVEMENT}"))

    assert [line.external_id for line in found.lines] == ["B1", "B1/2"]


@pytest.mark.parametrize(
    ("about", "meant"),
    [
        ("SHOP", "SHOP"),
        ("SHOP\nTOWN", "SHOP TOWN"),
        ("X" * 65 + "\nY", "X" * 65 + "Y"),
        ("166?00GUTSCHRIFT?20SVWZ+Rent?21 May?30BIC?31IBAN?32Jane Doe", "Jane Doe · Rent May"),
        ("166?00GUTSCHRIFT?20EREF+1?21SVWZ+Rent for the flat in?22the city?32Jane", None),
        ("166?00X?20This is the purpose and it ?21goes on?32Jane?33 Doe", None),
        ("177<00X<20Rent<32Jane", "Jane · Rent"),
        ("020>00X>20Rent>32Jane", "Jane · Rent"),
        ("166?00KONTOABSCHLUSS", "KONTOABSCHLUSS"),
        ("166?00X?20EREF+1?21MREF+2?22SVWZ+Rent\n?32Jane", "Jane · Rent"),
        ("166?20ABWA+Jane?21SVWZ+Rent", "Jane · Rent"),
        ("/TRTP/SEPA/IBAN/NL1/BIC/X/NAME/J JANSEN/REMI/Bill 1/EREF/1", "J JANSEN · Bill 1"),
        ("/CNTP/NL1/INGBNL2A/J JANSEN/CITY/REMI/USTD//Bill 1/", "J JANSEN · Bill 1"),
        ("/ORDP//NAME/J JANSEN/REMI/Bill 1/ISDT/2026-01-15", "J JANSEN · Bill 1"),
        ("/TRTP/iDEAL/IBAN/NL1", "iDEAL"),
        ("/PT/FT/PY/SOMETHING", "/PT/FT/PY/SOMETHING"),
        ("911 COLLECT; ID: X; OD: JAN", "911 COLLECT; ID: X; OD: JAN"),
        (":12:30 at the bank", ":12:30 at the bank"),
    ],
)  # fmt: skip
def test_what_is_said_about_a_movement(about: str, meant: str | None) -> None:
    said = line("2601150115D42,50NTRF", about).description

    if meant is None:
        assert said.startswith("Jane")
        assert "+" not in said
    else:
        assert said == meant


def test_lines_of_a_name_and_a_purpose_in_ns() -> None:
    changed = FILE.replace(":86:SHOP", ":NS:01Bill\n021 of 2\n15Insurance Comp\n16any")

    assert one(changed).lines[0].description == "Insurance Company · Bill 1 of 2"


def test_days_in_one_file_are_one_statement_in_any_order() -> None:
    other = FILE.replace(CLOSE, ":62F:C260228EUR50,00").replace(OPEN, ":60F:C260131EUR57,50")
    other = other.replace(MOVEMENT, ":61:260215D7,50NTRF")

    for text in (FILE + other, other + FILE):
        found = one(text)
        assert (found.opening_balance, found.closing_balance) == (Decimal(100), Decimal(50))
        assert [line.number for line in found.lines] == [1, 2]
        assert found.total == Decimal(-50)


def test_accounts_in_one_file_are_statements_of_their_own() -> None:
    found = mt940.read((FILE + FILE.replace("900100", "900200")).encode())

    assert [statement.account_number for statement in found] == ["900100", "900200"]


#: Two statements in a message: what stands between them, and where the second opens.
TWO = (
    ":20:A\n:25:123\n:28C:1\n:60F:C260101EUR100,00\n:61:2601050105D50,00NMSCX\n"
    ":62F:C260105EUR50,00\n{between}:60F:C260105EUR50,00\n:61:2601050105C7,00NMSCX\n"
    ":62F:C260105EUR57,00\n-\n"
)


@pytest.mark.parametrize(
    "between", [":25:456\n:28C:1\n", ":25:456\n", ":64:C260105EUR1,\n:25P:456\n"]
)
def test_accounts_in_one_message_are_statements_of_their_own(between: str) -> None:
    first, second = mt940.read(TWO.format(between=between).encode())

    assert (first.account_number, second.account_number) == ("123", "456")
    assert (first.total, second.total) == (Decimal(-50), Decimal(7))
    assert (first.closing_balance, second.closing_balance) == (Decimal(50), Decimal(57))
    assert second.opening_balance == Decimal(50)


@pytest.mark.parametrize("between", ["", ":28C:2\n", ":25:123\n:28C:2\n", ":64:C260105EUR1,\n"])
@pytest.mark.parametrize("marks", ["FF", "MM"])
def test_statements_in_one_message_are_joined(between: str, marks: str) -> None:
    text = TWO.replace(":62F:", f":62{marks[0]}:", 1).replace("}:60F:", f"}}:60{marks[1]}:")

    found = one(text.format(between=between))

    assert (found.account_number, found.total) == ("123", Decimal(-43))
    assert (found.opening_balance, found.closing_balance) == (Decimal(100), Decimal(57))
    assert [line.number for line in found.lines] == [1, 2]


@pytest.mark.parametrize(
    ("written", "said", "line"),
    [
        (FILE.replace(OPEN, f":25:456\n{OPEN}"), "opening balance", 1),
        (FILE.replace(MOVEMENT, f"{MOVEMENT}\n:25:456"), "closing balance", 1),
        (FILE.replace(MOVEMENT, f"{MOVEMENT}\n:60F:C260101EUR1,00"), "closing balance", 1),
        (FILE.replace(CLOSE, f"{CLOSE}\n:62F:C260131EUR1,00"), "opening balance", 8),
    ],
)  # fmt: skip
def test_two_of_what_a_statement_has_once_are_refused(written: str, said: str, line: int) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        mt940.read(written.encode())

    assert caught.value.line == line


@pytest.mark.parametrize(
    ("written", "bank", "number"),
    [
        ("NL08ABNA0123456789EUR", "", "NL08ABNA0123456789"),
        ("NL08ABNA0123456789 EUR", "", "NL08ABNA0123456789"),
        ("PL29114010810000267002001002", "", "PL29114010810000267002001002"),
        ("123456789", "", "123456789"),
        ("10020030/1234567", "10020030", "1234567"),
        ("DE02120300000000202051", "", "DE02120300000000202051"),
    ],
)  # fmt: skip
def test_numbers_of_accounts(written: str, bank: str, number: str) -> None:
    found = one(FILE.replace("12345678/900100", written))

    assert (found.bank_id, found.account_number) == (bank, number)


@pytest.mark.parametrize(
    ("old", "new", "said", "line"),
    [
        (CLOSE, "", "closing balance", 1),
        (OPEN, "", "opening balance", 1),
        (OPEN, ":34F:EUR0,00", "MT942", 1),
        (CLOSE, ":62F:C260131USD57,50", "closes in USD", 7),
        (OPEN, ":60F:C260101EUR1.234,00", "balance", 4),
        (OPEN, ":60F:C260101XXX1,00", "balance", 4),
        (OPEN, ":60F:C261301EUR1,00", "date", 4),
        ("2601150115", "2613150115", "date", 5),
        ("2601150115", "2601151315", "booking", 5),
        ("42,50", "NaN", "movement", 5),
        ("42,50", "1.234", "may be two", 5),
        ("42,50", "-42,50", "movement", 5),
        ("42,50", "9" * 20, "digits", 5),
        ("42,50", "٤٢", "movement", 5),
        ("D42", "X42", "movement", 5),
    ],
)
def test_what_is_not_sure_is_refused_with_its_line(
    old: str, new: str, said: str, line: int
) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        one(FILE.replace(old, new, 1))

    assert caught.value.line == line


WORDS = st.text(st.characters(min_codepoint=65, max_codepoint=90), min_size=1, max_size=40)
ROWS = st.lists(
    st.tuples(
        st.dates(date(1990, 1, 1), date(2069, 12, 31)),
        st.integers(-20, 20),
        st.decimals(-(10**9), 10**9, places=2),
        WORDS,
    ),
    max_size=12,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(rows=ROWS)
def test_what_is_written_is_read_again(rows: list[tuple[date, int, Decimal, str]]) -> None:
    written = ""
    for booked, apart, moved, words in rows:
        valued = date.fromordinal(booked.toordinal() + apart)
        sign = "D" if moved < 0 else "C"
        digits = f"{abs(moved)}".replace(".", ",")
        written += f":61:{valued:%y%m%d}{booked:%m%d}{sign}{digits}NTRFNONREF\n:86:{words}\n"

    found = one(FILE.replace(f"{MOVEMENT}\n:86:SHOP\n", written))

    assert [(line.date, line.amount, line.description) for line in found.lines] == [
        (booked, moved, words) for booked, _, moved, words in rows
    ]
