"""Static files are collected once each, by the names that pages use, and nothing that none uses."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from django.conf import settings


def test_each_file_that_a_page_names_is_collected_once(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity", "0"],
        cwd=settings.BASE_DIR,
        env=os.environ | {"STATIC_ROOT": str(tmp_path)},
        check=True,
    )
    named = json.loads((tmp_path / "staticfiles.json").read_text())["paths"]
    there = {str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()}
    plain = {one for one in there if not one.endswith(".gz")} - {"staticfiles.json"}

    assert plain == set(named.values())
    assert not [one for one in plain if not re.search(r"\.[0-9a-f]{12}(\.|$)", one)]
    assert {one.split("/")[0] for one in named} >= {"buffet", "reports", "unfold", "admin"}
    assert not [one for one in named if "redoc" in one or one.startswith("rest_framework/")]
    assert f"{named['reports/pages.css']}.gz" in there
    assert not [one for one in there if one.endswith((".br", ".map.gz"))]
