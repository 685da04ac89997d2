"""Every kind of message can be read by the secretariat with a real case, in both languages, as HTML and as text."""

import pytest
from django.urls import reverse

from smartport import messages

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("name", messages.kinds.names())
def test_the_texts_of_a_kind_are_shown_in_both_languages(name, world, clients):
    office = clients["secretariat"]
    page = office.get(reverse("partners:kind", args=[name]))
    letters = {language: letter for language, _label, letter in page.context["letters"]}
    if name == "announcement" or letters:
        assert set(letters) == {"fr", "en"}
    else:
        pytest.fail(f"{name} has no example: register one in the app's previews.py")
    for language, letter in letters.items():
        assert letter.subject
        assert letter.text
        frame = office.get(reverse("partners:kind_letter", args=[name, language]))
        assert f'<html lang="{language}">' in frame.content.decode()
