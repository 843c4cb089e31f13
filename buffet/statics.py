"""Which static files are collected, and how: those that a page names, once each, compressed."""

from collections.abc import Iterable
from typing import Any

from django.contrib.staticfiles.finders import AppDirectoriesFinder
from whitenoise.compress import Compressor
from whitenoise.storage import CompressedManifestStaticFilesStorage

#: What packages bring and no page of ours names: another reader of the API's document, and the
#: pages of an API that is looked at in a browser.
_UNUSED = ("redoc", "rest_framework")


class OfApps(AppDirectoriesFinder):
    """Find the static files of apps, but for those that are not used."""

    def list(self, ignore_patterns: Iterable[str] | None) -> Iterable[Any]:
        """Yield what is to be collected."""
        return super().list([*(ignore_patterns or ()), *_UNUSED])


class Collected(CompressedManifestStaticFilesStorage):
    """Keep files under the names that pages use, with their hashes, and compress those alone.

    A smaller file by Brotli takes ten times as long to make; and it was made only where another
    package had brought Brotli. Maps of sources are for who debugs a package.
    """

    keep_only_hashed_files = True

    def create_compressor(self, **options: Any) -> Compressor:
        """Return what compresses."""
        return Compressor(
            **options
            | {
                "use_brotli": False,
                "extensions": (*Compressor.SKIP_COMPRESS_EXTENSIONS, "map"),
            }
        )
