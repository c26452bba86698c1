"""The corpus, file by file where the reaction is not the expected one, and its figures.

``python tests/records/corpus_report.py [FAMILY]...``
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from corpus import cases
from corpus_running import differs, fill, run, tally


def main() -> int:
    every = [case for case in cases() if not sys.argv[1:] or case.name.partition(":")[0] in sys.argv[1:]]
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder) / "store"
        fill(home)
        came = [run(case, home) for case in every]
    for case, of in zip(every, came, strict=True):
        if wrong := differs(case, of):
            print(f"{case.name}: {wrong}")
    families = Counter(case.name.partition(":")[0] for case in every)
    right = Counter(case.name.partition(":")[0] for case, of in zip(every, came, strict=True) if not differs(case, of))
    print("\n".join(f"{name:12} {right[name]:4} of {n:4} as expected" for name, n in families.items()))
    figures = tally(every, came)
    print("\n".join(f"{name:24} {value:g}" for name, value in figures.items()))
    return figures["right"] < figures["files"]


if __name__ == "__main__":
    sys.exit(main())
