"""Long files are read in a process of their own.

Reading, and proposing what lines are about, is Python from end to end, and a process of Python
computes one thing at a time: whoever asked something meanwhile waited for the reader, each time
that they came back from the database.
There it has limits of its own, too, and nothing of ours: no settings, no secrets, no connection.
"""

from transactions.imports.apart.asking import FarLines, open_reading

__all__ = ["FarLines", "open_reading"]
