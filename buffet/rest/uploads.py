"""Files that come in forms."""

from dataclasses import dataclass
from typing import IO

from django.core.files.uploadedfile import UploadedFile


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was sent: what its sender calls it, and its bytes."""

    name: str
    size: int
    file: IO[bytes]

    @classmethod
    def of(cls, value: object) -> "Upload | None":
        """Return a file as Django has read it from a form; None if it is something else."""
        if not isinstance(value, UploadedFile) or value.file is None or value.size is None:
            return None
        return cls(value.name or "", value.size, value.file)
