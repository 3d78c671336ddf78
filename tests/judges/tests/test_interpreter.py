"""Each case is a small machine, a scenario, and the result that AWS's documentation describes."""

import json
import subprocess
import sys
import unittest
from pathlib import Path

PROGRAM = Path(__file__).resolve().parent.parent / "interpret.py"
INVOKE = "arn:aws:states:::lambda:invoke"
DMS_START = "arn:aws:states:::aws-sdk:databasemigration:startReplicationTask"
TOPIC = "arn:aws:sns:us-east-1:123456789012:topic"
FAIL = {"Type": "Fail", "Error": "Caught"}
SUCCEED = {"Type": "Succeed"}


def machine(states, start="A", **more):
    return {"StartAt": start, "States": states, **more}


def task(resource=INVOKE, **more):
    parameters = {"Parameters": {"FunctionName": "f", "Payload": {}}}
    return {"Type": "Task", "Resource": resource, "End": True, **parameters, **more}


def jsonata(**more):
    task = {"Type": "Task", "Resource": INVOKE, "Arguments": {"FunctionName": "f"}, "End": True}
    return {**task, **more}


def catch(*errors, to="B", **more):
    return [{"ErrorEquals": list(errors), "Next": to, **more}]


def retry(error, **more):
    return [{"ErrorEquals": [error], **more}]


def throws(error, cause="c"):
    return {"throw": {"Error": error, "Cause": cause}}


def setUpModule():
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    Interpreter.process = subprocess.Popen([sys.executable, str(PROGRAM)], text=True, **pipes)


def tearDownModule():
    process = Interpreter.process
    process.stdin.close()
    process.stdout.close()
    process.wait()


class Interpreter(unittest.TestCase):
    process = None

    def run_machine(self, definition, outcome=None, **scenario):
        """The result. `outcome` is that of the state A."""
        if outcome is not None:
            scenario["outcomes"] = {"A": outcome}
        self.process.stdin.write(json.dumps({"definition": definition, "scenario": scenario}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def check(self, result, states=None, **expected):
        found = {name: result.get(name) for name in expected}
        self.assertEqual(found, expected, result.get("cause"))
        if states is not None:
            self.assertEqual([call["state"] for call in result["calls"]], states)


class Errors(Interpreter):
    def test_an_uncaught_error_fails_the_execution(self):
        self.check(self.run_machine(machine({"A": task()}), throws("X.Y")), status="FAILED", error="X.Y")

    def test_retries_wait_by_interval_backoff_and_cap(self):
        policy = retry("X", IntervalSeconds=1, BackoffRate=4, MaxDelaySeconds=10, MaxAttempts=4)
        result = self.run_machine(machine({"A": task(Retry=policy)}), throws("X"))
        self.check(result, ["A"] * 5, status="FAILED", virtual_seconds=1 + 4 + 10 + 10)

    def test_exhausted_retries_lead_to_the_catcher(self):
        states = {"A": task(Retry=retry("X", MaxAttempts=1), Catch=catch("X")), "B": FAIL}
        self.check(self.run_machine(machine(states), throws("X")), ["A", "A"], error="Caught")

    def test_no_attempts_are_no_retry(self):
        self.check(self.run_machine(machine({"A": task(Retry=retry("X", MaxAttempts=0))}), throws("X")), ["A"])

    def test_task_failed_matches_a_service_error(self):
        states = {"A": task(Catch=catch("States.TaskFailed")), "B": FAIL}
        self.check(self.run_machine(machine(states), throws("Dms.Any")), error="Caught")

    def test_task_failed_does_not_match_a_timeout(self):
        states = {"A": task(TimeoutSeconds=5, Catch=catch("States.TaskFailed")), "B": FAIL}
        result = self.run_machine(machine(states), {"timeout": True})
        self.check(result, error="States.Timeout", virtual_seconds=5)

    def test_all_matches_a_timeout(self):
        states = {"A": task(TimeoutSeconds=5, Catch=catch("States.ALL")), "B": FAIL}
        self.check(self.run_machine(machine(states), {"delay": 6}), error="Caught")

    def test_all_does_not_match_a_runtime_error(self):
        parameters = {"FunctionName.$": "$.none"}
        states = {"A": task(Parameters=parameters, Catch=catch("States.ALL")), "B": FAIL}
        self.check(self.run_machine(machine(states)), error="States.Runtime")

    def test_a_result_path_keeps_the_input(self):
        states = {"A": task(Catch=catch("X", ResultPath="$.e")), "B": SUCCEED}
        result = self.run_machine(machine(states), throws("X", "why"), input={"k": 1})
        self.check(result, output={"k": 1, "e": {"Error": "X", "Cause": "why"}})

    def test_the_first_catcher_that_matches_decides(self):
        states = {"A": task(Catch=catch("X") + catch("States.ALL", to="C")), "B": FAIL, "C": SUCCEED}
        self.check(self.run_machine(machine(states), throws("X")), error="Caught")

    def test_a_choice_without_a_match_fails(self):
        rule = {"Variable": "$.x", "IsPresent": True, "Next": "B"}
        states = {"A": {"Type": "Choice", "Choices": [rule]}, "B": SUCCEED}
        self.check(self.run_machine(machine(states)), error="States.NoChoiceMatched")

    def test_a_transition_into_nothing_fails(self):
        result = self.run_machine(machine({"A": {"Type": "Pass", "Next": "None"}}))
        self.assertIn(result["status"], ("INVALID_DEFINITION", "FAILED"))


class Branches(Interpreter):
    @staticmethod
    def parallel(**more):
        def branch(name, seconds):
            wait = {"Type": "Wait", "Seconds": seconds, "Next": name}
            return machine({f"Wait{name}": wait, name: task()}, f"Wait{name}")

        return machine({"A": {"Type": "Parallel", "End": True, "Branches": [branch("P", 10), branch("Q", 3)], **more}})

    @staticmethod
    def map(mode=None, **more):
        config = {"Mode": "INLINE", **(mode or {})}
        processor = {"ProcessorConfig": config, **machine({"I": task()}, "I")}
        return machine({"A": {"Type": "Map", "MaxConcurrency": 1, "End": True, "ItemProcessor": processor, **more}})

    def distributed(self, tolerated):
        mode = {"Mode": "DISTRIBUTED", "ExecutionType": "STANDARD"}
        definition = self.map(mode, ToleratedFailureCount=tolerated)
        return self.run_machine(definition, input=[1, 2, 3], outcomes={"I#1": throws("X")})

    def test_the_slowest_branch_decides_the_time(self):
        self.check(self.run_machine(self.parallel()), ["Q", "P"], virtual_seconds=10)

    def test_a_failed_branch_stops_the_others(self):
        result = self.run_machine(self.parallel(), outcomes={"Q": throws("X")})
        self.check(result, ["Q"], error="X", virtual_seconds=3)

    def test_a_retry_runs_all_branches_again(self):
        definition = self.parallel(Retry=retry("X", IntervalSeconds=1))
        result = self.run_machine(definition, outcomes={"Q": [throws("X"), {"return": {}}]})
        self.check(result, ["Q", "Q", "P"], status="SUCCEEDED", virtual_seconds=14)

    def test_a_failed_item_fails_the_map(self):
        result = self.run_machine(self.map(), input=[1, 2, 3], outcomes={"I#1": throws("X")})
        self.check(result, ["I", "I"], error="X")

    def test_an_empty_map_has_an_empty_result(self):
        self.check(self.run_machine(self.map(), input=[]), output=[])

    def test_a_distributed_map_tolerates_failures(self):
        self.check(self.distributed(1), status="SUCCEEDED")

    def test_a_distributed_map_fails_beyond_its_tolerance(self):
        self.check(self.distributed(0), error="States.ExceedToleratedFailureThreshold")

    def test_an_iteration_cannot_assign_an_outer_variable(self):
        inner = machine({"I": {"Type": "Pass", "Assign": {"v": 2}, "End": True}}, "I")
        states = {
            "A": {"Type": "Pass", "Assign": {"v": 1}, "Next": "M"},
            "M": {"Type": "Map", "ItemsPath": "$.l", "End": True, "ItemProcessor": inner},
        }
        result = self.run_machine(machine(states), input={"l": [1]})
        self.assertIn(result["status"], ("FAILED", "INVALID_DEFINITION"))


class Time(Interpreter):
    def test_the_machine_times_out(self):
        states = {"A": {"Type": "Wait", "Seconds": 100, "End": True}}
        self.check(self.run_machine(machine(states, TimeoutSeconds=30)), status="TIMED_OUT", virtual_seconds=30)

    def test_a_wait_ends_at_its_timestamp(self):
        states = {"A": {"Type": "Wait", "Timestamp": "2026-01-01T01:00:00Z", "End": True}}
        self.check(self.run_machine(machine(states)), virtual_seconds=3600)

    def test_a_task_waits_for_its_token(self):
        parameters = {"TopicArn": TOPIC, "Message.$": "$$.Task.Token"}
        resource = "arn:aws:states:::sns:publish.waitForTaskToken"
        states = {"A": task(resource, Parameters=parameters, HeartbeatSeconds=600, TimeoutSeconds=3600)}
        result = self.run_machine(machine(states), {"return": {"approved": True}, "delay": 1800})
        self.check(result, output={"approved": True}, virtual_seconds=1800)


class Apis(Interpreter):
    def problems(self, resource, **parameters):
        return self.run_machine(machine({"A": task(resource, Parameters=parameters)}))["problems"]

    def test_an_unknown_parameter_is_a_problem(self):
        found = self.problems(DMS_START, ReplicationTaskArn="x", StartReplicationTaskTyp="resume-processing")
        self.assertEqual(len(found), 2)

    def test_a_wrong_type_is_a_problem(self):
        found = self.problems("arn:aws:states:::aws-sdk:ssm:putParameter", Name="n", Value=5)
        self.assertTrue(any("Value" in one["problem"] for one in found))

    def test_an_unknown_action_is_a_problem(self):
        self.assertEqual(len(self.problems(DMS_START + "2")), 1)

    def test_a_service_by_the_name_of_another_library_is_a_problem(self):
        found = self.problems("arn:aws:states:::aws-sdk:dms:startReplicationTask")
        self.assertIn("databasemigration", found[0]["problem"])

    def test_a_known_call_is_none(self):
        found = self.problems(DMS_START, ReplicationTaskArn="x", StartReplicationTaskType="resume-processing")
        self.assertEqual(found, [])


class Scenarios(Interpreter):
    def test_an_injection_hits_the_second_call_of_a_resource(self):
        first = {**task(), "Next": "B"}
        del first["End"]
        injection = {"match": INVOKE, "nth": 2, **throws("K")}
        result = self.run_machine(machine({"A": first, "B": task()}), inject=[injection])
        self.check(result, ["A", "B"], error="K")

    def test_a_call_without_an_outcome_is_the_fault_of_the_scenario(self):
        result = self.run_machine(machine({"A": task(Catch=catch("States.ALL")), "B": SUCCEED}), default="error")
        self.assertIn("no outcome", result["harness"])

    def test_an_outcome_that_nothing_uses_is_reported(self):
        result = self.run_machine(machine({"A": task()}), outcomes={"Other": {"return": {}}})
        self.check(result, unused_outcomes=["Other"])


class Jsonata(Interpreter):
    def run_jsonata(self, states, outcome=None, **scenario):
        return self.run_machine(machine(states, QueryLanguage="JSONata"), outcome, **scenario)

    def test_a_failed_expression_can_be_caught(self):
        arguments = {"FunctionName": "{% $states.input.a + 'x' %}"}
        states = {"A": jsonata(Arguments=arguments, Catch=catch("States.QueryEvaluationError")), "B": FAIL}
        self.check(self.run_jsonata(states, input={"a": 1}), error="Caught")

    def test_a_catcher_assigns_the_error(self):
        handler = catch("States.ALL", Assign={"e": "{% $states.errorOutput %}"})
        states = {
            "A": jsonata(Catch=handler),
            "B": {"Type": "Fail", "Error": "{% $e.Error %}", "Cause": "{% 'was: ' & $e.Cause %}"},
        }
        self.check(
            self.run_jsonata(states, throws("Z", 'a "quoted" \\ cause')), error="Z", cause='was: a "quoted" \\ cause'
        )

    def test_a_choice_assigns_and_has_an_output(self):
        rule = {
            "Condition": "{% $states.input.n > 3 %}",
            "Assign": {"big": True},
            "Output": {"n": "{% $states.input.n * 2 %}"},
            "Next": "B",
        }
        states = {
            "A": {"Type": "Choice", "Choices": [rule], "Default": "B"},
            "B": {"Type": "Pass", "Output": {"n": "{% $states.input.n %}", "b": "{% $big %}"}, "End": True},
        }
        self.check(self.run_jsonata(states, input={"n": 4}), output={"n": 8, "b": True})


if __name__ == "__main__":
    unittest.main()
