"""Writing: checks, rights and effects of statements, and how statements are read back."""
