"""Every kind of message can be read by the secretariat with a real case, in both languages, as HTML and as text."""

import re

import pytest
from django.urls import reverse

from smartport import messages

pytestmark = pytest.mark.django_db
LANGUAGES = {"fr", "en"}
HOLE = re.compile(  # a word that the example does not give: "as .", "Reason:" and nothing, "None"
    r"\bNone\b|\b(?:as|comme|of|de) [.,]|(?:^| )…(?:$| )|(?::|\u00a0:)[ \n]*\Z|^[ ,.:]",
    re.MULTILINE,
)


def frame_of(name, language):
    return reverse("partners:kind_letter", args=[name, language])


def _body(text):
    """Without greeting, links and signature."""
    lines = [line for line in text.partition("\n\n-- ")[0].splitlines() if "://" not in line]
    return "\n".join(lines).strip()


def problems_of(name, office):
    """What its page does not show; all kinds share one world, and each text is made once by language."""
    page = office.get(reverse("partners:kind", args=[name]))
    shown = page.content.decode()
    letters = {language: letter for language, _label, letter in page.context["letters"]}
    if not letters and name != "announcement":
        yield "no example: register one in the app's previews.py"
    if letters and set(letters) != LANGUAGES:
        yield f"only in {sorted(letters)}"
    for language, letter in letters.items():
        if not (letter.subject and letter.text):
            yield f"an empty text in {language}"
        for said in (letter.subject, _body(letter.text)):
            if hole := HOLE.search(said):
                yield f"a hole in {language}: {said[max(0, hole.start() - 40) : hole.end() + 20]!r}"
        if f'<html lang="{language}">' not in letter.html:
            yield f"HTML that is not marked as {language}"
        if re.search(r'class="button"[^>]*>http', letter.html):
            yield f"a button that says only its address in {language}"
        if frame_of(name, language) not in shown:
            yield f"no frame with its HTML in {language}"


def test_the_texts_of_every_kind_are_shown_in_both_languages(world, clients):
    office = clients["secretariat"]
    found = {name: list(problems_of(name, office)) for name in messages.kinds.names()}
    assert {name: problems for name, problems in found.items() if problems} == {}
    for language in LANGUAGES:
        frame = office.get(frame_of("report_due", language)).content.decode()
        assert f'<html lang="{language}">' in frame
