"""The rows of ``kcz bench --only events`` for some facts alone, over a store that is filled once and kept.

    python tests/bench/some_facts.py FOLDER EVENTS [NAME ...]

``FOLDER`` is filled with ``EVENTS`` invented records where it is not there yet; names are those of
``bench/handwritten/``, without any all of them.
"""

from __future__ import annotations

import sys
from pathlib import Path

from kcz_metrics.bench import events, facts, table
from kcz_metrics.scheme import load_scheme
from kcz_metrics.store import Store


def main(folder: str, many: str, *names: str) -> None:
    home, path = Path(folder), Path(__file__).parents[2] / "indicators.yaml"
    snapshot = Store.open(home).snapshot() if home.exists() else events.filled(home, int(many))
    done = []
    for row in events.by_fact(snapshot, load_scheme(path), path, home, names or tuple(facts.HANDWRITTEN)):
        done.append(row)
        sys.stderr.write(f"{row.work}: {row.ratio}\n")
    sys.stdout.write(table(done).write_csv())


if __name__ == "__main__":
    main(*sys.argv[1:])
