"""Write the sample that is kept in the repository: ``python -m kcz_metrics.records.sample DIRECTORY TRUTH``."""

from __future__ import annotations

import sys
from pathlib import Path

from kcz_metrics.records.sample import invent, write_sample, write_truth

if __name__ == "__main__":
    directory, truth = map(Path, sys.argv[1:3])
    made = invent()
    write_sample(directory, made)
    write_truth(truth, made)
