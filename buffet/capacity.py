"""How many instances a load takes, how many a database carries, and what both cost by the month.

Pure functions of figures. Prices are US dollars in us-east-1 as published in November 2026: look at
AWS's own lists before you rely on a cent of them. A month has 730 hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import ceil

#: Connections a process holds beside its pool: the gate's (buffet/gate.py), and one for a report
#: as it was known on a day (reports/known/session.py).
GATE, KNOWN = 1, 1
#: Connections that are no instance's: migrations, psql and scheduled jobs; PostgreSQL's own.
OPERATIONS, RESERVED = 10, 8
#: Instances double while a release replaces another.
DEPLOY = 2
#: The most that App Runner takes as MaxConcurrency.
MOST_CONCURRENCY = 200
#: How much of its slots an instance should use, so that a short rush does not queue.
USE = 0.7
HOURS = 730
#: What `max_connections` comes to by the class's memory: less than the nominal one divides to.
DATABASE_CLASSES: Mapping[str, int] = {
    "db.t4g.micro": 80,
    "db.t4g.small": 181,
    "db.t4g.medium": 400,
    "db.t4g.large": 850,
    "db.m7g.large": 850,
}
#: Dollars an hour of each class, one zone.
_DATABASE_HOUR: Mapping[str, float] = {
    "db.t4g.micro": 0.016,
    "db.t4g.small": 0.032,
    "db.t4g.medium": 0.065,
    "db.t4g.large": 0.129,
    "db.m7g.large": 0.168,
}
#: Dollars a month of 20 GB gp3.
_DATABASE_DISK = 2.30
#: Sizes of instances that App Runner has: vCPU, and the GB that go with it.
SIZES: Mapping[float, tuple[float, ...]] = {
    0.25: (0.5, 1),
    0.5: (1,),
    1: (2, 3, 4),
    2: (4, 6),
    4: (8, 10, 12),
}


def per_instance(workers: int, threads: int) -> int:
    """Return how many connections an instance of so many processes and threads may hold."""
    return workers * (threads + GATE + KNOWN)


def of_instances(max_connections: int) -> int:
    """Return how many of a database's connections instances may hold, deploys included."""
    return max(0, max_connections - OPERATIONS - RESERVED)


def max_instances(max_connections: int, per_instance: int) -> int:
    """Return how many instances a database carries, also while they double for a deploy.

    The largest n for which 2 × n × `per_instance` + 10 + 8 ≤ `max_connections`; 0 if there is none.
    """
    return of_instances(max_connections) // (DEPLOY * per_instance)


def max_concurrency(workers: int, threads: int) -> int:
    """Return at how many requests at once on an instance another one should start.

    Its slots: with more, requests queue while nothing scales out.
    """
    return min(workers * threads, MOST_CONCURRENCY)


def in_flight(requests_per_second: float, milliseconds: float) -> float:
    """Return how many requests are under way at any moment, by Little's law."""
    return requests_per_second * milliseconds / 1000


def requests_per_second(people: float, seconds_between: float) -> float:
    """Return how many requests people send who each click every so many seconds."""
    return people / seconds_between


def instances_for(requests: float, slots: int, use: float = USE) -> int:
    """Return how many instances so many requests at once take, each using a share of its slots."""
    return max(1, ceil(round(requests / (slots * use), 6)))


@dataclass(frozen=True, slots=True)
class Plan:
    """What a load takes of instances and connections, and whether the database carries it."""

    requests: float
    instances: int
    allowed: int
    per_instance: int
    max_connections: int
    concurrency: int

    @property
    def steady(self) -> int:
        """The connections of all instances."""
        return self.instances * self.per_instance

    @property
    def deploying(self) -> int:
        """The connections while old and new instances run side by side."""
        return DEPLOY * self.steady

    @property
    def most(self) -> int:
        """The connections that instances may hold at all, deploys included."""
        return of_instances(self.max_connections)

    @property
    def fits(self) -> bool:
        """Whether the database carries it."""
        return self.instances <= self.allowed


def plan(
    requests: float, *, workers: int, threads: int, max_connections: int, use: float = USE
) -> Plan:
    """Return what so many requests at once take, of a database with so many connections."""
    held = per_instance(workers, threads)
    return Plan(
        requests=requests,
        instances=instances_for(requests, workers * threads, use),
        allowed=max_instances(max_connections, held),
        per_instance=held,
        max_connections=max_connections,
        concurrency=max_concurrency(workers, threads),
    )


def app_runner_month(instances: float, vcpu: float, gigabytes: float, busy: float) -> float:
    """Return what instances cost on App Runner; of their time a share of `busy` answers requests.

    Memory is billed always, the processor while it answers: $0.007 a GB-hour, $0.064 a vCPU-hour.
    """
    return instances * HOURS * (gigabytes * 0.007 + busy * vcpu * 0.064)


def ecs_month(instances: float, vcpu: float, gigabytes: float) -> float:
    """Return what instances cost on ECS: Fargate, a public address each, and the load balancer.

    $0.04048 a vCPU-hour, $0.004445 a GB-hour, $0.005 an address-hour; the balancer, which has two
    addresses, $0.0225 an hour without what it moves.
    """
    each = vcpu * 0.04048 + gigabytes * 0.004445 + 0.005
    return HOURS * (instances * each + 0.0225 + 2 * 0.005)


def database_month(database_class: str) -> float:
    """Return what a database of one zone costs with 20 GB."""
    return HOURS * _DATABASE_HOUR[database_class] + _DATABASE_DISK


def smallest_class(instances: int, held: int) -> str | None:
    """Return the smallest class of database that carries so many instances; None if none does."""
    for name, most in DATABASE_CLASSES.items():
        if instances <= max_instances(most, held):
            return name
    return None


@dataclass(frozen=True, slots=True)
class Pattern:
    """A load that the product was planned for, and what the plan got wrong about it."""

    name: str
    requests_per_second: float
    milliseconds: float
    wrong: str


#: What the plan said, before anybody measured: so many containers at the most busy time, each with
#: a pool of so many connections, and none at all in a quiet night.
SAID_INSTANCES, SAID_POOL = (10, 50), (2, 10)
PATTERNS = (
    Pattern(
        "a quiet night", 0, 100,
        "nothing scales to zero: one instance is always there, and its memory is billed",
    ),
    Pattern(
        "a working day: 500 people, 10 s between clicks", 50, 100,
        "people who read between clicks are 5 requests at once, which one instance answers",
    ),
    Pattern(
        "a month's end: 2,000 people, 10 s between clicks", 200, 100,
        "20 requests at once, not 2,000",
    ),
    Pattern(
        "a rush: 1,000 requests a second", 1000, 100,
        "a pool is a process's, not a container's, and all instances double during a deploy",
    ),
)  # fmt: skip
