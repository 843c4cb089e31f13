"""Say how many instances a load takes, and how many the database carries."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from buffet import autoscaling, capacity


class Command(BaseCommand):
    """Print the budget of connections, what a load takes and costs, or what a rush looks like.

    A load is `--requests-per-second` of `--milliseconds` each, as `make bench` measures them on one
    core; or `--people` who click every `--seconds-between`.
    """

    help = __doc__

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Add sizes, loads, and what to print."""
        add = parser.add_argument
        add("--vcpu", type=float, default=1)
        add("--memory", type=float, default=2, help="GB of an instance.")
        add("--workers", type=int, default=2)
        add("--threads", type=int, default=4)
        add("--database-class", choices=list(capacity.DATABASE_CLASSES), default="db.t4g.micro")
        add("--measured", action="store_true", help="Ask the database for its max_connections.")
        add("--people", type=float)
        add("--seconds-between", type=float, default=10)
        add("--requests-per-second", type=float)
        add("--milliseconds", type=float, default=100, help="Of a request, in its slot.")
        add("--use", type=float, default=capacity.USE, help="The share of slots to use.")
        add("--patterns", action="store_true", help="Print what the planned loads take.")
        add("--rush", action="store_true", help="Print a month's end minute by minute.")
        add("--plot", type=Path, help="Write the rush as SVG into this file.")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print what was asked for.

        :raises CommandError: if the figures make no sense, or the load does not fit.
        """
        for name in ("workers", "threads", "milliseconds", "seconds_between", "use"):
            if options[name] <= 0:
                raise CommandError(f"--{name.replace('_', '-')} is more than zero.")
        sizes = capacity.SIZES.get(options["vcpu"], ())
        if options["memory"] not in sizes:
            known = "; ".join(
                f"{vcpu:g} vCPU with {', '.join(f'{one:g}' for one in memory)} GB"
                for vcpu, memory in capacity.SIZES.items()
            )
            raise CommandError(f"There is no such size of instance. There are: {known}.")
        most = self._connections(options)
        if options["patterns"]:
            self._say_patterns(options)
        elif options["rush"] or options["plot"]:
            self._say_rush(options, most)
        else:
            self._say_plan(options, most)

    def _connections(self, options: dict[str, Any]) -> int:
        if not options["measured"]:
            return capacity.DATABASE_CLASSES[options["database_class"]]
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('max_connections')::int")
            return cursor.fetchone()[0]

    def _say_plan(self, options: dict[str, Any], most: int) -> None:
        rate = options["requests_per_second"]
        if rate is None:
            people = 500 if options["people"] is None else options["people"]
            rate = capacity.requests_per_second(people, options["seconds_between"])
        requests = capacity.in_flight(rate, options["milliseconds"])
        found = capacity.plan(
            requests,
            workers=options["workers"],
            threads=options["threads"],
            max_connections=most,
            use=options["use"],
        )
        cost, vcpu, memory = capacity, options["vcpu"], options["memory"]
        busy = min(1.0, requests / (found.instances * found.concurrency))
        name = options["database_class"]
        rows = [
            ("requests a second", f"{rate:,.1f}"),
            ("requests at once", f"{requests:,.1f}"),
            ("instances for them", f"{found.instances} of {found.concurrency} slots"),
            ("connections of an instance", f"{found.per_instance}"),
            ("connections, steady", f"{found.steady}"),
            ("connections during a deploy", f"{found.deploying} of {found.most}"),
            ("instances that the database carries", f"{found.allowed}"),
            ("MaxSize, MaxConcurrency", f"{found.allowed}, {found.concurrency}"),
            (
                "App Runner, a month",
                f"${cost.app_runner_month(found.instances, vcpu, memory, busy):,.2f} "
                f"(idle ${cost.app_runner_month(1, vcpu, memory, 0):,.2f}, busy all month "
                f"${cost.app_runner_month(found.instances, vcpu, memory, 1):,.2f})",
            ),
            ("ECS, a month", f"${cost.ecs_month(found.instances, vcpu, memory):,.2f}"),
        ]
        if not options["measured"]:
            rows.append((f"{name}, a month", f"${cost.database_month(name):,.2f}"))
        self._table(rows)
        if not found.fits:
            larger = capacity.smallest_class(found.instances, found.per_instance)
            advice = f"{larger} carries it" if larger else "no class known here carries it"
            raise CommandError(
                f"{found.instances} instances are more than the {found.allowed} that "
                f"{most} connections carry while a deploy doubles them: {advice}."
            )

    def _say_patterns(self, options: dict[str, Any]) -> None:
        held = capacity.per_instance(options["workers"], options["threads"])
        slots = options["workers"] * options["threads"]
        (low, high), (least, most) = capacity.SAID_INSTANCES, capacity.SAID_POOL
        processes = capacity.DEPLOY * options["workers"]
        self.stdout.write(
            f"Said: {low} to {high} containers with pools of {least} to {most}, which are up to "
            f"{low * most} to {high * most} connections."
        )
        self.stdout.write(
            "So is: pools are of processes, and a deploy doubles them: up to "
            f"{low * most * processes} to {high * most * processes}.\n"
        )
        for one in capacity.PATTERNS:
            requests = capacity.in_flight(one.requests_per_second, one.milliseconds)
            count = capacity.instances_for(requests, slots, options["use"])
            self.stdout.write(one.name)
            self._table(
                [
                    ("requests at once", f"{requests:g}"),
                    ("instances", f"{count} of {slots} slots"),
                    ("connections, steady and in a deploy", f"{count * held}, {2 * count * held}"),
                    ("database", capacity.smallest_class(count, held) or "none known here"),
                    ("so is", one.wrong),
                ]
            )
            self.stdout.write("")

    def _say_rush(self, options: dict[str, Any], most: int) -> None:
        held = capacity.per_instance(options["workers"], options["threads"])
        allowed = capacity.max_instances(most, held)
        if not allowed:
            raise CommandError(f"{most} connections do not carry one instance of {held}.")
        fleet = autoscaling.Fleet(
            slots=options["workers"] * options["threads"],
            held=held,
            concurrency=capacity.max_concurrency(options["workers"], options["threads"]),
            least=1,
            most=allowed,
            answer=options["milliseconds"] / 1000,
            thought=options["seconds_between"],
        )
        moments = list(autoscaling.simulate(autoscaling.rush(), fleet))
        line = "{:>6} {:>7} {:>11} {:>10} {:>12} {:>8}"
        head = ("minute", "people", "requests/s", "instances", "connections", "waiting")
        self.stdout.write(line.format(*head))
        for one in moments[::60]:
            figures = (
                *(one.second // 60, f"{one.people:,}", f"{one.answered:,.0f}"),
                *(one.instances, one.connections, f"{one.waiting:,.0f}"),
            )
            self.stdout.write(line.format(*figures))
        worst = autoscaling.told(moments)
        self.stdout.write(
            f"At the most {worst.instances} instances and {worst.connections} connections "
            f"({worst.deploying} in a deploy, of {capacity.of_instances(most)}); "
            f"{worst.waiting:,.0f} requests waited at once, the longest {worst.longest:.1f} s; "
            f"somebody waited during {worst.seconds_waited} s."
        )
        if options["plot"]:
            options["plot"].write_text(autoscaling.plot(moments))
            self.stdout.write(f"The plot is in {options['plot']}.")

    def _table(self, rows: list[tuple[str, str]]) -> None:
        width = max(len(name) for name, _ in rows)
        for name, value in rows:
            self.stdout.write(f"  {name:<{width}}  {value}")
