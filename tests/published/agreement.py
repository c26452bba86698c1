"""The table of oracles: ``python tests/published/agreement.py`` prints oracle, cells compared, cells equal, what differs and why."""

from __future__ import annotations

from coinr_cases import Case, cases


def lines(found: list[Case]) -> list[str]:
    rows = [("oracle", "case", "cells", "equal", "why not")]
    total = [0, 0]
    for case in found:
        compared, equal = case.compare()
        total = [total[0] + compared, total[1] + equal]
        rows.append((case.oracle, case.name, str(compared), str(equal), case.why if compared != equal else ""))
    rows.append(("all", "", str(total[0]), str(total[1]), ""))
    widths = [max(len(row[i]) for row in rows) for i in range(4)]
    return ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=False)) + "  " + row[4] for row in rows]


if __name__ == "__main__":
    print("\n".join(lines(list(cases()))))
