"""Reading: selects, filters, paging, as-of, rollups."""
