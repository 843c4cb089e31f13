"""`make fleet`: bring the fleet into trouble and say what holds.

make fleet ARGS="deploy crash"    some of it; `users` alone finds what two instances bear
"""

import sys
import time
import traceback
from pathlib import Path

from .budget import INSTANCES, MAX_CONNECTIONS
from .fleet import DoesNotHold, Fleet, fleet, people_of
from .scenarios import ALL
from .users import users

PEOPLE, TRANSACTIONS = 24, 500


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 (this is a command)


def troubled(made: Fleet, names: list[str]) -> list[str]:
    """Run some scenarios and return those that do not hold."""
    people = people_of(made.database, made.folder, PEOPLE, TRANSACTIONS) if names else Path()
    broken = []
    for name in names:
        made.scale(INSTANCES)
        begun = time.monotonic()
        try:
            said = ALL[name](made, people)
        except (DoesNotHold, RuntimeError) as error:
            broken.append(name)
            said = f"DOES NOT HOLD: {error}"
        except Exception:  # of a scenario's own; the others are tried all the same, this one fails
            broken.append(name)
            said = f"DOES NOT HOLD: {traceback.format_exc()}"
        say(f"{name:12} {time.monotonic() - begun:4.0f} s  {said}")
    return broken


def main(names: list[str]) -> int:
    """Run what was asked for, or all, and return the exit code."""
    names = names or [*ALL, "users"]
    unknown = set(names) - set(ALL) - {"users"}
    if unknown:
        say(f"There is no {', '.join(sorted(unknown))}; there are {', '.join(ALL)}, users.")
        return 2
    with fleet(Path("/tmp") / f"buffet-fleet-{time.time_ns()}") as made:
        say(f"{INSTANCES} instances, max_connections {MAX_CONNECTIONS}")
        broken = troubled(made, [name for name in names if name != "users"])
        if "users" in names:
            said, holds = users(made)
            say(said)
            broken += [] if holds else ["users"]
    say(f"Does not hold: {', '.join(broken)}" if broken else "All holds.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
