# SPDX-License-Identifier: MIT
"""dog.py OBSERVER FOLDER: a line for each event that Python's watchdog reports below a folder."""

import sys

from watchdog.events import FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.polling import PollingObserver


class Printer(FileSystemEventHandler):
    def on_any_event(self, event):
        print(event.event_type, event.src_path, getattr(event, "dest_path", ""), flush=True)


observer = {"observer": Observer, "polling": PollingObserver}[sys.argv[1]]()
observer.schedule(Printer(), sys.argv[2], recursive=True)
observer.start()
print("ready", flush=True)
observer.join()
