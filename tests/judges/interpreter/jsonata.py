"""JSONata by its reference engine, which runs in a process of Node."""

import json
import os
import subprocess
import threading
from pathlib import Path

import offline
from moto.stepfunctions.parser.asl.jsonata.jsonata import JSONataException

from . import harness

PROGRAM = Path(__file__).with_name("jsonata.js")


class Engine:
    def __init__(self):
        self.lock = threading.Lock()
        self.process = None

    def __call__(self, expression):
        with self.lock:
            answer = self._ask({"expression": expression, "now": harness.current.milliseconds()})
        if "error" in answer:
            raise JSONataException(answer.get("code") or "UNKNOWN", answer["error"])
        return answer.get("value")

    def stop(self):
        if self.process:
            self.process.kill()
            self.process = None

    def _ask(self, request):
        if self.process is None:
            self.process = subprocess.Popen(
                ["node", str(PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                env={**os.environ, "NODE_PATH": offline.NODE_MODULES},
            )
        self.process.stdin.write(json.dumps(request) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise JSONataException("UNKNOWN", f"the engine ended: is jsonata in {offline.NODE_MODULES}?")
        return json.loads(line)
