"""``python -m kcz_metrics`` is the command line ``kcz``."""

from kcz_metrics.cli import main

if __name__ == "__main__":
    main()
