"""File rows bound into the audit trail.

From this version on the entry of a snapshot says of each of its files how many rows it has and whether it replaces older ones. For
snapshots made before, one entry says it for all of them as they stand. No table changes. Everything is written out here, as it was when
this version came: later models and functions do not touch it.
"""

import hashlib
import json
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    connection = op.get_bind()
    bound: dict[str, list[list[object]]] = {}
    found = connection.execute(sa.text("SELECT added, table_name, sha256, rows, size, superseding FROM file ORDER BY 1, 2, 3"))
    for added, table, sha256, rows, size, superseding in found:
        bound.setdefault(str(added), []).append([table, sha256, rows, size, bool(superseding)])
    if not bound:
        return
    last = connection.execute(sa.text("SELECT number, hash FROM audit_head")).one()
    fields = {
        "number": last.number + 1,
        "at": datetime.now(UTC).isoformat(timespec="microseconds"),
        "actor": "kcz",
        "roles": [],
        "act": "upgrade",
        "subject": "0003",
        "detail": {"from": "0002", "to": "0003", "file_rows": bound},
        "algorithm": "sha256",
        "previous": last.hash,
    }
    spelled = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    digest = hashlib.sha256(spelled.encode()).hexdigest()
    written = fields | {"hash": digest, "roles": json.dumps(fields["roles"]), "detail": json.dumps(fields["detail"], ensure_ascii=False)}
    columns = ", ".join(written)
    values = ", ".join(f":{name}" for name in written)
    connection.execute(sa.text(f"INSERT INTO audit_entry ({columns}) VALUES ({values})"), written)  # noqa: S608 - names of our own
    connection.execute(sa.text("UPDATE audit_head SET number = :number, hash = :hash"), written)
