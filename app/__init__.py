"""Register of Vietnam's industrial zones and clusters."""

__version__ = "1.0.0"
"""That of ``pyproject.toml``; rules, labels and figures are the same within one release."""
