"""A figure with what the rows behind it come to."""

from collections.abc import Sequence
from dataclasses import dataclass

from buffet.money import Money
from reports.asking import Asked
from reports.queries.bringing import Conversion
from reports.queries.chart import Node
from reports.queries.parts import Part


@dataclass(frozen=True, slots=True)
class Behind:
    """What the rows come to: how many, by currency as they are, and brought into one.

    `node` is the account or category that they are on, if it is one. Where kept sums tell what they
    come to, nobody counts them.
    """

    asked: Asked
    part: Part
    node: Node | None
    ids: tuple[str, ...]
    entries: int | None
    sums: Sequence[Money]
    total: Money
    conversions: Sequence[Conversion]
    left_out: Sequence[Money]
