"""How the process looks for what nobody needs any more."""

import gc

#: New containers between two looks; a page of fifty transactions makes some hundreds.
BETWEEN_LOOKS = 20_000


def settle() -> None:
    """Leave alone what was loaded for good, and look at the rest less often than Python would.

    What is frozen before the fork also stays shared between the workers.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(BETWEEN_LOOKS, *gc.get_threshold()[1:])
