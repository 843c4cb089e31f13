"""Settings that AWS's Parameter Store keeps, for names that the environment does not have.

Asked with `SSM_PATH`, the path below which a parameter is named as the setting is. They are read
once, in gunicorn's master, and inherited by its workers; a changed one counts from the next deploy.
"""

import os
from collections.abc import Iterator
from functools import cache

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

#: Four tries with growing pauses between them: past a short throttling, and soon at an end.
PATIENCE = Config(
    connect_timeout=1,
    read_timeout=2,
    retries={"mode": "standard", "total_max_attempts": 4},
)


@cache  # gunicorn's configuration and our settings both ask
def fill(path: str) -> None:
    """Add the parameters below a path to the environment, which wins where it has the name.

    Ends the process with a sentence if they cannot be read: what boots without its secrets is
    found out by people.
    """
    try:
        found = dict(_below(path))
    except (BotoCoreError, ClientError) as error:
        raise SystemExit(
            f"The parameters below {path} (SSM_PATH) cannot be read: {error}"
        ) from None
    for name, value in found.items():
        os.environ.setdefault(name, value)


def _below(path: str) -> Iterator[tuple[str, str]]:
    """Yield names and values, from every page: the store tells at most ten at once."""
    store = boto3.client("ssm", config=PATIENCE)
    pages = store.get_paginator("get_parameters_by_path")
    for page in pages.paginate(Path=path, WithDecryption=True):
        for parameter in page["Parameters"]:
            yield parameter["Name"].rpartition("/")[2], parameter["Value"]
