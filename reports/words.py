"""The words of pages in the reader's language."""

from django.utils.translation import gettext


def said(sentence: str) -> str:
    """Return a sentence that a service or a reader of parameters said, in the reader's language."""
    return gettext(sentence) if sentence else ""
