"""A million contracts through the whole import, from CSV and from workbooks, beside polars reading the same CSV without any check.

``python tests/records/million.py [ROWS]``: wall time and peak memory of each, every one in a process of its own.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path

import polars as pl

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent)]
SHORT = (
    "contract_id", "contract_type", "seller_org_id", "buyer_org_id", "amount_cny", "tech_amount_cny", "signed_at", "is_related",
    "in_kind_equity", "period_id", "source", "evidence_class", "status",
)  # fmt: skip


def contracts(rows: int) -> pl.DataFrame:
    """The sample's contracts over and over, each with an id of its own, without what must be unique beside it."""
    shipped = pl.read_parquet(ROOT / "data" / "sample" / "contract.parquet")
    whole = pl.concat([shipped] * (rows // shipped.height + 1)).head(rows)
    nothing = pl.lit(None, pl.String)
    return whole.with_columns(
        contract_id=pl.format("K{}", pl.int_range(rows)),
        registration_no=pl.format("R{}", pl.int_range(rows)),
        docking_id=nothing,
        duplicate_of=nothing,
        evidence_class=pl.lit("C"),
        status=pl.lit("submitted"),
    )


def workbook(frame: pl.DataFrame, path: Path) -> None:
    """A workbook of one sheet, its texts shared as Excel writes them."""
    from corpus.workbook import HEAD_XML, MAIN, letters, parts

    strings: dict[str, int] = {}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        made = parts("", strings="x")
        for name in [name for name in made if "sheet1" not in name and "sharedStrings" not in name]:
            archive.writestr(name, made[name])
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as sheet:
            sheet.write(f'{HEAD_XML}<worksheet xmlns="{MAIN}"><sheetData>'.encode())
            columns = [letters(i) for i in range(frame.width)]
            numbers = [dtype.is_numeric() for dtype in frame.dtypes]
            heads = "".join(
                f'<c r="{c}1" t="s"><v>{strings.setdefault(n, len(strings))}</v></c>' for c, n in zip(columns, frame.columns, strict=True)
            )
            sheet.write(f'<row r="1">{heads}</row>'.encode())
            day = pl.date(1899, 12, 30)
            plain = frame.with_columns((pl.col("signed_at") - day).dt.total_days(), pl.col(pl.Boolean).cast(pl.Int8))
            kinds = [
                "d" if n == "signed_at" else "b" if frame.schema[n] == pl.Boolean else "n" if is_number else "s"
                for n, is_number in zip(frame.columns, numbers, strict=True)
            ]
            for number, row in enumerate(plain.iter_rows(), 2):
                cells = []
                for column, kind, value in zip(columns, kinds, row, strict=True):
                    if value is None:
                        continue
                    if kind == "s":
                        cells.append(f'<c r="{column}{number}" t="s"><v>{strings.setdefault(value, len(strings))}</v></c>')
                    elif kind == "n":
                        cells.append(f'<c r="{column}{number}"><v>{value}</v></c>')
                    else:
                        cells.append(
                            f'<c r="{column}{number}" {"s=" if kind == "d" else "t="}"{1 if kind == "d" else "b"}"><v>{value}</v></c>'
                        )
                sheet.write(f'<row r="{number}">{"".join(cells)}</row>'.encode())
            sheet.write(b"</sheetData></worksheet>")
        shared = "".join(f"<si><t>{text}</t></si>" for text in strings)
        archive.writestr("xl/sharedStrings.xml", f'{HEAD_XML}<sst xmlns="{MAIN}">{shared}</sst>')


def measured(work: str, *paths: Path) -> dict[str, float]:
    """Seconds and megabytes of ``work`` in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--work", work, *map(str, paths)], capture_output=True, text=True, check=False, env=os.environ
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def work(name: str, home: Path, *files: Path) -> None:
    """One of the works, told as JSON."""
    told: dict[str, float] = {}
    if name == "polars":
        began = time.perf_counter()
        told["rows"] = pl.read_csv(files[0], infer_schema_length=None).height
    else:
        from kcz_metrics.records import commit, prepare, understand
        from kcz_metrics.store import Store

        store = Store.open(home)
        began = time.perf_counter()
        told["rows"] = 0
        for file in files:
            start = time.perf_counter()
            understood = understand(file, "contract", home=store.home)
            read = time.perf_counter()
            staged = prepare(understood, store)
            checked = time.perf_counter()
            commit(staged, store, "measurer")
            told["rows"] += staged.good.height
            told["rejected"] = told.get("rejected", 0) + staged.rejected
            for part, seconds in (("reading", read - start), ("checking", checked - read), ("storing", time.perf_counter() - checked)):
                told[part] = round(told.get(part, 0) + seconds, 2)
    told["seconds"] = round(time.perf_counter() - began, 2)
    used = [resource.getrusage(of) for of in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    told["computing"] = round(sum(of.ru_utime + of.ru_stime for of in used), 2)
    told["MB"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    told["reader's MB"] = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(json.dumps(told))


def main(rows: int) -> None:
    from kcz_metrics.records.limits import MAX_ROWS
    from kcz_metrics.records.sample import fill, read_sample
    from kcz_metrics.store import Store

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        tables = {name: frame for name, frame in read_sample(ROOT / "data" / "sample").items() if name != "contract"}
        for name in ("csv", "short", "xlsx"):
            fill(Store.open(place / name), tables)
        frame = contracts(rows)
        frame.write_csv(place / "whole.csv")
        frame.select(SHORT).write_csv(place / "short.csv")
        halves = [frame.select(SHORT).slice(at, MAX_ROWS) for at in range(0, rows, MAX_ROWS)]
        books = [place / f"part{n}.xlsx" for n in range(len(halves))]
        for half, book in zip(halves, books, strict=True):
            workbook(half, book)
        sizes = " and ".join(f"{book.stat().st_size / 1e6:.0f}" for book in books)
        for title, told in (
            (
                f"polars, no checks, {frame.width} columns ({(place / 'whole.csv').stat().st_size / 1e6:.0f} MB)",
                measured("polars", place, place / "whole.csv"),
            ),
            (f"import of the same CSV, {frame.width} columns", measured("import", place / "csv", place / "whole.csv")),
            (f"polars, no checks, {len(SHORT)} columns", measured("polars", place, place / "short.csv")),
            (f"import of the same CSV, {len(SHORT)} columns", measured("import", place / "short", place / "short.csv")),
            (f"import from {len(books)} workbooks, {len(SHORT)} columns ({sizes} MB)", measured("import", place / "xlsx", *books)),
        ):
            print(title, told, sep="\n    ", flush=True)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--work"]:
        work(sys.argv[2], *map(Path, sys.argv[3:]))
    else:
        main(int(sys.argv[1]) if sys.argv[1:] else 1_000_000)
