"""XLSX workbooks: days as days, numbers as they are shown, no archive that grows without end."""

import zipfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import date
from decimal import Decimal
from io import BytesIO

import pytest

from transactions.imports.reading import Reading, read
from transactions.imports.statement import AmbiguousFile, StatementLine, UnreadableFile
from transactions.imports.tables.profile import Profile

SPACE = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#: By their number: as it is, a day, a day of a format of its own, two decimals.
STYLES = f"""<styleSheet {SPACE}><numFmts><numFmt numFmtId="164" formatCode="dd\\.mm\\.yyyy"/>
</numFmts><cellXfs><xf numFmtId="0"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="4"/>
</cellXfs></styleSheet>"""
HEAD = ["Date", "Description", "Amount"]
#: 31 January 2025, as workbooks count days.
DAY = 45688


def workbook(*sheets: str | Iterable[str], dates: str = "", strings: str = "") -> BytesIO:
    """Return a workbook with sheets of this XML."""
    listed = "".join(
        f'<sheet name="Sheet {one}" sheetId="{one}" r:id="r{one}"/>'
        for one in range(1, len(sheets) + 1)
    )
    targets = "".join(
        f'<Relationship Id="r{one}" Target="worksheets/sheet{one}.xml"/>'
        for one in range(1, len(sheets) + 1)
    )
    file = BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(
            "xl/workbook.xml",
            f'<workbook {SPACE} xmlns:r="{LINKS}"><workbookPr {dates}/>'
            f"<sheets>{listed}</sheets></workbook>",
        )
        archive.writestr("xl/_rels/workbook.xml.rels", f"<Relationships>{targets}</Relationships>")
        archive.writestr("xl/styles.xml", STYLES)
        if strings:
            archive.writestr("xl/sharedStrings.xml", strings)
        for number, sheet in enumerate(sheets, 1):
            with archive.open(f"xl/worksheets/sheet{number}.xml", "w") as part:
                for piece in [sheet] if isinstance(sheet, str) else sheet:
                    part.write(piece.encode())
    file.seek(0)
    return file


def text(said: str) -> str:
    """Return a cell with a text."""
    return f'<c t="inlineStr"><is><t>{said}</t></is></c>'


def number(said: object, style: int = 0) -> str:
    """Return a cell with a number."""
    return f'<c s="{style}"><v>{said}</v></c>'


def row(*cells: str) -> str:
    """Return a row."""
    return f"<row>{''.join(cells)}</row>"


def sheet(*rows: str) -> str:
    """Return a sheet of rows below a header."""
    head = row(*(text(name) for name in HEAD))
    return f"<worksheet {SPACE}><sheetData>{head}{''.join(rows)}</sheetData></worksheet>"


def movement(amount: str, day: str | None = None) -> str:
    """Return the row of a movement."""
    return row(day or number(DAY, 1), text("Cafe"), amount)


def lines(*rows: str, **more: str) -> list[StatementLine]:
    """Return the lines of a workbook with these rows."""
    (statement,) = read(workbook(sheet(*rows), **more)).statements
    return list(statement.lines)


def refused(file: BytesIO) -> UnreadableFile:
    """Return why a workbook is refused."""
    with pytest.raises(UnreadableFile) as caught:
        read(file)
    return caught.value


@pytest.mark.parametrize(
    ("stored", "style", "meant"),
    [
        ("-12.5", 0, "-12.5"), ("0.30000000000000004", 0, "0.3"),
        ("-1234.5600000000001", 3, "-1234.56"),

        ("33.333333333333336", 3, "33.33"), ("1E2", 0, "100"), ("7", 0, "7"),
    ],
)  # fmt: skip
def test_numbers_are_as_they_are_shown(stored: str, style: int, meant: str) -> None:
    assert lines(movement(number(stored, style)))[0].amount == Decimal(meant)


@pytest.mark.parametrize("day", [number(DAY, 1), number(f"{DAY}.75", 2), text("31/01/2025")])
def test_days_are_days_whether_stored_or_written(day: str) -> None:
    assert lines(movement(number(1), day))[0].date == date(2025, 1, 31)


def test_days_counted_from_1904() -> None:
    found = lines(movement(number(1), number(DAY - 1462, 1)), dates='date1904="1"')

    assert found[0].date == date(2025, 1, 31)


def test_a_number_that_shows_no_day_is_none() -> None:
    assert refused(workbook(sheet(movement(number(1)), movement(number(1), number(DAY))))).line == 3


def test_shared_texts_without_how_they_are_pronounced() -> None:
    strings = f"<sst {SPACE}><si><r><t>Ca</t></r><r><t>fé</t></r><rPh><t>x</t></rPh></si></sst>"
    shared = row(number(DAY, 1), '<c t="s"><v>0</v></c>', number(1))

    assert lines(shared, strings=strings)[0].description == "Café"


def test_a_formula_has_the_value_that_was_stored_or_is_refused_by_its_cell() -> None:
    stored = '<c r="C2"><f>1+1</f><v>2</v></c>'

    assert lines(movement(stored))[0].amount == 2
    assert "C2" in refused(workbook(sheet(movement(stored.replace("<v>2</v>", ""))))).detail
    assert "#REF!" in refused(workbook(sheet(movement('<c r="C2" t="e"><v>#REF!</v></c>')))).detail


def test_a_header_merged_over_two_rows_and_rows_above_it() -> None:
    def cells(*said: str) -> str:
        return row(*(text(one) for one in said))

    head = (
        cells("Banco X")
        + cells("Data", "Histórico", "Valores")
        + (f'<row><c r="C4" t="inlineStr"><is><t>Débito</t></is></c>{text("Crédito")}</row>')
    )
    body = row(number(DAY, 1), text("Luz"), number(5)) + row(
        number(DAY, 1), text("Pix"), '<c r="D6"><v>7</v></c>'
    )
    content = f"<worksheet {SPACE}><sheetData>{head}{body}</sheetData></worksheet>"

    (statement,) = read(workbook(content)).statements

    assert [(one.amount, one.description) for one in statement.lines] == [(-5, "Luz"), (7, "Pix")]


def test_several_sheets_with_movements_are_asked_about() -> None:
    def two() -> BytesIO:
        return workbook(sheet(movement(number(1))), sheet(movement(number(2))))

    with pytest.raises(AmbiguousFile) as caught:
        read(two())

    assert caught.value.questions[0].field == "sheet"
    found: Reading = read(two(), profile=Profile(sheet="Sheet 2"))
    assert found.statements[0].total == 2
    assert len(read(workbook(sheet(movement(number(1))), sheet())).statements) == 1


def test_a_workbook_is_read_again_and_again() -> None:
    rows = [movement(number(one)) for one in range(1, 2_101)]

    (statement,) = read(workbook(sheet(*rows))).statements

    assert statement.total == statement.total == sum(range(2_101))


BOMBS = {
    "much of nothing": lambda: workbook([sheet(), *[" " * (1 << 20)] * 30]),
    "a million empty rows": lambda: workbook(sheet("<row/>" * 1_000_000)),
    "a million columns": lambda: workbook(sheet(row(number(1) * 1_000_000))),
    "entities": lambda: workbook(f'<!DOCTYPE x [<!ENTITY a "aa">]>{sheet()}'),
    "an outer entity": lambda: workbook(f'<!DOCTYPE x SYSTEM "file:///etc/passwd">{sheet()}'),
    "a tag without an end": lambda: workbook(f"<worksheet {SPACE} x='{'ab' * 2_000_000}"),
    "a text without an end": lambda: workbook(sheet(row(text("ab" * 100_000)))),
    "no number": lambda: workbook(sheet(movement(number("1e400")))),
    "a cell that is none": lambda: workbook(sheet('<row><c r="?"><v>1</v></c></row>')),
    "a truncated archive": lambda: BytesIO(workbook(sheet()).getvalue()[:-40]),
    "an archive of something else": lambda: BytesIO(_archive()),
    "a part that ends too soon": lambda: BytesIO(_cut_short()),
}


def _archive() -> bytes:
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("readme.txt", "x")
    return file.getvalue()


def _cut_short() -> bytes:
    """Return a workbook whose last part is announced as longer than the rest of the file."""
    file = BytesIO()
    with zipfile.ZipFile(workbook(sheet())) as whole, zipfile.ZipFile(file, "w") as archive:
        for name in whole.namelist():
            archive.writestr(name, whole.read(name))
        last = archive.infolist()[-1]
        last.compress_size += 10_000
        last.file_size += 10_000
    return file.getvalue()


def test_a_part_that_ends_too_soon_is_named_where_the_archive_says_nothing_of_it() -> None:
    assert "damaged: xl/worksheets/sheet1.xml" in str(refused(BytesIO(_cut_short())))


@pytest.mark.parametrize("name", BOMBS)
def test_what_asks_for_too_much_is_refused(name: str) -> None:
    refused(BOMBS[name]())


def test_a_damaged_archive_is_refused_and_nothing_else() -> None:
    content = workbook(sheet(movement(number(1)))).getvalue()
    for at in range(0, len(content), 7):
        damaged = bytearray(content)
        damaged[at] ^= 0xFF
        with suppress(UnreadableFile):
            read(BytesIO(bytes(damaged)))
