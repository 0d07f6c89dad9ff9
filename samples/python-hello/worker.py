"""Says every few seconds that it is there, until it is told to stop."""

import os
import signal
import threading

stop = threading.Event()
signal.signal(signal.SIGTERM, lambda *_: stop.set())
print("worker is ready", flush=True)
while not stop.wait(5):
    print(f"{os.environ.get('BERTH_SANDBOX', 'worker')} is working", flush=True)
print("worker ends", flush=True)
