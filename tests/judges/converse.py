"""Runs one state machine, and asks the process that started it for the outcome of each task call.

    python converse.py DEFINITION SCENARIO

DEFINITION is a file, SCENARIO is JSON. A call is a line of JSON on standard output, its outcome a line on standard
input; the last line is `{"end": ...}`.
"""

import json
import os
import sys

import offline  # noqa: F401
from interpreter import execution, harness

KEPT = ("status", "error", "cause", "problems", "result_problems", "harness", "virtual_seconds")


def main():
    channel = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # Only the conversation belongs on standard output.

    def send(message):
        channel.write(json.dumps(message, default=str) + "\n")
        channel.flush()

    def ask(self, env, state, resource, arguments):
        send({"state": state, "resource": resource, "arguments": arguments})
        line = sys.stdin.readline()
        if not line:
            raise harness.ScenarioError("the other side is gone")
        return "live", json.loads(line)

    harness.Harness.outcome = ask
    with open(sys.argv[1]) as file:
        definition = json.load(file)
    result = execution.run(definition, json.loads(sys.argv[2]))
    entered = [e["state"] for e in result.get("trace", []) if e["event"] == "enter" and not e.get("branch")]
    send({"end": {**{key: result.get(key) for key in KEPT}, "path": entered}})
    os._exit(0)  # Threads of the evaluator may still wait.


if __name__ == "__main__":
    main()
