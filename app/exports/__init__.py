"""Exports: sites, figures and reporting tables as files, for spreadsheets and maps."""
