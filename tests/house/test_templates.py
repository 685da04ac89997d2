"""Every template compiles, shows only what it is given, and holds nothing that the content policy forbids."""

import re
from pathlib import Path

import pytest
from django.core.paginator import Paginator, UnorderedObjectListWarning
from django.template import Context, Template, engines
from django.template.loader import get_template

from tests.house.strict_templates import UndefinedVariable

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = [
    ROOT / "templates",
    *(ROOT / app / "templates" for app in ("smartport", "partners", "projects", "governance")),
]
TEMPLATES = {
    str(path.relative_to(folder)): path
    for folder in FOLDERS
    for path in sorted(folder.rglob("*"))
    if path.is_file()
}
HTML = [name for name in TEMPLATES if name.endswith(".html")]
FORBIDDEN = {
    "an inline script": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/(?:ld\+)?json\")", re.IGNORECASE
    ),
    "an inline style sheet": re.compile(r"<style\b", re.IGNORECASE),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.IGNORECASE),
    "an event attribute": re.compile(r"<[^>]*\son[a-z]+\s*=", re.IGNORECASE),
    "a moment that machines do not read": re.compile(
        r"datetime=\"\{\{[^}]*\|date:'(?!Y-m-d'|Y-m-d\\TH:i:sO')"
    ),
    "a clock that French does not write": re.compile(r"TIME_FORMAT"),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "something asked of another host": re.compile(
        r"<(?:script|img|iframe|source|video|audio)[^>]*\bsrc=[\"'](?:https?:)?//|<link(?![^>]*rel=\"(?:canonical|alternate)\")"
        r"[^>]*\bhref=[\"'](?:https?:)?//",
        re.IGNORECASE,
    ),
}
# Stands on pages that are kept for everyone, where a token would be a cookie; its view acts for nobody signed in.
WITHOUT_TOKEN = {"components/subscribe.html"}
# Mail programs read no style sheet but the letter's own.
MAIL = "messages/"
COMMENTS = re.compile(r"{%\s*comment.*?endcomment\s*%}|{#.*?#}", re.DOTALL)
POST_FORM = re.compile(
    r"<form\b[^>]*\bmethod=[\"']post[\"'][^>]*>(.*?)</form>", re.IGNORECASE | re.DOTALL
)


def source(name: str) -> str:
    return COMMENTS.sub("", TEMPLATES[name].read_text(encoding="utf-8"))


def faults(text: str) -> list[str]:
    found = [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    if any("{% csrf_token %}" not in form for form in POST_FORM.findall(text)):
        found.append("a form that posts without {% csrf_token %}")
    return found


@pytest.mark.parametrize("name", sorted(TEMPLATES))
def test_every_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", sorted(HTML))
def test_no_template_holds_what_the_policy_forbids(name):
    allowed = {"an inline style sheet"} if name.startswith(MAIL) else set()
    if name in WITHOUT_TOKEN:
        allowed = {"a form that posts without {% csrf_token %}"}
    assert set(faults(source(name))) <= allowed


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<style>p {}</style>",
        '<p class="a" style="color: red">',
        '<button type="button" onclick="go()">',
        '<a href="javascript:go()">',
        '{{ meeting.starts_at|time:"TIME_FORMAT" }}',
        """<time datetime="{{ entry.at|date:'H:i:sP' }}">""",
        '<img src="https://elsewhere.example/a.png">',
        '<link rel="stylesheet" href="//elsewhere.example/a.css">',
        '<form method="post" action="."><button>Go</button></form>',
    ],
)
def test_the_guard_sees_each_kind_of_fault(text):
    assert len(faults(text)) == 1


def rendered(text: str, **context: object) -> str:
    template = Template(text)
    template.origin.name = str(ROOT / "templates" / "example.html")
    return template.render(Context(context))


@pytest.mark.parametrize(
    "text",
    [
        "{{ missing }}",
        "{{ given.missing }}",
        "{{ missing|upper }}",
        "{% blocktranslate %}a {{ missing }}{% endblocktranslate %}",
        "{% include given with a=missing %}",
    ],
)
def test_showing_a_variable_that_is_not_given_fails(text):
    with pytest.raises(UndefinedVariable, match=r"templates/example\.html shows .*missing"):
        rendered(text, given=Template(""))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{% if missing %}a{% else %}b{% endif %}", "b"),
        ("{% for one in missing %}a{% empty %}b{% endfor %}", "b"),
        ("{{ missing|default:'b' }}", "b"),
        ("{% firstof missing 'b' %}", "b"),
        ("{{ given }}", "b"),
    ],
)
def test_asking_for_a_variable_that_is_not_given_is_free(text, expected):
    assert rendered(text, given="b") == expected


def test_libraries_answer_for_their_own_templates():
    assert engines["django"].from_string("{{ missing }}").render() == ""


@pytest.mark.django_db
def test_paging_a_list_without_an_order_is_an_error():
    from django.contrib.contenttypes.models import ContentType

    with pytest.raises(UnorderedObjectListWarning):
        Paginator(ContentType.objects.order_by(), 2).page(1)
