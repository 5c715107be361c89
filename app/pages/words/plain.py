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
        "title.precondition-failed": "Somebody else changed this meanwhile",
        "slug.name": "nothing in the list is called this: choose one from it, or add a new one "
        "where the form offers that.",
        "unit-code.name": "no unit in the list is called this: choose one from it.",
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
        "something.",
        "entry.if-match": _SEEN_MEANWHILE,
        "ledger.changed-since": _SEEN_MEANWHILE,
    },
)
