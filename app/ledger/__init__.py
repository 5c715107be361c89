"""The ledger: revisions and what they record, append-only and chained by digests."""
