"""How slow this machine is: no limit of time shall fail of what else is done on it."""

import time

#: The seconds of CPU that the piece of work takes where nothing disturbs it.
UNDISTURBED = 0.06


def _worked() -> float:
    begun = time.process_time()
    sum(number * number for number in range(1_000_000))
    return time.process_time() - begun


def slowness() -> float:
    """Return how many times longer than undisturbed a piece of work takes now; at least 1."""
    return max(1.0, max(_worked() for _ in range(3)) / UNDISTURBED)
