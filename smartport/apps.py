from django.apps import AppConfig


class SmartportConfig(AppConfig):
    name = "smartport"

    def ready(self) -> None:
        from smartport import checks  # noqa: F401  (registers the system checks)
        from smartport.registry import discover

        discover()
