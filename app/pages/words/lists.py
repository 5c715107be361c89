"""The words of the lists of projects, organizations and sources."""

from app.pages.vocabulary import page_words

page_words(
    "projects",
    title="Investment projects",
    lead="Every secondary investment project that matches, as of the day.",
    count="Projects found: {count}",
    none="No project matches.",
)
page_words(
    "organizations",
    title="Organizations",
    lead="Investors, managing bodies and authorities, with what they have to do with which site.",
    none="No organization matches.",
)
page_words(
    "sources",
    title="Sources",
    lead="Every document that says something of a site, a project or a province.",
    words="Title, number, issuer or id",
    name="Title",
    none="No document matches.",
)
