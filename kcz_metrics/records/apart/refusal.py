"""Why a file is not read: a code and plain values. The words are put to it by whoever asked."""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 - it is an answer, no fault of the program
    """The file is refused as a whole."""

    def __init__(self, code: str, **values: object):
        super().__init__(code)
        self.code = code
        self.values = values
