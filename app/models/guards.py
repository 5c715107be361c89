"""The triggers that keep the ledger and the audit log append-only, by their names.

They are made by the migrations; here is what a database of this release must have.
"""

_FIXED = ("revision", "source", "organization")
_MARKED = ("site", "project", "statement")
_LEDGER = (*_FIXED, *_MARKED)

GUARDS = {
    "sqlite": frozenset(
        f"{table}_{kind}"
        for table in (*_LEDGER, "audit_entry")
        for kind in ("keep", "fixed", "once")
    ),
    "postgresql": frozenset(
        [f"{table}_{kind}" for table in (*_LEDGER, "audit_entry") for kind in ("keep", "whole")]
        + [f"{table}_fixed" for table in _MARKED]
    ),
}
"""By the name of the database."""
