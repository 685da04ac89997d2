"""Brings the trial's database up to date and fills it; each line that starts with `> ` is shown on screen."""

import os
import time

from smartport import translations


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")
    translations.compile_catalogues()

    import django

    django.setup()
    from django.contrib.auth import get_user_model
    from django.core.management import call_command

    from smartport.trial.supervisor import ACCOUNTS

    def run(command: str, **options: object) -> None:
        start = time.monotonic()
        call_command(command, **options)
        print(f"> {command} done in {time.monotonic() - start:.1f} s", flush=True)

    run("migrate", interactive=False, verbosity=0)
    run("load_smart_port")
    # Once: what people then change in the demonstration stays as they left it.
    if not get_user_model().objects.filter(email__in=ACCOUNTS).exists():
        run("load_demo")


if __name__ == "__main__":
    main()
