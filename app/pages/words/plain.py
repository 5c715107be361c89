"""Sentences of the service as pages say them, where the API speaks of requests.

Each has the id of the sentence that it stands for (``pages/faults.py``), and some of its
parameters.
"""

from app.pages.vocabulary import page_words

_SEEN_MEANWHILE = "Somebody else changed this meanwhile: look at it as it is now, then send it."

page_words(
    "plain",
    **{
        "title.bad-body": "This cannot be recorded as it is",
        "title.bulk-refused": "This cannot be recorded as it is",
        "title.precondition-failed": "Somebody else changed this meanwhile",
        "title.bad-parameter": "This address cannot be answered",
        "title.no-such-path": "There is no such page",
        "slug.name": "nothing in the list is called this: choose one from it, or register a new "
        "one where a box below offers that",
        "unit-code.name": "no unit in the list is called this: choose one from it",
        "body.required": "fill this in.",
        "body.one-of": "choose one from the list.",
        "body.text": "write words here.",
        "body.number": "write a number.",
        "bulk.why-replaced": "Say what was wrong with the statement that is corrected.",
        "dates.no-date": "{text!r} is no date: write a day (31/10/2026), a month (10/2026), a "
        "quarter (Q3/2026) or a year (2026).",
        "body.empty": "nothing was filled in.",
        "entry.bulk-refused": "{first}",
        "fault-at": "{fault}",
        "entry.override": "If it is right all the same, say why below.",
        "entry.no-source": "No source {key!r} is registered: choose one from the list, or "
        "describe a new one.",
        "entry.no-reference": "No {what:word} {key!r} is registered, or it was withdrawn: "
        "choose one from the list.",
        "entry.no-indicator": "There is no figure {code!r}.",
        "entry.no-such-attribute": "There is nothing called {name!r} that could be shown.",
        "entry.no-such-province": "No province ever had the code {code!r}.",
        "entry.no-values": "fill in what the source says, or a note where it only remarks "
        "something",
        "entry.basis": "{attribute} says what is, so {basis} does not fit: choose actual or "
        "estimate.",
        "entry.basis-of-area": "Area says what is, so {basis} does not fit: fill in the planned "
        "area for what is planned.",
        "entry.basis-or-date": "{attribute} says what is, so {basis} does not fit: choose actual "
        "or estimate, or fill in when operation is expected.",
        "entry.not-measured": "Only what was reached is so much of a target: choose actual or "
        "estimate.",
        "entry.planned": "{indicator} is what a plan foresees, so {basis} does not fit: choose "
        "plan.",
        "entry.lasts": "{attribute} has no end, for names and places go on until the next is "
        "stated: leave the end empty, or state what ends apart.",
        "entry.no-end-after-start": "{end} does not come after {start}: the end is the first day "
        "on which this no longer holds.",
        "entry.no-end-after-start-yet": "{end} does not come after {start}: the end is the first "
        "day on which this no longer holds; to include {end} write {following}.",
        "entry.range-without-end": "{attribute} is the lower end of a range: fill in the upper "
        "one, too.",
        "subjects.qualifier-of-no-number": "{attribute} is not a quantity: how exactly it is given "
        "is said of quantities only",
        "entry.empty-patch": "Nothing was changed in the form.",
        "http.empty-patch": "Nothing was changed in the form.",
        "entry.entry-needs": "This cannot be left empty: write another.",
        "entry.id-taken": "{name} is registered as {key!r} already: state something of it, or give "
        "another id.",
        "entry.no-place": "Fill in the province, or a district or commune in it.",
        "guard.after-source": "{stated} is more than a year after the source of {published_on}, "
        "which cannot know what is so then. A plan or a target can be.",
        "guard.another-organization": "{name} is registered as {id!r}, {registered}. The same "
        "organization? Choose that one.",
        "guard.another-source": "Number {number} of {published_on} is registered as {id!r}, "
        "{title}. The same decision? Choose that one.",
        "guard.name-in-commune": "The {kind:word} {id!r}, {name}, is in the same commune "
        "{commune}. The same? State something of that one.",
        "guard.name-in-province": "The {kind:word} {id!r}, {name}, is in the same province "
        "{province}. The same? State something of that one.",
        "body.object": "paste GeoJSON: a Point, Polygon or MultiPolygon.",
        "body.day": "write a day, as in 31/12/2026.",
        "day.no-full-date": "write a day, as in 31/12/2026",
        "instant.no-offset": "write a day, as in 31/12/2026",
        "rights.malformed": "{text!r}: write the name or the code of a province",
        "numbers.no-plain-number": "write a number of at least 0, as in 12.5",
        "access.reviewed": "What is stated with this role is reviewed before it counts: use the "
        "forms that state something, and submit it for review.",
        "access.wrong-role": "{name} has the role {role}, which may not do this. Sign in with "
        "another key, or ask whoever administers the register.",
        "http.no-such-path": "There is nothing at this address.",
        "http.likely-path": "There is nothing at this address. Is {path} meant?",
        "http.other-methods": "Nothing is shown at this address: it only takes what a form sends.",
        "http.unknown-parameter": "The page does not know {name!r}, which its address names.",
        "http.unlike-any": "The page does not know {name!r}, which its address names.",
        "http.no-parameters": "The page does not know {name!r}, which its address names.",
        "http.too-many-requests-of-address": "Too much was asked for at once: wait {seconds} "
        "seconds, then try again.",
        "http.too-many-requests-of-credential": "Too much was asked for at once: wait {seconds} "
        "seconds, then try again.",
        "imports.changed-since": _SEEN_MEANWHILE,
        "imports.no-if-match": _SEEN_MEANWHILE,
        "imports.no-draft": "You have no import {id!r}.",
        "imports.read-again": "The register has changed since the file was read: have it read "
        "again, and look at it as it is now.",
        "imports.no-province": "It is not known which province the file is about, so sites and "
        "communes are not looked up. Choose it below.",
        "imports.no-effective-from": "The file does not say which date it is about. Write it "
        "below.",
        "imports.check-differs": "A figure that the row states is not what the file adds up to; "
        "it stands at its cell.",
        "imports.no-name-column": "No column is known to hold the names of sites, so nothing can "
        "be recorded. Choose below which one does.",
        "keys.no-such-key": "There never was a key {id!r}.",
        "ledger.in-flight": "This form is being carried out: wait a moment, and send it again.",
        "ledger.merged": "The organization {key!r} was merged into {into!r} in revision {number}.",
        "ledger.not-registered": "No {what:word} {key!r} is registered.",
        "subjects.not-registered": "No {what:word} {key!r} is registered.",
        "subjects.filter-not-registered": "No {what:word} {key!r} is registered.",
        "ledger.withdrawn": "The {what:word} {key!r} was withdrawn in revision {number}.",
        "proposals.changed-since": _SEEN_MEANWHILE,
        "proposals.no-if-match": _SEEN_MEANWHILE,
        "proposals.no-proposal": "There is no proposal {id!r} that concerns you.",
        "units.no-such-province": "No province ever had the code {code!r}.",
        "entry.if-match": _SEEN_MEANWHILE,
        "entry.if-match-of-entry": _SEEN_MEANWHILE,
        "ledger.changed-since": _SEEN_MEANWHILE,
    },
)
