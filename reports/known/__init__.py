"""Any report as it would have been told at an instant: the book as it was known then."""

from reports.known.days import NotYet, end_of_day
from reports.known.session import BookNotYetKept, NotKept, WriteUnderWay, as_known

__all__ = ["BookNotYetKept", "NotKept", "NotYet", "WriteUnderWay", "as_known", "end_of_day"]
