"""Writing: what is checked, who may, what it changes, and how statements are read back."""
