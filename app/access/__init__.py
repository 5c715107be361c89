"""Access control: principals, keys, tokens of an issuer, and the audit log."""
