"""The words of the overview."""

from app.pages.vocabulary import page_words

page_words(
    "home",
    title="Industrial land of Vietnam’s provinces",
    lead="Every status that a zone or cluster ever had, who said so, and when that became known.",
    by_province="Provinces",
    province="Province",
    country="Whole country",
    sites="Sites",
    planned="In the plan",
    area="Area, ha",
    planned_area="In the plan, ha",
    stages="Stages",
    clearance="Cleared",
    occupancy="Occupied",
    coverage="3/6 beside a sum: known of 3 of 6 sites. A dash is unknown, never 0. Sums leave out "
    "closed and removed sites.",
    former="Provinces that ended on {day}:",
    empty="Nothing is known of this day.",
    findings="What does not add up",
    all_findings="All findings",
    changes="What changed last",
    all_changes="All changes",
    ways="Go on",
    way_sites="All zones and clusters, as a list",
    way_projects="All investment projects, as a list",
    way_organizations="All investors, managing bodies and authorities, as a list",
    way_sources="All documents that say something, as a list",
    way_compare="Compare two days, two states of knowledge, or two provinces",
    way_api="The API, with examples to try out",
    way_files="All figures as a workbook",
)
