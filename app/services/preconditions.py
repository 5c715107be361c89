"""Which state of a subject a client has seen, compared with the state there is."""

from dataclasses import dataclass

from app.errors import PreconditionFailedError


@dataclass(frozen=True, slots=True)
class Precondition:
    """The states that a client names: by the revisions that changed them last, or any at all."""

    changed_in: frozenset[int]
    is_any: bool = False

    def check(self, changed_in: int) -> None:
        """Refuse a write where the subject changed after what the client has seen."""
        if self.is_any or changed_in in self.changed_in:
            return
        detail = (
            f"It was changed in revision {changed_in}, after what If-Match names. Read it again, "
            "see whether the change is still wanted, and send it with the new ETag."
        )
        raise PreconditionFailedError(detail, members={"changed_in": changed_in})
