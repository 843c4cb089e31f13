"""Days of tables whose years have two digits: before or behind the day, or asked about."""

from datetime import date

import pytest
from test_tables import PLAIN, lines, refused

from transactions.imports.statement import AmbiguousFile
from transactions.imports.tables.profile import Profile


def dated(*written: str, profile: Profile | None = None) -> list[str]:
    """Return the days of a table whose dates are written so."""
    rows = "".join(f"{one},a,1.00\n" for one in written)
    return [one.date.isoformat() for one in lines(PLAIN + rows, profile)]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (["26-01-05", "26-01-17", "26-02-03"], ["2026-01-05", "2026-01-17", "2026-02-03"]),
        (["26/01/05", "26/01/17", "26/02/03"], ["2026-01-05", "2026-01-17", "2026-02-03"]),
        (["26.02.03", "26.01.25", "26.01.17"], ["2026-02-03", "2026-01-25", "2026-01-17"]),
        (["260105", "260117"], ["2026-01-05", "2026-01-17"]),
        (["260105", "260131", "251201"], ["2026-01-05", "2026-01-31", "2025-12-01"]),
        (["130226", "270226"], ["2026-02-13", "2026-02-27"]),
        (["05-01-26", "17-01-26"], ["2026-01-05", "2026-01-17"]),
        (["31-12-25", "05-01-26", "17-01-26"], ["2025-12-31", "2026-01-05", "2026-01-17"]),
        (["31/12/25"], ["2025-12-31"]), (["31.12.25", "31.12.26"], ["2025-12-31", "2026-12-31"]),
        (["25/12/24", "25/01/25"], ["2024-12-25", "2025-01-25"]),
        (["01/01/22", "01/07/23", "13/12/25"], ["2022-01-01", "2023-07-01", "2025-12-13"]),
        (["99-12-05"], ["1999-12-05"]), (["12/31/25", "1/5/26"], ["2025-12-31", "2026-01-05"]),
    ],
)  # fmt: skip
def test_days_whose_year_has_two_digits_are_those_that_lie_together(
    written: list[str], meant: list[str]
) -> None:
    assert dated(*written) == meant


@pytest.mark.parametrize(
    ("written", "orders"),
    [
        (["26-01-05"], ["dmy", "ymd"]), (["04-05-06"], ["dmy", "mdy", "ymd"]),
        (["010226", "120226"], ["dmy", "mdy"]), (["260131"], ["dmy", "ymd"]),
        (["22-01-01", "23-01-01", "24-06-01"], ["dmy", "ymd"]),
        (["26/01/05", "26/01/17"], ["dmy", "ymd"]), (["01.03.19", "01.04.23"], ["dmy", "ymd"]),
    ],
)  # fmt: skip
def test_days_that_may_begin_with_their_year_are_asked_about(
    written: list[str], orders: list[str]
) -> None:
    with pytest.raises(AmbiguousFile) as caught:
        dated(*written)

    (asked,) = caught.value.questions
    assert [order for order, _ in asked.choices] == orders
    assert all(said in asked.detail for _, said in asked.choices)
    for order, said in asked.choices:
        first = date.fromisoformat(dated(*written, profile=Profile(date_order=order))[0])
        assert said == f"{first.day} {first:%B %Y}"


def test_days_of_a_long_file_tell_before_its_end_that_they_begin_with_their_year() -> None:
    listed = [f"26-0{1 + row // 28 % 6}-{1 + row % 28:02}" for row in range(250)]

    assert dated(*listed)[:29:28] == ["2026-01-01", "2026-02-01"]
    assert refused(PLAIN + "".join(f"{one},a,1.00\n" for one in [*listed, "31-12-45"])).line == 252
