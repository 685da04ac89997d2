from tests.house.matrix import Row

ROWS = [
    Row("choose_language", "302"),
    Row("healthz", "200"),
    Row("readyz", "200"),
    Row("robots", "200"),
    Row("set_language", "302", method="post", data={"language": "en"}),
    Row("smartport:legal", "200"),
    Row("smartport:personal_data", "200"),
    Row("smartport:accessibility", "200"),
    Row("smartport:site_map", "200"),
    Row("smartport:gallery", "200"),
]
