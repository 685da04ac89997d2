"""The catalogues are made from the code alone, and tell what they lack."""

import json
import re
from pathlib import Path
from threading import Thread

import pytest
import yaml
from django.core.management import CommandError, call_command

from smartport import translations
from smartport.translations import TranslationError

NBSP = "\N{NO-BREAK SPACE}"


@pytest.fixture
def root(tmp_path):
    """A small project: one module and one template, with plurals, a context and a comment."""
    (tmp_path / "projects").mkdir()
    (tmp_path / "templates").mkdir()
    (tmp_path / "projects" / "views.py").write_text(
        "# Translators: the state of a report\n"
        'label = pgettext("report", "open")\n'
        'path(_("projects/"))\n'
        'ngettext("%(count)s project", "%(count)s projects", n) % {"count": n}\n'
        "gettext(variable)\n"
    )
    (tmp_path / "templates" / "list.html").write_text(
        "<div>\n"
        "    {% translate 'Find a project' %}\n"
        "  {% translate 'open' context 'door' %}\n"
        "{% blocktranslate trimmed count n=rows|length %}\n    One row\n{% plural %}\n    {{ n }} rows, 100%\n"
        "{% endblocktranslate %}</div>\n"
    )
    return tmp_path


def texts(catalog):
    return {(m.context, m.id) for m in catalog if m.id}


def test_texts_are_found_in_code_and_templates_with_plurals_and_contexts(root):
    assert texts(translations.extract(root)) == {
        ("report", "open"),
        ("door", "open"),
        (None, "projects/"),
        (None, "Find a project"),
        (None, ("%(count)s project", "%(count)s projects")),
        (None, ("One row", "%(n)s rows, 100%%")),
    }
    comments = {m.auto_comments[0] for m in translations.extract(root) if m.auto_comments}
    assert comments == {"Translators: the state of a report"}


def test_a_function_imported_under_another_name_marks_its_texts_too(root):
    (root / "projects" / "api.py").write_text(
        "from django.utils.translation import gettext as _text\n"
        'raise ValidationError({"page": [_text("There is no such page here.")]})\n'
    )
    assert (None, "There is no such page here.") in texts(translations.extract(root))


def test_the_catalogue_is_sorted_and_has_no_places_or_dates(root):
    translations.update(root)
    written = translations.catalogue_path("fr", root).read_text()
    assert "views.py" not in written and "Date" not in written
    first_forms = [
        line for line in written.splitlines() if line.startswith('msgid "') and line != 'msgid ""'
    ]
    assert first_forms == sorted(first_forms)


def test_updating_twice_changes_nothing_and_keeps_translations(root):
    translations.set_translations({"projects/": "projets/"}, root=root)
    first = translations.catalogue_path("fr", root).read_bytes()
    translations.update(root)
    assert translations.catalogue_path("fr", root).read_bytes() == first
    assert 'msgstr "projets/"' in first.decode()


COMPLETE = {
    "projects/": "projets/",
    "Find a project": "Trouver un projet",
    "%(count)s project": ["%(count)s projet", "%(count)s projets"],
    "One row": ["Une ligne", "%(n)s lignes, 100 %%"],
    "report": {"open": "ouverte"},
    "door": {"open": "ouvert"},
}


def test_a_complete_and_current_catalogue_has_no_fault(root):
    translations.set_translations(COMPLETE, root=root)
    assert list(translations.faults(root)) == []


def test_a_missing_translation_is_named(root):
    translations.set_translations(
        {k: v for k, v in COMPLETE.items() if k != "Find a project"}, root=root
    )
    assert list(translations.faults(root)) == ["fr: 'Find a project': has no translation"]


def test_a_new_text_makes_the_catalogue_out_of_date(root):
    translations.set_translations(COMPLETE, root=root)
    (root / "projects" / "forms.py").write_text('_("Save")\n')
    assert [fault for fault in translations.faults(root) if "make messages" in fault]


def test_a_fuzzy_translation_is_a_fault(root):
    translations.set_translations(COMPLETE, root=root)
    path = translations.catalogue_path("fr", root)
    path.write_text(
        path.read_text().replace('msgid "Find a project"', '#, fuzzy\nmsgid "Find a project"')
    )
    assert "fr: 'Find a project': is marked fuzzy" in list(translations.faults(root))


@pytest.mark.parametrize(
    "wrong", [["%(count)s projet", "%(cont)s projets"], ["un projet", "des projets"]]
)
def test_a_translation_with_other_placeholders_is_a_fault(root, wrong):
    translations.set_translations({**COMPLETE, "%(count)s project": wrong}, root=root)
    assert [fault for fault in translations.faults(root) if "placeholders differ" in fault]


def test_french_spaces_before_punctuation_never_break(root):
    translations.set_translations({"Find a project": "« Trouver » : un projet ?"}, root=root)
    written = translations.catalogue_path("fr", root).read_text()
    assert f"«{NBSP}Trouver{NBSP}»{NBSP}: un projet{NBSP}?" in written


def test_a_translation_may_come_before_its_text_and_waits_for_it(root):
    translations.set_translations({"Save": "Enregistrer"}, root=root)
    assert '#~ msgstr "Enregistrer"' in translations.catalogue_path("fr", root).read_text()
    (root / "projects" / "forms.py").write_text('_("Save")\n')
    translations.update(root)
    assert '\nmsgstr "Enregistrer"' in translations.catalogue_path("fr", root).read_text()


def test_pruning_forgets_translations_that_nothing_uses(root):
    translations.set_translations({"Save": "Enregistrer"}, root=root)
    translations.update(root, prune=True)
    assert "Enregistrer" not in translations.catalogue_path("fr", root).read_text()


@pytest.mark.parametrize("entries", [{"projects/": ["un", "deux"]}, {"Nowhere": ["un", "deux"]}])
def test_plural_forms_for_a_text_without_plural_are_refused(root, entries):
    with pytest.raises(TranslationError):
        translations.set_translations(entries, root=root)


@pytest.mark.parametrize("source", ['_(f"a {b}")', '_("a" + b)', '_("a" if b else "c")', '_("")'])
def test_a_text_that_no_catalogue_could_hold_is_refused_with_its_place(root, source):
    (root / "projects" / "forms.py").write_text(source)
    with pytest.raises(TranslationError, match=r"projects/forms\.py:1"):
        translations.extract(root)


def test_writers_at_the_same_time_lose_nothing(root):
    for name in "abcdefgh":
        (root / "projects" / f"{name}.py").write_text(f'_("text {name}")\n')
    writers = [
        Thread(
            target=translations.set_translations,
            args=({f"text {n}": f"texte {n}"},),
            kwargs={"root": root},
        )
        for n in "abcdefgh"
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    written = translations.catalogue_path("fr", root).read_text()
    assert all(f'msgstr "texte {name}"' in written for name in "abcdefgh")


def test_a_compiled_catalogue_gives_django_its_texts_and_is_compiled_only_when_older(root):
    from gettext import GNUTranslations

    translations.set_translations(COMPLETE, root=root)
    (written,) = translations.compile_catalogues(root)
    with written.open("rb") as file:
        french = GNUTranslations(file)
    assert french.gettext("projects/") == "projets/"
    assert french.ngettext("%(count)s project", "%(count)s projects", 0) == "%(count)s projet"
    assert french.pgettext("door", "open") == "ouvert"
    assert translations.compile_catalogues(root) == []


def test_the_command_merges_a_file_and_refuses_one_that_is_not_json(root, monkeypatch, capsys):
    monkeypatch.setattr(translations.set_translations, "__defaults__", ("fr", root))
    good = root / "good.json"
    good.write_text(json.dumps({"projects/": "projets/", "Later": "Plus tard"}))
    call_command("set_translations", str(good))
    assert "2 translations set, 1 not used by any text yet" in capsys.readouterr().out
    bad = root / "bad.json"
    bad.write_text("{")
    with pytest.raises(CommandError, match="line 1"):
        call_command("set_translations", str(bad))


DAY = re.compile(
    r"\b(\d{1,2}|1er) (?=janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
)


def sentences(value):
    """Every text of a file of facts, however deep."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from sentences(part)


def test_facts_and_demonstration_keep_days_amounts_and_marks_with_their_words():
    files = list(Path(translations.ROOT).glob("*/data/**/*.yaml"))
    texts = [text for file in files for text in sentences(yaml.safe_load(file.read_text("utf-8")))]
    assert len(texts) > 500
    french = [text for text in texts if not re.search(r"€\d", text)]
    assert [text for text in french if translations.french_spaces(text) != text] == []
    assert [text for text in texts if DAY.search(text) or re.search(r"\d \d{3}\b", text)] == []
