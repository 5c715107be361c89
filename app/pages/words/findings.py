"""The words of findings and changes."""

from app.pages.vocabulary import page_words

page_words(
    "findings",
    title="What does not add up",
    lead="Facts that do not fit together or break a rule, with their numbers and who said them.",
    severity="Severity",
    province="Province",
    rule="Rule",
    all="All",
    edition="By edition {edition} of the rules.",
    none="Nothing was found on this page.",
    more="and {count} further statements",
)
page_words(
    "changes",
    title="Changes",
    lead="What was recorded, newest first. What comes while you look appears by itself.",
    revision="Revision {number}",
    what_it_did="What it did",
    previous="The revision before",
    following="The revision after",
    more="and {count} more",
    earlier="Earlier changes",
    none="Nothing is recorded yet.",
    erased="Texts erased",
)
