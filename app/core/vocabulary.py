"""The code lists of the register: every word that a status, basis or qualifier can take.

The codes are the same in JSON, query filters and database columns. The docstrings give the
Vietnamese terms.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from pkgutil import iter_modules


@dataclass(frozen=True, slots=True)
class Code:
    """One code with its labels.

    ``description`` is there where the labels leave a question open. ``legal_source`` names the law
    that the word comes from, by its official name.
    """

    code: str
    label_vi: str
    label_en: str
    description: str | None = None
    legal_source: str | None = None


@dataclass(frozen=True, slots=True)
class CodeList:
    """The codes that one status, basis or qualifier can take."""

    name: str
    title_vi: str
    title_en: str
    codes: tuple[Code, ...]


class SiteKind(StrEnum):
    """Khu công nghiệp, cụm công nghiệp, làng nghề."""

    zone = "zone"
    cluster = "cluster"
    craft_village = "craft_village"


class PlanningStatus(StrEnum):
    """Whether the site is in a province plan (quy hoạch)."""

    proposed = "proposed"
    planned = "planned"
    removed = "removed"


class LegalStatus(StrEnum):
    """Thành lập, mở rộng, bãi bỏ."""

    not_established = "not_established"
    established = "established"
    expanded = "expanded"
    abolished = "abolished"


class ClearanceStatus(StrEnum):
    """Land clearance (giải phóng mặt bằng)."""

    not_started = "not_started"
    in_progress = "in_progress"
    completed = "completed"
    suspended = "suspended"


class ClearanceStage(StrEnum):
    """The step of land clearance reached, in the order of the Land Law 2024."""

    notified = "notified"
    inventory = "inventory"
    plan_approved = "plan_approved"
    compensation = "compensation"
    handover = "handover"


class ConstructionStatus(StrEnum):
    """Construction of the technical infrastructure (xây dựng hạ tầng kỹ thuật)."""

    not_started = "not_started"
    preparing = "preparing"
    in_progress = "in_progress"
    completed = "completed"


class OperationStatus(StrEnum):
    """Whether plants in the site produce (đi vào hoạt động)."""

    not_operating = "not_operating"
    trial = "trial"
    operating = "operating"
    suspended = "suspended"
    closed = "closed"


class WastewaterTreatment(StrEnum):
    """Central treatment of wastewater (xử lý nước thải tập trung), by Circular 14/2024/TT-BCT."""

    not_built = "not_built"
    under_construction = "under_construction"
    built = "built"
    compliant = "compliant"


class OccupancyDefinition(StrEnum):
    """What a rate of occupancy (tỷ lệ lấp đầy) divides the leased land by."""

    ccn = "ccn"
    kcn_2018 = "kcn_2018"
    kcn_2022 = "kcn_2022"
    as_stated = "as_stated"


class GeometryAccuracy(StrEnum):
    """How the geometry of a site was obtained: đo đạc, số hóa, điểm đại diện của xã."""

    surveyed = "surveyed"
    digitised = "digitised"
    commune_point = "commune_point"


class Language(StrEnum):
    """The languages that labels are written in."""

    vi = "vi"
    en = "en"


class Stage(StrEnum):
    """One word derived from the status tracks; the first that applies, in this order."""

    closed = "closed"
    suspended = "suspended"
    operating = "operating"
    construction = "construction"
    clearance = "clearance"
    established = "established"
    planned = "planned"
    proposed = "proposed"
    removed = "removed"
    unknown = "unknown"


COURSES: Mapping[type[StrEnum], Sequence[StrEnum]] = {
    ClearanceStatus: (
        ClearanceStatus.not_started,
        ClearanceStatus.in_progress,
        ClearanceStatus.suspended,
        ClearanceStatus.completed,
    ),
    Stage: (
        Stage.proposed,
        Stage.planned,
        Stage.established,
        Stage.clearance,
        Stage.construction,
        Stage.operating,
        Stage.suspended,
        Stage.removed,
        Stage.closed,
    ),
}
"""The course that codes take where their list has another order; what is left out is unknown."""


class Basis(StrEnum):
    """Whether a statement describes a fact, an estimate, a plan or a target."""

    actual = "actual"
    estimate = "estimate"
    plan = "plan"
    target = "target"


MEASURED: frozenset[str] = frozenset({Basis.actual, Basis.estimate})
"""The bases of what is or was reached; plans and targets are of what should be."""


class Lane(StrEnum):
    """Whether a value says what is, or what is planned beside it."""

    actual = "actual"
    planned = "planned"


class DateBasis(StrEnum):
    """How the date of a statement is known.

    ``stated``: the source says it. ``publication``: the date of the document, so the fact holds
    from then at the latest. ``inferred``: concluded from the text.
    """

    stated = "stated"
    publication = "publication"
    inferred = "inferred"


class Qualifier(StrEnum):
    """How precisely a source gives a number (khoảng, trên/hơn, tối thiểu, lên đến)."""

    exact = "exact"
    about = "about"
    over = "over"
    at_least = "at_least"
    up_to = "up_to"
    range = "range"


class SourceKind(StrEnum):
    """The kind of a document, which determines its authority.

    Luật, nghị định, nghị quyết, quyết định, kết luận, đề án (chương trình), kế hoạch (quy hoạch),
    báo cáo, bài báo.
    """

    law = "law"
    decree = "decree"
    resolution = "resolution"
    decision = "decision"
    conclusion = "conclusion"
    programme = "programme"
    plan = "plan"
    report = "report"
    article = "article"


class DocumentStatus(StrEnum):
    """How far a policy document is (dự thảo, đã phê duyệt, có hiệu lực, hết hiệu lực)."""

    drafting = "drafting"
    approved = "approved"
    in_force = "in_force"
    expired = "expired"


_DEFINITIONS = Path(__file__).resolve().parents[1] / "subjects" / "definitions"


def _defined_besides(known: Collection[str]) -> dict[str, str]:
    """Return the types of subjects that have a definition, but for those named already.

    Their codes are the names of the files: tables and code lists follow from the type before any
    definition can be imported.
    """
    names = sorted(module.name for module in iter_modules([str(_DEFINITIONS)]))
    return {name: name for name in names if name not in known}


class SubjectType(StrEnum):
    """What a statement can be about; ``source`` is a policy document."""

    site = "site"
    project = "project"
    province = "province"
    source = "source"
    # Each further type that is defined; only those above are named by rules.
    vars().update(_defined_besides(vars()))


class ChangeType(StrEnum):
    """What a revision did to a subject."""

    registered = "registered"
    corrected = "corrected"
    merged = "merged"
    stated = "stated"
    retracted = "retracted"
    withdrawn = "withdrawn"


class ChangeSubjectType(StrEnum):
    """What a revision can change: the subjects of statements, and organizations."""

    site = "site"
    project = "project"
    province = "province"
    source = "source"
    organization = "organization"
    vars().update(_defined_besides(vars()))


HISTORIC = tuple(what for what in SubjectType if what not in {"province", "source"})
"""The types of subjects that are registered, and have a history of versions."""


class LicenceStatus(StrEnum):
    """Chấp thuận chủ trương đầu tư, cấp giấy chứng nhận đầu tư, thu hồi."""

    policy_approved = "policy_approved"
    licensed = "licensed"
    revoked = "revoked"


class ProjectOperationStatus(StrEnum):
    """How far a project is (chuẩn bị, xây dựng, chạy thử, hoạt động, chưa hoạt động lại, đóng)."""

    preparing = "preparing"
    under_construction = "under_construction"
    trial = "trial"
    operating = "operating"
    idle = "idle"
    closed = "closed"


class CapacityPeriod(StrEnum):
    """The period that a design capacity is counted over (mỗi năm, tháng, ngày)."""

    year = "year"
    month = "month"
    day = "day"


class OrganizationRole(StrEnum):
    """The role of an organization in a statement; derived, never stated of the organization."""

    infrastructure_developer = "infrastructure_developer"
    managing_body = "managing_body"
    project_investor = "project_investor"
    issuer = "issuer"
    approver = "approver"


class PriceBase(StrEnum):
    """The prices a money value is counted at (giá hiện hành, giá so sánh 2010)."""

    current = "current"
    constant_2010 = "constant_2010"


class AddsUp(StrEnum):
    """How the values of an indicator add up.

    ``flow``: over provinces and over periods. ``stock``: over provinces, not over periods.
    ``ratio``: not at all; the value of a whole is a weighted mean at best.
    """

    flow = "flow"
    stock = "stock"
    ratio = "ratio"


class Trend(StrEnum):
    """The direction of a value against the period before, as a source gives it."""

    rising = "rising"
    steady = "steady"
    falling = "falling"


class Severity(StrEnum):
    """How much a finding matters.

    ``error``: two facts cannot both be true, or a rule is broken. ``warning``: they are unlikely
    to be both true. ``info``: something to inquire about.
    """

    error = "error"
    warning = "warning"
    info = "info"


class Boundaries(StrEnum):
    """The units to report by: those of the ``as_of`` date or today's."""

    then = "then"
    now = "now"


class Unknown(StrEnum):
    """What filters of lists take instead of a value: where it is unknown, or where it is known."""

    null = "null"
    not_null = "not_null"


AUTHORITY: dict[SourceKind, int] = {
    SourceKind.law: 60,
    SourceKind.decree: 50,
    SourceKind.resolution: 45,
    SourceKind.decision: 40,
    SourceKind.conclusion: 35,
    SourceKind.programme: 30,
    SourceKind.plan: 30,
    SourceKind.report: 20,
    SourceKind.article: 10,
}
"""Which source wins among statements of one attribute with the same effective date."""
