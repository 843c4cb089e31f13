"""The app that all others stand on: its checks of the settings, and what follows a migration."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from buffet.migrating.leaving_out import ask_cheaply


class BuffetConfig(AppConfig):
    """Users, books, and what the other apps share."""

    name = "buffet"

    def ready(self) -> None:
        """Register the checks, and what is done after migrating."""
        from buffet import checks  # noqa: F401, PLC0415 (settings are there only now)

        post_migrate.connect(ask_cheaply, sender=self)
