"""The words that all pages share: head, navigation, snapshot controls, files, faults."""

from app.pages.vocabulary import page_words

page_words(
    "layout",
    register="Register of industrial zones and clusters",
    skip="Skip to the content",
    home="Overview",
    sites="Sites",
    findings="Findings",
    changes="Changes",
    compare="Compare",
    map="Map",
    api="API",
    language="Language",
    theme="Theme",
    account="Account",
    sign_in="Sign in",
    sign_out="Sign out",
    theme_auto="Device",
    theme_light="Light",
    theme_dark="Dark",
    footer="Every figure can be traced to who said it, and recomputed for any date, as known on "
    "any date.",
    licence="Software under the MIT licence",
    data_licence="Data under",
)
page_words(
    "snapshot",
    title="Point in time",
    as_of="As it was on",
    known_at="As known on",
    known_at_revision="As known at revision {revision}",
    leave_revision="as known now",
    show="Show",
    latest="Latest",
    state="As it was on {day}, as known on {instant} (revision {revision})",
    state_empty="As it was on {day}; nothing is recorded yet",
    permanent="Permanent link",
    permanent_help="Pins the day, the revision and the edition of the rules",
    unchanged="Nothing shown here has changed since, up to revision {latest}.",
    changed="What is shown here has changed since; the latest is revision {latest}.",
    see_latest="See it as known now",
    rules_changed="The rules have changed since: the address names edition {named}, and findings "
    "here are by edition {edition}.",
)
page_words(
    "files",
    title="What you see, as data",
    view="Figures",
    other="Compared with",
    series="Figures over time",
    sites="Sites",
    projects="Projects",
    organizations="Organizations",
    sources="Sources",
    provinces="Provinces",
    findings="Findings",
    state="State",
    entry="Entry",
    timeline="States over time",
    provenance="Who said what",
    statements="Statements",
    roles="Roles",
    citations="Citations",
    curl="By curl",
)
page_words(
    "value",
    unknown="unknown",
    cleared="no longer known",
    coverage="{known} of {all}",
    coverage_help="Known for {known} of {all} sites",
)
page_words(
    "problem",
    on_day="{unit} on that day",
    from_day="See it on {day}",
    back="Back to the overview",
    faults="What is at fault",
    request="Request {id}",
)
