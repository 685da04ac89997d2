from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PartnersConfig(AppConfig):
    name = "partners"
    verbose_name = _("Partners and people")

    def ready(self) -> None:
        from partners.services.schedule import late_runs
        from smartport import health

        health.late_runs.register("schedule", late_runs)
