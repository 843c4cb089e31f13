"""Whatever is written by any profile is read back the same, by the profile and without it."""

import csv
from datetime import date
from decimal import Decimal
from io import BytesIO, StringIO

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from transactions.imports.reading import read
from transactions.imports.statement import AmbiguousFile, StatementLine
from transactions.imports.tables.profile import Profile

_WRITTEN = {"ymd": "%Y-%m-%d", "dmy": "%d/%m/%Y", "mdy": "%m/%d/%Y", "DD.MM.YY": "%d.%m.%y"}
DAYS = st.dates(date(2001, 1, 1), date(2079, 12, 31))
AMOUNTS = st.integers(-(10**9), 10**9).map(lambda cents: Decimal(cents) / 100)
#: What no list of words takes for a total, and no writer of tables for something of its own.
TEXTS = st.text("abcdefgü 0123456789,;|\t\"'.", min_size=1, max_size=20).map(
    lambda said: f"x{' '.join(said.split())}"
)
MOVEMENTS = st.lists(st.tuples(DAYS, TEXTS, AMOUNTS), min_size=1, max_size=12)
PROFILES = st.builds(
    Profile,
    delimiter=st.sampled_from([",", ";", "\t", "|"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    date_order=st.sampled_from(sorted(_WRITTEN)),
    decimal_mark=st.sampled_from([".", ","]),
    negate=st.booleans(),
)
SHAPES = st.sampled_from(["one", "two", "words", "balance"])


def written(movements: list, profile: Profile, shape: str, above: int, *, grouped: bool) -> bytes:
    """Return the table of movements as a bank of this profile writes it."""
    heads = {"one": ["Amount"], "two": ["Debit", "Credit"], "words": ["Amount", "D/C"],
             "balance": ["Amount", "Balance"]}  # fmt: skip
    text = StringIO()
    table = csv.writer(text, delimiter=profile.delimiter)
    table.writerows([["Our bank"]] * above)
    table.writerow(["Date", "Description", *heads[shape]])
    balance = Decimal(0)
    for day, said, amount in movements:
        balance += amount
        size, sign = abs(amount), -1 if profile.negate else 1
        cells = {
            "one": [sign * amount],
            "two": [size, None] if amount < 0 else [None, size],
            "words": [size, "D" if amount < 0 else "C"],
            "balance": [sign * amount, balance],
        }[shape]
        table.writerow(
            [day.strftime(_WRITTEN[profile.date_order or "ymd"]), said]
            + [_cell(cell, profile.decimal_mark or ".", grouped=grouped) for cell in cells]
        )
    return text.getvalue().encode(profile.encoding or "utf-8")


def _cell(cell: Decimal | str | None, mark: str, *, grouped: bool) -> str:
    if not isinstance(cell, Decimal):
        return cell or ""
    said = f"{cell:,.2f}" if grouped else f"{cell:.2f}"
    return said if mark == "." else said.translate(str.maketrans(",.", ".,"))


def told(lines: list[StatementLine]) -> list[tuple[date, str, Decimal]]:
    """Return what lines say."""
    return [(line.date, line.description, line.amount) for line in lines]


@settings(max_examples=250, deadline=None, derandomize=True)
@given(MOVEMENTS, PROFILES, SHAPES, st.integers(0, 3), st.booleans())
def test_what_is_written_is_read_back(
    movements: list, profile: Profile, shape: str, above: int, grouped: bool
) -> None:
    content = written(movements, profile, shape, above, grouped=grouped)

    (statement,) = read(BytesIO(content), profile=profile).statements

    assert told(list(statement.lines)) == movements
    assert [line.number for line in statement.lines] == list(range(1, len(movements) + 1))


@settings(max_examples=250, deadline=None, derandomize=True)
@given(MOVEMENTS, PROFILES, SHAPES, st.integers(0, 3), st.booleans())
def test_what_is_read_without_a_profile_is_right_or_asked_about(
    movements: list, profile: Profile, shape: str, above: int, grouped: bool
) -> None:
    assume(not profile.negate)
    content = written(movements, profile, shape, above, grouped=grouped)

    try:
        (statement,) = read(BytesIO(content)).statements
    except AmbiguousFile as error:
        assert {one.field for one in error.questions} <= {"date_order", "negate"}  # noqa: PT017
        return

    assert told(list(statement.lines)) == movements
