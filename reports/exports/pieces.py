"""Small parts of a file, put together to pieces that are worth sending."""

from collections.abc import Iterable, Iterator

#: About how many bytes a piece has.
PIECE = 2**16


def gathered(parts: Iterable[bytes]) -> Iterator[bytes]:
    """Yield parts in pieces; what is under way is bounded, however many there are."""
    waiting: list[bytes] = []
    length = 0
    for part in parts:
        waiting.append(part)
        length += len(part)
        if length >= PIECE:
            yield b"".join(waiting)
            waiting, length = [], 0
    if waiting:
        yield b"".join(waiting)
