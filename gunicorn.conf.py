"""How gunicorn serves: a few processes of a few threads each, all figures from the environment."""

import os
from pathlib import Path
from typing import Any

from django.urls import get_resolver

bind = f"{os.environ.get('HOST', '0.0.0.0')}:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_WORKERS", "2"))
threads = int(os.environ.get("WEB_THREADS", "4"))
worker_class = "gthread"
worker_connections = 10 * threads
backlog = 256
preload_app = True
keepalive = 75
graceful_timeout = 20
timeout = 30
max_requests = 1000
max_requests_jitter = 200
control_socket_disable = True
if Path("/dev/shm").is_dir():
    worker_tmp_dir = "/dev/shm"


def post_worker_init(worker: Any) -> None:
    """Import what the first request would otherwise wait for; no query, so no pool before fork."""
    get_resolver().url_patterns  # noqa: B018 (loading it is the purpose)
