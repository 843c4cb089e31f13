"""`make admin-at-size`: open all of the admin at several sizes of a book, and say what it costs.

make admin-at-size ARGS="--sizes 2k,20k --only transaction"
"""

import re
import sys
from argparse import ArgumentParser
from itertools import chain
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.utils import timezone

from buffet.bench.databases import new_database, size_of
from buffet.bench.serving import serving
from buffet.demo import loading
from buffet.models import Book, User
from tests.at_size.books import load
from tests.at_size.desk import CARRIED_OUT, Desk, Log, Seen
from tests.at_size.places import places
from tests.at_size.telling import faults, refusals, table
from tests.browsing import ARTIFACTS, chromium


def say(text: str) -> None:
    """Print a line at once."""
    print(text, flush=True)  # noqa: T201 (this is a command)


def visited(size: str, only: str) -> dict[str, Seen]:
    """Return what each place costs at a size of the book."""
    folder = ARTIFACTS / "admin" / size
    folder.mkdir(parents=True, exist_ok=True)
    with new_database(f"admin_at_size_{size.lower()}"):
        book = load(size_of(size), timezone.now().date())
        say(f"{size}: loaded")
        return opened(book, folder, only)


def opened(book: Book, folder: Path, only: str) -> dict[str, Seen]:
    """Serve what there is, and return what each place costs; pictures go into the folder."""
    staff, log = User.objects.get(email=loading.STAFF), folder / "server.log"
    found = [one for one in places(staff, book) if re.search(only, one.name)]
    with (
        log.open("w") as lines,
        serving(stdout=lines, LOG_FORMAT="json", STAFF_SECOND_FACTOR="true") as server,
        chromium() as browser,
    ):
        desk = Desk(browser, server.url, Log(log), folder)
        desk.come_in(loading.STAFF, loading.PASSWORD)
        costs = {}
        looked_at = (one for place in found for one in desk.visit(place))
        # What changes the book comes last.
        done = (desk.carry_out(one) for one in found if CARRIED_OUT.search(one.name))
        for name, seen in chain(looked_at, done):
            costs[name] = seen
            say(f"{folder.name} {name}: {seen.milliseconds:.0f} ms, {seen.statements} statements")
        return costs


def main(arguments: list[str]) -> int:
    """Measure every size, print the table and return the exit code."""
    asked = ArgumentParser(prog="admin-at-size", description=__doc__)
    asked.add_argument("--sizes", default="10k,1M", help="For example 2k,20k.")
    asked.add_argument("--only", default="", help="Only places whose name has this pattern.")
    wanted = asked.parse_args(arguments)
    Path(settings.DATA_DIR).mkdir(parents=True, exist_ok=True)
    # Pages name their style sheet as it was collected.
    call_command("collectstatic", interactive=False, verbosity=0)
    found = {size: visited(size, wanted.only) for size in wanted.sizes.split(",")}
    say(table(found))
    say("\n".join(f"Refused, {one}" for one in refusals(found)))
    said = faults(found)
    say("\n".join(said) if said else "All holds.")
    return 1 if said else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
