"""The app of card statements, which adds its resources and checks to those of the ledger."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """Card statements."""

    name = "invoices"

    def ready(self) -> None:
        """Add what follows a book's changes, what recomputes it, and what its file carries."""
        from invoices import feed, whole  # noqa: PLC0415 (models are there only now)
        from invoices.queries import verification  # noqa: PLC0415 (models are there only now)

        feed.join()
        whole.join()
        verification.join()
