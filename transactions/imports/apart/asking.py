"""Have a file read in another process, and ask it for what the file holds."""

import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from multiprocessing import Pipe
from multiprocessing.connection import Connection
from pathlib import Path
from typing import IO, Any, NoReturn

from transactions.classifying.proposals import Known
from transactions.imports.apart.messages import (
    OUT_OF_MEMORY,
    Broken,
    Lines,
    Recall,
    Task,
    in_batches,
    too_much,
)
from transactions.imports.reading import Reading, read
from transactions.imports.statement import NO_OPTIONS, Options, StatementLine
from transactions.imports.tables.profile import Profile
from transactions.imports.writing import Common

#: Bytes from which on a file is long: reading as much takes longer than starting a process.
LONG = 128 * 1024
#: Bytes that are passed on at once of what was written.
_PIECE = 64 * 1024
_HOME = Path(__file__).resolve().parents[3]


@contextmanager
def open_reading(
    file: IO[bytes],
    options: Options = NO_OPTIONS,
    *,
    profile: Profile | None = None,
    remembered: Callable[[str], Profile | None] | None = None,
    is_card: bool | None = None,
) -> Iterator[Reading]:
    """Give what `reading.read` returns; a long file is read in another process meanwhile.

    :raises UnreadableFile: as it does, also while one goes through the lines.
    :raises Invalid: if reading takes too much memory or time.
    """
    if file.seek(0, io.SEEK_END) < LONG:
        yield read(file, options, profile=profile, remembered=remembered, is_card=is_card)
        return
    with _started(file) as reader:
        reader.tell(Task(options, profile, remembered is not None, is_card))
        while isinstance(found := reader.hear(), Recall):
            assert remembered is not None
            reader.tell(remembered(found.fingerprint))
        statements = [
            replace(one, lines=FarLines(reader, place))
            for place, one in enumerate(found.statements)
        ]
        yield replace(found, statements=statements)


@dataclass(frozen=True, slots=True)
class Reader:
    """The process that reads, the connection to it, and the file into which it writes."""

    process: subprocess.Popen
    connection: Connection
    written: int

    def tell(self, what: object) -> None:
        """Send a message.

        :raises Invalid: if the process has come to an end.
        """
        try:
            self.connection.send(what)
        except (BrokenPipeError, ConnectionResetError):
            self._ended()

    def hear(self) -> Any:
        """Return what is told.

        :raises Invalid: if the process has come to an end.
        """
        try:
            heard = self.connection.recv()
        except (EOFError, ConnectionResetError):
            self._ended()
        if isinstance(heard, Broken):
            raise RuntimeError(f"The reader of a file broke:\n{heard}")
        if isinstance(heard, Exception):
            raise heard
        return heard

    def _ended(self) -> NoReturn:
        code = self.process.wait()
        if code < 0 or code == OUT_OF_MEMORY:
            raise too_much() from None
        raise RuntimeError(f"The reader of a file ended with {code}.") from None


@dataclass(frozen=True, slots=True)
class FarLines:
    """The lines of a statement that another process reads, each time that one goes through them."""

    reader: Reader
    statement: int

    def __iter__(self) -> Iterator[StatementLine]:
        self.reader.tell(Lines(self.statement))
        while (part := self.reader.hear()) is not None:
            yield from part

    def written(self, common: Common, known: Known) -> Iterator[bytes]:
        """Return the lines as `writing.written` writes them, when all of them are read.

        So a bad line is found before the database has anything to do; and not both of them compute
        at once, which those who ask something meanwhile would feel.
        """
        self.reader.tell(Lines(self.statement, common, known.rules))
        for part in in_batches(known.told):
            self.reader.tell(part)
        return self._written(self.reader.hear())

    def _written(self, size: int) -> Iterator[bytes]:
        for place in range(0, size, _PIECE):
            yield os.pread(self.reader.written, min(_PIECE, size - place), place)


@contextmanager
def _started(file: IO[bytes]) -> Iterator[Reader]:
    ours, theirs = Pipe()
    with closing(ours), _on_disk(file) as descriptor, tempfile.TemporaryFile() as into:
        with closing(theirs):
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "transactions.imports.apart.reader"),
                    *map(str, passed := (descriptor, theirs.fileno(), into.fileno())),
                ],
                pass_fds=passed,
                stdin=subprocess.DEVNULL,
                cwd=_HOME,
                env=_environment(),
            )
        try:
            yield Reader(process, ours, into.fileno())
        finally:
            process.kill()
            process.wait()


def _environment() -> dict[str, str]:
    """Return what Python itself needs to start here; our settings are not among it."""
    return {
        name: value
        for name, value in os.environ.items()
        if name == "PATH" or name.startswith(("LD_", "PYTHON"))
    }


@contextmanager
def _on_disk(file: IO[bytes]) -> Iterator[int]:
    """Give the descriptor of a file, or of a copy where it is in memory only."""
    try:
        descriptor = file.fileno()
        file.flush()
    except (AttributeError, io.UnsupportedOperation):
        pass
    else:
        yield descriptor
        return
    with tempfile.TemporaryFile() as copy:
        file.seek(0)
        shutil.copyfileobj(file, copy)
        copy.flush()
        yield copy.fileno()
