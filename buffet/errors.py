"""Refusals: what a service says when it will not do what it was asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with the input: where (a JSON pointer), a stable code and a sentence."""

    pointer: str
    code: str
    detail: str


class Refusal(Exception):
    """The request cannot be carried out."""

    # The docstring of each subclass is the sentence that people read; `code` is for programs.
    code = "refused"
    status = 409
    pointer = ""
    #: Seconds after which the same request may succeed; 0 if it will not by itself.
    retry_after = 0

    def __init__(self, detail: str = "", *, pointer: str | None = None) -> None:
        self.detail = detail or (type(self).__doc__ or "").strip()
        if pointer is not None:
            self.pointer = pointer
        super().__init__(self.detail)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return the places in the input that the refusal points at."""
        return (Fault(self.pointer, self.code, self.detail),) if self.pointer else ()

    @property
    def why(self) -> str:
        """Return the code of the first fault, or of all: the most that one word can say."""
        return self.faults[0].code if self.faults else self.code


class Invalid(Refusal):
    """Some of what was sent cannot be accepted."""

    code = "invalid"
    status = 400

    def __init__(self, faults: Sequence[Fault], detail: str = "") -> None:
        self._faults = tuple(faults)
        super().__init__(detail or " ".join(dict.fromkeys(fault.detail for fault in faults)))

    def __reduce__(self) -> tuple[Any, ...]:
        """Go to another process as it was made."""
        return type(self), (self._faults, self.detail)

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return every fault found, in the order of the input."""
        return self._faults


def invalid(pointer: str, code: str, detail: str) -> Invalid:
    """Return the refusal of one field."""
    return Invalid([Fault(pointer, code, detail)])


class NotFound(Refusal):
    """There is no such thing in this book."""

    code = "not_found"
    status = 404


class NotAllowed(Refusal):
    """Your role in this book does not allow this."""

    code = "not_allowed"
    status = 403


class AmountTooLarge(Refusal):
    """This comes to an amount that is too large: one has at most 15 digits before the point."""

    code = "amount_too_large"


class ChangedMeanwhile(Refusal):
    """This has changed since you read it: read it again, then decide."""

    code = "changed_meanwhile"
    status = 412
