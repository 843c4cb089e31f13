"""Files that are no statements, or want to do harm: a sentence, soon, and within little memory."""

import io
import time
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pace import slowness

from transactions.imports import camt, foreign, formats, mt940, ofx, qif
from transactions.imports.statement import UnreadableFile

MIB = 1 << 20
CAMT = b'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.02"><BkToCstmrStmt>'
MT940 = b":20:A\n:25:1\n:60F:C260101EUR0,00\n"
BOMB = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
#: A part of a megabyte or so, as often as it takes.
HOSTILE = {
    "a million tags": b"<OFX>" + b"<A>" * 120_000,
    "a million values": b"<OFX>" + b"<A>1" * 100_000 + b"</OFX>",
    "elements in elements": b"<OFX>" + b"".join(b"<A%d>" % one for one in range(100_000)),
    "ends without beginnings": b"<OFX>" + b"</A>" * 100_000 + b"</OFX>",
    "open brackets": b"<OFX>" + b"<" * MIB,
    "CDATA that does not end": b"<OFX>" + b"<![CDATA[" * 100_000,
    "comments that do not end": b"<OFX>" + b"<!--" * 100_000,
    "attributes": b"<OFX><A " + b'a="b" ' * 150_000,
    "spaces in a tag": b"<OFX><A" + b" " * MIB,
    "lines before": b"OFXHEADER:100\n" + b"\n" * MIB + b"<OFX>",
    "a row without end": b"<OFX><STMTTRN>" + b"<MEMO>1</MEMO>" * 60_000,
    "entities in XML": b'<?xml version="1.0"?>' + BOMB + CAMT + b"&b;",
    "an external entity": b'<!DOCTYPE a SYSTEM "file:///etc/passwd">' + CAMT,
    "depth in XML": CAMT + b"<a>" * 100_000,
    "breadth in XML": CAMT + b"<a/>" * 100_000,
    "attributes in XML": CAMT + b"<a " + b" ".join(b"a%d='1'" % one for one in range(100_000)),
    "a batch without end": CAMT + b"<Stmt><Ntry><NtryDtls>" + b"<TxDtls/>" * 100_000,
    "a field without end": MT940 + b":61:" + b"1" * MIB,
    "lines without end": MT940 + b":61:260101C1,00NTRF\n:86:" + b"x\n" * 500_000,
    "blocks in blocks": MT940 + b"{1:" * 120_000,
    "pages without balances": b":20:A\n:25:1\n" * 80_000,
    "parts of a split": b"!Type:Bank\nD1/1/2024\nT1\n" + b"S1\n$1\n" * 150_000,
    "a line of QIF": b"!Type:Bank\nD" + b"1" * MIB,
    "NUL bytes": b"!Type:Bank\n" + b"\x00" * MIB,
    "half a surrogate": b"\xff\xfe" + "<OFX>".encode("utf-16-le") + b"\x00\xd8" * 1000,
}
FOREIGN = {
    b"%PDF-1.7\n": "PDF", b"\x89PNG\r\n\x1a\n": "PNG", b"\xff\xd8\xff\xe0": "JPEG",
    b"PK\x03\x04": "zip", b"\x1f\x8b\x08": "gzip", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1": "XLSX",
    b"": "empty", b" \n \n": "empty", b"<!DOCTYPE html><html>": "web page", b"\n<html>": "web page",
    b'{"error": 1}': "JSON", b"[]": "JSON", b"<svg xmlns='x'/>": "XML", b"7z\xbc\xaf\x27\x1c": "7z",
    b"{\\rtf1": "RTF", b"-----BEGIN PKCS7-----": "PEM",
}  # fmt: skip
READERS = {"ofx": ofx.read, "camt": camt.read, "mt940": mt940.read, "qif": qif.read}


def read(content: bytes) -> None:
    """Have a file read by whom its beginning names."""
    found = formats.format_of(formats.head(io.BytesIO(content)))
    assert found is not None
    READERS[found.name](content)


@pytest.mark.parametrize("what", HOSTILE)
def test_harm_is_refused_soon(what: str) -> None:
    begun = time.process_time()

    with pytest.raises(UnreadableFile) as caught:
        read(HOSTILE[what])

    assert caught.value.detail.endswith(".")
    assert time.process_time() - begun < 2 * slowness()


@pytest.mark.parametrize("what", ["a million tags", "breadth in XML", "parts of a split"])
def test_harm_takes_little_memory(what: str) -> None:
    tracemalloc.start()
    with suppress(UnreadableFile):
        read(HOSTILE[what])
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert most < 64 * MIB


@pytest.mark.parametrize("first", FOREIGN)
def test_what_is_no_statement_is_told_what_it_is(first: bytes) -> None:
    said = foreign.kind_of(first, formats.as_text(first))

    assert formats.format_of(first) is None
    assert said is not None
    assert FOREIGN[first] in said


@pytest.mark.parametrize(
    ("first", "name"),
    [
        (b"OFXHEADER:100\r\nDATA:OFXSGML", "ofx"),
        (b"\xef\xbb\xbf\n\n<?OFX OFXHEADER='200'?>", "ofx"),
        (b"junk\n<OFX>", "ofx"), ("\ufeff<OFX>".encode("utf-16-le"), "ofx"), (b"!Type:Bank", "qif"),
        (b"\n!account\n", "qif"), (b"!Option:AutoSwitch", "qif"), (b":20:X\r\n:25:1", "mt940"),
        (b"{1:F01X}{4:\r\n:20:X\r\n:25:1", "mt940"), (b"{1:F01X}{4::20:X\n:28C:1", "mt940"),
        (b"<?xml version='1.0'?>\n" + CAMT, "camt"), (b"<n:Document><n:BkToCstmrStmt>", "camt"),
        (b"Date;Amount\n1;2", None), (b"note :20: of\n", None), (b"", None),
    ],
)  # fmt: skip
def test_a_beginning_says_the_format(first: bytes, name: str | None) -> None:
    found = formats.format_of(first)

    assert (found.name if found else None) == name


PIECES = st.sampled_from(
    [
        b"<OFX>", b"</OFX>", b"<STMTRS>", b"<STMTTRN>", b"</STMTTRN>", b"<TRNAMT>1.5",
        b"<DTPOSTED>20260101",
        b"</STMTRS>", b"<INVSTMTRS>", b"<BUYSTOCK>", b"<INVTRAN>", b"<DTTRADE>2026",
        b"<![CDATA[", b"]]>",
        b"!Type:Bank\n", b"!Account\n", b"D1/2/26\n", b"T1,234\n", b"S\n", b"$1\n", b"^\n", b"N\n",
        b":20:\n", b":25:1\n", b":60F:C260101EUR1,\n", b":61:260101D1,NTRF\n",
        b":86:166?20a?\n", b":NS:\n",
        b":62F:C260101EUR1,\n", b"-\n", b"<Stmt>", b"</Stmt>", b"<Ntry>", b"</Ntry>",
        b"<Amt Ccy='EUR'>1</Amt>",
        b"<CdtDbtInd>DBIT</CdtDbtInd>", b"<TxDtls/>", b"<Bal>", b"</Bal>", b"\n", b"\x00",
        b"\xff\xfe", b"&#0;",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    parts=st.lists(PIECES | st.binary(max_size=6), max_size=25),
    name=st.sampled_from(sorted(READERS)),
)
def test_any_bytes_are_statements_or_refused(parts: list[bytes], name: str) -> None:
    begin = {"ofx": b"<OFX><STMTRS>", "camt": CAMT, "mt940": MT940, "qif": b"!Type:Bank\n"}[name]

    for content in (b"".join(parts), begin + b"".join(parts)):
        with suppress(UnreadableFile):
            for statement in READERS[name](content):
                assert statement.total.is_finite()
