"""Exports: what the register knows as files, for spreadsheets and maps."""
