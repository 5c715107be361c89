"""The examples of the OpenAPI document: requests that are sent, and what was answered.

The requests stand in ``reads.py`` and ``writes.py``. ``icr examples`` sends them, in their order,
to a register with the facts of the documents, and keeps the answers in ``app/data/examples.json``;
a test sends them again, on both databases, and compares.
"""
