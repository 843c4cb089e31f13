"""Why a file is not taken for a book: each with the line that it is about."""

from buffet.errors import Refusal


class BadBookFile(Refusal):
    """This file cannot be loaded."""

    code = "unreadable_book"
    status = 400

    def __init__(self, line: int, detail: str) -> None:
        self.line = line
        super().__init__(f"Line {line}: {detail}" if line else detail)


class NotABook(BadBookFile):
    """The file is no book that was exported from here."""

    code = "not_a_book"


class UnknownVersion(BadBookFile):
    """The file is of a version that is not read here."""

    code = "unknown_version"


class CutOff(BadBookFile):
    """The file ends before its end: it was cut off."""

    code = "cut_off"


class Changed(BadBookFile):
    """The file is not as it was written."""

    code = "wrong_digest"


class BadLine(BadBookFile):
    """A line cannot be read."""

    code = "bad_line"


class UnknownKind(BadBookFile):
    """A line is of a kind that is not known here."""

    code = "unknown_kind"


class BreaksTheBooks(BadBookFile):
    """A line would break what holds in every book."""

    code = "breaks_the_books"
