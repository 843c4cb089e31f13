"""The door to the admin: a second factor, and sessions that end soon when nobody is there."""

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.utils import timezone
from django.utils.http import urlencode

ADMIN = "/admin/"
LOGIN, SECOND_FACTOR = "/admin/login/", "/admin/second-factor/"
#: Addresses where nobody has proved anything yet.
OPEN = frozenset((LOGIN, "/admin/logout/", "/admin/jsi18n/"))
#: However busy somebody is, they prove themselves again after so many minutes.
LONGEST = 8 * 60
#: The session's own words: when somebody proved themselves, and when they were last there.
PROVED, SEEN = "admin_proved_at", "admin_seen_at"

Next = Callable[[HttpRequest], HttpResponseBase]


def let_in(request: HttpRequest, now: datetime) -> None:
    """Remember that somebody has proved who they are, in a session with another key."""
    request.session.cycle_key()
    request.session[PROVED] = request.session[SEEN] = int(now.timestamp())


def has_proved(request: HttpRequest) -> bool:
    """Whether whoever asks has proved who they are by a second factor in this session."""
    return PROVED in request.session


class StaffDoor:
    """Let staff into the admin who have proved themselves, not too long ago."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path.startswith(ADMIN) and request.path not in OPEN:
            back = self._sent_back(request)
            if back is not None:
                return back
        elif request.path == LOGIN and request.method == "GET" and "next" not in request.GET:
            # Else the page of signing in would lead to the reports, of which staff have none.
            return HttpResponseRedirect(f"{LOGIN}?{urlencode({'next': ADMIN})}")
        return self.get_response(request)

    def _sent_back(self, request: HttpRequest) -> HttpResponseBase | None:
        """Return where to go first; None if one may go on."""
        user = request.user
        if not user.is_authenticated or not user.is_staff:
            return None
        now = int(timezone.now().timestamp())
        if self._is_stale(request, now):
            logout(request)
            return _to(LOGIN, request)
        if settings.STAFF_SECOND_FACTOR and not has_proved(request):
            return None if request.path == SECOND_FACTOR else _to(SECOND_FACTOR, request)
        # By the minute: to write the session at each request would cost more than it tells.
        if now - request.session.get(SEEN, 0) >= 60:
            request.session[SEEN] = now
        return None

    def _is_stale(self, request: HttpRequest, now: int) -> bool:
        seen, proved = request.session.get(SEEN, now), request.session.get(PROVED, now)
        return now - seen > settings.ADMIN_SESSION_MINUTES * 60 or now - proved > LONGEST * 60


def _to(address: str, request: HttpRequest) -> HttpResponseBase:
    return HttpResponseRedirect(f"{address}?{urlencode({'next': request.get_full_path()})}")
