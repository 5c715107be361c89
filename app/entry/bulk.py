"""Many things in one revision: their bodies, reading them one by one, and what became of each."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from functools import partial
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import (
    BaseModel,
    Field,
    RootModel,
    ValidationError,
    WrapValidator,
    model_validator,
)

from app.core.errors import BadBodyError, DuplicateStatementError, ForbiddenError, RegistryError
from app.core.messages import MessageError, Template
from app.core.numbers import Whole
from app.core.types import (
    Answer,
    Body,
    Line,
    Shown,
    Slug,
    UnitCode,
    is_absent,
    list_of,
    made_model,
    one_of,
)
from app.core.validation import bad_body, faults_of
from app.core.vocabulary import HISTORIC, ChangeSubjectType, SubjectType
from app.entry.dry_run import with_dry_run
from app.entry.items import Item, Registering, Retracting, Stating, Unreadable, stating
from app.entry.recording import Recorded, recording
from app.entry.schemas import (
    BODIES,
    DRY_RUN,
    FINDINGS,
    DocumentStatementWrite,
    DryRun,
    FindingChanges,
    ProvinceStatementWrite,
    WithEachType,
)
from app.entry.writes import registering
from app.ledger.revisions import Writer
from app.ledger.schemas import OrganizationRegistration, SourceRegistration

MOST_ITEMS = 10_000
"""More than so many are sent in several requests."""
_TOO_MANY = Template("bulk.too-many", "send at most {most} at a time; these are {count}.")
_NOTHING = Template("bulk.nothing", "send something to record.")
_WHY_REPLACED = Template(
    "bulk.why-replaced", "Give the reason why the statements that others replace are retracted."
)
StatementId = Annotated[str, Field(max_length=50)]
_REPLACES: Any = Field(
    default=None,
    description="The statement about the same subject that is retracted for it; the reason of the "
    "request says why.",
)
_ONE_REASON = Template("bulk.one-reason", "give the reason once, for the whole request")


class DocumentBulkStatement(DocumentStatementWrite):
    """A statement of a source about a policy document, in a request with many."""

    subject_type: Literal[SubjectType.source]
    subject_id: Slug
    replaces: StatementId | None = _REPLACES


class ProvinceBulkStatement(ProvinceStatementWrite):
    """A statement of a source about a province, in a request with many."""

    subject_type: Literal[SubjectType.province]
    subject_id: UnitCode = Field(description="The code of the province.")
    replaces: StatementId | None = _REPLACES


def _bulk_statement(what: SubjectType) -> type[BaseModel]:
    return made_model(
        BODIES[what].write,
        f"{what.title()}BulkStatement",
        f"A statement of a source about a {what}, in a request with many.",
        subject_type=(Literal[what], ...),
        subject_id=(Slug, ...),
        replaces=(StatementId | None, _REPLACES),
    )


_STATEMENTS: Mapping[str, type[BaseModel]] = {
    **{what: _bulk_statement(what) for what in HISTORIC},
    SubjectType.source: DocumentBulkStatement,
    SubjectType.province: ProvinceBulkStatement,
}
_Model = TypeVar("_Model", bound=BaseModel)
_Unread = WrapValidator(lambda raw, _: raw)
"""Keeps a member as it was sent; it is described as what it will be read as."""


class BulkStatement(RootModel[Body]):
    """A statement with its subject; its kind is in ``subject_type``."""

    root: Annotated[one_of(_STATEMENTS.values()), Field(discriminator="subject_type")]  # type: ignore[valid-type]


def _registrations(what: SubjectType) -> tuple[str, object]:
    described = f"{what.title()}s to register, each with the first statement about it."
    registrations = list_of(Annotated[BODIES[what].registration, _Unread])
    limits: Any = Field(default_factory=list, max_length=MOST_ITEMS, description=described)
    return f"{what}s", Annotated[registrations, limits]


class _Members(Body):
    # First: a generated client in Python takes the type of all lists from the first of them.
    statements: list[Annotated[BulkStatement, _Unread]] = Field(
        default_factory=list, max_length=MOST_ITEMS, description="What sources say, in order."
    )
    organizations: list[Annotated[OrganizationRegistration, _Unread]] = Field(
        default_factory=list, max_length=MOST_ITEMS, description="Organizations to register."
    )
    sources: list[Annotated[SourceRegistration, _Unread]] = Field(
        default_factory=list, max_length=MOST_ITEMS, description="Documents to register."
    )


class BulkWrite(WithEachType, _Members, each=_registrations):
    """What is to be recorded in one revision: first what is new, then what is stated.

    Each member is read by itself, so that one which does not fit is refused alone.
    """

    reason: Line | None = Field(default=None, description="Why this is recorded now.")

    @model_validator(mode="after")
    def check_count(self) -> Self:
        """Limit the request as a whole, whatever its members are."""
        count = sum(len(getattr(self, name)) for name in LISTS)
        if count > MOST_ITEMS:
            raise MessageError(_TOO_MANY(most=MOST_ITEMS, count=count))
        if not count:
            raise MessageError(_NOTHING())
        return self


class BulkQuery(BaseModel):
    """What becomes of the rest where something is refused."""

    skip_refused: bool = Field(
        default=False,
        description="Record what can be, and answer why the rest was left out; without it one "
        "refusal refuses all.",
    )


class BulkFault(Answer):
    """Why something was refused."""

    pointer: str = Field(description="JSON pointer into the request, as in #/statements/17.")
    detail: str = Field(description="What is wrong and what would be right.")
    type: str = Field(description="The problem that this alone would be.")
    code: str | None = Field(
        default=None,
        exclude_if=is_absent,
        description="The guard that asks for override_reason; see docs/guards.md.",
    )


class BulkItem(Answer):
    """What became of one member of a request with many."""

    subject_type: Annotated[str, Shown(ChangeSubjectType)] | None = Field(
        description="Null where it cannot be read."
    )
    subject_id: str | None = Field(description="Null where it cannot be read.")
    statement_id: str | None = Field(
        description="The statement that was recorded, or that says the same already; null for "
        "other entries."
    )
    is_recorded: bool
    errors: list[BulkFault] = Field(description="Why it was refused; none where it was not.")


class _Outcome(Answer):
    revision: Whole | None = Field(description="Null where nothing was recorded.")
    recorded: Whole = Field(description="How many members were recorded.")
    refused: Whole = Field(description="How many were left out.")
    organizations: list[BulkItem]
    sources: list[BulkItem]


class BulkAnswer(WithEachType, _Outcome, each=lambda what: (f"{what}s", list[BulkItem])):
    """What became of a request with many members: of each, in the order in which they were sent."""

    statements: list[BulkItem]
    findings: FindingChanges | None = FINDINGS
    dry_run: DryRun | None = DRY_RUN


def _read(model: type[_Model], raw: Any) -> _Model:
    """Read one member; ``BadBodyError`` has its faults."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise bad_body(error, model) from error


def _organization(raw: Any, place: str) -> Item:
    body = _read(OrganizationRegistration, raw)
    return Registering(ChangeSubjectType.organization, body, place)


def _source(raw: Any, place: str) -> Item:
    return Registering(ChangeSubjectType.source, _read(SourceRegistration, raw), place)


def _subject(what: SubjectType, raw: Any, place: str) -> Item:
    body = _one_reason(_read(BODIES[what].registration, raw))
    return registering(what, body, place)


def _statement(raw: Any, place: str) -> Item:
    what = raw.get("subject_type") if isinstance(raw, dict) else None
    model = _STATEMENTS.get(what) if isinstance(what, str) else None
    # With a type that is known, faults stand where they are; without one, what is known is named.
    body: Any = _read(model, raw) if model else _read(BulkStatement, raw).root
    about = (body.subject_type, body.subject_id)
    return stating(*about, _one_reason(body), place=place, replaces=body.replaces)


def _one_reason(body: Any) -> Any:
    if body.reason is not None:
        raise BadBodyError.of("#/reason", _ONE_REASON())
    return body


LISTS: Mapping[str, tuple[str | None, Callable[[Any, str], Item]]] = {
    "organizations": (ChangeSubjectType.organization, _organization),
    "sources": (ChangeSubjectType.source, _source),
    **{f"{what}s": (what, partial(_subject, what)) for what in HISTORIC},
    "statements": (None, _statement),
}
"""The lists of a request, in the order in which they are recorded: what is named comes first."""


def _items(body: BulkWrite) -> Iterator[Item]:
    for name in LISTS:
        for number, raw in enumerate(getattr(body, name)):
            yield read_item(name, raw, f"#/{name}/{number}")


def read_item(name: str, raw: Any, place: str) -> Item:
    """Read a member of one of ``LISTS``; one that does not fit is refused where all are judged."""
    what, read = LISTS[name]
    try:
        return read(raw, place)
    except RegistryError as error:
        refusal = error
    members: Mapping[str, Any] = raw if isinstance(raw, dict) else {}
    subject = (what or members.get("subject_type"), members.get("id" if what else "subject_id"))
    known = tuple(part if isinstance(part, str) else "" for part in subject)
    kind = known[0] if known[0] in {*ChangeSubjectType} else ""
    return Unreadable((kind, known[1]), refusal, registers=what is not None, place=place)


Render = Callable[[Any], BulkFault]


async def state_bulk(
    writer: Writer,
    body: BulkWrite,
    *,
    skip_refused: bool,
    render: Render,
    note: Callable[[RegistryError], None] | None = None,
    within: Callable[[Recorded], Awaitable[None]] | None = None,
) -> BulkAnswer:
    """Record many things as one revision: all of them, or with ``skip_refused`` what can be.

    Where something is left out for want of a right, the first such refusal goes to ``note``.
    ``within`` is called in the transaction of the revision, where there is one.
    """
    items = list(_items(body))
    if body.reason is None and any(isinstance(i, Stating) and i.replaces for i in items):
        raise BadBodyError.of("#/reason", _WHY_REPLACED())
    async with recording(writer, items, body.reason, skip_refused=skip_refused) as done:
        if within is not None and done.draft is not None:
            await within(done)
        said = _said(done)
        answered = [_answer(done, number, said, render) for number in range(len(items))]
        if note is not None and (refusal := next(missing_rights(done), None)):
            note(refusal)
        rest = iter(answered)
        lists: dict[str, Any] = {n: [next(rest) for _ in getattr(body, n)] for n in LISTS}
        answer = BulkAnswer(
            revision=None if done.draft is None else done.number,
            recorded=len(done.plan.accepted),
            refused=len(done.plan.refused),
            **lists,
        )
        return await with_dry_run(done, changed(done), answer)


def missing_rights(done: Recorded) -> Iterator[ForbiddenError]:
    """Yield what was left out for want of a right."""
    return (one for one in done.plan.refused.values() if isinstance(one, ForbiddenError))


def changed(done: Recorded) -> list[Any]:
    """Return the subjects of what was accepted, each with the first day that it is about."""
    days: dict[Any, Any] = {}
    for number in done.plan.accepted:
        item = done.plan.items[number]
        if isinstance(item, Stating):
            days[item.subject] = min(item.day, days.get(item.subject, item.day))
    return list(days.items())


def _said(done: Recorded) -> dict[str, str]:
    """Return the statements that were recorded before or now, by digest."""
    rows = (entries[-1].row for entries in done.plan.accepted.values() if entries)
    new = {row["content_digest"]: row["id"] for row in rows if "content_digest" in row}
    return {**done.plan.known.twins, **new}


def _answer(done: Recorded, number: int, said: Mapping[str, str], render: Render) -> BulkItem:
    item = done.plan.items[number]
    error = done.plan.refused.get(number)
    what, key = ("", "") if isinstance(item, Retracting) else item.subject
    is_said = error is None or isinstance(error, DuplicateStatementError)
    return BulkItem(
        subject_type=what or None,
        subject_id=key or None,
        statement_id=said[item.digest] if isinstance(item, Stating) and is_said else None,
        is_recorded=error is None,
        errors=[render(fault) for fault in faults_of(item.place, error)] if error else [],
    )
