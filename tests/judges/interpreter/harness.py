"""The outside world of one run: the clock, the outcomes of calls, and the record of both."""

import copy
import datetime

from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEvent, FailureEventException
from moto.stepfunctions.parser.asl.component.common.error_name.states_error_name import StatesErrorName
from moto.stepfunctions.parser.asl.component.common.timeouts.timeout import EvalTimeoutError
from moto.stepfunctions.parser.asl.eval.event.event_detail import EventDetails

from . import api
from .schedule import Scheduler

# moto's number for a task without a timeout.
NO_TIMEOUT = 99999999

# The harness of the run; adapted methods of moto have no other way to it.
current = None


class ScenarioError(Exception):
    """The scenario is at fault, not the state machine: the run fails even where the machine catches the error."""

    def __init__(self, message):
        super().__init__(message)
        current.fault = current.fault or message


def failure(env, error, cause, event=HistoryEventType.TaskFailed, details="taskFailedEventDetails"):
    """The exception that moto's evaluator expects of a failed state."""
    try:
        name = StatesErrorName.from_name(error)
    except ValueError:
        name = CustomErrorName(error)
    found = EventDetails(**{details: {"error": error, "cause": cause}})
    return FailureEventException(FailureEvent(env=env, error_name=name, event_type=event, event_details=found))


class Harness:
    def __init__(self, definition, scenario):
        self.definition, self.scenario = definition, scenario
        self.scheduler = Scheduler()
        self.first = self.scheduler.spawn(0.0, "")
        self.scheduler.begin(self.first)
        self.root = None
        self.fault = None
        self.trace, self.calls, self.problems, self.result_problems = [], [], [], []
        self.steps = 0
        self.used = {}
        start = scenario.get("start", "2026-01-01T00:00:00Z")
        self.start = datetime.datetime.fromisoformat(start.replace("Z", "+00:00"))
        self.outcomes = scenario.get("outcomes", {})
        self.injections = [{"seen": 0, "done": False, "outcome": one} for one in scenario.get("inject", [])]

    # The clock.

    def date(self, seconds):
        return self.start + datetime.timedelta(seconds=seconds)

    def iso(self, seconds):
        return self.date(seconds).isoformat().replace("+00:00", "Z")

    def milliseconds(self):
        running = self.scheduler.running
        return self.date(running.time if running else 0).timestamp() * 1000

    def advance(self, env, seconds):
        process, limit = env.process, self.definition.get("TimeoutSeconds")
        if limit is not None and process.time + seconds > limit:
            self.scheduler.advance(process, max(0, limit - process.time))
            self.log(env, event="execution_timeout")
            self.root.set_timed_out()
        else:
            self.scheduler.advance(process, seconds)

    def log(self, env, **event):
        process = getattr(env, "process", None)
        entry = {"t": round(process.time, 3) if process else 0}
        if process and process.label:
            entry["branch"] = process.label
        self.trace.append({**entry, **event})

    # Outcomes.

    def keys(self, env, state, resource, parameters):
        """The names under which a scenario may give the outcome of a call, most exact first."""
        index = env.states.context_object.context_object_data.get("Map", {}).get("Item", {}).get("Index")
        named = []
        if isinstance(parameters, dict):
            function = parameters.get("FunctionName") or parameters.get("StateMachineArn")
            named = [function, function.split(":")[-1]] if isinstance(function, str) else []
        return ([] if index is None else [f"{state}#{index}"]) + [state, *named, resource, "*"]

    def outcome(self, env, state, resource, parameters):
        """The key and the outcome of a call."""
        keys = self.keys(env, state, resource, parameters)
        for injection in self.injections:
            wanted = injection["outcome"]
            if injection["done"] or wanted.get("match", keys[0]) not in keys:
                continue
            injection["seen"] += 1
            if injection["seen"] == wanted.get("nth", 1):
                injection["done"] = True
                return "inject", wanted
        for key in keys:
            if key in self.outcomes:
                found = self._next(key)
                if found is not None:
                    return key, found
                break
        default = self.scenario.get("default", {"return": {}})
        if default == "error":
            raise ScenarioError(f"no outcome for state '{state}' ({resource})")
        return "default", default

    def _next(self, key):
        given = self.outcomes[key] if isinstance(self.outcomes[key], list) else [self.outcomes[key]]
        index = self.used.get(key, 0)
        self.used[key] = index + 1
        end = 0
        for outcome in given:
            end += outcome.get("repeat", 1)
            if index < end:
                return outcome
        policy = self.scenario.get("exhausted", "last")
        if policy == "error":
            raise ScenarioError(f"the outcomes of '{key}' are exhausted at call {index + 1}")
        return given[-1] if policy == "last" and given else None

    def call(self, env, task, resource, parameters, timeout):
        """Answers one attempt of a task: its result, or the exception that the evaluator expects."""
        if len(self.calls) >= self.scenario.get("max_calls", 5000):
            raise ScenarioError("more calls than max_calls")
        self._note(self.problems, task.name, api.input_problems(resource, parameters))
        key, outcome = self.outcome(env, task.name, resource, parameters)
        timeout = timeout if timeout and timeout < NO_TIMEOUT else None
        self._record(env, task.name, resource, parameters, timeout, key, outcome)
        delay = outcome.get("delay", self.scenario.get("latency", 0))
        if outcome.get("timeout") or (timeout and delay > timeout):
            if not timeout:
                raise ScenarioError(f"the outcome of '{task.name}' is a timeout, and the state has no TimeoutSeconds")
            self.advance(env, timeout)
            raise EvalTimeoutError()
        if delay:
            self.advance(env, delay)
        if "throw" in outcome:
            thrown = outcome["throw"]
            raise failure(env, thrown.get("Error", "States.TaskFailed"), thrown.get("Cause", ""))
        result = outcome.get("return", {})
        self._note(self.result_problems, task.name, api.result_problems(resource, result))
        return copy.deepcopy(result)

    @staticmethod
    def _note(problems, state, found):
        for problem in found:
            entry = {"state": state, "problem": problem}
            if entry not in problems:
                problems.append(entry)

    def _record(self, env, state, resource, parameters, timeout, key, outcome):
        attempt = env.states.context_object.context_object_data.get("State", {}).get("RetryCount", 0)
        call = {
            "n": len(self.calls) + 1,
            "t": round(env.process.time, 3),
            "state": state,
            "resource": resource,
            "input": parameters,
            "attempt": attempt,
            "outcome": outcome,
            "from": key,
        }
        if env.process.label:
            call["branch"] = env.process.label
        if timeout:
            call["timeout"] = timeout
        self.calls.append(call)
        self.log(env, event="task", call=call["n"], state=state, resource=resource, attempt=attempt, outcome=key)

    def unused(self):
        """Outcomes of the scenario that no call asked for."""
        keys = [key for key in self.outcomes if key not in self.used and key != "*"]
        return keys + [injection["outcome"] for injection in self.injections if not injection["done"]]
