"""How fast a NIBRS release is kept, row-level security and the audit chain on, beside the reading of it alone.

python -m tests.bench.bench_imports [ROWS]

Makes a release of about so many rows (100,000), reads it, then checks and keeps it as the web login of the justice
store under a signed context, the sealing of the chain included; prints rows a second, the ratio to reading alone, and
the most memory the process took. A small release goes first, so that nothing is measured cold.
"""

import resource
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from tests import stores as installation

installation.prepare("bench", fast=False)

from django.db import connections  # noqa: E402  the stores must be prepared before a model is imported

from concord.casefile.formats.nibrs import open_release  # noqa: E402
from concord.casefile.formats.nibrs_reread import candidates  # noqa: E402
from concord.casefile.formats.nibrs_tables import files_of  # noqa: E402
from concord.site.justice.imports import nibrs, sources  # noqa: E402
from concord.site.stores.acting import acting  # noqa: E402
from tests.bench.generate_nibrs import generate  # noqa: E402
from tests.site.world import World  # noqa: E402

ROWS = 100_000
ROWS_AN_INCIDENT = 6.5
MEGABYTE = 1024  # ru_maxrss is in kilobytes


def reading_alone(folder: Path) -> float:
    """Seconds to read, link and screen a release."""
    begin = perf_counter()
    with open_release(folder) as release:
        for incident in release.incidents():
            candidates(incident)
    return perf_counter() - begin


def importing(folder: Path, by) -> tuple[float, int, int]:
    """Seconds from the folder to the sealed chain, rows read, and rows written."""
    begin = perf_counter()
    files = files_of(folder)
    with open_release(files) as release:
        digest = sources.digest(files)
        with acting(by):
            checked = nibrs.check(release, digest, by)
        with acting(by):
            batch = nibrs.keep(release, checked, file_name=folder.name, by=by)
            with connections["justice"].cursor() as cursor:
                cursor.execute("set constraints all immediate")  # what a commit would do: foreign keys, the seal
                cursor.execute("set constraints all deferred")
    written = sum(checked.parts[name] for name in nibrs.STORED) + checked.waiting
    return perf_counter() - begin, batch.accepted, written


def main(rows: int) -> None:
    with TemporaryDirectory() as folder, installation.rolled_back():
        world = World.build()
        generate(Path(folder, "small"), 200, seed=2)
        generate(Path(folder, "large"), int(rows / ROWS_AN_INCIDENT), seed=1)
        reading_alone(Path(folder, "small"))
        importing(Path(folder, "small"), world.viewer("deputy"))
        alone = reading_alone(Path(folder, "large"))
        seconds, accepted, written = importing(Path(folder, "large"), world.viewer("detective"))
    sys.stdout.write(
        f"{accepted:,} rows read and kept as {written:,} in {seconds:.1f} s: {accepted / seconds:,.0f} rows/s "
        f"({written / seconds:,.0f} written rows/s), audit on. Reading alone: {alone:.1f} s, "
        f"{accepted / alone:,.0f} rows/s: {seconds / alone:.1f} times as long. "
        f"At most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / MEGABYTE:,.0f} MB.\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ROWS)
    installation.stop()
