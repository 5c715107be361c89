"""How far a code is, by which it is coloured: from a proposal to operation, stopped, or over.

One scale for all status tracks, so that the same shade means as much everywhere. It runs from
light to dark, which can be told apart without seeing colours.
"""

from collections.abc import Iterable

from app.core.vocabulary import COURSES, Stage

_LEVELS = {
    1: ("proposed", "not_established", "not_started", "not_operating", "drafting"),
    2: ("planned", "preparing", "policy_approved", "approved", "notified", "not_built"),
    3: ("established", "inventory"),
    4: ("clearance", "in_progress", "expanded", "plan_approved"),
    5: ("construction", "under_construction", "trial", "built", "compensation"),
    6: ("operating", "completed", "licensed", "in_force", "compliant", "handover"),
}
_STOPPED = ("suspended", "idle")
_ENDED = ("closed", "abolished", "removed", "revoked", "expired")
_NAMES = {
    **{code: f"level-{level}" for level, codes in _LEVELS.items() for code in codes},
    **dict.fromkeys(_STOPPED, "stopped"),
    **dict.fromkeys(_ENDED, "ended"),
}
STAGES = (*COURSES[Stage], Stage.unknown)
"""The stages in the order in which they are stacked."""


def is_course(codes: Iterable[str]) -> bool:
    """Return whether codes are steps of a course: a status, not a definition or a unit."""
    return all(code in _NAMES for code in codes if code != Stage.unknown)


def level_of(code: str | None) -> str:
    """Return the class of a code of any status track; ``nothing`` for one that says none."""
    return _NAMES.get(code or "", "nothing")
