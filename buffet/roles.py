"""What each role of staff may do: a rule about permissions, so that new tables are in it at once.

Roles are groups, made by a migration; of a group, only its name counts here.
"""

from collections.abc import Iterable
from uuid import UUID

from django.contrib.auth.models import Group
from django.db.models import Q

SUPPORT, OPERATOR, AUDITOR, ADMINISTRATOR = "support", "operator", "auditor", "administrator"
ROLES = (SUPPORT, OPERATOR, AUDITOR, ADMINISTRATOR)

#: Permissions that are of no table: what else staff may see of books.
SEE_AMOUNTS, SEE_AS_MEMBER = "buffet.see_amounts", "buffet.see_as_member"
BEYOND_TABLES = (
    ("see_amounts", "May see the amounts of every book"),
    ("see_as_member", "May see the pages of a book as one of its members does"),
)

_READ = Q(codename__startswith="view_")
_SEE = Q(content_type__app_label="buffet", codename="see_amounts")
_SEE_AS = Q(content_type__app_label="buffet", codename="see_as_member")
# Rates that all books share are no book's to correct.
_CORRECT = Q(content_type__app_label__in=("accounts", "transactions", "invoices")) & ~Q(
    content_type__model="exchangerate"
)

MAY = {
    SUPPORT: _READ,
    AUDITOR: _READ | _SEE,
    OPERATOR: _READ | _SEE | _SEE_AS | _CORRECT,
    ADMINISTRATOR: Q(pk__isnull=False),
}


def allowed(roles: Iterable[str]) -> Q:
    """Return what chooses the permissions of somebody who has these roles."""
    found = Q(pk__isnull=True)
    for role in roles:
        found |= MAY.get(role, Q(pk__isnull=True))
    return found


def give(user_id: UUID, role: str) -> None:
    """Give somebody a role."""
    group, _ = Group.objects.get_or_create(name=role)
    group.user_set.add(user_id)  # type: ignore[arg-type]  # ours are no numbers
