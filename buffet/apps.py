"""The app that all others stand on, and its checks of the settings."""

from django.apps import AppConfig


class BuffetConfig(AppConfig):
    """Users, books, and what the other apps share."""

    name = "buffet"

    def ready(self) -> None:
        """Register the checks."""
        from buffet import checks  # noqa: F401, PLC0415 (settings are there only now)
