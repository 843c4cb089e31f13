"""How gunicorn serves: a few processes of a few threads each, all figures from the environment."""

import os
from importlib import import_module
from pathlib import Path
from typing import Any

if os.environ.get("SSM_PATH"):
    # Here as well as in the settings, since figures below may be kept there; it is asked once.
    import_module("buffet.parameters").fill(os.environ["SSM_PATH"])

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# Those that work, and those in which sign-ins wait (buffet.middleware.Turns).
threads = int(os.environ.get("WEB_THREADS", "4")) + int(os.environ.get("WEB_WAITING", "60"))
worker_class = "gthread"
worker_connections = 2 * threads
backlog = 256
# The longest that it allows: a search of 200 signs takes up to 2,400 in an address.
limit_request_line = 8190
# Settings, secrets among them, are read once; memory is shared. No connection is opened so early.
preload_app = True
keepalive = 75
graceful_timeout = 20
timeout = 30
# A process that starts anew forgets what it remembers of each book, which its first readers pay.
max_requests = 20_000
max_requests_jitter = 4000
control_socket_disable = True
logger_class = "buffet.access_log.AccessLog"
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"


def post_worker_init(worker: Any) -> None:
    """Take upon the worker what its first visitors would wait for."""
    import_module("buffet.warming").warm(worker.wsgi)


def worker_exit(server: Any, worker: Any) -> None:
    """Tell the figures that the worker still has."""
    import_module("buffet.metrics").figures.tell()
