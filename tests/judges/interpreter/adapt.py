"""Replaces the places where moto's evaluator reaches outside, and those where it differs from AWS's documentation."""

import copy
import datetime
import functools
import json
import threading

from moto.stepfunctions.parser.api import HistoryEventType
from moto.stepfunctions.parser.asl.component.common.error_name.error_equals_decl import ErrorEqualsDecl
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEventException
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.common.retry.jitter_strategy_decl import JitterStrategyDecl
from moto.stepfunctions.parser.asl.component.common.string import string_expression
from moto.stepfunctions.parser.asl.component.state.choice.state_choice import StateChoice
from moto.stepfunctions.parser.asl.component.state.exec.execute_state import ExecutionState
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.inline_iteration_component import (
    InlineIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor import (
    distributed_item_processor_worker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.job import JobPool
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branch_worker import BranchWorker
from moto.stepfunctions.parser.asl.component.state.exec.state_parallel.branches_decl import (
    BranchesDecl,
    BranchWorkerPool,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task import StateTask
from moto.stepfunctions.parser.asl.component.state.exec.state_task.state_task_lambda import StateTaskLambda
from moto.stepfunctions.parser.asl.component.state.state import CommonStateField
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval import states, variable_store
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.jsonata import jsonata as moto_jsonata
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker

from . import harness
from .harness import failure
from .jsonata import Engine

# What a thread of the evaluator has under way: moto passes it to none of the methods below.
here = threading.local()


def replace(owner, name):
    """Decorates the new form of a method, which gets the old one first."""
    original = getattr(owner, name)

    def decorate(new):
        @functools.wraps(original)
        def method(self, *args, **named):
            return new(original, self, *args, **named)

        setattr(owner, name, method)
        return new

    return decorate


# Environments carry the virtual process.

inner_frame = Environment.as_inner_frame_of.__func__


def frame(cls, env, variable_store, event_history_frame_cache=None):
    made = inner_frame(cls, env, variable_store, event_history_frame_cache)
    made.process = getattr(env, "process", None)
    # The context of an iteration stays visible inside it.
    item = env.states.context_object.context_object_data.get("Map")
    own = made.states.context_object.context_object_data
    if item and "Map" not in own:
        own["Map"] = copy.deepcopy(item)
    return made


Environment.as_inner_frame_of = classmethod(frame)


@replace(ExecutionWorker, "_get_evaluation_environment")
def _(original, self):
    env = original(self)
    env.process = harness.current.first
    harness.current.root = env
    env.states.context_object.context_object_data["Execution"]["StartTime"] = harness.current.iso(0)
    redrives = harness.current.scenario.get("redrives", 0)
    env.states.context_object.context_object_data["Execution"]["RedriveCount"] = redrives
    return env


# JSONata.

engine = Engine()


def use_engine(other):
    moto_jsonata._eval_jsonata = other


def declarations(bindings):
    """Declarations of variables; moto does not escape their text."""
    dump = functools.partial(json.dumps, default=str, separators=(",", ":"))
    return "".join(f"{name}:={dump(value)};" for name, value in bindings.items())


use_engine(engine)
for module in (moto_jsonata, variable_store, states):
    module.encode_jsonata_variable_declarations = declarations


def evaluation_error(original, self, env):
    """A failed expression is States.QueryEvaluationError; moto raises States.Runtime."""
    try:
        return original(self, env)
    except moto_jsonata.JSONataException as error:
        cause = f"The JSONata expression '{self.literal_value}' threw an error: {error.error}: {error.details}"
        kind = HistoryEventType.EvaluationFailed
        raise failure(env, "States.QueryEvaluationError", cause, kind, "evaluationFailedEventDetails") from error


replace(string_expression.StringJSONata, "_eval_body")(evaluation_error)
replace(string_expression.StringVariableSample, "_eval_body")(evaluation_error)


# Errors.


@replace(StateChoice, "_eval_state")
def _(original, self, env):
    """A choice without a match is States.NoChoiceMatched; moto raises States.Runtime."""
    try:
        return original(self, env)
    except RuntimeError as error:
        if "No branching" in str(error):
            raise failure(env, "States.NoChoiceMatched", "no choice rule matched, and there is no default") from error
        raise


@replace(ErrorEqualsDecl, "_eval_body")
def _(original, self, env):
    """States.ALL does not match the terminal errors."""
    terminal = env.stack[-1].error_name in ("States.Runtime", "States.DataLimitExceeded")
    if terminal and ErrorEqualsDecl._STATE_ALL_ERROR in self.error_names:
        env.stack[-1] = False
        return
    original(self, env)


# The trace.


@replace(CommonStateField, "_eval_body")
def _(original, self, env):
    now = harness.current
    now.steps += 1
    if now.steps > now.scenario.get("max_steps", 20000):
        now.fault = "more steps than max_steps"
        now.root.set_stop(datetime.datetime.now(), "max_steps", "harness")
        return
    kind = type(self).__name__.replace("StateTaskService", "Task:").replace("State", "")
    now.log(env, event="enter", state=self.name, type=kind, input=copy.deepcopy(env.states.get_input()))
    try:
        original(self, env)
    except FailureEventException as error:
        name, cause = error.extract_error_cause_pair() or (None, None)
        now.log(env, event="failed", state=self.name, error=name, cause=cause)
        raise
    if env.is_running() or type(env.program_state()).__name__ == "ProgramEnded":
        following = env.next_state_name if env.is_running() else None
        output = copy.deepcopy(env.states.get_input())
        now.log(env, event="exit", state=self.name, next=following, output=output)


@replace(CommonStateField, "_eval_state_input")
def _(original, self, env):
    entered = harness.current.iso(env.process.time)
    env.states.context_object.context_object_data["State"]["EnteredTime"] = entered
    return original(self, env)


@replace(ExecutionState, "_handle_catch")
def _(original, self, env, failure_event):
    original(self, env, failure_event)
    details = next(iter(failure_event.event_details.values()))
    caught = env.stack[-1].name == "Caught"
    event = {"event": "catch", "next": env.next_state_name} if caught else {"event": "not_caught"}
    harness.current.log(env, state=self.name, error=details.get("error"), cause=details.get("cause"), **event)


# Time.


@replace(WaitFunction, "_wait_interval")
def _(_original, self, env, wait_seconds):
    harness.current.log(env, event="wait", seconds=wait_seconds)
    harness.current.advance(env, max(0, wait_seconds))


@replace(Timestamp, "_get_wait_seconds")
def _(_original, self, env):
    self.string.eval(env=env)
    text = env.stack.pop()
    time = self._from_timestamp_string(timestamp=text)
    if time is None:
        raise FailureEventException(self._create_failure_event(env, text))
    if time.tzinfo is None:
        time = time.replace(tzinfo=datetime.timezone.utc)
    return max(0, (time - harness.current.date(env.process.time)).total_seconds())


class VirtualTime:
    @staticmethod
    def sleep(seconds):
        harness.current.log(here.env, event="retry", seconds=round(seconds, 3))
        harness.current.advance(here.env, seconds)


retrier_decl.time = VirtualTime


@replace(retrier_decl.RetrierDecl, "_eval_body")
def _(original, self, env):
    here.env = env
    return original(self, env)


@replace(JitterStrategyDecl, "_eval_body")
def _(_original, self, env):
    """Jitter takes the whole interval: the same input gives the same times."""


# Tasks.


@replace(StateTask, "_eval_parameters")
def _(_original, self, env):
    parameters = {}
    if self.parargs is not None:
        self.parargs.eval(env=env)
        parameters = env.stack.pop()
    supported = self._get_supported_parameters()
    if supported and isinstance(parameters, dict):
        for name in [name for name in parameters if name not in supported]:
            problem = f"{name}: not a parameter of the optimised integration {self.resource.resource_arn}"
            harness.current._note(harness.current.problems, self.name, [problem])
            del parameters[name]
    env.parameters, env.task = parameters, self
    return parameters


def answer(env, mocked_response):
    env.stack.append(call(env, env.task, env.parameters))


def call(env, task, parameters):
    task.timeout.eval(env=env)
    timeout = env.stack.pop()
    return harness.current.call(env, task, task.resource.resource_arn, parameters, timeout)


Environment.is_mocked_mode = lambda self: True
Environment.get_current_mocked_response = lambda self: None
state_task_service.eval_mocked_response = answer


@replace(StateTaskLambda, "_eval_execution")
def _(_original, self, env):
    """The resource is the ARN of a function: its payload is the input."""
    payload = self._eval_parameters(env=env)["Payload"]
    self._eval_state_credentials(env=env)
    env.stack.append(call(env, self, payload))


# Branches and iterations.


def label(parent, name):
    return f"{parent.label}/{name}" if parent.label else name


@replace(BranchesDecl, "_eval_body")
def _(original, self, env):
    here.parent, here.state, here.branches = env.process, env.next_state_name, []
    return original(self, env)


@replace(BranchWorker, "start")
def _(_original, self):
    scheduler = harness.current.scheduler
    name = label(here.parent, f"{here.state}[{len(here.branches)}]")
    process = scheduler.spawn(here.parent.time, name)
    here.branches.append(process)
    self.env.process = process

    def run():
        scheduler.wait(process)
        self._program.eval(self.env)
        self._branch_worker_comm.on_terminated(env=self.env)
        scheduler.finish(process)

    self._worker_thread = threading.Thread(target=run, daemon=True)
    self._worker_thread.start()


@replace(BranchWorkerPool, "wait")
def _(_original, self):
    branches = here.branches
    harness.current.scheduler.block(here.parent, self._termination_event.is_set)
    if self._terminated_with_error is not None:
        harness.current.scheduler.cancel(branches)


@replace(InlineIterationComponent, "_launch_worker")
def _(_original, self, env, eval_input, job_pool):
    scheduler, parent = harness.current.scheduler, env.process
    worker = self._create_worker(env=env, eval_input=eval_input, job_pool=job_pool)
    workers = job_pool.__dict__.setdefault("processes", [])
    if len(workers) >= job_pool._jobs_number:
        return worker
    process = scheduler.spawn(parent.time, label(parent, f"{eval_input.state_name}~{len(workers)}"))
    workers.append(process)
    here.iterating = parent

    def run():
        frame = worker._env.open_frame()
        frame.process = process
        scheduler.wait(process)
        worker._eval_pool(job=worker._job_pool.next_job(), worker_frame=frame)
        scheduler.finish(process)

    threading.Thread(target=run, daemon=True).start()
    return worker


@replace(JobPool, "await_jobs")
def _(_original, self):
    if self._jobs_number == 0:
        return
    harness.current.scheduler.block(here.iterating, self._termination_event.is_set)
    if self._worker_exception is not None:
        harness.current.scheduler.cancel(self.processes)


@replace(distributed_item_processor_worker.DistributedItemProcessorWorker, "_eval_job")
def _(original, self, env, job):
    """moto counts the failed children and does not compare them with the tolerance."""
    original(self, env, job)
    record = self._map_run_record
    failed = record.item_counter.failed.get() + record.item_counter.timed_out.get()
    count, percentage = record.tolerated_failure_count, record.tolerated_failure_percentage
    too_many = failed > count and (count or not percentage)
    too_large = percentage and 100.0 * failed / self._job_pool._jobs_number > percentage
    if failed and (too_many or too_large):
        error, cause = "States.ExceedToleratedFailureThreshold", "more iterations failed than the state tolerates"
        job.job_output = failure(env, error, cause, HistoryEventType.MapRunFailed, "mapRunFailedEventDetails")
