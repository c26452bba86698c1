"""``kcz check``."""

from __future__ import annotations

from typer import Exit, echo

from kcz_metrics.cli.options import Config, ValuesFile


def check(config: Config = None, values_file: ValuesFile = None) -> None:
    echo(config, values_file)
    raise Exit
