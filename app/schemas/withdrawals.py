"""What the withdrawal of a site or project answers."""

from app.schemas.dry_runs import DRY_RUN, DryRun
from app.schemas.numbers import Whole
from app.schemas.types import Answer


class Withdrawal(Answer):
    """That a site or project was withdrawn."""

    id: str
    revision: Whole
    reason: str
    dry_run: DryRun | None = DRY_RUN
