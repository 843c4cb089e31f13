"""Sessions of browsers, as Django keeps them in the database, found by a statement written once.

Every page asks for its reader's session; composing the query anew was a sixth of what a page costs
whose content is remembered.
"""

from typing import Any

from django.contrib.sessions.backends.db import SessionStore as Stored
from django.utils import timezone

_FOUND = "SELECT * FROM django_session WHERE session_key = %s AND expire_date > %s"


class SessionStore(Stored):
    """A session in the database."""

    def load(self) -> dict[str, Any]:
        """Return what the session holds: nothing where there is none, or none any more."""
        asked = [self.session_key, timezone.now()]
        for found in self.model.objects.raw(_FOUND, asked):
            return self.decode(found.session_data)
        self._session_key = None
        return {}
