"""Reports as XLSX: numbers and days to count with, texts that stay texts, whatever they say."""

import re
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from typing import Any
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest
from bookkeeping import Bookkeeper
from django.test import Client

from accounts.models import Account
from buffet.audit import Actor
from buffet.models import Book, User
from reports.spreadsheets import as_xlsx

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def sheets(content: bytes) -> list[str]:
    """Return the sheets of a file as XML."""
    with ZipFile(BytesIO(content)) as archive:
        names = [name for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
        return [archive.read(name).decode() for name in sorted(names)]


def cells(sheet: str) -> Iterator[tuple[str, str, str]]:
    """Yield each cell's place, its type and what it holds."""
    for cell in ElementTree.fromstring(sheet).iter(f"{MAIN}c"):
        yield cell.get("r", ""), cell.get("t", "n"), "".join(cell.itertext())


def made(*rows: list[object]) -> bytes:
    """Return the file of some rows."""
    answer = as_xlsx("x.xlsx", rows)
    with closing(answer.file_to_stream):
        return b"".join(answer.streaming_content)


def test_numbers_and_days_are_typed_and_texts_are_texts() -> None:
    heading = ["date", "description", "amount", "account"]
    content = made(
        heading,
        ["2026-05-01", "=1+1", "-1234.50", "007"],
        ["2026-05-02", "https://example.com", "12345678901234567.89", "2026-05-02"],
        ["", "-42", "", "@home"],
    )

    (sheet,) = sheets(content)
    found = {place: (kind, value) for place, kind, value in cells(sheet)}
    assert found["A2"] == ("n", "46143")
    assert found["C2"] == ("n", "-1234.5")
    # More digits than a spreadsheet counts with.
    assert found["C3"] == ("inlineStr", "12345678901234567.89")
    texts = {"B2": "=1+1", "D2": "007", "B3": "https://example.com", "D3": "2026-05-02"}
    for place, text in (texts | {"B4": "-42", "D4": "@home"}).items():
        assert found[place] == ("inlineStr", text)
    assert "A4" not in found
    assert "<f>" not in sheet
    assert 'state="frozen"' in sheet
    assert len(re.findall(r"<col ", sheet)) == len(heading)


def test_a_number_says_the_amount_to_its_last_digit() -> None:
    amounts = ["66.74", "-0.10", "1234567.89", "1200", "0.00000001"]

    (sheet,) = sheets(made(["amount"], *([one] for one in amounts)))

    found = [value for _, kind, value in cells(sheet) if kind == "n"]
    assert found == ["66.74", "-0.1", "1234567.89", "1200", "1e-08"]


def test_what_does_not_fit_a_sheet_goes_on_on_another(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reports.spreadsheets.ROWS", 4)
    monkeypatch.setattr("reports.spreadsheets._LOOKED_AT", 2)

    found = sheets(made(["n"], *([number] for number in range(7))))

    numbers = [[value for _, kind, value in cells(one) if kind == "n"] for one in found]
    assert numbers == [["0", "1", "2"], ["3", "4", "5"], ["6"]]
    assert len(sheets(made(["n"], [1], [2], [3]))) == 1


@pytest.mark.parametrize(
    "path",
    [
        *("/", "/accounts", "/accounts/{id}", "/cash-flow", "/spending", "/net-worth", "/cards"),
        *("/trial-balance", "/rows?type=expense", "/coming", "/investments", "/month-end/2026-05"),
        "/accounts?since=2026-05-31",
        "/rows?flow=saved&period=last-month&against=before",
    ],
)
def test_every_report_that_is_a_csv_is_a_spreadsheet_of_the_same_cells(
    path: str, client: Client, owner: User, book: Book, by: Actor, checking: Account, salary: Any
) -> None:
    from_day = Bookkeeper(book, by)
    from_day.move(checking, checking.created_at.date(), "-7.50", description="=x")
    client.force_login(owner)
    sign = "&" if "?" in path else "?"
    address = f"{path.format(id=checking.id)}{sign}format="

    answer, table = client.get(f"{address}xlsx"), client.get(f"{address}csv")

    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert answer["Content-Disposition"].endswith('.xlsx"')
    (sheet,) = sheets(b"".join(answer.streaming_content))
    lines = b"".join(table.streaming_content).decode().splitlines()
    assert len(ElementTree.fromstring(sheet).findall(f".//{MAIN}row")) == len(lines)
    heading = [value for place, _, value in cells(sheet) if re.fullmatch("[A-Z]+1", place)]
    assert heading == lines[0].split(",")


def test_the_page_tells_what_there_is_and_each_button_gives_it(
    client: Client, owner: User, checking: Account
) -> None:
    client.force_login(owner)

    page = client.get("/export").content.decode()

    assert f'href="/export/statement.ofx?account={checking.id}"' in page
    links = re.findall(r'href="(/export/[^"]+)"', page)
    assert len(links) == 5
    for link in links:
        answer = client.get(link)
        assert answer.status_code == 200
        assert b"".join(answer.streaming_content)
    assert client.get("/export/book.zip").status_code == 404
    assert client.get("/export/statement.ofx").status_code == 400
    assert client.get("/").content.decode().count('href="/export"') == 1


def test_the_page_gives_nobody_a_stranger_s_book(
    client: Client, person: Any, book: Book, checking: Account
) -> None:
    client.force_login(person("stranger", Book.objects.create(name="x", base_currency="EUR")))

    assert client.get(f"/export/book.jsonl?book={book.id}").status_code == 404
    assert client.get(f"/export/statement.ofx?account={checking.id}").status_code == 404
    assert Client().get("/export/book.jsonl").status_code == 302
