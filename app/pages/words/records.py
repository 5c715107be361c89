"""The words of lists, values, statements and search."""

from app.pages.vocabulary import page_words

page_words(
    "lists",
    only="Only those with",
    leave_out="leave out",
    since="In the register since",
)
page_words(
    "values",
    lead="One value of each site of which it is known, with who said so.",
    value="Value",
    source="Said by",
    recorded="Recorded",
    **{"from": "From"},
)
page_words(
    "statement",
    title="Statement {id}",
    lead="What a source says of",
    source="Source",
    basis="Basis",
    recorded="Recorded",
    note="Note",
    override="Recorded all the same, because",
    cites="Refers to",
    says="What it says",
    retracted="Withdrawn on {instant}:",
    replaced_by="replaced by",
    replaces="Replaces",
    **{"from": "Holds from"},
)
page_words(
    "search",
    title="Search",
    label="Words of a name",
    hint="Province, zone, cluster, investor, document",
    button="Search",
    provinces="Provinces",
    sites="Sites",
    projects="Projects",
    organizations="Organizations",
    sources="Sources",
    until="until {day}",
    more="{count} more",
    many="More than {count} more",
    first="These are the first {count}: another word leads to fewer.",
    meant="Did you mean",
    nothing="Nothing has these words in its name. Accents and case do not count.",
)
