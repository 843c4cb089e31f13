"""What the database may be asked for by the fleet."""

from .instances import THREADS, WORKERS

INSTANCES = 2
#: A process's threads, and its gate.
OF_AN_INSTANCE = WORKERS * (THREADS + 1)
#: For operations, and those that PostgreSQL keeps for itself.
SPARE = 10 + 8
#: During a deploy there are twice as many instances.
MAX_CONNECTIONS = 2 * INSTANCES * OF_AN_INSTANCE + SPARE
