"""What pages load from others: taken from its packages at pinned versions by `make vendor`."""
