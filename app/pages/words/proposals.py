"""The words of proposals."""

from app.pages.vocabulary import page_words

page_words(
    "proposals",
    title="Proposals",
    lead="What contributors propose counts once an editor of the province has approved it. Here is "
    "what concerns you, the newest first.",
    none="There is no such proposal.",
    state="State",
    any="Any",
    show="Show",
    mine="Only my own",
    of="Proposal of",
    author="Proposed by",
    sent="Sent",
    why="Why",
    where="Concerns",
    nowhere="documents alone",
    members="Things to record",
    decision="Last decision",
    recorded="Recorded in",
    says="What is proposed",
    refused="Cannot be recorded now",
    back="All proposals",
    file="The file that it is of:",
    back_to="Back to the proposal",
    change="Change it",
    was_sent="Submitted for review. It counts once an editor has approved it.",
    decide="Decide",
    approve="Approve and record",
    approve_lead="It is judged once more and recorded as one revision, which names its author and "
    "you. What cannot be recorded any more refuses all of it.",
    remark="A remark for its author",
    give_back="Return to its author",
    what_to_change="What is to be changed",
    withdraw="Withdraw",
    withdraw_lead="Nothing will become of it then.",
    own="You proposed this: somebody else decides.",
    approved_by="approved by",
)
