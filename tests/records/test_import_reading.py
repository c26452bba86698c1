from __future__ import annotations

import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from kcz_metrics.errors import RecordsError
from kcz_metrics.records.headers import match
from kcz_metrics.records.importing import read_csv, template
from kcz_metrics.records.limits import MAX_BYTES, MAX_CELL, MAX_COLUMNS, MAX_LINES, MAX_ROWS
from kcz_metrics.tables import TABLES

HEADING = "province_code,name_zh,short_zh,name_en,tile_col,tile_row,has_association"
ROW = "330000,浙江省,浙江,Zhejiang,6,5,true"
TEXT = f"{HEADING}\n{ROW}\n"


def cells(content: bytes, table: str = "province") -> dict[str, str]:
    """The first row by column name."""
    parsed = read_csv(content, table)
    row = parsed.text.row(0, named=True)
    return {name: row[str(i)] for i, name in enumerate(parsed.columns) if name}


EXPECTED = dict(zip(HEADING.split(","), ROW.split(","), strict=True))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_and_separators(encoding: str, separator: str) -> None:
    assert cells(TEXT.replace(",", separator).encode(encoding)) == EXPECTED


@pytest.mark.parametrize("line_end", ["\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_line_ends(encoding: str, line_end: str) -> None:
    assert cells(TEXT.replace("\n", line_end).encode(encoding)) == EXPECTED


@pytest.mark.parametrize(
    "heading",
    [
        "省级代码,名称,简称,英文名,瓦片列,瓦片行,有省级科协",
        "Province code,Name,Short name,English name,Tile column,Tile row,Has an association",
        "PROVINCE_CODE, 名称 ,简称,English Name,tile_col,瓦片行,has_association",
        "\u200bprovince_code,ｎａｍｅ＿ｚｈ,简称,英文名,瓦片列,瓦片行,有省级科协",
    ],
    ids=["zh", "en", "mixed", "full_width"],
)
def test_headings_by_name_or_label_in_either_language(heading: str) -> None:
    assert cells(f"{heading}\n{ROW}\n".encode()) == EXPECTED


def test_columns_may_stand_in_any_order() -> None:
    assert cells(",".join(reversed(HEADING.split(","))).encode() + b"\n" + ",".join(reversed(ROW.split(","))).encode()) == EXPECTED


def test_a_unit_in_brackets_must_be_the_columns_own() -> None:
    heading = "province_code,year,地区生产总值（亿元）,rd_staff\n330000,2022,77715,750000\n"
    assert cells(heading.encode(), "region_context")["gdp_100m"] == "77715"
    with pytest.raises(RecordsError, match="万元"):
        read_csv(heading.replace("亿元", "万元").encode(), "region_context")


def test_a_heading_that_two_columns_share_is_not_guessed() -> None:
    shipped = TABLES["team_fund"]
    same = replace(shipped.columns["source_org_id"], label=shipped.columns["source"].label)
    table = replace(shipped, columns={**shipped.columns, "source_org_id": same})
    with pytest.raises(RecordsError, match=r"may mean several columns"):
        match(["fund_id", "来源"], table, "team_fund.csv")


@pytest.mark.parametrize("name", TABLES)
def test_no_shipped_table_has_such_headings(name: str) -> None:
    for lang in ("zh", "en"):
        labels = [column.label.render(lang) for column in TABLES[name].columns.values()]
        assert len(set(labels)) == len(labels)


def test_row_numbers_count_as_a_spreadsheet_does() -> None:
    other = ROW.replace("浙江", "江苏").replace("330000", "320000")
    parsed = read_csv(f'\n{HEADING}\n{ROW}\n\n,,,,,,\n"320000","江\n苏",a,b,1,1,true\n{other}\n'.encode(), "province")
    assert parsed.text["_row"].to_list() == [3, 6, 7]
    assert parsed.blank == 2


def test_rows_of_another_length_are_kept_apart() -> None:
    parsed = read_csv(f"{TEXT}1,2\n{ROW},surplus\n{ROW}\n".encode(), "province")
    assert parsed.text["_row"].to_list() == [2, 5]
    assert parsed.ragged == ((3, ("1", "2")), (4, (*ROW.split(","), "surplus")))


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as bundle:
        bundle.writestr("xl/workbook.xml", "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    "content, message",
    [
        (b"", "empty"),
        (b" \n\n ", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (gzip.compress(TEXT.encode()), "gzip"),
        (archive(), "workbook"),
        (b"PAR1 and so on", "Parquet"),
        (TEXT.encode() + b"\0", "control character"),
        (TEXT.encode().replace(b"6,5", b"6,\x1b$B5"), "line 2 holds a control character"),
        (bytes(range(128, 256)) * 4, "encoding"),
        (TEXT.encode("utf-8")[:-20] + b"\xff\xfe\xfd", "encoding"),
        (b"\xff\xfe" + b"\x00\xd8" * 3, "encoding"),
        (TEXT.encode("gb18030").replace("浙".encode("gb18030"), b"\xaa\xa1"), "encoding"),
        (HEADING.encode(), "no rows"),
        (TEXT.replace("name_en", "name_zh").encode(), "name_zh stands more than once"),
        (TEXT.replace("name_en", "名称").encode(), "name_zh stands more than once"),
        (TEXT.replace("name_en", "nonsense").encode(), 'heading "nonsense" is no column'),
        (TEXT.replace("name_zh", "name_zg").encode(), "did you mean"),
        (TEXT.replace("tile_col", "").encode(), "tile_col .* is missing"),
        (TEXT.replace("浙江省", '"浙江省').encode(), "quotes in row 2"),
        (TEXT.replace("浙江省", '"浙江"省').encode(), "quotes in row 2"),
    ],
)
def test_a_file_that_cannot_be_taken_says_why(content: bytes, message: str) -> None:
    with pytest.raises(RecordsError, match=message):
        read_csv(content, "province")


def test_all_headings_at_fault_are_named_at_once() -> None:
    with pytest.raises(RecordsError) as caught:
        read_csv(b"a,b,name_zh,name_zh\n1,2,3,4\n", "province")
    assert [issue.code for issue in caught.value.issues].count("column_missing") == 5
    assert {issue.code for issue in caught.value.issues} == {"heading_unknown", "heading_doubled", "column_missing"}


def test_an_unknown_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(RecordsError, match="did you mean province"):
        read_csv(TEXT.encode(), "provinces")


@pytest.mark.parametrize("name, message", [("missing.csv", "not found"), (".", "not a file")])
def test_a_path_that_is_no_file(tmp_path: Path, name: str, message: str) -> None:
    with pytest.raises(RecordsError, match=message):
        read_csv(tmp_path / name, "province")


def skills(rows: int) -> bytes:
    return ("team_id,tag\n" + "\n".join(f"TM{n},a" for n in range(rows))).encode()


@pytest.mark.long
def test_as_many_rows_as_allowed_and_no_more() -> None:
    assert read_csv(skills(MAX_ROWS), "team_skill").text.height == MAX_ROWS
    with pytest.raises(RecordsError, match="too many rows"):
        read_csv(skills(MAX_ROWS + 1), "team_skill")


@pytest.mark.long
def test_blank_lines_are_not_read_for_ever() -> None:
    with pytest.raises(RecordsError, match="too many rows"):
        read_csv(skills(1) + b"\n" * (MAX_LINES + 1), "team_skill")


@pytest.mark.parametrize("line", ["TM1,{}", "{},TM1", "TM1,x,{}"], ids=["second", "first", "surplus"])
def test_a_cell_as_long_as_allowed_and_no_longer(line: str) -> None:
    cell = "字" * MAX_CELL
    heading = "team_id,tag,\nTM0,a,\n"
    assert read_csv((heading + line.format(cell)).encode(), "team_skill").text.height == 2
    with pytest.raises(RecordsError, match="row 3 has a cell that is too long"):
        read_csv((heading + line.format(cell + "字")).encode(), "team_skill")


def test_as_many_columns_as_allowed_and_no_more() -> None:
    wide = "team_id,tag" + "," * (MAX_COLUMNS - 2)
    assert read_csv(f"{wide}\nTM1,a{',' * (MAX_COLUMNS - 2)}\n".encode(), "team_skill").text.height == 1
    with pytest.raises(RecordsError, match="too many columns"):
        read_csv(f"{wide},\nTM1,a\n".encode(), "team_skill")


@pytest.mark.long
def test_a_file_as_large_as_allowed_and_no_larger(tmp_path: Path) -> None:
    line = b"TM1," + b"x" * 32_763 + b"\n"
    content = b"team_id,tag\n" + line * ((MAX_BYTES - 12) // len(line))
    content += b"\n" * (MAX_BYTES - len(content))
    path = tmp_path / "large.csv"
    path.write_bytes(content)
    assert read_csv(content, "team_skill").text.height == (MAX_BYTES - 12) // len(line)
    with pytest.raises(RecordsError, match="too large"):
        read_csv(content + b"\n", "team_skill")
    path.write_bytes(content + b"\n")  # a file that is named, not sent, may be larger
    assert read_csv(path, "team_skill").text.height == (MAX_BYTES - 12) // len(line)


@pytest.mark.parametrize("lang", ["zh", "en", None])
@pytest.mark.parametrize("table", ["province", "team_fund", "docking", "contract"])
def test_a_form_is_read_as_its_own_table(table: str, lang: str | None) -> None:
    form = template(table, lang)  # type: ignore[arg-type]
    width = form.decode("utf-8-sig").count(",") + 1
    parsed = read_csv(form + b",".join([b"1"] * width), table)
    assert parsed.columns == tuple(parsed.contract.columns)
