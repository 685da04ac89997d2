import pytest

from smartport.devices import device

LIKE = "Mozilla/5.0 ({}) AppleWebKit/537.36 (KHTML, like Gecko) {}"


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (LIKE.format("Windows NT 10.0; Win64; x64", "Chrome/140.0 Safari/537.36 Edg/140.0"), "Edge, Windows"),
        (LIKE.format("X11; Linux x86_64", "Chrome/140.0 Safari/537.36"), "Chrome, Linux"),
        (LIKE.format("Linux; Android 15", "Chrome/140.0 Mobile Safari/537.36"), "Chrome, Android"),
        (LIKE.format("iPhone; CPU iPhone OS 18_0", "Version/18.0 Safari/604.1"), "Safari, iPhone"),
        ("Mozilla/5.0 (Macintosh; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Mac"),
        ("Telephone", "Telephone"),
        ("x" * 300, "x" * 80),
        ("", "appareil inconnu"),
    ],
)  # fmt: skip
def test_a_browser_says_itself_in_words(user_agent, words):
    assert device(user_agent) == words
