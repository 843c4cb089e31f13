"""The reader's language, found once for what is written in one go.

A page asks for it with every figure, and Django looks it up in a store that also serves coroutines:
ten times as much work as the figure, which is remembered.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache

from django.utils.translation import get_language, gettext

_known: ContextVar[str] = ContextVar("reports.reader")


def language() -> str:
    """Return the language in which is written now."""
    return _known.get("") or get_language() or "en"


@contextmanager
def reading() -> Iterator[None]:
    """Keep to the language that is the reader's now; nobody else's is spoken within."""
    token = _known.set(get_language() or "en")
    try:
        yield
    finally:
        _known.reset(token)


def word(text: str) -> str:
    """Return a text in the reader's language, as `gettext` does."""
    return _word(text, language())


@lru_cache(maxsize=4096)
def _word(text: str, language: str) -> str:
    return gettext(text)
