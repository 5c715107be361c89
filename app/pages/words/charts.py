"""The words of charts."""

from app.pages.vocabulary import page_words

page_words(
    "charts",
    to="to",
    show="Draw",
    whole="the whole time",
    nothing="Nothing is known of this.",
    change="{label}: {first} on {first_day}, {last} on {last_day}.",
    unknown="{label}: unknown",
    since="From",
    until="Until",
    partial="Dotted: of some sites it is unknown",
    what="What",
    planned="Planned",
    actual="Actual",
    track="Track",
    state="State",
    span="{label}, {value}: from {first} until {last}",
    open_span="{label}, {value}: since {first}",
    sites="sites",
    number_of_sites="Sites",
    cleared="Cleared",
    to_clear="To clear",
    completed="Said to be completed",
    by_land="Weighted by land",
    mean="Mean of the rates",
    borders="boundaries changed",
    thinned=(
        "Figures changed on more than {most} days; those of the first days of months, quarters or "
        "years are drawn."
    ),
    source="Until {day}, as known at revision {revision} of the register",
    table="The chart as a table",
    link="This chart as a picture (SVG)",
    embed="Embed this chart",
    swipe="Wider than the screen: scroll sideways",
    **{"from": "Charts from"},
)
page_words(
    "figures",
    area="Area",
    stages="Sites by stage",
    clearance="Land clearance",
    clearance_status="Sites by clearance status",
    occupancy="Occupancy",
    plan="Plan and actual",
)
page_words(
    "country",
    lead="All provinces together; sums leave out closed and removed sites.",
    beside="The same for the whole country",
)
