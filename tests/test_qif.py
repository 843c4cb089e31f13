"""QIF as Quicken and banks write it; what could be two days or two amounts is asked."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transactions.imports import qif
from transactions.imports.statement import AmbiguousFile, Options, Statement, UnreadableFile

BANK = "!Type:Bank\n"


def read(text: str, options: Options = Options()) -> tuple[Statement, ...]:  # noqa: B008
    """Return the statements of a file."""
    return qif.read(text.encode(), options)


def days(*written: str, options: Options = Options()) -> list[date]:  # noqa: B008
    """Return the days of a file whose dates are written so."""
    rows = "".join(f"D{one}\nT-1.00\n^\n" for one in written)
    return [line.date for line in read(BANK + rows, options)[0].lines]


def amount(*fields: str) -> Decimal:
    """Return what a transaction with these fields moves."""
    return read(BANK + "D31/12/2025\n" + "\n".join(fields) + "\n^\n")[0].lines[0].amount


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("12/31/25", (2025, 12, 31)), ("31/12/2025", (2025, 12, 31)), ("12/31'25", (2025, 12, 31)),
        ("31.12.2025", (2025, 12, 31)), ("31.12.25", (2025, 12, 31)), ("1.2.2026", (2026, 2, 1)),
        ("31-12-2025", (2025, 12, 31)), ("12-31-2025", (2025, 12, 31)),
        ("2025-12-31", (2025, 12, 31)),
        ("2025/12/31", (2025, 12, 31)), ("20251231", (2025, 12, 31)), (" 2/29'24", (2024, 2, 29)),
        ("12/31' 5", (2005, 12, 31)), ("12/31/99", (1999, 12, 31)), ("5/5/26", (2026, 5, 5)),
        ("2/29/2024", (2024, 2, 29)), ("13/ 1'26", (2026, 1, 13)),
    ],
)  # fmt: skip
def test_days_as_they_are_written(written: str, meant: tuple[int, int, int]) -> None:
    assert days(written) == [date(*meant)]


def test_one_number_above_twelve_decides_for_the_whole_file() -> None:
    assert days("04/05/2025", "13/05/2025") == [date(2025, 5, 4), date(2025, 5, 13)]
    assert days("04/05/2025", "05/13/2025") == [date(2025, 4, 5), date(2025, 5, 13)]


def test_a_slash_beside_apostrophes_is_of_this_century_as_far_as_they_reach() -> None:
    assert days("31/12'26", "30/12/26") == [date(2026, 12, 31), date(2026, 12, 30)]
    assert days("31/12'26", "1/1/27 ", "31/12/98") == [
        date(2026, 12, 31), date(2027, 1, 1), date(1998, 12, 31)
    ]  # fmt: skip
    with pytest.raises(UnreadableFile, match="either century") as caught:
        days("31/12' 5", "30/12/26")
    assert caught.value.line == 5


def test_what_may_be_two_days_is_asked() -> None:
    with pytest.raises(AmbiguousFile) as caught:
        days("05/05/2025", "04/05/2025")

    (question,) = caught.value.questions
    assert (question.field, caught.value.line) == ("day_first", 5)
    assert "2025-05-04" in question.detail
    assert "2025-04-05" in question.detail
    assert days("04/05/2025", options=Options(day_first=True)) == [date(2025, 5, 4)]
    assert days("04/05/2025", options=Options(day_first=False)) == [date(2025, 4, 5)]


def test_an_order_that_only_one_reading_has_decides() -> None:
    listed = ["01/02/25", "03/02/25", "05/02/25", "02/03/25", "04/03/25", "01/04/25", "06/04/25"]

    assert days(*listed)[1] == date(2025, 2, 3)
    assert days(*listed[::-1])[-2] == date(2025, 2, 3)
    with pytest.raises(AmbiguousFile):
        days(*listed[:5])


def test_what_is_said_does_not_overrule_what_the_file_says() -> None:
    assert days("13/05/2025", options=Options(day_first=False)) == [date(2025, 5, 13)]


@pytest.mark.parametrize(
    "wrong",
    ["31/02/2025", "00/01/2025", "1/1/0025", "32.1.2025", "soon", "", "١/١/٢٠٢٥", "2025", "1/2"],
)
def test_what_is_no_day_is_refused(wrong: str) -> None:
    with pytest.raises(UnreadableFile) as caught:
        days("13/01/2025", wrong)

    assert caught.value.line == 5


def test_the_day_first_in_one_and_the_month_in_another_is_refused() -> None:
    with pytest.raises(UnreadableFile, match="line 5"):
        days("13/05/2025", "05/13/2025")


@pytest.mark.parametrize(
    ("fields", "meant"),
    [
        (["T-1,000.00"], "-1000"), (["T-1.000,00"], "-1000"), (["U5.00", "T5.00"], "5"),
        (["U5.00"], "5"), (["T+5"], "5"), (["T-.5"], "-0.5"), (["T 1 234,50"], "1234.5"),
        (["T1'234.50"], "1234.5"), (["T12,34,567.00"], "1234567"), (["T-0,125"], "-0.125"),
        (["T(12.00)"], "-12"), (["T12.00-"], "-12"), (["T0"], "0"),
    ],
)  # fmt: skip
def test_amounts_as_they_are_written(fields: list[str], meant: str) -> None:
    assert amount(*fields) == Decimal(meant)


def test_the_other_amounts_tell_what_a_mark_is() -> None:
    rows = "D31/12/2025\nT{}\n^\nD31/12/2025\nT{}\n^\n"

    assert read(BANK + rows.format("1,234", "5.50"))[0].total == Decimal("1239.50")
    assert read(BANK + rows.format("1,234", "5,50"))[0].total == Decimal("6.734")
    with pytest.raises(AmbiguousFile):
        read(BANK + rows.format("1,234", "5"))


@pytest.mark.parametrize(
    ("text", "said", "line"),
    [
        (BANK + "D31/12/2025\nT5\nU6\n^\n", "by T", 4),
        (BANK + "D31/12/2025\nPx\n^\n", "no amount", 2),
        (BANK + "T5\n^\n", "no date", 2),
        (BANK + "D31/12/2025\nT5\nD31/12/2025\nT6\n^\n", "second D", 4),
        (BANK + "D31/12/2025\nTNaN\n^\n", "amount", 3),
        (BANK + "D31/12/2025\nT1e400\n^\n", "amount", 3),
        (BANK + f"D31/12/2025\nT{'9' * 30}\n^\n", "digits", 3),
        (BANK + "D31/12/2025\nT5\n^\nD31/12/2025\nT1", "not complete", 6),
        (BANK + "D31/12/2025\nT10\nSa\n$4\nSb\n$5\n^\n", "add up to 9", 2),
        (BANK + "D31/12/2025\nT5\n!Type:Cash\n", "within", 4),
        ("!Type:Invoice\nD31/12/2025\nT5\n^\n", "section", 1),
        ("!Option:AutoSwitch\n!Type:Cat\nNFood\n^\n", "no transactions", None),
        ("!Type:Invst\nD31/12/2025\nNShrsIn\nYX\nQ1\n^\n", "not sure", 3),
    ],
)
def test_what_is_not_sure_is_refused_with_its_line(text: str, said: str, line: int | None) -> None:
    with pytest.raises(UnreadableFile, match=said) as caught:
        read(text)

    assert caught.value.line == line


def test_what_a_transaction_says() -> None:
    fields = "D31/12/2025\nT-10\nCX\nN101\nPShop\nA1 Street\nMfor me\nLFood:Out/Trip\n"

    (line,) = read(BANK + fields + "^\n")[0].lines

    assert (line.description, line.category, line.check_number) == (
        "Shop · for me",
        "Food:Out",
        "101",
    )
    assert line.file_line == 2


def test_a_split_is_one_line_of_its_parts() -> None:
    parts = "SFood\nEbread\n$-4.00\nSFood\n$-6.00\n"

    (line,) = read(BANK + f"D31/12/2025\nT-10.00\n{parts}^\n")[0].lines

    assert (line.amount, line.category) == (Decimal(-10), "Food")


def test_an_opening_balance_is_no_movement() -> None:
    opening = "D1/1/2025\nT100.00\nPOpening Balance\nL[Giro]\n^\n"

    (found,) = read(BANK + opening + "D31/12/2025\nT-30.00\n^\n")

    assert (found.opening_balance, found.opening_on) == (Decimal(100), date(2025, 1, 1))
    assert [line.number for line in found.lines] == [1]
    assert (found.closing_balance, found.closing_on) == (Decimal(70), date(2025, 12, 31))


@pytest.mark.parametrize(
    ("kind", "meant"),
    [
        ("Bank", "checking"), ("CCard", "credit_card"), ("Cash", "cash"), ("Oth A", "asset"),
        ("Oth L", "liability"), ("Invst", "investment"), ("BANK ", "checking"),
    ],
)  # fmt: skip
def test_kinds_of_accounts(kind: str, meant: str) -> None:
    (found,) = read(f"!type:{kind}\r\nD31/12/2025\r\nNCash\r\nT1\r\n^\r\n")

    assert (found.account_kind, found.currency) == (meant, "")


def test_several_accounts_with_lists_between() -> None:
    row = "D31/12/2025\nT{}\n^\n"
    text = (
        "!Option:AutoSwitch\n!Account\nNGiro\nTBank\n^\nNCard\nTCCard\n^\n!Clear:AutoSwitch\n"
        f"!Type:Cat\nNFood\nE\n^\n!Account\nNGiro\nTBank\n^\n!Type:Bank\n{row.format(1)}"
        f"!Account\nNCard\nTCCard\n^\n!Type:CCard\n{row.format(2)}{row.format(3)}"
    )

    found = read(text)

    assert [(one.account_number, one.total) for one in found] == [("Giro", 1), ("Card", 5)]


@pytest.mark.parametrize(
    ("fields", "moved"),
    [
        ("NBuy\nYACME\nI10\nQ5\nT54.95\nO4.95", "-4.95"), ("NSell\nYACME\nI10\nQ5\nT50", "0"),
        ("NDiv\nYACME\nT3.00", "3"), ("NReinvDiv\nYACME\nT3.00\nQ1", "3"), ("NXIn\nT100", "100"),
        ("NXOut\nT100", "-100"), ("NMiscExp\nT7", "-7"), ("NCash\nT-7", "-7"),
        ("NStkSplit\nQ2", "0"),
    ],
)  # fmt: skip
def test_actions_of_an_investment_account(fields: str, moved: str) -> None:
    (found,) = read(f"!Type:Invst\nD31/12/2025\n{fields}\n^\n")

    assert found.total == Decimal(moved)


ROWS = st.lists(
    st.tuples(
        st.dates(date(2000, 1, 1), date(2069, 12, 31)),
        st.decimals(-(10**9), 10**9, places=2),
        st.text(st.characters(codec="utf-8", categories=("L", "N")), max_size=30),
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(
    rows=ROWS, day_first=st.booleans(), comma=st.booleans(), ends=st.sampled_from(["\n", "\r\n"])
)
def test_what_is_written_is_read_again(
    rows: list[tuple[date, Decimal, str]], day_first: bool, comma: bool, ends: str
) -> None:
    fields = []
    for day, moved, payee in rows:
        numbers = (day.day, day.month) if day_first else (day.month, day.day)
        written = f"{moved:,.2f}"
        if comma:
            written = written.translate(str.maketrans(".,", ",."))
        fields += [f"D{numbers[0]}/{numbers[1]}/{day.year}", f"T{written}", f"P{payee}", "^"]

    (found,) = read(ends.join([BANK.strip(), *fields, ""]), Options(day_first=day_first))

    assert [(line.date, line.amount) for line in found.lines] == [(one[0], one[1]) for one in rows]


def test_marks_of_reconciled_transactions_are_kept_and_others_refused() -> None:
    marks = ("CX", "Cr", "C*", "Cc", "C", "PShop")
    rows = "".join(f"D31/12/2025\nT-1\n{one}\n^\n" for one in marks)

    found = [line.is_reconciled for line in read(BANK + rows)[0].lines]

    assert found == [True, True, False, False, False, False]
    with pytest.raises(UnreadableFile, match="C"):
        read(BANK + "D31/12/2025\nT-1\nC?\n^\n")
