"""How large a file may be. At the limit it works; one more is refused."""

MAX_BYTES = 50 * 1024 * 1024
MAX_ROWS = 500_000
MAX_LINES = 1_048_576  # blank rows included: what a spreadsheet holds
MAX_COLUMNS = 200
MAX_CELL = 32_767  # what a spreadsheet cell holds
