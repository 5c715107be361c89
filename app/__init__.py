"""Register of Vietnam's industrial zones and clusters."""

import gc

# What is imported stays, and so do the units that a process reads at its start: with Python's own
# threshold of 700 new objects the collector takes a sixth of that time to walk through them.
gc.set_threshold(50_000, 20, 100)
