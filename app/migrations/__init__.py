"""Alembic migrations: the schema of both databases, step by step."""
