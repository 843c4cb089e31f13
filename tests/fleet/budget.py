"""What the database may be asked for by the fleet."""

from buffet.capacity import DEPLOY, OPERATIONS, RESERVED, per_instance

from .instances import THREADS, WORKERS

INSTANCES = 2
OF_AN_INSTANCE = per_instance(WORKERS, THREADS)
SPARE = OPERATIONS + RESERVED
MAX_CONNECTIONS = DEPLOY * INSTANCES * OF_AN_INSTANCE + SPARE
