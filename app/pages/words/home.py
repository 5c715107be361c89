"""The words of the overview."""

from app.pages.vocabulary import page_words

page_words(
    "home",
    title="Industrial land of Vietnam’s provinces",
    lead="Every status that a zone or cluster ever had, who said so, and when that became known.",
    by_province="Provinces",
    province="Province",
    sites="Sites",
    planned="In the plan",
    area="Area, ha",
    clearance="Cleared",
    occupancy="Occupied",
    empty="Nothing is known of this day.",
)
