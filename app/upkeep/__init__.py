"""Operating a register: projections rebuilt and compared, units loaded, backups, readiness."""
