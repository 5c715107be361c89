"""Writing: the ledger, projections, seeds, units and the schema."""
