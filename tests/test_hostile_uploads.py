"""Files that want to do harm, over HTTP: a 4xx that says what and where, soon; nothing is kept."""

import re
import resource
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any

import pytest
from conftest import Api
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from pace import slowness
from test_hostile_statements import CAMT, MT940
from test_reading_apart import started
from test_workbooks import SPACE, movement, number, row, sheet, text, workbook

from accounts.models import Account
from buffet.models import User
from transactions.imports.apart import reader

SECONDS, MEMORY, MIB = 2, 192 << 20, 1 << 20
ROW = b"<STMTTRN><TRNTYPE>OTHER<DTPOSTED>20260501<TRNAMT>1.00<MEMO>x</STMTTRN>"
OFX = b"<OFX><STMTRS><CURDEF>BRL<BANKTRANLIST>"
XF = "<xf numFmtId='9'/>"
LEFT_OUT = {"django_session", "buffet_attempts"}
PLAIN = b"Date,Description,Amount\n"
Making = Callable[[], bytes]


def filled(unit: bytes, begin: bytes = b"", end: bytes = b"", size: int = 5 * MIB) -> Making:
    """Return what makes a file of so many bytes that repeats a part."""
    return lambda: begin + unit * ((size - len(begin) - len(end)) // len(unit)) + end


def noisy(unit: str, tags: int) -> Iterator[str]:
    """Yield so many tags with so much noise among them that they do not shrink like a bomb."""
    for one in range(tags // 100):
        yield f"{unit * 100}<!--{one:x}{hash((one, unit)):x}{hash((unit, one)):x}-->"


def book_with(**parts: str) -> bytes:
    """Return a workbook with these parts in the place of its own."""
    made = workbook(parts.pop("sheet", None) or sheet(movement(number(1))))
    file = BytesIO()
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        kept = {name: old.read(name) for name in old.namelist()}
        for name, content in {**kept, **{f"xl/{one}.xml": parts[one] for one in parts}}.items():
            new.writestr(name, content)
    return file.getvalue()


def many_texts() -> str:
    """Return a million texts that cells might share."""
    return "".join(f"<si><t>{one}</t></si>" for one in range(10**6))


def shared(inner: str) -> str:
    """Return the texts that the cells of a workbook share."""
    return f"<sst {SPACE}>{inner}</sst>"


#: What a file does, how it is made, and what its refusal says.
HOSTILE: dict[str, tuple[Making, str]] = {
    # OFX
    "ofx: cut off": (filled(ROW, OFX), "Line 1: .*not complete"),
    "ofx: too many rows": (filled(ROW, OFX, b"</OFX>", 17 * MIB), "200000 movements"),
    "ofx: a document per letter": (filled(b"<OFX></OFX>"), "Line 1: .*500 <OFX>"),
    "ofx: ends without beginnings": (filled(b"</A>", OFX, b"</OFX>", 4 * MIB), "Line 1: .*50000"),
    "ofx: comments": (filled(b"<!-- -->", OFX, b"</OFX>"), "comments"),
    "ofx: CDATA": (filled(b"<![CDATA[]]>", OFX, b"</OFX>", 11 * MIB), "CDATA"),
    "ofx: states without end": (
        filled(b"<STATUS><SEVERITY>ERROR</STATUS>", OFX, b"</OFX>"),
        "Line 1: .*20000",
    ),
    "ofx: a statement per letter": (filled(b"<STMTRS></STMTRS>", OFX, b"</OFX>"), "5000 statem"),
    "ofx: a pile of accents": (
        filled("\u0301\u0316".encode(), OFX + b"<STMTTRN><MEMO>", b"</STMTTRN></OFX>"),
        "Line 1: .*MEMO is longer",
    ),
    "ofx: entities": (filled(b"&amp;", OFX + b"<MEMO>", b"</OFX>"), "Line 1: .*longer"),
    "ofx: NUL bytes": (filled(b"\0", OFX), "Line 1: .*NUL"),
    "ofx: an amount that is none": (
        lambda: OFX + b"\n" + ROW.replace(b"1.00", b"1e400") + b"</BANKTRANLIST></STMTRS></OFX>",
        "Line 2: TRNAMT",
    ),
    # QIF
    "qif: cut off": (lambda: b"!Type:Bank\nD13/1/26\nT1.00\n^\nD13/1/2", "Line 5: .*within"),
    "qif: lines": (filled(b"A\n", b"!Type:Bank\n"), "lines"),
    "qif: too many rows": (filled(b"D1/1/26\nT1\n^\n", b"!Type:Bank\n"), "200000 movements"),
    "qif: a section per line": (filled(b"!Type:Bank\n"), "Line 5001: .*5000 statements"),
    "qif: one text": (filled(b"Px\n", b"!Type:Bank\n", size=MIB), "Line 2: .*no date"),
    # CSV
    "csv: cut off": (lambda: PLAIN + b"2026-01-31,a,1.00\n2026-01-3", "Line 3: "),
    "csv: a long line": (filled(b"x", PLAIN), "Line 2: .*longer than 50000"),
    "csv: a million columns": (filled(b",", b"a", size=MIB), "Line 1: "),
    "csv: a million rows": (filled(b"2026-01-31,x,1.00\n", PLAIN, b"?"), "Line .*201000 rows"),
    "csv: a million dates in doubt": (filled(b"04/05/2026,x,1.00\n", PLAIN), "201000 rows"),
    "csv: a quote": (filled(b"a\n", PLAIN + b'2026-01-31,"'), "Line 2: .*quotes"),
    "csv: NUL bytes": (lambda: PLAIN + b"2026-01-31,a\0b,1.00\n", "Line 2: .*NUL"),
    "csv: no text": (lambda: PLAIN + b"2026-01-31,\x81\xff,1.00\n\xff,,x", "Line 3: "),
    "csv: UTF-7": (lambda: b"+ADwAVABl-,Date\n+AC0-1,2026-01-31\n", "missing: a date"),
    "csv: half a pair": (
        lambda: b"\xff\xfe" + PLAIN.decode().encode("utf-16-le") + b"\0\xd8" * 9,
        "not text",
    ),
    "csv: piles of accents": (
        filled(("\u0301\u0316" * 5_000 + ",\n").encode(), PLAIN, size=3 * MIB),
        "missing: a date",
    ),
    "csv: a formula as an amount": (lambda: PLAIN + b"2026-01-31,a,=1+1\n", "Line 2: .*=1"),
    "csv: a command as a day": (
        lambda: PLAIN + b"2026-01-31,a,1.00\n=cmd|' /C calc'!A0,b,2.00\n",
        "Line 3: .*date",
    ),
    # XLSX
    "xlsx: a bomb": (lambda: book_with(sheet=f"<worksheet>{' ' * (20 << 20)}"), "20 MiB"),
    "xlsx: a million texts": (
        lambda: book_with(sharedStrings=shared(many_texts())),
        "more text than is read",
    ),
    "xlsx: a long text": (lambda: book_with(sharedStrings=f"<sst><t>{'ab' * 10**6}"), "damaged"),
    "xlsx: cells of nothing": (
        lambda: book_with(sheet=f"<worksheet><sheetData>{''.join(noisy('<c/>', 1_200_000))}"),
        "1000000 elements",
    ),
    "xlsx: styles": (
        lambda: book_with(styles=f"<styleSheet><cellXfs>{''.join(noisy('<xf/>', 100_000))}"),
        "styles.xml in the workbook has more",
    ),
    "xlsx: a format": (
        lambda: book_with(
            styles=f"<styleSheet><numFmts><numFmt numFmtId='9' formatCode='{'[x' * 99_999}'/>"
            f"</numFmts><cellXfs>{XF * 2000}</cellXfs></styleSheet>",
            sharedStrings="<",
        ),
        "damaged",
    ),
    "xlsx: depth": (lambda: book_with(sheet=f"<worksheet>{'<a>' * 200_000}"), "damaged"),
    "xlsx: entities": (lambda: book_with(workbook="<!DOCTYPE a [<!ENTITY b 'c'>]>"), "document"),
    "xlsx: an outer entity": (
        lambda: book_with(sheet=f"<!DOCTYPE a SYSTEM 'file:///etc/passwd'>{sheet()}"),
        "document type",
    ),
    "xlsx: UTF-7": (
        lambda: book_with(sheet=f"<?xml version='1.0' encoding='utf-7'?>{sheet()}"),
        "damaged",
    ),
    "xlsx: a formula without a value": (
        lambda: book_with(sheet=sheet(row('<c r="A2"><f>NOW()</f></c>'))),
        "Line 2: .*cell A2",
    ),
    "xlsx: a day that is none": (
        lambda: book_with(sheet=sheet(movement(number(1)), movement(number(1), text("x 9")))),
        "Line 3: .*date",
    ),
    "xlsx: cut off": (lambda: book_with()[:-30], "its end is missing"),
    # CAMT.053
    "camt: cut off": (filled(b"<Ntry></Ntry>", CAMT + b"\n<Stmt>", size=MIB), "Line 2: "),
    "camt: too many rows": (filled(b"<Ntry></Ntry>", CAMT), "200000 movements"),
    "camt: laughs": (
        lambda: b'<!DOCTYPE a [<!ENTITY a "aa"><!ENTITY b "&a;&a;">]>' + CAMT + b"&b;",
        "Line 1: .*DOCTYPE",
    ),
    "camt: an outer entity": (
        lambda: b'<!DOCTYPE a SYSTEM "http://127.0.0.1:1/a">' + CAMT,
        "Line 1: .*DOCTYPE",
    ),
    "camt: depth": (filled(b"<a>", CAMT), "Line 1: .*too deep"),
    "camt: breadth": (filled(b"<a/>", CAMT), "Line 1: .*50000"),
    "camt: a long tag": (filled(b"x", CAMT + b"<a b='"), "Line 1: .*tag is longer"),
    "camt: texts": (filled(b"x", CAMT + b"<Stmt><Id>"), "Line 1: .*"),
    "camt: statements": (filled(b"<Stmt><Id>1</Id></Stmt>", CAMT), "Line 1: .*5000 statements"),
    "camt: an amount that is none": (
        lambda: CAMT + b"<Stmt><Ntry><Amt Ccy='EUR'>NaN</Amt><CdtDbtInd>DBIT</CdtDbtInd></Ntry>",
        "Line 1: .*NaN",
    ),
    # MT940
    "mt940: cut off": (lambda: MT940 + b":61:260101C1,00NTRF\n", "Line 1: .*closing balance"),
    "mt940: too many rows": (filled(b":61:260101C1,00NTRF\n", MT940), "200000 movements"),
    "mt940: a page per line": (filled(MT940 + b":62F:C260101EUR0,00\n"), "5000 statements"),
    "mt940: one field": (filled(b"x\n", MT940 + b":86:", size=MIB), "longer than 20000"),
    "mt940: braces": (filled(b"{1:", MT940), "Line 4: .*longer than 20000"),
    "mt940: a movement that is none": (
        lambda: MT940 + b":61:260101X1,00NTRF\n:62F:C260101EUR0,00\n",
        "Line 4: .*not a movement",
    ),
    # What is no statement
    "a document": (filled(b"x", b"%PDF-1.7\n"), "PDF"),
    "an old workbook": (filled(b"x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), "XLSX or CSV"),
    "a packed file": (filled(b"x", b"\x1f\x8b\x08"), "gzip"),
    "a web page": (filled(b"<p>", b"<!DOCTYPE html>"), "web page"),
    "JSON": (filled(b"[", b'{"a": '), "JSON"),
    "nothing": (lambda: b"", "empty"),
    "blanks": (filled(b"\n"), "empty"),
}  # fmt: skip


def everything() -> dict[str, int]:
    """Return how many rows each table has, but for those of sessions and of limits."""
    with connection.cursor() as cursor:
        tables = sorted(set(connection.introspection.table_names(cursor)) - LEFT_OUT)
        counts = (f"SELECT '{one}', count(*) FROM \"{one}\"" for one in tables)
        cursor.execute(" UNION ALL ".join(counts))
        return dict(cursor.fetchall())


def _sent(client: Client, path: str, account: Account, content: bytes, **more: Any) -> Any:
    file = SimpleUploadedFile("statement.bin", content)
    return client.post(path, {"account": str(account.id), "file": file}, **more)


def _deeper(depth: int, call: Callable[..., Any], *sent: Any, **more: Any) -> Any:
    """Call so many calls deeper.

    Where a piece of Python's stack happens to end with a frame that C calls functions from, as a
    parser does for each tag, CPython 3.11 takes and gives back memory for each of these calls. It
    is then ten times as slow, whatever the function does; some calls deeper it is not.
    """
    return _deeper(depth - 1, call, *sent, **more) if depth else call(*sent, **more)


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _spent() -> float:
    """Return the seconds of CPU of this process, and of those in which it had long files read."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


@pytest.fixture
def _small_reader() -> Iterator[None]:
    """Let readers of long files have little memory: what takes more is refused for that."""
    with started(f"import {reader.__name__} as r, sys; r.MEMORY = {MEMORY}; r.main(*sys.argv[1:])"):
        yield


@pytest.mark.usefixtures("_small_reader")
@pytest.mark.parametrize("what", HOSTILE)
def test_a_hostile_file_is_refused_soon_with_what_and_where_and_nothing_is_kept(
    what: str, checking: Account, api: Api, owner: User
) -> None:
    make, said = HOSTILE[what]
    content = make()
    bearer = {"headers": {"Authorization": f"Bearer {api.token}"}}
    browser = Client()
    browser.force_login(owner)
    before, most = everything(), _peak()

    for depth in (0, 5, 11):
        begun = _spent()
        answer = _deeper(depth, _sent, api.client, "/api/v1/imports", checking, content, **bearer)
        took = _spent() - begun
        if took < SECONDS * slowness():
            break
    page = _sent(browser, "/imports/new", checking, content)

    assert answer.status_code == 400, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    (fault, *_) = answer.json()["errors"]
    assert (fault["pointer"], fault["detail"][-1]) in {("/file", "."), ("/file", "”")}
    assert re.match(f".*{said}", fault["detail"], re.DOTALL), fault
    assert took < SECONDS * slowness()
    assert (page.status_code, _peak() - most < MEMORY) == (400, True)
    assert everything() == before


def test_a_look_at_a_hostile_file_says_the_same(api: Api) -> None:
    content = HOSTILE["xlsx: UTF-7"][0]()
    answer = api.client.post(
        "/api/v1/imports/inspect",
        {"file": SimpleUploadedFile("x.xlsx", content)},
        headers={"Authorization": f"Bearer {api.token}"},
    )

    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (400, "/file")


@pytest.mark.parametrize("path", ["/api/v1/imports", "/api/v1/imports/inspect", "/imports/new"])
def test_what_announces_too_much_is_refused_before_it_is_read(
    path: str, api: Api, owner: User
) -> None:
    browser = Client()
    browser.force_login(owner)
    before = everything()

    answer = browser.generic(
        "POST",
        path,
        b"--x\r\n",
        "multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {api.token}"},
        CONTENT_LENGTH=str(1 << 30),
    )

    assert answer.status_code == 413
    assert everything() == before


FORMS = {
    "a form that is none": b"x" * 1000,
    "a form without an end": b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n",
    "a thousand fields": b"--x\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n" * 1500,
    "a long name": b"--x\r\nContent-Disposition: form-data; name=" + b"a" * 100_000 + b"\r\n\r\n",
    "a long field": b"--x\r\nContent-Disposition: form-data; name=account\r\n\r\n"
    + b"a" * 5_000_000,
    "no base64": b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\n*\r\n--x--\r\n",
    "two files": b"--x\r\nContent-Disposition: form-data; name=file; filename=a\r\n\r\n1\r\n" * 2
    + b"--x--\r\n",
}


@pytest.mark.parametrize("form", FORMS)
def test_a_hostile_form_is_refused(form: str, api: Api) -> None:
    before = everything()

    answer = api.client.generic(
        "POST",
        "/api/v1/imports",
        FORMS[form],
        "multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {api.token}"},
    )

    assert 400 <= answer.status_code < 500, answer.content[:300]
    assert answer["Content-Type"] == "application/problem+json"
    assert everything() == before
