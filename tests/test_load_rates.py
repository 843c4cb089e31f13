"""The European Central Bank's files are loaded: in every form of them, all or nothing, again."""

import io
import zipfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts import ecb
from accounts.models import ExchangeRate
from buffet.models import SharedState

HISTORY = """Date,USD,JPY,CYP,BRL,
2026-05-06,1.0832,160.12,N/A,6.05,
2026-05-05,1.0801,159.9,N/A,N/A,
1999-01-04,1.1789,133.73,0.58231,N/A,
"""
DAILY = "Date, USD, JPY, BRL, \n06 May 2026, 1.0832, 160.12, 6.05, \n"
ENVELOPE = """<?xml version="1.0" encoding="UTF-8"?>
<gesmes:Envelope xmlns:gesmes="http://www.gesmes.org/xml/2002-08-01"
    xmlns="http://www.ecb.int/vocabulary/2002-08-01/eurofxref">
  <gesmes:subject>Reference rates</gesmes:subject>
  <Cube>
    <Cube time="2026-05-06">
      <Cube currency="USD" rate="1.0832"/><Cube currency="JPY" rate="160.12"/>
      <Cube currency="BRL" rate="6.05"/>
    </Cube>
    <Cube time="2026-05-05">
      <Cube currency="USD" rate="1.0801"/><Cube currency="JPY" rate="159.9"/>
    </Cube>
    <Cube time="1999-01-04">
      <Cube currency="USD" rate="1.1789"/><Cube currency="JPY" rate="133.73"/>
      <Cube currency="CYP" rate="0.58231"/>
    </Cube>
  </Cube>
</gesmes:Envelope>
"""
MAY = date(2026, 5, 6)
ALL = {
    (MAY, "USD", Decimal("1.0832")),
    (MAY, "JPY", Decimal("160.12")),
    (MAY, "BRL", Decimal("6.05")),
    (date(2026, 5, 5), "USD", Decimal("1.0801")),
    (date(2026, 5, 5), "JPY", Decimal("159.9")),
    (date(1999, 1, 4), "USD", Decimal("1.1789")),
    (date(1999, 1, 4), "JPY", Decimal("133.73")),
}


def zipped(**files: bytes) -> bytes:
    """Return an archive of some files."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            # Of no certain hour, since tests are named by it.
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


FORMS = {
    "csv": HISTORY.encode(),
    "csv with a mark and other line ends": b"\xef\xbb\xbf" + HISTORY.replace("\n", "\r\n").encode(),
    "zip": zipped(history=HISTORY.encode()),
    "xml": ENVELOPE.encode(),
    "zipped xml": zipped(history=ENVELOPE.encode()),
}


@pytest.fixture
def load(tmp_path: Path, db: None) -> Any:
    """Load a content and return what is said."""

    def make(content: bytes, **options: Any) -> str:
        path, said = tmp_path / "rates", io.StringIO()
        path.write_bytes(content)
        call_command("load_rates", str(path), stdout=said, **options)
        return said.getvalue().strip()

    return make


def kept() -> set[tuple[date, str, Decimal]]:
    return set(ExchangeRate.objects.filter(base="EUR").values_list("on", "quote", "rate"))


def state() -> int:
    return getattr(SharedState.objects.filter(name="rates").first(), "version", 0)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_history_says_the_same(load: Any, form: str) -> None:
    said = load(FORMS[form])

    assert kept() == ALL
    assert said == (
        "7 rates of 3 days and 3 currencies: 7 new, 0 changed, 0 unchanged. "
        "Left out, as no currency in use: CYP."
    )
    assert set(ExchangeRate.objects.values_list("source", flat=True)) == {"ecb"}


def test_the_daily_file_is_read(load: Any) -> None:
    load(DAILY.encode())

    assert kept() == {one for one in ALL if one[0] == MAY}


def test_a_second_load_touches_only_what_changed(load: Any) -> None:
    load(FORMS["csv"])
    before, rows = state(), dict(ExchangeRate.objects.values_list("id", "rate"))

    said = load(FORMS["zip"])
    assert "0 new, 0 changed, 7 unchanged" in said
    assert state() == before

    corrected = HISTORY.replace("1.0832", "1.0833").replace("2026-05-06,", "2026-05-07,", 1)
    said = load(corrected.encode() + b"2026-05-06,1.0832,160.99,N/A,6.05,\n")
    assert "3 new, 1 changed, 6 unchanged" in said
    assert state() > before
    after = dict(ExchangeRate.objects.values_list("id", "rate"))
    assert len({id for id in rows if rows[id] != after[id]}) == 1


def test_a_rate_of_another_source_gives_way(load: Any) -> None:
    ExchangeRate.objects.create(base="EUR", quote="USD", on=MAY, rate="1.0832", source="demo")
    ExchangeRate.objects.create(base="USD", quote="BRL", on=MAY, rate="5.5", source="demo")

    assert "6 new, 1 changed, 0 unchanged" in load(FORMS["csv"])
    assert kept() == ALL
    assert ExchangeRate.objects.filter(source="demo").count() == 1


def test_only_days_since_one_are_loaded(load: Any) -> None:
    said = load(FORMS["csv"], since=date(2026, 5, 6))

    assert "3 rates of 1 days" in said
    assert kept() == {one for one in ALL if one[0] == MAY}


def changed(old: str, new: str, text: str = HISTORY) -> bytes:
    assert old in text
    return text.replace(old, new, 1).encode()


@pytest.mark.parametrize(
    ("content", "place"),
    [
        (b"", "Line 1, column 1: the file is empty"),
        (changed("Date", "Day"), "Line 1, column 1: the header"),
        (changed("JPY", "yen"), "Line 1, column 3: 'yen' is no currency code"),
        (changed("JPY", "USD"), "Line 1, column 3: USD is there twice"),
        (changed("JPY", "EUR"), "column 3 (EUR): rates are of one EUR, which has none itself"),
        (changed("159.9,", "159,9,"), "Line 3, column 7: the header has 6 columns, this line 7"),
        (changed("N/A,6.05,", "N/A,6.05"), "Line 2, column 6"),
        (changed("159.9", "-159.9"), "Line 3, column 3 (JPY): '-159.9' is no rate"),
        (changed("159.9", "0.000"), "Line 3, column 3 (JPY): '0.000' is no rate"),
        (changed("159.9", "NaN"), "Line 3, column 3 (JPY): 'NaN' is no rate"),
        (changed("159.9", "1e9"), "Line 3, column 3 (JPY)"),
        (changed("159.9", "١٢"), "Line 3, column 3 (JPY)"),
        (changed("2026-05-05", "2026-02-30"), "Line 3, column 1 (Date): '2026-02-30' is no day"),
        (changed("2026-05-05", "0026-05-05"), "Line 3, column 1 (Date)"),
        (changed("2026-05-05", "05/04/2026"), "Line 3, column 1 (Date)"),
        (changed("2026-05-05", "2026-05-06"), "Line 3, column 2 (USD): USD of 2026-05-06 is there"),
        (HISTORY.encode()[:90] + b"\xff\xfe", "Line 4: this is no text"),
        (changed('rate="159.9"', 'rate="x"', ENVELOPE), "Line 11, column 43: 'x' is no rate"),
        (changed('rate="159.9"/', 'rate="159.9"', ENVELOPE), "Line 18, column 3: mismatched tag"),
        (changed(' time="2026-05-06"', "", ENVELOPE), "Line 7, column 7: this rate has no day"),
        (b"<a/>", "the document has no rates"),
        (zipped(), "The archive has 0 files"),
        (zipped(a=b"", b=b""), "The archive has 2 files"),
        (zipped(a=HISTORY.encode())[:-30], "The archive cannot be unpacked"),
    ],
)
def test_what_is_wrong_is_said_by_its_place_and_changes_nothing(
    load: Any, content: bytes, place: str
) -> None:
    with pytest.raises(CommandError) as refused:
        load(content)

    assert place in str(refused.value)
    assert "Nothing has changed" in str(refused.value)
    assert not ExchangeRate.objects.exists()


def test_a_damaged_archive_is_a_sentence_wherever_it_is_damaged(db: None) -> None:
    whole = zipped(a=HISTORY.encode())
    for place in range(4, len(whole)):
        broken = whole[:place] + bytes([whole[place] ^ 0xFF]) + whole[place + 1 :]
        with suppress(ecb.BadFile):
            list(ecb.read(broken))


def test_a_bomb_is_read_no_further_than_a_file_may_be_long(load: Any) -> None:
    with pytest.raises(CommandError, match="unpacks to more than"):
        load(zipped(a=b"\x00" * (ecb.MOST_BYTES + 1)))
    entities = '<!DOCTYPE a [<!ENTITY b "lol"><!ENTITY c "&b;&b;">]><a>&c;</a>'
    with pytest.raises(CommandError, match="a document type is not read"):
        load(entities.encode())


# Over the web


@pytest.fixture
def site() -> Iterator[tuple[str, dict[str, bytes]]]:
    """A server of some pages, by their paths, and its address."""
    pages: dict[str, bytes] = {}

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = pages.get(self.path)
            self.send_response(404 if content is None else 200)
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, *told: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", pages
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.django_db
def test_rates_are_loaded_from_an_address(site: Any) -> None:
    address, pages = site
    pages["/history.zip"] = FORMS["zip"]
    said = io.StringIO()

    call_command("load_rates", f"{address}/history.zip", stdout=said)

    assert kept() == ALL
    assert "7 new" in said.getvalue()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("{}/nothing", "Not Found"),
        ("{}/page", "column 1: the header begins with Date"),
        ("{}/large", "larger than"),
        ("http://127.0.0.1:1/", "refused"),
        ("file:///etc/hostname", "Only addresses of the web"),
        ("http://[", "cannot be read"),
        ("/nowhere/at/all.csv", "No such file"),
    ],
)
def test_an_address_that_has_no_rates_changes_nothing(site: Any, address: str, said: str) -> None:
    root, pages = site
    pages |= {"/page": b"not a file of rates", "/large": b" " * (ecb.MOST_PACKED + 1)}

    with pytest.raises(CommandError) as refused:
        call_command("load_rates", address.format(root))

    assert said in str(refused.value)
    assert not ExchangeRate.objects.exists()
