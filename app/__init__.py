"""Register of Vietnam's industrial zones and clusters."""

__version__ = "0.1.0"
"""That of ``pyproject.toml``; rules, labels and figures are the same within one release."""
