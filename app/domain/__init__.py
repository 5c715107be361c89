"""Pure rules of the register: no input or output, no framework, no database."""
