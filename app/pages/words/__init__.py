"""The words of pages: messages of the catalogues, as the sentences of problems are.

Templates write ``t("home.title")`` for the message ``page.home.title``. Each page has a module
here; all of them are imported, so that the catalogues have their words.
"""

from importlib import import_module
from pkgutil import iter_modules

from app.core.messages import TEMPLATES, Message
from app.pages.vocabulary import PREFIX

for _module in iter_modules(__path__):
    import_module(f"{__name__}.{_module.name}")


def word(name: str, **parameters: object) -> Message:
    """Return a word by page and name, as in ``home.title``; ``KeyError`` if there is none."""
    return TEMPLATES[f"{PREFIX}.{name}"](**parameters)
