"""Submits chords and waits for their end; one JSON request a line in, one answer a line out."""

import json
import sys
import time
import uuid

from celery import chord

from app import finalize_batch, generate_single_model, results


def completion_of(listener):
    """Blocks until the callback's message is there."""
    while True:
        message = listener.get_message(timeout=1)
        if message and message["type"] == "message":
            return json.loads(message["data"])


def run(n):
    job_id = uuid.uuid4().hex
    with results.pubsub() as listener:
        listener.subscribe(f"job:{job_id}")
        start_ms = time.time() * 1000
        start = time.perf_counter()
        files = [
            generate_single_model.s(
                job_id=job_id,
                file_info={"file_id": f"f{idx:06d}", "url": f"/uploads/{job_id}/f{idx:06d}.png"},
                settings={"face_limit": 50000},
            )
            for idx in range(n)
        ]
        chord(files)(finalize_batch.s(job_id=job_id))
        submitted = time.perf_counter()
        summary = completion_of(listener)
        end = time.perf_counter()
        end_ms = time.time() * 1000
    return {
        "batchId": job_id,
        "totalMs": (end - start) * 1000,
        "submitMs": (submitted - start) * 1000,
        "firstStartMs": summary["first_ms"] - start_ms,
        "endMs": end_ms,
        "lastMs": summary["last_ms"],
        "done": summary["done"],
        "distinct": summary["distinct"],
    }


def finished(job_id):
    """How often the callback ran."""
    return int(results.get(f"job:{job_id}:finished") or 0)


for line in sys.stdin:
    request = json.loads(line)
    try:
        answer = {"result": {"run": run, "finished": finished}[request["method"]](**request["params"])}
    except Exception as error:  # told to the bench, which ends the run
        answer = {"error": repr(error)}
    print(json.dumps(answer), flush=True)
