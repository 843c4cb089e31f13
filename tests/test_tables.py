"""What tables leave open is asked; what cannot be read is refused with its line."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buffet.errors import Invalid
from transactions.imports.reading import Reading, read
from transactions.imports.statement import AmbiguousFile, Options, StatementLine, UnreadableFile
from transactions.imports.tables import profile as profiles
from transactions.imports.tables.profile import Profile

PLAIN = "Date,Description,Amount\n"


def reading(text: str, profile: Profile | None = None, **more: Any) -> Reading:
    """Return what a table holds."""
    return read(BytesIO(text.encode()), profile=profile, **more)


def lines(text: str, profile: Profile | None = None, **more: Any) -> list[StatementLine]:
    """Return the lines of a table of one account."""
    (statement,) = reading(text, profile, **more).statements
    return list(statement.lines)


def amount(written: str, beside: str = "0.01") -> Decimal:
    """Return what an amount means beside another one."""
    return lines(f"Date;Description;Amount\n2025-01-31;a;{written}\n2025-01-31;b;{beside}\n")[
        0
    ].amount


def refused(text: str, profile: Profile | None = None) -> UnreadableFile:
    """Return why a table is refused."""
    with pytest.raises(UnreadableFile) as caught:
        reading(text, profile)
    return caught.value


def question(text: str, profile: Profile | None = None, **more: Any) -> tuple[str, str]:
    """Return the field and the column that a table asks about."""
    with pytest.raises(AmbiguousFile) as caught:
        reading(text, profile, **more)
    (asked,) = caught.value.questions
    return asked.field, asked.column


@pytest.mark.parametrize(
    ("written", "beside", "meant"),
    [
        ("1.234,56", "0,01", "1234.56"), ("1 234,56", "0,01", "1234.56"),
        ("1\u00a0234,56", "0,01", "1234.56"), ("1'234.56", "0.01", "1234.56"),
        ("(12.00)", "0.01", "-12"), ("12.00-", "0.01", "-12"), ("-R$ 12,00", "0,01", "-12"),
        ("R$ -12,00", "0,01", "-12"), ("€ 12", "0,01", "12"), ("12 €", "0,01", "12"),
        ("+12", "0.01", "12"), ("42,50", "1,5", "42.50"), ("−5.00", "0.01", "-5"),
        ("1,234", "0.50", "1234"), ("1,234", "0,5", "1.234"), ("12,34,567.00", "0.5", "1234567"),
        ("12.00 CR", "1.00 DR", "12"), ("12,00 D", "1,00 C", "-12"), ("1.234.567", "1", "1234567"),
        ("0,123", "1", "0.123"), ("$1,234.56", "0.01", "1234.56"), (".5", "1.00", "0.5"),
        ("-$12.00", "1.00", "-12"), ("USD 12.00", "1.00", "12"),
    ],
)  # fmt: skip
def test_amounts_are_read_by_their_column(written: str, beside: str, meant: str) -> None:
    assert amount(written, beside) == Decimal(meant)


@pytest.mark.parametrize(
    "wrong",
    ["NaN", "Infinity", "1e5", "1_000", "١٢", "--1", "1" * 30, "1.2.3,4", "12,34.5", "abc", "0x1",
     "-12.00 D", "(-12.00)", "12.00 XYZ", "0.123456789", "=1+1"],
)  # fmt: skip
def test_what_is_no_amount_is_refused_with_its_line(wrong: str) -> None:
    found = refused(f'{PLAIN}2025-01-31,a,1.00\n2025-01-31,Cafe,"{wrong}"\n')

    assert found.line == 3
    assert "Cafe" in found.detail


def test_every_line_that_cannot_be_read_is_said_up_to_twenty() -> None:
    rows = "".join(f"2025-01-31,x,{'wrong' if one % 2 else '1.00'}\n" for one in range(100))

    found = refused(PLAIN + rows)

    assert [line for line, _ in found.faults] == list(range(3, 43, 2))


def test_a_comma_that_splits_an_amount_is_not_swallowed() -> None:
    assert refused("Date,Amount,Description\n2025-01-31,-42,50,Cafe\n").line == 2
    assert refused(PLAIN + "2025-01-31,Cafe,-42,50\n").line == 2


def test_the_order_of_day_and_month_is_asked_where_no_day_tells() -> None:
    text = PLAIN + "04/05/2025,a,1.00\n05/05/2025,b,1.00\n11/12/2025,c,1.00\n"

    with pytest.raises(AmbiguousFile) as caught:
        reading(text)

    (asked,) = caught.value.questions
    assert (caught.value.code, asked.field, asked.column, asked.line) == (
        "ambiguous", "date_order", "Date", 2
    )  # fmt: skip
    assert asked.choices == (("dmy", "4 May 2025"), ("mdy", "5 April 2025"))
    assert "4 May 2025" in caught.value.detail
    assert "5 April 2025" in caught.value.detail
    assert lines(text, Profile(date_order="dmy"))[0].date == date(2025, 5, 4)
    assert lines(text, Profile(date_order="mdy"))[0].date == date(2025, 4, 5)
    assert lines(text, options=Options(day_first=True))[0].date == date(2025, 5, 4)


@pytest.mark.parametrize(
    "written",
    ["04.05.2025", "2025-05-04", "20250504", "4 May 2025", "May 4, 2025", "4 de maio de 2025",
     "04-mai-25", "2025-05-04T23:30:00Z", "2025/05/04 08:00", "4. Mai 2025", "Sun, 4 May 2025",
     "4 mai 2025", "04.05.25"],
)  # fmt: skip
def test_a_day_that_can_be_only_one_needs_no_other(written: str) -> None:
    assert lines(f'{PLAIN}"{written}",a,1.00\n')[0].date == date(2025, 5, 4)


@pytest.mark.parametrize(
    "wrong", ["0025-01-01", "2025-02-30", "31/31/2025", "13/13/13", "yesterday 5", "45000", "1/2"]
)
def test_what_is_no_day_is_refused(wrong: str) -> None:
    found = refused(f"{PLAIN}2025-01-31,a,1.00\n{wrong},b,1.00\n")

    assert found.line == 3


def test_one_day_tells_for_its_whole_column_and_late_in_the_file_too() -> None:
    rows = "".join("04/05/2025,a,1.00\n" for _ in range(500))

    assert lines(PLAIN + rows + "05/31/2025,z,1.00\n")[0].date == date(2025, 4, 5)
    assert refused(PLAIN + rows + "05/31/2025,z,1.00\n31/05/2025,z,1.00\n").line == 503


def test_the_period_above_a_table_tells_the_order() -> None:
    text = "Period;01/05/2025 - 31/05/2025\n\nDate;Description;Amount\n04/05/2025;a;1.00\n"

    assert lines(text)[0].date == date(2025, 5, 4)


def test_one_mark_before_three_digits_is_asked_about() -> None:
    text = "Date;Description;Amount\n2025-01-31;a;1.234\n2025-01-31;b;5\n"

    assert question(text) == ("decimal_mark", "Amount")
    assert lines(text, Profile(decimal_mark=","))[0].amount == 1234
    assert lines(text, Profile(decimal_mark="."))[0].amount == Decimal("1.234")
    assert refused(text + "2025-01-31;c;1.5\n2025-01-31;d;1,5\n").line == 5


def test_two_columns_that_could_be_the_amount_are_asked_about() -> None:
    text = "Date,Description,Amount,Value\n2025-01-31,a,1.00,2.00\n"

    assert question(text)[0] == "amount"
    assert lines(text, Profile(amount="Value"))[0].amount == 2


def test_missing_columns_are_named_with_what_is_there() -> None:
    detail = refused("Datum;Text;Kunde\n31.01.2025;a;b\n").detail

    assert "an amount" in detail
    assert "“Kunde”" in detail
    assert "a date" in refused("Foo,Amount,Bar\nx,1.00,y\n").detail
    assert "Betrag" in refused(PLAIN + "2025-01-31,a,1.00\n", Profile(amount="Betrag")).detail


def test_purchases_without_a_payment_leave_their_sign_open_on_a_card() -> None:
    text = "date,title,amount\n2025-03-02,Padaria,12.40\n2025-03-03,Uber,10.00\n"

    # Nor is it believed without a question that a file of a card is of another account.
    for is_card in (None, False):
        assert question(text, is_card=is_card) == ("negate", "amount")
    assert lines(text, is_card=True)[0].amount == Decimal("-12.40")
    unknown = text.replace("title", "description")
    assert question(unknown, is_card=True) == ("negate", "amount")
    assert lines(unknown)[0].amount == Decimal("12.40")


def test_a_balance_that_falls_by_what_is_positive_is_asked_about() -> None:
    text = (
        "Date,Description,Amount,Balance\n2025-01-01,a,10.00,90.00\n2025-01-02,b,20.00,70.00\n"
        "2025-01-03,c,5.00,65.00\n"
    )

    assert question(text) == ("negate", "Amount")
    as_purchases = reading(text, Profile(negate=True)).statements[0]
    assert (as_purchases.opening_balance, as_purchases.closing_balance) == (100, 65)
    as_owed = reading(text, Profile(negate=False)).statements[0]
    assert (as_owed.opening_balance, as_owed.closing_balance) == (-100, -65)


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_running_balance_tells_the_order_of_rows(newest_first: bool) -> None:
    rows = ["2025-01-02,a,10.00,110.00", "2025-01-02,b,-30.00,80.00", "2025-01-02,c,5.00,85.00"]

    found = reading(
        "Date,Description,Amount,Balance\n" + "\n".join(reversed(rows) if newest_first else rows)
    )

    assert (found.statements[0].opening_balance, found.statements[0].closing_balance) == (100, 85)
    assert not found.remarks


def test_a_broken_chain_of_balances_is_said_with_its_line() -> None:
    found = reading(
        "Date,Description,Amount,Balance\n2025-01-01,a,10.00,110.00\n2025-01-02,b,5.00,115.00\n"
        "2025-01-03,c,5.00,130.00\n2025-01-04,d,1.00,131.00\n"
    )

    assert "line 4" in found.remarks[0]
    assert found.statements[0].closing_balance is None


def test_a_fee_is_part_of_the_amount_or_on_top_as_the_balance_proves() -> None:
    head = "Date,Description,Amount,Fee,Balance\n2025-01-01,a,-10.00,1.00,89.00\n"

    assert lines(head + "2025-01-02,b,-5.00,2.00,82.00\n")[0].amount == -11
    assert lines(head + "2025-01-02,b,-5.00,2.00,84.00\n")[0].amount == -10
    without = "Date,Description,Amount,Fee\n2025-01-01,a,-10.00,1.00\n"
    assert question(without) == ("subtract_fee", "Fee")


def test_a_word_that_is_neither_debit_nor_credit_is_refused_until_it_is_said() -> None:
    text = "Date,Text,Amount,D/C\n2025-01-31,a,1.00,D\n2025-01-31,b,2.00,C\n2025-01-31,c,3.00,Zug\n"

    assert refused(text).line == 4
    assert lines(text, Profile(credit_words=("Zug",)))[2].amount == 3
    taken_back = text.replace("3.00,Zug", "-3.00,D")
    assert refused(taken_back).line == 4


def test_rows_below_a_table_are_left_out_only_if_they_move_nothing() -> None:
    text = PLAIN + "2025-01-31,a,1.00\n"

    assert len(lines(text + "Total,,1.00\n\n,,\nPrinted by the bank,,\n")) == 1
    assert refused(text + "Something,,1.00\n").line == 3
    assert refused(text + "2025-01-32,b,1.00\n").line == 3
    # A merchant of that name is none of the table's totals.
    assert len(lines(text + "2025-01-31,Total,1.00\n")) == 2
    assert len(lines(text + "Anything,,1.00\n", Profile(skip_last=1))) == 1


def test_a_truncated_row_is_refused() -> None:
    assert refused(PLAIN + "2025-01-31,a,1.00\n2025-01-31,b").line == 3
    assert refused(PLAIN + "2025-01-31,a,1.00\n2025-0").line == 3


def test_two_equal_rows_are_two_and_zero_is_kept() -> None:
    found = lines(PLAIN + "2025-01-31,a,1.00\n2025-01-31,a,1.00\n2025-01-31,info,0.00\n")

    assert [(one.number, one.amount, one.file_line) for one in found] == [
        (1, 1, 2), (2, 1, 3), (3, 0, 4)
    ]  # fmt: skip


def test_each_currency_and_account_of_a_table_is_a_statement() -> None:
    found = reading(
        "Date,Description,Amount,Currency\n2025-01-31,a,1.00,EUR\n2025-01-31,b,2.00,USD\n"
        "2025-01-31,c,3.00,EUR\n"
    )

    assert [(one.currency, one.total) for one in found.statements] == [("EUR", 4), ("USD", 2)]
    assert refused("Date,Description,Amount,Currency\n2025-01-31,a,1.00,EUR\n2025-01-31,b,1,XXQ\n"
                   "2025-01-31,c,3.00,EUR\n").line == 3  # fmt: skip


def test_an_amount_in_another_currency_than_its_column_is_refused() -> None:
    assert refused("Date,Text,Amount (EUR)\n2025-01-31,a,1.00\n2025-01-31,b,$ 1.00 USD\n")
    found = refused("Date,Text,Amount (EUR)\n2025-01-31,a,1.00\n2025-01-31,b,1.00 USD\n")
    assert found.line == 3


def test_a_quote_that_is_not_closed_swallows_no_rows() -> None:
    rows = '2025-01-31,"Bob,1.00\n2025-01-31,b,2.00\n2025-01-31,Bob",3.00\n'

    assert refused(PLAIN + rows).line == 2
    assert refused(PLAIN + '2025-01-31,"Bob,1.00\n2025-01-31,b,2.00\n').line == 2
    assert lines(PLAIN + '2025-01-31,"Bob\nand Ann",1.00\n')[0].description == "Bob and Ann"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252", "cp850"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_letters_and_cells_arrive_whatever_writes_them(
    encoding: str, delimiter: str, ending: str
) -> None:
    rows = [["Data", "Descrição", "Valor"], ["31/01/2025", "Cartão São João", '"-1.234,56"']]
    text = "".join(delimiter.join(row) + ending for row in rows)

    (statement,) = read(BytesIO(text.encode(encoding))).statements

    (line,) = statement.lines
    assert (line.description, line.amount) == ("Cartão São João", Decimal("-1234.56"))


def test_a_header_may_be_spread_over_two_rows() -> None:
    found = lines(
        "Data;Histórico;Valores;\n;;Débito;Crédito\n31/01/2025;a;1,00;\n31/01/2025;b;;2,50\n"
    )

    assert [one.amount for one in found] == [-1, Decimal("2.5")]


def test_pending_rows_are_pending_and_declined_ones_move_nothing() -> None:
    text = "Date,Description,Amount,Status\n2025-01-31,a,1.00,Pending\n2025-01-31,b,2.00,Declined\n"

    assert [(one.amount, one.is_pending) for one in lines(text)] == [(1, True), (0, False)]
    assert refused(text + "2025-01-31,c,3.00,Zug\n").line == 4
    assert len(lines(text + "2025-01-31,c,3.00,Zug\n", Profile(posted_words=("zug",)))) == 3


def test_a_saved_profile_answers_for_the_next_table_of_its_kind() -> None:
    text = PLAIN + "04/05/2025,a,1.00\n"
    saved = reading(text, Profile(date_order="dmy")).profile
    asked: list[str] = []

    def remembered(fingerprint: str) -> Profile | None:
        asked.append(fingerprint)
        return saved if fingerprint == saved.fingerprint else None

    next_file = "Account;1\n\nDATE,description,Amount\n06/07/2025,b,1.00\n"
    assert lines(next_file, remembered=remembered)[0].date == date(2025, 7, 6)
    assert asked == [saved.fingerprint]
    with pytest.raises(AmbiguousFile):
        reading(next_file.replace("Amount", "Amount,Balance"), remembered=remembered)


def test_a_profile_survives_json_and_reads_the_same() -> None:
    text = "Datum;Text;Soll;Haben;Saldo\n31.01.2025;a;1,00;;9,00\n31.01.2025;b;;2,00;11,00\n"
    found = reading(text)

    again = profiles.from_json(found.profile.as_json())

    assert again == found.profile
    assert lines(text, again) == lines(text)


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"delimiter": "x"}, "/profile/delimiter"), ({"nothing": 1}, "/profile/nothing"),
        ({"date_order": "ydm"}, "/profile/date_order"), ({"amount": 0}, "/profile/amount"),
        ({"encoding": "rot13"}, "/profile/encoding"), ({"negate": 1}, "/profile/negate"),
        ({"amount": 1, "debit": 2}, "/profile/amount"), ([], "/profile"),
        ({"header": ["a"] * 501}, "/profile/header"), ({"date": "Date"}, "/profile/date"),
        ({"skip_last": -1}, "/profile/skip_last"),
        ({"currency_code": "XXQ"}, "/profile/currency_code"),
    ],
)  # fmt: skip
def test_a_wrong_profile_is_refused_with_a_sentence(wrong: Any, pointer: str) -> None:
    with pytest.raises(Invalid) as caught:
        profiles.from_json(wrong)

    assert [fault.pointer for fault in caught.value.faults] == [pointer]


@settings(max_examples=300, deadline=None, derandomize=True)
@given(data=st.data())
def test_damaged_tables_are_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    content = bytearray(
        b"Date;Text;Amount;Balance\n31.01.2025;a;-1,00;9,00\n01.02.2025;b;2,5;11,5\n"
    )
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, max(0, len(content) - 1)))
        content[at : at + data.draw(st.integers(0, 30))] = data.draw(st.binary(max_size=8))
    with suppress(UnreadableFile):
        for statement in read(BytesIO(bytes(content))).statements:
            list(statement.lines)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(content=st.one_of(st.binary(max_size=300), st.text(max_size=200).map(str.encode)))
def test_any_bytes_are_read_or_refused_and_nothing_else(content: bytes) -> None:
    with suppress(UnreadableFile):
        read(BytesIO(content))


def hostile() -> dict[str, Callable[[], bytes]]:
    """Return files that ask for more than they may have."""
    return {
        "a NUL byte": lambda: (PLAIN + "2025-01-31,a\x00b,1.00\n").encode(),
        "a million columns": lambda: ("a," * 1_000_000).encode(),
        "a line without an end": lambda: PLAIN.encode() + b"x" * 20_000_000,
        "a million blank lines": lambda: b"\n" * 1_000_000,
        "a million quotes": lambda: PLAIN.encode() + b'"' * 1_000_001,
    }


@pytest.mark.parametrize("name", hostile())
def test_hostile_text_is_refused(name: str) -> None:
    with pytest.raises(UnreadableFile):
        read(BytesIO(hostile()[name]()))


def test_piles_of_accents_are_cut_where_a_text_is_read() -> None:
    (line,) = lines(f"{PLAIN}2025-01-31,Cafe{chr(0x301) * 400},1.00\n")

    assert line.description == f"Cafe{chr(0x301) * 8}"
