"""``python -m kcz_metrics.methods`` prints the documentation of the methods."""

import sys

from kcz_metrics.methods.document import document

if __name__ == "__main__":
    sys.stdout.write(document())
