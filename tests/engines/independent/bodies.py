"""What the boards divide by: the size of a body, by its class."""

from __future__ import annotations

import polars as pl

from independent.ground import Year, every


def size(year: Year) -> dict[str, float]:
    """Members of societies, R&D staff of universities and institutes, staff of service bodies, R&D staff of the region for associations."""
    own = {
        o: row
        for o, *row in every("org_context")
        .filter(pl.col("year") == year.number)
        .select("org_id", "members", "rd_staff", "employees")
        .iter_rows()
    }
    province = dict(every("region_context").filter(pl.col("year") == year.number).select("province_code", "rd_staff").iter_rows())
    city = dict(every("city_context").filter(pl.col("year") == year.number).select("city_id", "rd_staff").iter_rows())
    found: dict[str, float | None] = {}
    for org, kind, code, home in every("org").select("org_id", "org_class", "province_code", "city_id").iter_rows():
        members, staff, employees = own.get(org, (None, None, None))
        match kind:
            case "NS" | "PS":
                found[org] = members
            case "UN" | "RI" | "EN":
                found[org] = staff
            case "PA":
                found[org] = province.get(code)
            case "LA":
                found[org] = city.get(home)
            case _:
                found[org] = employees
    return {org: value for org, value in found.items() if value is not None}
