"""What was measured is kept in one file, each measure under its title."""

from pathlib import Path

_MARK = "# "


def keep(file: Path, title: str, text: str) -> None:
    """Write what was measured under its title, instead of what was there before; or at the end."""
    kept = _sections(file.read_text()) if file.exists() else {}
    kept[title] = text.strip()
    file.write_text("\n\n".join(f"{_MARK}{name}\n\n{said}" for name, said in kept.items()) + "\n")


def _sections(text: str) -> dict[str, str]:
    """Return what is under each title."""
    found: dict[str, list[str]] = {}
    title = ""
    for line in text.splitlines():
        if line.startswith(_MARK):
            title = line.removeprefix(_MARK)
        else:
            found.setdefault(title, []).append(line)
    return {title: "\n".join(lines).strip() for title, lines in found.items() if title}
