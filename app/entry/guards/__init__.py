"""Guards at the door: what is possible but hardly right is recorded only with a reason.

Each guard is a pure function of what is to be recorded; ``catalogue`` lists them.
"""
