"""The report on clusters (Thông tư 14/2024/TT-BCT, forms 03 and 04): one indicator a row.

What documents state stands as the result, with its source, and what the register computes from its
clusters beside it, with what does not fit. What is unknown is left open.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Self

from app.core.cells import listed
from app.core.quantities import UnitOfMeasure, percent
from app.core.vocabulary import MEASURED, AddsUp, Language, SiteKind, Stage
from app.exports.cluster_report_lines import COMPUTED, HEADINGS, OF_OPERATING, UNITS, Line, lines
from app.exports.tables import DAY, Column, Rows, columns_of, in_language
from app.findings import Finding
from app.findings.kept_findings import Judges
from app.findings.queries import ProvinceOnDay, findings_by_indicator
from app.findings.totals import AREA_ATTRIBUTES
from app.ledger.snapshots import Snapshot
from app.statistics.hedges import hedge_of_figure
from app.statistics.indicator_queries import read_observed
from app.statistics.indicators import INDICATORS, Indicator, Measure
from app.statistics.observations import Observed, latest, stated_of, totals_by
from app.statistics.plans import lineage_codes, plan_in_force
from app.statistics.tallies import Computed
from app.subjects.columns import Labels
from app.subjects.derived import UNCOUNTED
from app.subjects.histories import SITE_HISTORY, Values, read_dicts
from app.subjects.tables import SITE_VERSIONS
from app.units.units import Unit

REPORT_COLUMNS: Labels = {
    "number": ("TT", "No."),
    "indicator": ("Chỉ tiêu", "Indicator"),
    "unit": ("Đơn vị tính", "Unit"),
    "value": ("Kết quả", "Result"),
    "qualifier": ("Mức chính xác", "Exactness"),
    "value_to": ("Cận trên", "Upper end"),
    "period": ("Thời gian của kết quả", "Period of the result"),
    "source_title": ("Nguồn của kết quả", "Source of the result"),
    "computed": ("Tính từ sổ đăng ký", "Computed from the register"),
    "computed_qualifier": ("Mức chính xác của số tính", "Exactness of the computed figure"),
    "computed_known": ("Số cụm đã rõ", "Clusters known"),
    "computed_unknown": ("Số cụm chưa rõ", "Clusters unknown"),
    "findings": ("Điểm không khớp", "What does not fit"),
}
_CODES = {"qualifier": "qualifier", "computed_qualifier": "remainder_qualifier"}
REPORT_TABLE: tuple[Column, ...] = (*columns_of(REPORT_COLUMNS, _CODES), DAY)
_BILLION = Decimal(10**9)
_V = SITE_VERSIONS.c
_HALF = "-H1"


@dataclass(frozen=True, slots=True)
class ReportingPeriod:
    """A reporting period of the circular: from 15 December, for a year or its first half."""

    year: int
    is_half: bool = False

    @classmethod
    def parse(cls, label: str) -> Self:
        """Read ``2025`` or ``2025-H1``."""
        return cls(int(label.removesuffix(_HALF)), label.endswith(_HALF))

    @classmethod
    def running_on(cls, day: date) -> Self:
        """Return the period that ends next: the first half of a year, or the year."""
        half, whole = cls(day.year, is_half=True), cls(day.year)
        if day <= half.last_day:
            return half
        return whole if day <= whole.last_day else cls(day.year + 1, is_half=True)

    @property
    def label(self) -> str:
        """The period as it is written in a query."""
        return f"{self.year}{_HALF if self.is_half else ''}"

    @property
    def last_day(self) -> date:
        """The last day."""
        return date(self.year, 6 if self.is_half else 12, 14)

    @property
    def spans(self) -> set[tuple[date, date]]:
        """The days that a figure of the period can be about: its own, or those of the calendar."""
        end = date(self.year, 6, 30) if self.is_half else date(self.year, 12, 31)
        return {(date(self.year - 1, 12, 15), self.last_day), (date(self.year, 1, 1), end)}

    def heading(self, province: Unit, day: date, language: Language) -> tuple[str, ...]:
        """Return the lines above the table, as the form has them."""
        form = "03" if self.is_half else "04"
        rank = "thành phố" if province.type == "city" else "tỉnh"
        period = f"6 tháng đầu năm {self.year}" if self.is_half else f"Năm {self.year}"
        if language is Language.vi:
            return (
                f"Biểu số {form}. Tổng hợp tình hình cụm công nghiệp trên địa bàn cấp tỉnh",
                f"Đơn vị gửi báo cáo: Sở Công Thương {rank} {province.name}",
                f"Kỳ báo cáo: {period}",
                f"(Số liệu chốt đến ngày {day:%d/%m/%Y})",
            )
        return (
            f"Form {form}. Industrial clusters of the province",
            f"Reported by: Department of Industry and Trade of {province.name}",
            f"Reporting period: {'first half of ' if self.is_half else ''}{self.year}",
            f"(Figures as of {day.isoformat()})",
        )


async def read_report(
    judges: Judges,
    unit: Unit,
    snapshot: Snapshot,
    period: ReportingPeriod,
    language: Language | None,
) -> Rows:
    """Return the rows of the report of a province on a day.

    Without a language the lines have the codes of their indicators, and findings those of rules.
    """
    at, units, connection = snapshot.at, snapshot.units, judges.connection
    observed = await read_observed(connection, [unit], at, lineage_codes([unit], units))

    def of_clusters(member: Unit, day: date) -> Sequence[Observed]:
        stated = stated_of(member, observed, day)
        return [o for o in stated if INDICATORS[o.indicator].kind is SiteKind.cluster]

    plan = plan_in_force([unit], SiteKind.cluster, at.day, units, of_clusters).stated
    stated = _in_force(of_clusters(unit, at.day), at.day, period)
    stated |= {o.indicator: o for o in plan}
    clusters = SITE_HISTORY.states.where(
        _V.kind == SiteKind.cluster.value, _V.province_code == unit.code
    )
    states = await read_dicts(connection, clusters, at.parameters)
    found = await findings_by_indicator(judges, ProvinceOnDay(unit, at.day))
    return list(_rows(stated, states, found, at.day, language))


def _in_force(
    stated: Iterable[Observed], day: date, period: ReportingPeriod
) -> dict[str, Observed]:
    """Return what is stated by indicator: of flows that of the period, of stocks the latest."""
    measured = [o for o in stated if o.basis in MEASURED]
    flows = (o for o in measured if _is_flow(o) and (o.period_from, o.period_to) in period.spans)
    stocks = totals_by((o for o in measured if not _is_flow(o)), day)
    return {**{code: o for code, (_, o) in stocks.items()}, **latest(flows, lambda o: o.indicator)}


def _is_flow(observed: Observed) -> bool:
    return INDICATORS[observed.indicator].adds_up is AddsUp.flow


def _rows(
    stated: Mapping[str, Observed],
    states: Sequence[Values],
    found: Mapping[str, Sequence[Finding]],
    day: date,
    language: Language | None,
) -> Iterator[Mapping[str, object]]:
    for line in lines():
        if line.number in HEADINGS:
            number, *title = HEADINGS[line.number]
            text = in_language((title[0], title[1]), language) if language else None
            yield {"number": number, "indicator": text}
        computed = computed_of(line.indicator, states)
        yield {
            **_words(line, language),
            **_stated(stated.get(line.indicator)),
            **(_computed(computed) if computed else {}),
            "findings": _named(found.get(line.indicator, ()), language),
            DAY.name: day,
        }


def _words(line: Line, language: Language | None) -> Mapping[str, object]:
    unit, indicator = line.unit, line.indicator
    if language:
        unit = in_language(UNITS[line.unit], language)
        indicator = in_language((line.text, INDICATORS[line.indicator].name_en), language)
    return {"number": line.number, "indicator": indicator, "unit": unit}


def _stated(observed: Observed | None) -> Mapping[str, object]:
    if observed is None:
        return {}
    return {
        "value": observed.value,
        "qualifier": observed.qualifier,
        "value_to": observed.value_to,
        "period": observed.period,
        "source_title": observed.source_title,
    }


def _computed(figure: Computed) -> Mapping[str, object]:
    return {
        "computed": figure.value,
        "computed_qualifier": None if figure.value is None else figure.hedge,
        "computed_known": figure.known,
        "computed_unknown": figure.unknown,
    }


def _named(found: Sequence[Finding], language: Language | None) -> str | None:
    if language is None:
        return listed(dict.fromkeys(one.rule for one in found)) or None
    texts = (in_language((one.message_vi, one.message_en), language) for one in found)
    return "\n".join(dict.fromkeys(texts)) or None


def computed_of(code: str, clusters: Sequence[Values]) -> Computed | None:
    """Compute an indicator from the states of clusters; ``None`` where the register cannot.

    A cluster is unknown that may be among those counted, or whose value is unknown.
    """
    indicator = INDICATORS[code]
    if indicator.counterpart is None:
        return _added(indicator, clusters) if code in COMPUTED else None
    taken = [cluster for cluster in clusters if indicator.counterpart.takes_in(cluster)]
    if code in OF_OPERATING:
        taken = [cluster for cluster in taken if cluster["stage"] == Stage.operating]
    if indicator.counterpart.measure is Measure.number:
        return Computed(Decimal(len(taken)), len(taken), 0)
    if indicator.counterpart.measure is Measure.occupancy:
        return _occupancy(taken)
    return _sum(taken, AREA_ATTRIBUTES[indicator.counterpart.measure], Decimal(1), 0)


def _added(indicator: Indicator, clusters: Sequence[Values]) -> Computed:
    taken, attribute = COMPUTED[indicator.code]
    counted = [cluster for cluster in clusters if cluster["stage"] not in UNCOUNTED]
    judged = [(cluster, taken(cluster)) for cluster in counted]
    members = [cluster for cluster, is_taken in judged if is_taken]
    unknown = sum(is_taken is None for _, is_taken in judged)
    if attribute is None:
        known = len(counted) - unknown
        value = None if unknown and not known else Decimal(len(members))
        return Computed(value, known, unknown)
    scale = _BILLION if indicator.unit is UnitOfMeasure.billion_vnd else Decimal(1)
    return _sum(members, attribute, scale, unknown)


def _sum(members: Sequence[Values], attribute: str, scale: Decimal, unknown: int) -> Computed:
    """Add up an attribute; without any known value the sum is unknown where something is."""
    known = [one for one in members if one[attribute] is not None]
    unknown += len(members) - len(known)
    total = None if unknown and not known else _total(known, attribute) / scale
    return Computed(total, len(known), unknown, hedge_of_figure(_hedges(known, attribute)))


def _total(members: Sequence[Values], attribute: str) -> Decimal:
    return sum((Decimal(str(one[attribute])) for one in members), Decimal())


def _hedges(members: Sequence[Values], *attributes: str) -> list[str]:
    hedges = [(one["qualifiers"] or {}).get(name) for one in members for name in attributes]
    return [hedge for hedge in hedges if hedge]


def _occupancy(members: Sequence[Values]) -> Computed:
    """Return the leased over the leasable land, of the clusters of which both are known."""
    both = [o for o in members if o["leased_ha"] is not None and o["leasable_ha"] is not None]
    known = [one for one in both if one["leased_ha"] <= one["leasable_ha"]]
    rate = percent(_total(known, "leased_ha"), _total(known, "leasable_ha"))
    whole = _hedges(known, "industrial_land_ha", "service_land_ha")
    hedge = hedge_of_figure(_hedges(known, "leased_ha"), whole)
    return Computed(rate, len(known), len(members) - len(known), hedge)
