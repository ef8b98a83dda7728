"""The shop's Celery application: it moves data after a migration."""

import os

from celery import Celery

from midflight.backfill.celery import backfill_task
from shop.settings import Settings

app = Celery("shop", broker=os.environ.get("BROKER_URL", "redis://localhost/0"))
app.conf.beat_schedule = {
    "backfills": {
        "task": "midflight.backfill",
        "schedule": 60.0,
        "options": {"queue": "backfills", "expires": 60},
    }
}
backfill = backfill_task(app, Settings().database_url, queue="backfills")
