"""Findings: facts that do not fit together, and the rules that find them."""

from datetime import date
from typing import Annotated

from pydantic import Field

from app.core.numbers import Number, Whole
from app.core.query_parameters import PageQuery, TimeQuery
from app.core.types import Answer, Line
from app.core.vocabulary import Severity, SubjectType

Edition = Annotated[str, Field(description="Edition of the rules: they change with releases.")]


class FindingsQuery(TimeQuery, PageQuery):
    """Which findings to list."""

    rule: list[Line] = Field(default_factory=list, description="Codes of rules.")
    severity: list[Severity] = Field(default_factory=list)


class FindingNumber(Answer):
    """One of the numbers of a finding."""

    name: str
    value: Number
    unit: str


class FindingLaw(Answer):
    """A law that a rule rests on, and when it holds."""

    number: str = Field(description="Number of the decree, circular or resolution.")
    since: date = Field(description="The first day on which it is in force.")
    until: date | None = Field(description="The first day on which it no longer is; null: it is.")


class Finding(Answer):
    """Two facts that do not fit together, or a fact that breaks a rule."""

    rule: str = Field(description="Code of the rule; see /v1/findings/rules.")
    severity: Severity
    province_code: str
    province_name: str
    as_of: date = Field(description="The day of which the facts were compared.")
    subject_type: SubjectType
    subject_id: str
    message_vi: str
    message_en: str
    numbers: list[FindingNumber]
    statement_ids: list[str] = Field(description="The statements behind it; see /v1/statements.")
    source_ids: list[str] = Field(description="Their sources; see /v1/sources.")
    indicators: list[str] = Field(
        description="The indicators whose stated values are among them; see /v1/indicators."
    )
    law: FindingLaw | None = Field(
        description="The law of the facts' own day, where the rule rests on one."
    )


class FindingPage(Answer):
    """A page of findings: by province, the severest first.

    The work for a page is bounded: it may be short, or empty, although ``next_cursor`` names more.
    """

    items: list[Finding]
    next_cursor: str | None
    as_of: date
    revision: Whole
    rules_edition: Edition


class ProvinceFindingPage(Answer):
    """A page of the findings of a province, the severest first."""

    items: list[Finding]
    next_cursor: str | None
    as_of: date
    as_of_note: str | None = Field(description="Why this date, when none was requested.")
    as_of_note_vi: str | None = Field(description="The same in Vietnamese.")
    revision: Whole
    rules_edition: Edition


class FindingRule(Answer):
    """One rule of the catalogue."""

    code: str
    severity: Severity = Field(description="The usual severity; a finding's own may be another.")
    title_vi: str
    title_en: str
    basis: str = Field(description="What the rule rests on: a decree, or arithmetic.")
    since: date | None = Field(description="Since when it applies; null: always.")
    laws: list[FindingLaw] = Field(description="The laws it rests on, the oldest first.")


class FindingRulePage(Answer):
    """The catalogue of rules."""

    items: list[FindingRule]
    next_cursor: str | None
    rules_edition: Edition
