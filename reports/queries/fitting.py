"""Whether a rate of return is the only one that makes out what was paid: there may be two.

What is paid is a sum of powers of the rate, Σ Cᵢe^(−s·tᵢ), of which three things are asked, each
only where the one before leaves it open:

* It has no more zeros than its amounts change signs in the order of their days (Descartes' rule,
  which holds for all exponents: G. Pólya, G. Szegő, Problems and Theorems in Analysis II, part V).
* Where the balance that grows at the rate is never on the other side of zero before the end, no
  other rate leads to zero (a pure investment: D. Teichroew, A. A. Robichek, M. Montalbano, An
  Analysis of Criteria for Investment and Financing Decisions under Certainty, Management Science
  12/3, 1965): at a higher rate each balance is lower, at a lower one higher.
* Its zeros are counted by halving the rates until a part has none, since the sum is farther from
  zero than it can move within the part, or one at the most, since its slope keeps its sign
  (R. E. Moore, Interval Analysis, 1966).
"""

import math
from collections import deque
from collections.abc import Sequence
from itertools import pairwise

#: How much may become of one unit over the whole time, as a logarithm: what a float can hold.
_HIGHEST = 700.0
#: What is left of it after a year where all is lost to hundredths of a percent: no rate is lower.
_LOST, _YEAR = math.log(5e-5), 365
#: Two rates are one where they differ by less, as their figures do; a part is no narrower.
_SAME, _NARROWEST = 1e-5, 1e-6
#: What may be spent on counting, in powers; whatever is left open by then has no zero.
_MOST = 200_000
_NOTHING = 1e-9


def is_only(paid: Sequence[tuple[int, float]], factor: float) -> bool:
    """Return whether no other rate makes out what was paid than that of a factor.

    `paid` are amounts by their days, in order, none of them zero and more than one; `factor` is
    what one unit becomes from the first of these days to the last.
    """
    if sum((one > 0) != (other > 0) for (_, one), (_, other) in pairwise(paid)) <= 1:
        return True
    return _is_pure(paid, factor) or not _has_two(paid)


def _is_pure(paid: Sequence[tuple[int, float]], factor: float) -> bool:
    """Return whether what is invested at the rate is never owed, or the other way round."""
    (first, balance), days = paid[0], paid[-1][0] - paid[0][0]
    least = _NOTHING * max(abs(amount) for _, amount in paid)
    lowest, highest, before = balance, balance, first
    for day, amount in paid[1:-1]:
        balance = balance * factor ** ((day - before) / days) + amount
        lowest, highest, before = min(lowest, balance), max(highest, balance), day
    return highest <= least or lowest >= -least


def _has_two(paid: Sequence[tuple[int, float]]) -> bool:
    """Return whether more than one rate makes the sum nothing."""
    first, last = paid[0][0], paid[-1][0]
    # Times are told from the middle, which moves no zero and keeps the powers small.
    terms = [
        ((day - first) / (last - first) - 0.5, math.log(abs(amount)), math.copysign(1, amount))
        for day, amount in paid
    ]
    parts = deque([(_LOST * max(1, (last - first) / _YEAR), _HIGHEST)])
    zeros: list[float] = []
    left = _MOST
    while parts and left > 0:
        low, high = parts.popleft()
        middle, half = (low + high) / 2, (high - low) / 2
        left -= len(terms)
        value, slope, swing, bend = _around(terms, middle, half)
        if abs(value) > half * swing:
            continue
        if half > _NARROWEST and abs(slope) <= half * bend:
            parts += [(low, middle), (middle, high)]
            continue
        if half > _NARROWEST and _is_above(terms, low) == _is_above(terms, high):
            continue
        zeros.append(middle)
    return len(zeros) > 1 and any(abs(one - zeros[0]) > _SAME for one in zeros)


def _around(
    terms: Sequence[tuple[float, float, float]], rate: float, half: float
) -> tuple[float, float, float, float]:
    """Return the sum at a rate and its slope, and how steep and how bent it is at the most nearby.

    All are told in parts of its largest term; of each are told its time, the logarithm of its size,
    and its sign.
    """
    largest = max(size - rate * time for time, size, _ in terms)
    value = slope = swing = bend = 0.0
    for time, size, sign in terms:
        term = sign * math.exp(size - rate * time - largest)
        value += term
        slope -= term * time
        most = abs(term * time) * math.exp(half * abs(time))
        swing += most
        bend += most * abs(time)
    return value, slope, swing, bend


def _is_above(terms: Sequence[tuple[float, float, float]], rate: float) -> bool:
    return _around(terms, rate, 0)[0] >= 0
