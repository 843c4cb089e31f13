"""How gunicorn serves: a few processes of a few threads each, all figures from the environment."""

import os
from pathlib import Path

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
# Those that work, and those in which sign-ins wait (buffet.middleware.Turns).
threads = int(os.environ.get("WEB_THREADS", "4")) + int(os.environ.get("WEB_WAITING", "60"))
worker_class = "gthread"
worker_connections = 2 * threads
backlog = 256
# The longest that it allows: a search of 200 signs takes up to 2,400 in an address.
limit_request_line = 8190
preload_app = True
keepalive = 75
graceful_timeout = 20
timeout = 30
max_requests = 1000
max_requests_jitter = 200
control_socket_disable = True
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"
