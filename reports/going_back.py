"""Where a form leads that was sent from another page: back to that one."""

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme


def way_back(request: HttpRequest) -> str:
    """Return the address on this site that the form was sent from; the first page if none was."""
    back = request.POST.get("back", "")
    # Ours alone: browsers drop tabs and turn backslashes, so that "/\t/evil" leads elsewhere.
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts=None) else "/"
