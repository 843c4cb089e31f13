"""How many people two instances bear: p95 of the portfolio overview, one click every 5 seconds."""

import time

from psutil import Process

from .budget import INSTANCES
from .fleet import Fleet, people_of

PEOPLE, TRANSACTIONS = 500, 2000
EVERY, MOST, WARM = 5.0, 100.0, 40
#: The second is asked for; the first says what is possible where it is missed.
STEPS = (250, 500, 750, 1000, 1250, 1500, 2000, 2500)


def users(made: Fleet) -> tuple[str, bool]:
    """Return the table of figures, and whether p95 with 500 people is under 100 ms."""
    idle = idle_price()
    begun = time.monotonic()
    people = people_of(made.database, made.folder, PEOPLE, TRANSACTIONS)
    made.scale(INSTANCES)
    (transactions,) = made.database.ask("SELECT count(*) FROM transactions_transaction")[0]
    lines = [
        f"{transactions:,} transactions, loaded in {time.monotonic() - begun:.0f} s",
        f"memory that lay idle for a second costs this machine {idle:.1f} times as much to read",
        f"{'people':>7} {'per s':>6} {'p50 ms':>7} {'p95 ms':>7} {'p99 ms':>7} "
        f"{'failed':>7} {'MiB':>5} cores of the load",
    ]
    holds = False
    for many in STEPS:
        with made.load(people, many, EVERY, "look") as load:
            # The first rounds fill what each process remembers.
            time.sleep(WARM)
            since = time.time()
            time.sleep(20)
            until = time.time()
        p50, p95, p99 = (load.quantile(one, since, until) for one in (0.5, 0.95, 0.99))
        rate = sum(load.statuses(since, until).values()) / (until - since)
        failed = len(load.failed(since, until))
        lines.append(
            f"{many:7} {rate:6.0f} {p50:7.1f} {p95:7.1f} {p99:7.1f} {failed:7} "
            f"{_most_memory(made):5.0f} {load.share:.2f}"
        )
        if many == PEOPLE:
            holds = p95 < MOST and not failed
        if p95 >= MOST and many >= PEOPLE:
            break
    return "\n".join(lines), holds


def idle_price() -> float:
    """Return how many times as long a walk through 20 MB takes after a second without one.

    About 1 where memory is the machine's own. Where a host takes it from guests that do not use it,
    each request after a pause pays for that, and people who click every five seconds always do.
    """
    kept = [object() for _ in range(200_000)]

    def walk(pause: float) -> float:
        time.sleep(pause)
        begun = time.perf_counter()
        for one in kept:
            id(one)
        return time.perf_counter() - begun

    walk(0)
    return min(walk(1) for _ in range(4)) / min(walk(0) for _ in range(4))


def _most_memory(made: Fleet) -> float:
    """Return what the largest process that answers holds, in MiB."""
    processes = [Process(pid) for one in made.instances for pid in one.workers()]
    return max(one.memory_info().rss for one in processes) / 2**20
