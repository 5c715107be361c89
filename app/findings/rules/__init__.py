"""The rules of findings: one module a question, pure functions of the facts of a province."""
