"""Run the migrations on the connection the store hands over, inside the transaction it has begun."""

from alembic import context

from kcz_metrics.store.models import METADATA

# SQLite takes part in transactions with its table definitions too, which alembic does not assume of it.
context.configure(
    connection=context.config.attributes["connection"], target_metadata=METADATA, transactional_ddl=True, render_as_batch=True
)
context.run_migrations()
