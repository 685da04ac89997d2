from tests.house.matrix import Row

ROWS = [
    Row("choose_language", "302"),
    Row("healthz", "200"),
    Row("readyz", "200"),
    Row("robots", "200"),
    Row("sitemap", "200"),
    Row("sitemap_section", "200", lambda world: {"section": "projects"}),
    Row("set_language", "302", method="post", data={"language": "en"}),
    Row("smartport:legal", "200"),
    Row("smartport:personal_data", "200"),
    Row("smartport:accessibility", "200"),
    Row("smartport:site_map", "200"),
    Row("smartport:gallery", "200"),
    *(
        Row(
            "openness:dataset",
            "200",
            lambda world, name=name, kind=kind: {"name": name, "extension": kind},
            note=f"{name}.{kind}",
        )
        for name, kind in [
            ("projects", "csv"),
            ("projects", "xlsx"),
            ("projects", "json"),
            ("projects", "geojson"),
            ("decisions", "csv"),
        ]
    ),
    Row(
        "openness:dataset",
        "404",
        lambda world: {"name": "secrets", "extension": "csv"},
        note="unknown",
    ),
    Row("openness:catalog", "200", lambda world: {"extension": "jsonld"}),
    Row("openness:feed", "200", lambda world: {"name": "approvals"}),
    Row("openness:calendar", "200", lambda world: {"name": "meetings"}),
]
