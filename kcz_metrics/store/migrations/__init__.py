"""The ledger's migrations, run by the store itself when a ledger is older than the code."""

# The newest version under versions/. Held here so that an up-to-date ledger opens without loading alembic.
HEAD = "0002"
