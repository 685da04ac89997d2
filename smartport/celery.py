import os
from datetime import timedelta

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "smartport.settings")

app = Celery("smartport")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.conf.update(
    result_backend=None,
    task_ignore_result=True,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_time_limit=1800,
    worker_prefetch_multiplier=1,
    # In kB: after a huge pack, the next job has a fresh process.
    worker_max_memory_per_child=600_000,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    timezone="Europe/Paris",
)
app.autodiscover_tasks()

# The whole schedule, in Europe/Paris time. Each entry looks for what is due and not done, so a missed
# or doubled run changes nothing. What runs all the time counts seconds, not minutes of the clock: an hour of
# the night that comes twice, in October, would stop it for an hour.
ALWAYS = timedelta(minutes=1)
app.conf.beat_schedule = {
    "open_reports": {
        "task": "projects.tasks.open_reports",
        "schedule": crontab(minute=0, hour="6-20"),
    },
    "tidy_facets": {"task": "projects.tasks.tidy_facets", "schedule": ALWAYS},
    "deliver_messages": {"task": "partners.tasks.deliver_messages", "schedule": ALWAYS},
    "send_reminders": {
        "task": "partners.tasks.send_reminders",
        "schedule": crontab(minute=5, hour="7-20"),
    },
    "build_packs": {"task": "governance.tasks.build_packs", "schedule": ALWAYS},
    "approve_minutes": {
        "task": "governance.tasks.approve_minutes",
        "schedule": crontab(minute=15, hour="6-20"),
    },
    "send_subscriptions": {
        "task": "partners.tasks.send_subscriptions",
        "schedule": crontab(minute=45, hour="7-20"),
    },
    "send_digests": {
        "task": "partners.tasks.send_digests",
        "schedule": crontab(minute=30, hour="7-20"),
    },
}
