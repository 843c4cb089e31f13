"""Tell additions and changes together, as they followed each other."""

from uuid import UUID

from buffet.admin.history import additions, changes
from buffet.admin.history.changes import PAGE, Change, Wanted

#: What may be asked for.
ADDED, CHANGED = "added", "changed"


def page(wanted: Wanted, *, before: UUID | None = None, limit: int = PAGE) -> list[Change]:
    """Return what happened, the latest first; a little more where more happened at one instant."""
    found: list[Change] = []
    if wanted.what != ADDED:
        found += changes.page(wanted, before=before, limit=limit)
    if wanted.what != CHANGED:
        found += additions.page(wanted, before=before, limit=limit)
    found.sort(key=lambda one: one.id, reverse=True)
    end = limit
    while end < len(found) and found[end].id == found[end - 1].id:
        end += 1
    return found[:end]
