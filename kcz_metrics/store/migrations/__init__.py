"""The ledger's migrations, run by the store itself when a ledger is older than the code."""

# All versions under versions/, oldest first, and the newest. Held here so that an up-to-date ledger opens without loading alembic.
VERSIONS = ("0001", "0002", "0003", "0004", "0005")
HEAD = VERSIONS[-1]
