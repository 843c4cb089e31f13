"""Make everything ready to serve."""

from inspect import getfile
from pathlib import Path
from typing import Any

import drf_spectacular_sidecar
import unfold
from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrate, collect changed static files, load the demo into an empty database."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        """Do what is needed, which the second time is next to nothing."""
        call_command("migrate", verbosity=0)
        collected = Path(settings.STATIC_ROOT) / "staticfiles.json"
        if not collected.exists() or collected.stat().st_mtime < _newest_static_file():
            call_command("collectstatic", interactive=False, verbosity=0)
        call_command("demo", if_empty=True)


def _newest_static_file() -> float:
    """Return when our static files, or the packages that bring some, last changed."""
    ours = settings.BASE_DIR.glob("*/static/**/*")
    brought = (Path(getfile(package)) for package in (unfold, drf_spectacular_sidecar))
    return max(file.stat().st_mtime for file in (*ours, *brought))
