"""The app of card statements, which adds its resources and checks to those of the ledger."""

from django.apps import AppConfig


class InvoicesConfig(AppConfig):
    """Card statements."""

    name = "invoices"

    def ready(self) -> None:
        """Add to what the ledger asks of, tells and brings back of a book."""
        from invoices import feed, ties, whole  # noqa: PLC0415 (models are there only now)
        from invoices.queries import verification  # noqa: PLC0415 (models are there only now)

        feed.join()
        whole.join()
        ties.join()
        verification.join()
