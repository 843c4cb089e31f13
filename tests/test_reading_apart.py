"""Long files are read in a process of their own, as they would be read here."""

import io
import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

import pytest
from conftest import Api
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from importing import Importer
from test_imports import Row, ofx
from uuid_utils.compat import uuid7

from accounts.models import Account
from buffet.audit import Actor
from buffet.errors import Fault, Invalid
from buffet.models import Book
from transactions import services as ledger
from transactions.classifying.proposals import NOTHING_KNOWN
from transactions.imports.apart import FarLines, asking, open_reading, reader
from transactions.imports.apart.messages import too_much
from transactions.imports.reading import Reading, read
from transactions.imports.statement import AmbiguousFile, Options, Question, UnreadableFile
from transactions.imports.tables.profile import Profile
from transactions.imports.writing import Common
from transactions.models import ImportLine
from transactions.queries.verification import verify

ROWS: list[Row] = [
    (f"202605{day:02}", f"-{day}.00", f"F{day}", f"Row \\{day}\tü") for day in range(1, 11)
]
CSV = "Date;Description;Amount\n" + "".join(
    f"{day % 28 + 1:02}/05/2026;Bread \\N {day};-{day},90\n" for day in range(4, 3000)
)
FILES = {
    "ofx": ofx(ROWS),
    "csv": CSV.encode(),
    "qif": b"!Type:Bank\nD25/1'24\nT-1.50\nPShop\nLFood\n^\n",
    "mt940": b":20:A\n:25:1\n:28C:1\n:60F:C260101BRL10,00\n:61:260102D1,50NTRFNONREF\n:86:Bread\n"
    b":62F:C260102BRL8,50\n-",
}


@pytest.fixture(autouse=True)
def _all_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LONG", 0)


def whole(found: Reading) -> Reading:
    """Return a reading with its lines."""
    statements = [replace(one, lines=[*one.lines]) for one in found.statements]
    return replace(found, statements=statements)


@contextmanager
def reading(content: bytes, **more: Any) -> Iterator[Reading]:
    """Have a file read, and see that it is read apart, and that its reader is gone at the end."""
    with open_reading(io.BytesIO(content), **more) as found:
        (lines, *_) = [one.lines for one in found.statements]
        assert isinstance(lines, FarLines)
        process = lines.reader.process
        assert process.poll() is None
        yield found
    assert process.poll() is not None


@pytest.mark.parametrize("kind", FILES)
def test_a_file_is_read_as_it_would_be_here(kind: str) -> None:
    options = Options(day_first=True, decimal_comma=kind == "csv")
    with reading(FILES[kind], options=options) as found:
        assert found.format == kind
        assert whole(found) == whole(found) == whole(read(io.BytesIO(FILES[kind]), options))


@contextmanager
def temporary(content: bytes) -> Iterator[BinaryIO]:
    """Give a file as Django has a long one that was uploaded."""
    with TemporaryUploadedFile("x", "text/plain", len(content), None) as file:
        file.write(content)
        yield file


def test_a_file_on_disk_is_read_where_it_is() -> None:
    with temporary(FILES["csv"]) as file, open_reading(file) as found:
        assert len([*found.statements[0].lines]) == 2996
        assert file.seek(0) == 0
        assert file.read() == FILES["csv"]
        assert len([*found.statements[0].lines]) == 2996


def test_short_files_are_read_here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "LONG", len(FILES["csv"]) + 1)
    with open_reading(io.BytesIO(FILES["csv"])) as found:
        assert not any(isinstance(one.lines, FarLines) for one in found.statements)


def test_a_profile_is_asked_for_from_there() -> None:
    asked = []

    def remembered(fingerprint: str) -> Profile:
        asked.append(fingerprint)
        return Profile(negate=True)

    with reading(FILES["csv"], remembered=remembered) as found:
        assert found.profile is not None
        assert found.profile.negate
        assert next(iter(found.statements[0].lines)).amount > 0
    assert len(asked) == 1


REFUSED = {
    "a line that cannot be read": (CSV + "31/02/2026;Bread;-1,00\n").encode(),
    "nothing": b"",
    "a picture": b"\x89PNG\r\n\x1a\n",
    "what can be read in two ways": b"Date;Description;Amount\n04/05/2026;Bread;-9,90\n",
    "half a file": FILES["ofx"][:-20],
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_refused_here_is_refused_there(what: str) -> None:
    with pytest.raises(UnreadableFile) as here:
        whole(read(io.BytesIO(REFUSED[what])))
    with pytest.raises(UnreadableFile) as there, open_reading(io.BytesIO(REFUSED[what])) as found:
        whole(found)

    assert type(there.value) is type(here.value)
    assert vars(there.value) == vars(here.value)
    assert str(there.value) == str(here.value)


def test_refusals_go_from_one_process_to_another() -> None:
    question = Question("date_order", "Date", "Which?", 3, (("dmy", "4 May"), ("mdy", "5 April")))
    for error in (
        UnreadableFile("Bad.", 3, faults=[(3, "Bad."), (4, "Worse.")]),
        AmbiguousFile([question]),
        Invalid([Fault("/file", "bad", "Bad.")], "All is bad."),
    ):
        came = pickle.loads(pickle.dumps(error))
        assert (type(came), str(came), vars(came)) == (type(error), str(error), vars(error))


@pytest.mark.parametrize("kind", FILES)
def test_the_same_is_kept_of_it(
    kind: str, book: Book, by: Actor, checking: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(day_first=True, decimal_comma=kind == "csv")

    def kept() -> list[tuple]:
        started = ledger.preview(
            book=book, by=by, account_id=checking.id, file=io.BytesIO(FILES[kind]), file_name="x",
            wish=ledger.Wish(options),
        )  # fmt: skip
        rows = ImportLine.objects.filter(of_import=started).order_by("number").values()
        ids = {"id", "of_import_id", "new_id"}
        found = [tuple(v for k, v in row.items() if k not in ids) for row in rows]
        assert len({row["new_id"] for row in rows}) == len(found) == started.lines_count > 0
        ledger.discard(book=book, by=by, import_id=started.id)
        return found

    there = kept()
    monkeypatch.setattr(asking, "LONG", 1 << 40)
    assert kept() == there


def test_all_is_read_before_the_database_has_anything_to_do() -> None:
    common = Common(uuid7(), uuid7(), uuid7(), "BRL", ("new", "unknown"), ("ignored", "nothing"))
    bad = b"02/05/2026;Bread;-1,2345\n"
    with reading(CSV.encode()) as found:
        lines = found.statements[0].lines
        assert isinstance(lines, FarLines)
        pieces = lines.written(common, NOTHING_KNOWN)
        lines.reader.process.kill()
        lines.reader.process.wait()
        text = b"".join(pieces).decode()
        assert [row.split("\t")[2] for row in text.splitlines()] == [*map(str, range(1, 2997))]
    with reading(CSV.encode() + bad) as found, pytest.raises(Invalid, match="decimals"):
        cast("FarLines", found.statements[0].lines).written(common, NOTHING_KNOWN)


@pytest.fixture
def bank(book: Book, by: Actor, checking: Account) -> Importer:
    """Someone who imports files into checking."""
    return Importer(book, by, checking)


def test_a_file_read_apart_is_imported(bank: Importer, api: Api) -> None:
    sent = {"file": SimpleUploadedFile("x.ofx", ofx(ROWS, "-55.00")), "account": bank.account.id}
    bearer = {"Authorization": f"Bearer {api.token}"}
    answer = api.client.post("/api/v1/imports", sent, headers=bearer)
    assert answer.status_code == 201, answer.content

    api.post(f"/imports/{answer.json()['id']}/commit")

    assert bank.entries() == sorted(
        (f"2026-05-{day:02}", f"-{day}.00", f"Row \\{day} ü", "cleared") for day in range(1, 11)
    )
    assert all(check.ok for check in verify())


def test_a_reader_that_is_killed_is_told_of_and_nothing_is_kept(bank: Importer) -> None:
    with reading(FILES["csv"]) as found:
        lines = found.statements[0].lines
        assert isinstance(lines, FarLines)
        os.kill(lines.reader.process.pid, signal.SIGKILL)
        with pytest.raises(Invalid, match="more memory or time") as refused:
            next(iter(lines))
    assert [one.pointer for one in refused.value.faults] == ["/file"]
    assert not ImportLine.objects.exists()


@pytest.mark.parametrize("mebibytes", [48, 52, 56, 60, 64, 72, 80])
def test_too_much_memory_is_told_of_wherever_it_ends(mebibytes: int) -> None:
    limits = f"r.MEMORY = {mebibytes} << 20"
    limited = f"import {reader.__name__} as r, sys; {limits}; r.main(*sys.argv[1:])"
    file = io.BytesIO(b"!Type:Bank\n" + b"D1/25/2024\nT-1.50\nPShop\n^\n" * 100_000)
    with pytest.raises(Invalid) as refused, started(limited), open_reading(file):
        pass
    assert refused.value.detail == too_much().detail


def test_a_fault_of_the_reader_is_no_refusal() -> None:
    broken = f"import {reader.__name__} as r, sys; r.read = None; r.main(*sys.argv[1:])"
    for program, said in ((broken, "'NoneType' object is not"), ("exit(3)", "ended with 3")):
        file = io.BytesIO(FILES["csv"])
        with pytest.raises(RuntimeError, match=said), started(program), open_reading(file):
            pass


@contextmanager
def started(program: str) -> Iterator[None]:
    """Have readers run another program."""
    run = subprocess.Popen

    def other(command: list[str], **more: Any) -> subprocess.Popen:
        assert command[:3] == [sys.executable, "-m", reader.__name__]
        return run([sys.executable, "-c", program, *command[3:]], **more)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(asking.subprocess, "Popen", other)
        yield


def test_the_reader_knows_nothing_of_ours_and_goes_first() -> None:
    os.environ["SECRET_KEY_OF_TEST"] = "secret"
    try:
        with reading(FILES["csv"]) as found:
            lines = found.statements[0].lines
            assert isinstance(lines, FarLines)
            of = Path(f"/proc/{lines.reader.process.pid}")
            names = {one.split(b"=")[0] for one in (of / "environ").read_bytes().split(b"\0")}
            opened = [os.readlink(one) for one in (of / "fd").iterdir()]
            nice = int((of / "stat").read_text().rsplit(")", 1)[1].split()[16])
            maps = (of / "maps").read_text()
            assert (of / "oom_score_adj").read_text().strip() == "1000"
    finally:
        del os.environ["SECRET_KEY_OF_TEST"]

    assert {one for one in names if one and not one.startswith((b"PYTHON", b"LD_"))} <= {b"PATH"}
    assert nice >= reader.NICENESS
    # Of sockets only the one to who asks; and neither the driver nor Django.
    assert len([one for one in opened if one.startswith("socket:")]) == 1
    assert "psycopg" not in maps


def test_readers_load_no_django() -> None:
    program = f"import {reader.__name__}, sys; print('django' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    assert said.stdout.strip() == b"False"


def test_who_asks_no_more_is_no_fault() -> None:
    with suppress(ZeroDivisionError), reading(FILES["csv"]) as found:
        lines = iter(found.statements[0].lines)
        next(lines)
        raise ZeroDivisionError
