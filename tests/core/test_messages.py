"""Messages: ids with parameters, compared as such, read in a language at the edge."""

import pytest

from app.core.messages import SENTENCES, TEMPLATES, Message, Template, foreign, parameters_of

GREETING = Template("test-greeting", "{name!r} has {area:f} ha")


def test_a_message_reads_in_english_if_nothing_else_is_known() -> None:
    assert str(GREETING(name="Chu Hương", area=18)) == "'Chu Hương' has 18.000000 ha"


def test_a_catalogue_gives_the_text_of_another_language() -> None:
    catalogue = {"test-greeting": "{area} ha: {name}"}
    assert GREETING(name="A", area=18).render(catalogue) == "18 ha: A"
    assert GREETING(name="A", area=18).render({"other": "x"}) == "'A' has 18.000000 ha"


def test_a_text_with_parameters_that_are_not_there_is_replaced_by_the_english() -> None:
    assert GREETING(name="A", area=1).render({"test-greeting": "{size}"}) == "'A' has 1.000000 ha"


def test_messages_within_messages_are_read_in_the_same_language() -> None:
    both = SENTENCES(sentences=(GREETING(name="A", area=1), foreign("number", "No number.")))
    assert both.render({"test-greeting": "{name}!"}) == "A! No number."


def test_messages_are_the_same_by_id_and_parameters() -> None:
    one, same, other = (GREETING(name="A", area=area) for area in (1, 1, 2))
    assert one == same
    assert len({one, same, other}) == 2


def test_parameters_are_those_of_the_text() -> None:
    assert parameters_of("{a!r} and {b:f}, {{c}}") == {"a", "b"}
    with pytest.raises(TypeError, match="the parameters of test-greeting are area, name"):
        GREETING(name="A")


def test_an_id_is_used_once() -> None:
    with pytest.raises(ValueError, match="test-greeting"):
        Template("test-greeting", "again")
    assert TEMPLATES["test-greeting"] is GREETING


def test_a_kind_that_a_library_names_may_have_a_text_of_its_own() -> None:
    message = foreign("string_too_long", "At most 3.", {"max_length": 3})
    assert message == Message("string_too_long", {"max_length": 3, "text": "At most 3."})
    assert message.render({"string_too_long": "≤ {max_length}"}) == "≤ 3"
