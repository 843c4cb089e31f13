"""`make manage`: a management command with the values of a developer's machine."""

import sys

from buffet import embedded
from buffet.run import ROOT, database, development_values


def main() -> int:
    """Run the command, and return its exit code."""
    embedded.leave_on_term()
    data = embedded.data_dir().resolve()
    with database(data) as (url, inherit):
        environment = development_values(data) | {"DATABASE_URL": url}
        command = [sys.executable, str(ROOT / "manage.py"), *sys.argv[1:]]
        return embedded.supervise(command, environment, inherit=inherit)


if __name__ == "__main__":
    sys.exit(main())
