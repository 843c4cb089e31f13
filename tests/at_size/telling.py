"""The figures of several sizes side by side, and what is wrong with them."""

from collections.abc import Mapping

from tests.at_size.desk import REFUSED, Seen

#: What a page may take of the server's time, in milliseconds.
MOST = 300.0

Found = Mapping[str, Mapping[str, Seen]]


def faults(found: Found) -> list[str]:
    """Return what takes too long at the last size, grows with the book, or is no page at all."""
    said = []
    last = found[[*found][-1]]
    for name, seen in last.items():
        counts = {size: of[name].statements for size, of in found.items() if name in of}
        if seen.milliseconds >= MOST:
            said.append(f"{name}: {seen.milliseconds:.0f} ms, of {MOST:.0f} at the most")
        # Fewer are no fault: what would do too much to be tried shows how much that is.
        if seen.statements > min(counts.values()):
            told = ", ".join(f"{count} at {size}" for size, count in counts.items())
            said.append(f"{name}: its statements grow: {told}")
        if seen.status > REFUSED:
            said.append(f"{name}: answered with {seen.status}")
    names = dict.fromkeys(name for of in found.values() for name in of)
    for size, of in found.items():
        said += [f"{name}: not there at {size}" for name in names if name not in of]
    return said


def refusals(found: Found) -> list[str]:
    """Return which previews had nothing to show, and why: measured, but less than they could be."""
    last = found[[*found][-1]]
    return [f"{name}: {seen.refused}" for name, seen in last.items() if seen.refused]


def table(found: Found) -> str:
    """Return a row for each place: milliseconds and statements at each size."""
    sizes = [*found]
    head = " | ".join(f"ms at {size} | statements" for size in sizes)
    lines = [f"| place | {head} |", "|---|" + "---:|---:|" * len(sizes)]
    for name in dict.fromkeys(name for of in found.values() for name in of):
        cells = [_cells(of.get(name)) for of in found.values()]
        lines.append(f"| {name.replace('|', '/')} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cells(seen: Seen | None) -> str:
    return "— | —" if seen is None else f"{seen.milliseconds:.0f} | {seen.statements}"
