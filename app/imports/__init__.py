"""Files in: what an officer's spreadsheet says, read into a report that is reviewed.

``reports.py: read_report`` is the way of a file: bytes → grid of cells → table → rows → report.
Nothing is recorded here.
"""
