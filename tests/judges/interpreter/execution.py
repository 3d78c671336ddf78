"""One execution of a definition under a scenario."""

import json
import time

from moto.stepfunctions.parser.api import StateMachineType
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.backend.execution import Execution

from . import adapt, harness  # noqa: F401

ACCOUNT, REGION = "123456789012", "us-east-1"


class Machine:
    """The attributes of a state machine that moto's execution reads."""

    def __init__(self, text):
        self.name = "Judge"
        self.arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{self.name}"
        self.sm_type = "STANDARD"
        self.definition = text


def run(definition, scenario):
    """The result: status, output or error and cause, the trace, the calls, and the problems found."""
    now = harness.current = harness.Harness(definition, scenario)
    text = json.dumps(definition)
    try:
        AmazonStateLanguageParser.parse(text)
    except Exception as error:  # moto raises several kinds, and the parser's generator more.
        return {"status": "INVALID_DEFINITION", "error": type(error).__name__, "cause": str(error)[:1500]}
    execution = start(text, scenario)
    running = wait(execution, scenario.get("real_timeout", 120))
    result = {"status": "HARNESS_TIMEOUT" if running else execution.exec_status.name}
    if result["status"] == "SUCCEEDED":
        result["output"] = execution.output
    for name, value in (("error", execution.error), ("cause", execution.cause), ("harness", now.fault)):
        if value is not None:
            result[name] = value
    return {
        **result,
        "virtual_seconds": round(now.first.time, 3),
        "problems": now.problems,
        "result_problems": now.result_problems,
        "unused_outcomes": now.unused(),
        "calls": now.calls,
        "trace": now.trace,
    }


def start(text, scenario):
    machine, name = Machine(text), scenario.get("name", "run-1")
    execution = Execution(
        name=name,
        sm_type=StateMachineType.STANDARD,
        role_arn=f"arn:aws:iam::{ACCOUNT}:role/judge",
        exec_arn=f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{machine.name}:{name}",
        account_id=ACCOUNT,
        region_name=REGION,
        state_machine=machine,
        start_date=harness.current.iso(0),
        cloud_watch_logging_session=None,
        activity_store={},
        input_data=json.dumps(scenario.get("input", {})),
    )
    execution.start()
    return execution


def wait(execution, seconds):
    """Whether the execution still runs after so many seconds of real time."""
    deadline = time.monotonic() + seconds
    while execution.exec_status is None or execution.exec_status.name == "RUNNING":
        if time.monotonic() > deadline:
            harness.current.fault = f"no end after {seconds} s of real time"
            return True
        time.sleep(0.002)
    return False
