"""Runs many scenarios in one interpreter, each in a process that is forked off.

    python interpreter.py FOLDER

FOLDER holds `aslrun.py`, which is used as it is: each line of standard input is a JSON list of its arguments, each line
of standard output the code that it exits with. Almost all that it does is loading its libraries and parsing the
definition; here libraries, definitions, models of AWS's APIs and the engine of JSONata are there before a fork.
"""

import json
import os
import re
import sys

sys.path.insert(0, sys.argv[1])
import aslrun  # noqa: E402

Parser = aslrun.AmazonStateLanguageParser
parse = Parser.parse
parsed = {}
yielded = {}
Engine = aslrun.JSONata


def known(definition):
    """An interpreter evaluates a definition once, so that one that is parsed can be used by a fork."""
    if definition not in parsed:
        parsed[definition] = parse(definition)
    return parsed[definition]


class Remembering:
    """An engine that has started. Nothing but the text decides what an expression yields, apart from a few functions;
    scenarios of one workflow ask for the same again and again."""

    def __init__(self):
        aslrun.H = aslrun.Harness({}, {}, ".")
        self.engine = Engine()
        self.engine("1")
        self.news = {}

    def __call__(self, text):
        if any(name in text for name in ("$now", "$millis", "$random", "$uuid")):
            return self.engine(text)
        if text not in yielded:
            self.news[text] = yielded[text] = json.dumps(self.engine(text))
        return json.loads(yielded[text])


def prepare(path):
    """What every run of a definition needs."""
    with open(path) as file:
        text = json.dumps(json.load(file))
    if text in parsed:
        return
    try:
        known(text)
    except Exception:
        return  # The run says what is wrong with it.
    for resource in set(re.findall(r'"Resource": "([^"]*)"', text)):
        found = aslrun.parse_arn(resource)
        if found:
            aslrun.model(aslrun.SDK.get(found[1], found[1]))


def run(arguments, news):
    """In a fork: all that `aslrun` does, and then what it has learnt of expressions."""
    leave = os._exit

    def tell_and_leave(code):
        with os.fdopen(news, "w") as pipe:
            json.dump(engine.news, pipe)
        leave(code)

    os._exit = tell_and_leave
    os.dup2(2, 1)
    sys.argv = ["aslrun", *arguments]
    try:
        aslrun.main()
    finally:
        leave(70)


Parser.parse = staticmethod(known)
engine = Remembering()
aslrun.JSONata = lambda: engine
for line in sys.stdin:
    arguments = json.loads(line)
    prepare(arguments[0])
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        run(arguments, writes)
    os.close(writes)
    with os.fdopen(reads) as pipe:
        news = pipe.read()
    code = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if code == 0:
        yielded.update(json.loads(news))
    else:
        # It may have left a question without having heard the answer.
        engine.engine.p.kill()
        engine = Remembering()
    print(code, flush=True)
