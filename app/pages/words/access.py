"""The words of keys, of the audit log, and of what somebody recorded."""

from app.pages.vocabulary import page_words

page_words(
    "keys",
    title="Keys",
    lead="Everybody who writes has a key of their own. A key that was lost, or whose holder has "
    "left, is revoked: at once and for ever, with every session that it opened.",
    name="Name",
    role="Role",
    role_reader="Reader",
    role_contributor="Contributor",
    role_editor="Editor",
    role_auditor="Auditor",
    role_administrator="Administrator",
    provinces="Provinces",
    provinces_help="For editors and contributors only: names or codes, with commas between; a code "
    "of a day is written as in 06@2025-06-30. A right follows its province into what it becomes "
    "part of.",
    in_force="in force",
    revoked="revoked",
    expired="expired",
    expires="Valid until",
    expires_on="Last day",
    expires_help="As in 31/12/2027. A year from now where nothing is written; five years at most.",
    last_used="Last used",
    never="never",
    new="A new key",
    make="Make the key",
    made="The new key",
    once="This is the only time that the key is shown: hand it over now, by a way that only its "
    "holder reads.",
    one="Key {id}",
    created="Made",
    revoke="Revoke",
    revoke_help="What was written with the key stays.",
    reason="Reason",
    back="All keys",
)
page_words(
    "audit",
    title="Audit log",
    lead="Administrative actions, who signed in to the pages, and refused requests. Refusals alike "
    "within a few seconds are one entry with a count.",
    action="Action",
    action_refused="Refused",
    action_key_created="Key made",
    action_key_revoked="Key revoked",
    action_signed_in="Signed in",
    action_signed_out="Signed out",
    action_proposal_submitted="Proposal submitted",
    action_proposal_returned="Proposal returned",
    action_proposal_withdrawn="Proposal withdrawn",
    action_proposal_approved="Proposal approved",
    all="All",
    at="When",
    who="Who",
    address="Address",
    operation="Operation",
    count="Times",
    detail="Detail",
    none="There is no such entry.",
)
page_words(
    "mine",
    title="What I recorded",
    lead="The revisions of",
    none="Nothing was recorded with this key yet.",
)
