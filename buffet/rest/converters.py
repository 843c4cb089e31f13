"""Parts of addresses."""

from datetime import date


class MonthConverter:
    """A month, YYYY-MM, as its first day."""

    regex = "(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])"

    def to_python(self, value: str) -> date:
        """Return the first day of the month."""
        return date.fromisoformat(f"{value}-01")

    def to_url(self, value: date) -> str:
        """Return the month as it stands in an address."""
        return f"{value:%Y-%m}"
