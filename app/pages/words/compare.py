"""The words of comparisons."""

from app.pages.vocabulary import page_words

page_words(
    "compare",
    title="Compare",
    lead="Two days, two states of knowledge, or two provinces; what differs is marked.",
    province="Province",
    all="All provinces",
    boundaries="Boundaries",
    other_province="Another province",
    same="The same",
    button="Compare",
    figures="Figures",
    figure="Figure",
    here="This",
    other="Compared with",
    difference="Difference",
    differs="differs",
    equal="the same",
    of_known="of what is known",
    nothing="Nothing is known of either.",
    sites="Sites",
    of_sites="What differs between the sites",
    same_sites="Nothing differs between the sites that are compared.",
    absent="not in the register",
    area_ha="Area, ha",
    planned_sites="Sites in the plan",
    planned_area="Area in the plan, ha",
    cleared="Land cleared, %",
    occupied="Land occupied, %",
    **{"with": "Compare with"},
)
