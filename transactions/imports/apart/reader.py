"""The process that reads.

It is started with the descriptors of the file, of a connection, and of a file to write into.
"""

import os
import resource
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from buffet.errors import Invalid
from transactions.classifying.proposals import Known
from transactions.imports.apart.messages import (
    OUT_OF_MEMORY,
    Broken,
    Lines,
    Recall,
    Task,
    in_batches,
)
from transactions.imports.reading import Reading, read
from transactions.imports.statement import UnreadableFile
from transactions.imports.tables.profile import Profile
from transactions.imports.writing import written

#: Bytes and seconds of CPU: some times what the longest file that is read takes.
MEMORY, SECONDS = 2 << 30, 90
#: Who asks something goes before who reads.
NICENESS = 10


def main(file: str, to: str, into: str) -> None:
    """Read a file, tell what it holds, and send its lines as often as they are asked for."""
    try:
        _serve(file, to, int(into))
    except MemoryError:
        # To say it in any other way would take memory.
        os._exit(OUT_OF_MEMORY)


def _serve(file: str, to: str, into: int) -> None:
    _limit()
    ask = Connection(int(to))
    try:
        with open(f"/dev/fd/{file}", "rb") as opened:
            task: Task = ask.recv()
            found = read(
                opened,
                task.options,
                profile=task.profile,
                remembered=_recalling(ask) if task.recalls else None,
                is_card=task.is_card,
            )
            ask.send(_without_lines(found))
            while True:
                _send_lines(ask, found, ask.recv(), into)
    except (EOFError, BrokenPipeError, ConnectionResetError):
        # Whoever asked has what they wanted, or is gone.
        return
    except (UnreadableFile, Invalid) as error:
        ask.send(error)
    except MemoryError:
        raise
    except Exception:
        # Whatever broke here is raised there, with where it did: nobody reads what this one prints.
        ask.send(Broken(traceback.format_exc()))


def _limit() -> None:
    """Be the first to go without memory, and the last to compute."""
    for limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, SECONDS)):
        _, hard = resource.getrlimit(limit)
        kept = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(limit, (kept, kept))
    os.nice(NICENESS)
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _recalling(ask: Connection) -> Callable[[str], Profile | None]:
    def recall(fingerprint: str) -> Profile | None:
        ask.send(Recall(fingerprint))
        return ask.recv()

    return recall


def _without_lines(found: Reading) -> Reading:
    bare = [replace(one, lines=()) for one in found.statements]
    return replace(found, statements=bare)


def _send_lines(ask: Connection, found: Reading, wanted: Lines, into: int) -> None:
    lines = found.statements[wanted.statement].lines
    if wanted.common is not None:
        known = Known(wanted.rules, [*_heard(ask)])
        ask.send(_write(written(lines, wanted.common, known), into))
        return
    for part in in_batches(lines):
        ask.send(part)


def _write(parts: Iterable[bytes], into: int) -> int:
    """Write anew what is to be written, and return how many bytes that are."""
    os.ftruncate(into, 0)
    with open(into, "wb", closefd=False) as file:
        file.seek(0)
        return sum(map(file.write, parts))


def _heard(ask: Connection) -> Iterator[Any]:
    """Yield what is told some at a time."""
    while (part := ask.recv()) is not None:
        yield from part


if __name__ == "__main__":
    main(*sys.argv[1:])
