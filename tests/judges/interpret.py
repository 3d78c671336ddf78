"""Runs many scenarios in one interpreter, each in a forked process.

    python interpret.py

Each line of standard input is `{"definition": ..., "scenario": ...}`, each line of standard output the result. Seven of
eight seconds of a single run go to loading libraries and parsing the definition. Here the libraries, the parsed
definitions, the models of the AWS APIs and the engine of JSONata exist before the fork.
"""

import json
import os
import sys

import offline  # noqa: F401
from interpreter import adapt, api, execution, harness
from interpreter.jsonata import Engine
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser as Parser

VOLATILE = ("$now", "$millis", "$random", "$uuid")
parse = Parser.parse
parsed = {}


def parse_once(text):
    """An interpreter evaluates a definition once, so that each fork can use the parsed one."""
    if text not in parsed:
        parsed[text] = parse(text)
    return parsed[text]


class CachingEngine:
    """An engine that has started. The text alone decides the value of an expression, except for the volatile functions;
    scenarios of one workflow evaluate the same texts again and again."""

    def __init__(self):
        self.values = {}
        self.restart()

    def restart(self):
        harness.current = harness.Harness({}, {})
        self.engine = Engine()
        self.engine("1")
        self.fresh = {}

    def __call__(self, text):
        if any(name in text for name in VOLATILE):
            return self.engine(text)
        if text not in self.values:
            self.fresh[text] = self.values[text] = json.dumps(self.engine(text))
        return json.loads(self.values[text])


def prepare(definition):
    """Loads everything that each run of a definition needs."""
    text = json.dumps(definition)
    if text in parsed:
        return
    try:
        parse_once(text)
    except Exception:
        return  # The run reports the fault of the definition.
    for resource in resources(definition):
        integration = api.Integration.of(resource)
        if integration:
            integration.model()


def resources(value):
    """Every `Resource` of a definition, at any depth."""
    if isinstance(value, list):
        for item in value:
            yield from resources(item)
    elif isinstance(value, dict):
        if isinstance(value.get("Resource"), str):
            yield value["Resource"]
        for item in value.values():
            yield from resources(item)


def run_in_fork(request, engine):
    """The result, and the expressions that the run evaluated first; None where the process ended early."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        os.dup2(2, 1)  # Only results belong on standard output.
        result = execution.run(request["definition"], request["scenario"])
        with os.fdopen(writer, "w") as pipe:
            json.dump({"result": result, "fresh": engine.fresh}, pipe, default=str)
        os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else None


def main():
    Parser.parse = staticmethod(parse_once)
    engine = CachingEngine()
    adapt.use_engine(engine)
    for line in sys.stdin:
        request = json.loads(line)
        prepare(request["definition"])
        answer = run_in_fork(request, engine)
        if answer and answer["result"]["status"] in ("SUCCEEDED", "FAILED"):
            engine.values.update(answer["fresh"])
        else:
            # The run may have left a request to the engine without reading the answer.
            engine.engine.stop()
            engine.restart()
        result = answer["result"] if answer else {"status": "CRASHED"}
        print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
