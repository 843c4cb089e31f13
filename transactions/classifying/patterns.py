"""People's regular expressions, which cannot take long: RE2 reads a text once, whatever is asked.

Python's own engine tries again and again what an expression allows: a few signs can hold a worker
for hours. RE2 has no look-around and no references back, and a time that grows with the text alone.
"""

from collections.abc import Collection, Sequence

import re2

#: What one expression may take once compiled, and all of a book together; in bytes.
_LARGEST, _ALL = 1 << 20, 64 << 20


class BadPattern(ValueError):
    """An expression that RE2 does not take; the message is what it says."""


def compiled(pattern: str) -> "re2._Regexp":
    """Return the expression, which ignores case.

    :raises BadPattern: if it is none, asks for what takes long, or is too large.
    """
    try:
        return re2.compile(pattern, _options(_LARGEST))
    except re2.error as error:
        (said,) = error.args or (b"",)
        words = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        raise BadPattern(words) from None


def _options(memory: int) -> "re2.Options":
    options = re2.Options()
    options.case_sensitive = False
    options.log_errors = False
    options.max_mem = memory
    return options


class Patterns:
    """Some expressions, looked for all at once."""

    def __init__(self, patterns: Sequence[str]) -> None:
        """Compile them.

        :raises BadPattern: if one is none.
        """
        self._each = [compiled(pattern) for pattern in patterns]
        # The first is found in every text. Where it is not, all together took too much memory, of
        # which RE2 says nothing more.
        self._all = re2.Set.SearchSet(_options(_ALL))
        for pattern in ("", *patterns):
            self._all.Add(pattern)
        self._all.Compile()

    def found(self, text: str) -> Collection[int]:
        """Return the places of the expressions that are found in a text."""
        if not self._each:
            return ()
        hits = self._all.Match(text)
        if 0 in hits:
            return {hit - 1 for hit in hits if hit}
        return {place for place, one in enumerate(self._each) if one.search(text)}
