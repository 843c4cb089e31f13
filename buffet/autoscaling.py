"""What App Runner's scaling does with a rush: a simulation, second by second, without chance.

People click, wait for the answer, look at it, and click again. By the laws of closed queues
(Denning and Buzen, The Operational Analysis of Queueing Network Models, 1978) they send
people / (thought + answer) requests a second while slots are free; else the slots answer as many as
they can, and whoever is left waits. When an instance has more than `concurrency` requests on
average, others are started, which takes a while; when fewer would do for long enough, the rest end.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import ceil

from buffet.capacity import DEPLOY


@dataclass(frozen=True, slots=True)
class Fleet:
    """How instances serve and scale. Times in seconds; how long a start takes is an assumption."""

    slots: int
    held: int
    concurrency: int
    least: int
    most: int
    answer: float
    thought: float
    start: int = 60
    patience: int = 300


@dataclass(frozen=True, slots=True)
class Moment:
    """What a second looks like: people, requests answered in it, instances, who waits."""

    second: int
    people: int
    answered: float
    instances: int
    connections: int
    waiting: float
    longest: float


def rush(low: int = 50, high: int = 2000, ramp: int = 600, stay: int = 1200) -> Sequence[int]:
    """Return how many people there are in each second of a month's end: up, for a while, down."""
    up = [low + (high - low) * second // ramp for second in range(ramp)]
    return [*[low] * 300, *up, *[high] * stay, *reversed(up), *[low] * 900]


def simulate(trace: Sequence[int], fleet: Fleet) -> Iterator[Moment]:
    """Yield what each second of a trace of people looks like."""
    instances, starting, idle_since = fleet.least, list[int](), 0
    for second, people in enumerate(trace):
        ready = [at for at in starting if at <= second]
        instances += len(ready)
        starting = [at for at in starting if at > second]
        wished = people / (fleet.thought + fleet.answer)
        answered = min(wished, instances * fleet.slots / fleet.answer)
        # Whoever neither looks nor is answered, waits.
        waiting = max(0.0, people - answered * (fleet.thought + fleet.answer))
        wanted = _wanted(answered * fleet.answer + waiting, fleet)
        if wanted > instances + len(starting):
            starting += [second + fleet.start] * (wanted - instances - len(starting))
        if wanted >= instances:
            idle_since = second
        elif second - idle_since >= fleet.patience:
            instances, idle_since = wanted, second
        yield Moment(
            second,
            people,
            answered,
            instances,
            (instances + len(starting)) * fleet.held,
            waiting,
            waiting / answered if answered else 0.0,
        )


def _wanted(requests: float, fleet: Fleet) -> int:
    return min(fleet.most, max(fleet.least, ceil(round(requests / fleet.concurrency, 6))))


@dataclass(frozen=True, slots=True)
class Told:
    """The worst of a trace, and what a deploy at its height would hold."""

    instances: int
    connections: int
    deploying: int
    waiting: float
    longest: float
    seconds_waited: int


def told(moments: Sequence[Moment]) -> Told:
    """Return the worst of some moments."""
    most = max(one.connections for one in moments)
    return Told(
        instances=max(one.instances for one in moments),
        connections=most,
        deploying=DEPLOY * most,
        waiting=max(one.waiting for one in moments),
        longest=max(one.longest for one in moments),
        seconds_waited=sum(one.waiting >= 1 for one in moments),
    )


_WIDTH, _PANEL, _LEFT = 900, 150, 70
_PANELS: Sequence[tuple[str, Callable[[Moment], float]]] = (
    ("people", lambda one: one.people),
    ("instances", lambda one: one.instances),
    ("connections", lambda one: one.connections),
    ("requests waiting", lambda one: one.waiting),
)


def plot(moments: Sequence[Moment]) -> str:
    """Return what moments look like over time as an SVG document, a panel for each figure."""
    height = len(_PANELS) * _PANEL + 30
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" '
        'font-family="system-ui, sans-serif" font-size="13">',
        f'<rect width="{_WIDTH}" height="{height}" fill="#fff"/>',
    ]
    minutes = range(0, moments[-1].second // 60 + 1, 10)
    across = (_WIDTH - _LEFT - 20) / max(1, moments[-1].second)
    for place, (name, read) in enumerate(_PANELS):
        top, foot = place * _PANEL + 30, (place + 1) * _PANEL
        most = max(1.0, *(read(one) for one in moments))
        points = " ".join(
            f"{_LEFT + one.second * across:.1f},{foot - read(one) / most * (foot - top):.1f}"
            for one in moments[::10]
        )
        parts += [
            f'<text x="{_LEFT}" y="{top - 8}">{name}</text>',
            f'<text x="{_LEFT - 8}" y="{top + 5}" text-anchor="end">{most:,.0f}</text>',
            f'<text x="{_LEFT - 8}" y="{foot}" text-anchor="end">0</text>',
            f'<path d="M{_LEFT},{foot}H{_WIDTH - 20}" stroke="#999"/>',
            f'<polyline points="{points}" fill="none" stroke="#14603a" stroke-width="2"/>',
        ]
    parts += [
        f'<text x="{_LEFT + minute * 60 * across:.1f}" y="{height - 8}" '
        f'text-anchor="middle">{minute} min</text>'
        for minute in minutes
    ]
    return "\n".join([*parts, "</svg>"]) + "\n"
