"""Celery as the project's forerunner ran it: prefork, acks late, prefetch two a process, events on, time limits."""

import json
import os
import time

import redis
from celery import Celery

QUEUE = "model_generation"
RESULTS = os.environ["BENCH_RESULTS_URL"]
results = redis.Redis.from_url(RESULTS)

app = Celery("image2model", broker=os.environ["BENCH_AMQP_URL"], backend=RESULTS)
app.conf.update(
    task_serializer="json",
    accept_content=["json"],
    result_serializer="json",
    timezone="UTC",
    enable_utc=True,
    worker_prefetch_multiplier=2,
    worker_disable_rate_limits=False,
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    task_acks_on_failure_or_timeout=True,
    task_soft_time_limit=1500,
    task_time_limit=1800,
    result_expires=3600,
    result_persistent=True,
    task_default_queue=QUEUE,
    broker_pool_limit=10,
)


def now_ms():
    return time.time() * 1000


@app.task(bind=True, name="tasks.generate_single_model", max_retries=3)
def generate_single_model(self, job_id, file_info, settings):
    """One file that takes no time; says when it began and ended."""
    started = now_ms()
    return {
        "file_id": file_info["file_id"],
        "status": "completed",
        "started_ms": started,
        "ended_ms": now_ms(),
    }


@app.task(name="tasks.finalize_batch")
def finalize_batch(files, job_id):
    """The chord's callback: counts what it was given, stores it, tells who listens."""
    finished = results.incr(f"job:{job_id}:finished")
    summary = {
        "done": sum(1 for file in files if file.get("status") == "completed"),
        "distinct": len({file["file_id"] for file in files}),
        "first_ms": min(file["started_ms"] for file in files),
        "last_ms": max(file["ended_ms"] for file in files),
        "finished": finished,
    }
    pipeline = results.pipeline(transaction=False)
    pipeline.setex(f"job:{job_id}:status", 86400, json.dumps(summary))
    pipeline.publish(f"job:{job_id}", json.dumps(summary))
    pipeline.execute()
    return {"status": "completed", "total_files": len(files)}
