"""The sample as Parquet files, and into a store."""

from __future__ import annotations

import gzip
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from kcz_metrics.errors import Issue, RecordsError
from kcz_metrics.locales import T
from kcz_metrics.tables import TABLES

if TYPE_CHECKING:
    from kcz_metrics.records.sample.invent import Sample
    from kcz_metrics.store import Snapshot, Store


def write_sample(directory: Path, sample: Sample) -> None:
    """One zstd Parquet file per table, ``<table>.parquet``; the same rows give the same bytes."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, frame in sample.tables.items():
        frame.write_parquet(directory / f"{name}.parquet", compression="zstd", compression_level=19, statistics=False)


def write_truth(path: Path, sample: Sample) -> None:
    """What is true about the sample, as gzipped JSON; nothing in the package reads it back."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = json.dumps(sample.truth, ensure_ascii=False, separators=(",", ":"))
    path.write_bytes(gzip.compress(text.encode(), mtime=0))


def read_sample(directory: Path) -> dict[str, pl.DataFrame]:
    """The tables written by :func:`write_sample`. Raises RecordsError where a file is missing."""
    missing = [name for name in TABLES if not (directory / f"{name}.parquet").is_file()]
    if missing:
        raise RecordsError([Issue("sample_missing", T("示例数据缺少文件"), place=str(directory / f"{name}.parquet")) for name in missing])
    return {name: table.conform(pl.read_parquet(directory / f"{name}.parquet")) for name, table in TABLES.items()}


def fill(store: Store, tables: Mapping[str, pl.DataFrame], *, actor: str = "demo", import_key: str | None = None) -> Snapshot:
    """Commit the sample to ``store`` as one snapshot of invented records; the same ``import_key`` twice changes nothing.

    Every row says the file and row at which :func:`write_sample` puts it; those of a further part count on.
    """
    before = {} if store.is_empty else store.snapshot().files
    traced = {
        name: frame.with_columns(
            _file=pl.lit(f"sample/{name}.parquet"),
            _row=pl.int_range(1, frame.height + 1, dtype=pl.Int64) + sum(file.rows for file in before.get(name, ())),
        )
        for name, frame in tables.items()
    }
    return store.commit(traced, actor=actor, source="sample", reason=T("载入虚构的示例数据"), import_key=import_key, invented=True)
