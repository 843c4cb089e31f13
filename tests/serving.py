"""A real server for tests: gunicorn with its workers, on the test database."""

from buffet import services
from buffet.bench.serving import Server, serving
from buffet.models import User

__all__ = ["Server", "serving", "signed_in"]


def signed_in(user: User) -> dict[str, str]:
    """Return the headers of a user's client; the server has the same key and database."""
    return {"Authorization": f"Bearer {services.open_session(user).access}"}
