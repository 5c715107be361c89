"""The words of the catalogue, and of the licence."""

from app.pages.vocabulary import page_words

page_words(
    "catalogue",
    title="Register of industrial zones and clusters of Vietnam",
    description="Every status that an industrial zone or cluster ever had, who said so, and when "
    "that became known; with the figures of each province, for any date, as known on any date.",
    service="Programming interface of the register",
)
page_words(
    "data",
    sites="Industrial zones, clusters and craft villages",
    projects="Secondary investment projects",
    rollups="Figures of the provinces",
    sources="Documents that say something",
    organizations="Investors, managing bodies and other organizations",
    statements="Everything that was said, source by source",
    findings="What does not fit together",
)
