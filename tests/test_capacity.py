"""How many instances a database carries, what a load takes, and who refuses more than that."""

from io import StringIO
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection

from buffet import autoscaling, capacity, checks


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("capacity", *arguments, stdout=out)
    return out.getvalue()


def test_an_instance_holds_its_pools_a_gate_a_process_and_a_session_of_the_past() -> None:
    assert capacity.per_instance(2, 4) == 2 * (4 + 1 + 1)


@pytest.mark.parametrize(
    ("connections", "held", "instances"),
    # Of the budget 2 × n × held + 10 + 8: the figures for pools alone, and for all of ours.
    [
        *((80, 8, 3), (181, 8, 10), (400, 8, 23), (850, 8, 52)),
        *((80, 4, 7), (181, 4, 20), (400, 4, 47), (850, 4, 104)),
        *((80, 12, 2), (181, 12, 6), (400, 12, 15), (850, 12, 34)),
        (17, 8, 0),
    ],
)
def test_the_budget_holds_also_while_a_deploy_doubles_the_instances(
    connections: int, held: int, instances: int
) -> None:
    found = capacity.max_instances(connections, held)

    assert found == instances
    assert not found or 2 * found * held + 18 <= connections
    assert 2 * (found + 1) * held + 18 > connections


def test_loads_become_requests_at_once_and_instances() -> None:
    assert capacity.in_flight(1000, 100) == 100
    assert capacity.instances_for(100, 8) == 18
    assert capacity.requests_per_second(2000, 10) == 200
    assert capacity.instances_for(capacity.in_flight(200, 100), 8) == 4
    assert capacity.instances_for(0, 8) == 1
    # Exactly full is not over-full, whatever floats make of it.
    assert capacity.instances_for(8 * 0.7 * 3, 8) == 3


def test_prices_are_those_of_a_month() -> None:
    assert round(capacity.app_runner_month(1, 1, 2, 0), 2) == 10.22
    assert round(capacity.app_runner_month(1, 1, 2, 1), 2) == 56.94
    assert round(capacity.app_runner_month(15, 1, 2, 1)) == 854
    assert round(capacity.ecs_month(1, 1, 2) + capacity.database_month("db.t4g.micro"), 2) == 77.40


def test_the_command_says_what_a_load_takes() -> None:
    told = said("--people", "2000", "--milliseconds", "30", "--database-class", "db.t4g.small")

    assert "instances for them                   2 of 8 slots" in told
    assert "connections during a deploy          48 of 163" in told
    assert "MaxSize, MaxConcurrency              6, 8" in told


def test_a_load_that_the_database_does_not_carry_is_refused_with_one_that_does() -> None:
    with pytest.raises(CommandError, match=r"18 instances are more than the 2 .*db\.t4g\.large"):
        said("--requests-per-second", "1000")


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--workers", "0"), "--workers is more than zero"),
        (("--use", "0"), "--use is more than zero"),
        (("--memory", "3.5"), "0.25 vCPU with 0.5, 1 GB"),
        (("--vcpu", "3"), "There is no such size"),
    ],
)
def test_figures_that_make_no_sense_are_named(arguments: tuple[str, ...], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        said(*arguments)


def test_the_planned_loads_are_told_with_what_is_so() -> None:
    told = said("--patterns")

    assert "up to 100 to 500 connections" in told
    assert "up to 400 to 2000" in told
    assert told.count("requests at once") >= 4
    assert all(one.wrong in told for one in capacity.PATTERNS)


@pytest.mark.django_db
def test_the_database_may_be_asked_what_it_has() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW max_connections")
        most = int(cursor.fetchone()[0])

    assert f"of {capacity.of_instances(most)}\n" in said("--measured")


FLEET = autoscaling.Fleet(
    slots=8, held=12, concurrency=8, least=1, most=6, answer=0.1, thought=10, start=60, patience=300
)


def test_a_rush_scales_out_and_in_and_stays_within_the_limit() -> None:
    moments = list(autoscaling.simulate(autoscaling.rush(), FLEET))
    worst = autoscaling.told(moments)

    assert (moments[0].instances, moments[-1].instances) == (1, 1)
    assert 3 <= worst.instances <= 6
    assert worst.connections <= 6 * 12
    # Whoever waits does so only until the instances that were started are there.
    assert 0 < worst.seconds_waited < 300
    assert moments[1800].waiting == 0
    assert round(moments[1800].answered) == round(2000 / 10.1)


def test_too_few_instances_answer_what_they_can_and_the_rest_waits() -> None:
    short = autoscaling.Fleet(**{**_fields(FLEET), "most": 2})

    (*_, last) = autoscaling.simulate([2000] * 600, short)

    assert last.instances == 2
    assert last.answered == 2 * 8 / 0.1
    assert round(last.waiting) == round(2000 - 160 * 10.1)


def test_an_instance_that_is_starting_is_not_started_again() -> None:
    moments = list(autoscaling.simulate([2000] * 59, FLEET))

    assert {one.instances for one in moments} == {1}
    assert max(one.connections for one in moments) == 6 * 12


def test_the_rush_is_printed_and_plotted(tmp_path: Path) -> None:
    plot = tmp_path / "rush.svg"

    told = said("--rush", "--database-class", "db.t4g.medium", "--plot", str(plot))

    assert "2,000" in told
    assert "At the most" in told
    lines = ElementTree.parse(plot).getroot().findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [360] * 4


def _fields(fleet: autoscaling.Fleet) -> dict[str, Any]:
    return {name: getattr(fleet, name) for name in autoscaling.Fleet.__dataclass_fields__}


@pytest.mark.parametrize(("instances", "refused"), [(2, False), (3, True), (0, False)])
def test_a_configuration_over_the_budget_is_refused(
    settings: Any, instances: int, refused: bool
) -> None:
    settings.WEB_WORKERS, settings.WEB_THREADS = 2, 4
    settings.MAX_INSTANCES, settings.DATABASE_CONNECTIONS = instances, 80

    found = checks.budget_of_settings(None)

    assert [one.id for one in found] == ["buffet.E001"] * refused
    if refused:
        assert "3 instances of 12 connections are 72 during a deploy" in found[0].msg
        assert "at most 2" in found[0].hint


@pytest.mark.django_db
def test_the_budget_of_the_database_itself_is_checked(settings: Any) -> None:
    settings.MAX_INSTANCES = 1000

    with pytest.raises(SystemCheckError, match="1000 instances"):
        call_command("check", "--database", "default")
    settings.MAX_INSTANCES = 1
    call_command("check", "--database", "default", stdout=StringIO())
