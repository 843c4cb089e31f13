"""How Python itself is set up in a process that serves: what it looks for, and who has a turn."""

import gc
import sys

#: New containers between two looks; a page of fifty transactions makes some hundreds.
BETWEEN_LOOKS = 20_000
#: Seconds that a thread may compute while another waits; Python's own 5 ms are more than most
#: requests take, and one that waits for the database comes back to wait for its turn several times.
TURN = 0.0005


def settle() -> None:
    """Leave alone what was loaded for good, and look at the rest less often than Python would.

    What is frozen before the fork also stays shared between the workers. Threads take turns more
    often, so that whoever reads a long file does not keep the others waiting.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(BETWEEN_LOOKS, *gc.get_threshold()[1:])
    sys.setswitchinterval(TURN)
