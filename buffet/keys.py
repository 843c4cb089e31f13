"""Secrets that are given out once: whoever holds one may do something, and we keep a digest."""

import secrets
from hashlib import sha256

#: What every personal token begins with, so that one that leaked is found by its look.
START = "bcb_"


def secret() -> str:
    """Return a new secret of 256 random bits."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """Return what is kept of a secret: its SHA-256, in hex, since it is long and random."""
    return sha256(secret.encode()).hexdigest()
