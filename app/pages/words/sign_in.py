"""The words of signing in and out."""

from app.pages.vocabulary import page_words

page_words(
    "sign-in",
    title="Sign in",
    lead="Who brings something into the register signs in with the key that its administrator made "
    "for them. Looking needs no key where the register is public.",
    already="Signed in as",
    key="Key",
    key_help="It begins with icr_. It is kept nowhere in this browser unless you let the browser "
    "save it as a password.",
    in_the_open="Signing in needs HTTPS, except on this machine itself: a key would be sent for "
    "all to read.",
    at_issuer="Sign in with the account of your organization",
    confirmed="The issuer has confirmed who you are.",
    go_on="Go on",
    refused="The issuer did not confirm who you are.",
    again="Sign in again",
    send="Sign in",
    lost_form="Nothing was recorded. Sign in in another tab, go back to the form and send it "
    "again: what you filled in is still there.",
    kept_form="Nothing was recorded. Sign in in another tab, come back to this page and go on: "
    "what you filled in is kept in it.",
    another_tab="Sign in in another tab",
    send_again="Go on with what I filled in",
)
