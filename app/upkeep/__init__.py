"""Keeping a register: projections rebuilt and compared, backups, units, readiness."""
