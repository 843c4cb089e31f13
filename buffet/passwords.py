"""How passwords are kept, and how they are tried."""

import secrets
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import BasePasswordHasher, mask_hash
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest
from nacl.exceptions import InvalidkeyError
from nacl.pwhash import argon2id

from buffet import limits, roles, sign_ins
from buffet.errors import Refusal
from buffet.models import User
from buffet.seats import reader
from buffet.staff_models import Outcome

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

#: How long a hash is.
_BYTES = 32


class Argon2(BasePasswordHasher):
    """Hash with Argon2id of 12 MiB in three passes, which OWASP holds equal to 19 MiB in two.

    By libsodium, which takes what the processor has: 13 ms a login, where PBKDF2 takes 376 ms.
    Its memory goes back after each, so that no thread in which people signed in keeps any. What
    is kept has the form of Django's hasher of this name; what that one made is read as well, and
    made anew when its owner signs in.
    """

    algorithm = "argon2"
    memory_kib, passes = 12_288, 3

    @property
    def _how(self) -> str:
        """Return the beginning of all that is hashed as it is now; libsodium has one lane."""
        return f"{self.algorithm}$argon2id$v=19$m={self.memory_kib},t={self.passes},p=1$"

    def salt(self) -> str:
        """Return 128 random bits."""
        return _text_of(secrets.token_bytes(argon2id.SALTBYTES))

    def encode(self, password: str, salt: str) -> str:
        """Return what is kept of a password: how it was hashed, the salt and the hash."""
        hashed = argon2id.kdf(
            _BYTES,
            password.encode(),
            b64decode(f"{salt}=="),
            opslimit=self.passes,
            memlimit=self.memory_kib * 1024,
        )
        return f"{self._how}{salt}${_text_of(hashed)}"

    def verify(self, password: str, encoded: str) -> bool:
        """Return whether it is the password, by the costs that were taken when it was kept."""
        try:
            return argon2id.verify(encoded.removeprefix(self.algorithm).encode(), password.encode())
        except InvalidkeyError:
            return False

    def must_update(self, encoded: str) -> bool:
        """Return whether other costs were taken than we take now."""
        return not encoded.startswith(self._how)

    def decode(self, encoded: str) -> dict[str, str]:
        """Return the parts of what is kept."""
        parts = ("algorithm", "variety", "version", "costs", "salt", "hash")
        return dict(zip(parts, encoded.split("$"), strict=True))

    def safe_summary(self, encoded: str) -> "dict[str | StrPromise, Any]":
        """Return what may be shown of what is kept."""
        return {
            part: mask_hash(kept) if part in ("salt", "hash") else kept
            for part, kept in self.decode(encoded).items()
        }

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Leave it, as Django's hasher does: what other costs would have taken is not known."""


def _text_of(kept: bytes) -> str:
    return b64encode(kept).decode().rstrip("=")


class Passwords(ModelBackend):
    """Django's own check of a password, with a limit on attempts wherever one signs in."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **more: Any,
    ) -> User | None:
        """Return the user; None if e-mail or password are wrong.

        :raises PermissionDenied: if a form was sent too often, which it says as it says a wrong
            password. The API counts for itself, since it says more.
        """
        if not username or password is None:
            return None
        if request is None:
            return super().authenticate(None, username, password, **more)
        address = limits.client_address(request)
        try:
            limits.attempt(username, address)
        except Refusal as refusal:
            sign_ins.note_form(Outcome.LOCKED, request, sign_ins.owner_of(username))
            raise PermissionDenied(refusal.detail) from refusal
        user = super().authenticate(request, username, password, **more)
        if user is not None:
            limits.succeeded(username, address)
            sign_ins.note_form(Outcome.PASSWORD, request, user.pk)
        else:
            sign_ins.note_form(Outcome.WRONG, request, sign_ins.owner_of(username))
        return user

    def _get_group_permissions(self, user_obj: User) -> QuerySet[Permission]:
        """Return what the roles of a member of staff allow, in tables that are new, too."""
        names = user_obj.groups.values_list("name", flat=True)
        return Permission.objects.filter(roles.allowed(names))

    def get_user(self, user_id: UUID) -> User | None:
        """Return the user of a session, with their seats; None if they may not sign in any more."""
        user = reader(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None
