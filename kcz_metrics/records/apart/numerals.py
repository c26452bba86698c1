"""A number of a workbook as the text that its reader sees."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal, InvalidOperation

from .styles import DATE, PERCENT, UNIT, ZEROS

#: what is lost or doubtful in a cell
DIGITS_LOST = "digits_lost"
_DIGITS = 15  # a spreadsheet keeps so many
_EPOCHS = {1900: dt.datetime(1899, 12, 30), 1904: dt.datetime(1904, 1, 1)}
_LAST = 2_958_465  # 9999-12-31


def shown(raw: str, kind: str, epoch: int) -> tuple[str, str]:
    """The text of a number, and a mark where digits were lost ("" where none were). What is no number stays as it stands."""
    try:
        number = Decimal(raw)
    except InvalidOperation:
        return raw, ""
    if not number.is_finite() or abs(number.adjusted()) > 300:
        return raw, ""
    if kind == DATE:
        moment = day(float(number), epoch)
        if moment is not None:
            return moment, ""
    if len(raw) > _DIGITS:
        # Beyond them stand the traces of binary arithmetic: 350000.00000000006 is shown as 350000. A fraction keeps its last bit.
        near = Decimal(f"{float(number):.{_DIGITS}g}")
        number = near if near == near.to_integral_value() else Decimal(repr(float(number)))
    if kind == PERCENT:
        return f"{_plain(number * 100)}%", ""
    lost = number == number.to_integral_value() and number.adjusted() >= _DIGITS
    whole = number >= 0 and number == number.to_integral_value()
    width = int(kind.removeprefix(ZEROS)) if whole and kind.startswith(ZEROS) else 0
    unit = kind.removeprefix(UNIT) if kind.startswith(UNIT) else ""
    return _plain(number).zfill(width) + unit, DIGITS_LOST if lost else ""


def _plain(number: Decimal) -> str:
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(serial: float, epoch: int) -> str | None:
    """The day of a spreadsheet's count, with the time where there is one; None outside its calendar.

    >>> day(44566, 1900), day(43104, 1904), day(44566.5625, 1900), day(0.5, 1900)
    ('2022-01-05', '2022-01-05', '2022-01-05 13:30:00', '12:00:00')
    """
    if not 0 <= serial < _LAST:
        return None
    # The count of 1900 has a 29 February that never was.
    early = epoch == 1900 and 1 <= serial < 60
    moment = _EPOCHS[epoch] + dt.timedelta(days=int(serial) + early, seconds=round((serial % 1) * 86_400))
    if serial < 1:
        return moment.strftime("%H:%M:%S") if serial else None
    return moment.strftime("%Y-%m-%d" if moment.time() == dt.time() else "%Y-%m-%d %H:%M:%S")
