"""Many rows of one request: all of them or none, or each by itself."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from buffet.errors import Fault, Invalid, Refusal

#: What became of a row: the id of its transaction, or why it was refused.
Outcome = UUID | Refusal


def refusals_of(faults: Iterable[Fault], pointers: Sequence[str]) -> dict[str, Invalid]:
    """Return the refusal of each row that has faults, by the row's pointer."""
    known = set(pointers)
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        row = next((one for one in _starts(fault.pointer) if one in known), "")
        found.setdefault(row, []).append(fault)
    return {row: Invalid(faults) for row, faults in found.items()}


def _starts(pointer: str) -> Iterable[str]:
    parts = pointer.split("/")
    return ("/".join(parts[:length]) for length in range(len(parts), 0, -1))


def insist(outcomes: Sequence[object], pointers: Sequence[str]) -> None:
    """Check that no row was refused.

    :raises Invalid: naming everything that is wrong with any of them.
    """
    faults: list[Fault] = []
    for outcome, pointer in zip(outcomes, pointers, strict=True):
        if isinstance(outcome, Invalid):
            faults.extend(outcome.faults)
        elif isinstance(outcome, Refusal):
            faults.append(Fault(pointer, outcome.code, outcome.detail))
    if faults:
        raise Invalid(faults)
