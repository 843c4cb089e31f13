"""How passwords are kept, and how they are tried."""

from typing import Any
from uuid import UUID

from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import Permission
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest

from buffet import limits, roles, sign_ins
from buffet.errors import Refusal
from buffet.models import User
from buffet.seats import reader
from buffet.staff_models import Outcome


class Argon2(Argon2PasswordHasher):
    """Hash with Argon2id at OWASP's 19 MiB setting: 28 ms a login, where PBKDF2 takes 376 ms."""

    time_cost = 2
    memory_cost = 19_456
    parallelism = 1


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
        address = limits.client_address(request) if request is not None else None
        if address is not None:
            try:
                limits.attempt(username, address)
            except Refusal as refusal:
                sign_ins.note_form(Outcome.LOCKED, request, sign_ins.owner_of(username))
                raise PermissionDenied(refusal.detail) from refusal
        user = super().authenticate(request, username, password, **more)
        if request is not None and address is not None:
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
