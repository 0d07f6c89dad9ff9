"""Takes one job after the other from the queue. On SIGTERM it finishes the job in hand, then ends."""

import json
import os
import random
import signal
import time

from redis_client import Redis, RedisError

WORKER = os.environ.get("BERTH_SANDBOX", f"worker-{os.getpid()}")
ALIVE_SECONDS = 5
KEPT_JOBS = 50

stopping = False


def stop(_signal, _frame):
    global stopping
    stopping = True


def show(redis, status):
    """What the page lists as a worker; it drops out by itself when it no longer calls."""
    redis.call("SET", f"worker:{WORKER}", status, "EX", ALIVE_SECONDS)


def do(redis, job):
    show(redis, f"working on {job['title']}")
    print(f"{WORKER} takes job {job['id']}: {job['title']}", flush=True)
    time.sleep(random.uniform(0.5, 1.0))
    job |= {"worker": WORKER, "done": time.time()}
    redis.pipeline([
        ("LPUSH", "done", json.dumps(job)),
        ("LTRIM", "done", 0, KEPT_JOBS - 1),
        ("INCR", "done:count"),
        ("HINCRBY", "done:by", WORKER, 1),
    ])
    print(f"{WORKER} has done job {job['id']}", flush=True)


def main():
    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    redis = Redis()
    print(f"{WORKER} is ready", flush=True)
    while not stopping:
        try:
            show(redis, "idle")
            # One second at a time, so that a stop is noticed; a job that was popped is always done.
            popped = redis.call("BLPOP", "jobs", 1, wait=1)
            if popped is not None:
                do(redis, json.loads(popped[1]))
        except (OSError, EOFError, RedisError) as error:
            print(f"{WORKER} waits for redis: {error}", flush=True)
    try:
        redis.call("DEL", f"worker:{WORKER}")
    except (OSError, EOFError, RedisError):
        pass  # The entry runs out by itself.
    print(f"{WORKER} ends", flush=True)


if __name__ == "__main__":
    main()
