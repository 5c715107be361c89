"""Requests about keys and the audit log: the first makes the key that sends all the others."""

from app.api.examples.model import Example

KEY_ID = "k7f3q9x2ab"
SECRET_SHOWN = f"icr_{KEY_ID}_…"
"""What stands in place of a secret: none is ever written down."""

_KEY = {"key_id": KEY_ID}

FIRST = Example(
    "create_key",
    body={"name": "Nguyễn Văn An", "role": "administrator"},
)
ACCESS = (
    Example("get_key", _KEY),
    Example("list_keys", query={"limit": "50"}),
    Example("list_audit", query={"action": "key_created", "limit": "50"}),
    Example("revoke_key", _KEY, body={"reason": "Chuyển công tác"}),
)
