"""Discrete events: one process runs at a time, and the ready one with the smallest virtual time is next."""

import itertools
import threading


class Process:
    """A branch of the execution with a virtual time of its own."""

    def __init__(self, number, time, label):
        self.number = number
        self.time = time
        self.label = label
        self.state = "ready"
        self.turn = threading.Event()
        self.until = None


class Scheduler:
    def __init__(self):
        self.lock = threading.RLock()
        self.numbers = itertools.count()
        self.processes = []
        self.running = None
        self.now = 0.0

    def spawn(self, time, label):
        with self.lock:
            process = Process(next(self.numbers), time, label)
            self.processes.append(process)
            return process

    def begin(self, process):
        """Makes a process the running one without a turn: the first has nobody to wait for."""
        process.state = "running"
        self.running = process

    def wait(self, process):
        process.turn.wait()
        process.turn.clear()

    def advance(self, process, seconds):
        with self.lock:
            process.time += seconds
            process.state = "ready"
            self._yield()
        self.wait(process)

    def block(self, process, until):
        """Gives up the turn until the condition is true."""
        with self.lock:
            process.until = until
            process.state = "blocked"
            self._yield()
        self.wait(process)

    def finish(self, process):
        with self.lock:
            self.now = process.time
            self._remove(process)
            if self.running is process:
                self.running = None
            self._pick()

    def cancel(self, processes):
        with self.lock:
            for process in processes:
                if process.state in ("ready", "blocked"):
                    self._remove(process)

    def _remove(self, process):
        process.state = "dead"
        if process in self.processes:
            self.processes.remove(process)

    def _yield(self):
        self.running = None
        self._pick()

    def _pick(self):
        if self.running:
            return
        for process in self.processes:
            if process.state == "blocked" and process.until():
                process.state = "ready"
                process.time = max(process.time, self.now)
        ready = [process for process in self.processes if process.state == "ready"]
        if not ready:
            return
        process = min(ready, key=lambda p: (p.time, p.number))
        process.state = "running"
        self.running = process
        self.now = process.time
        process.turn.set()
