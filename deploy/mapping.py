"""`make capacity-mapping`: write into the templates what buffet/capacity.py computes."""

import re
from pathlib import Path

from buffet.capacity import DATABASE_CLASSES, max_concurrency, max_instances, per_instance

HERE = Path(__file__).parent
#: As many processes and threads as one vCPU and 2 GB carry (gunicorn.conf.py).
WORKERS, THREADS, WAITING = 2, 4, 60
_MAPPING = re.compile(r"(?<=  # mapping begins\n).*?(?=  # mapping ends\n)", re.DOTALL)


def by_class() -> str:
    """Return how far each class of database carries: connections, instances, and when to warn."""
    held = per_instance(WORKERS, THREADS)
    lines = ["  Capacity:"]
    for name, connections in DATABASE_CLASSES.items():
        most = max_instances(connections, held)
        lines += [
            f"    {name}:",
            f'      MaxConnections: "{connections}"',
            f'      MaxInstances: "{most}"',
            # Instances double while a release replaces another.
            f'      ConnectionsAlarm: "{2 * most * held * 8 // 10}"',
        ]
    return "\n".join(lines) + "\n"


def web() -> str:
    """Return how one instance serves."""
    return (
        "  Web:\n"
        "    Process:\n"
        f'      Workers: "{WORKERS}"\n'
        f'      Threads: "{THREADS}"\n'
        f'      Waiting: "{WAITING}"\n'
        f'      MaxConcurrency: "{max_concurrency(WORKERS, THREADS)}"\n'
    )


MAPPINGS = {"foundation.yaml": by_class, "apprunner.yaml": web, "ecs.yaml": web}


def written(template: str, mapping: str) -> str:
    """Return a template's text with this mapping in its place."""
    return _MAPPING.sub(lambda _: mapping, template)


def main() -> None:
    """Write each template anew."""
    for name, mapping in MAPPINGS.items():
        path = HERE / name
        path.write_text(written(path.read_text(), mapping()))


if __name__ == "__main__":
    main()
