"""Each judge of definitions accepts a good one and finds a mistake that is its own."""

import copy
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import definitions

GOOD = {
    "QueryLanguage": "JSONata",
    "StartAt": "Start",
    "States": {
        "Start": {
            "Type": "Task",
            "Resource": "arn:aws:states:::aws-sdk:databasemigration:startReplicationTask",
            "Arguments": {
                "ReplicationTaskArn": "{% $states.input.task %}",
                "StartReplicationTaskType": "reload-target",
            },
            "Next": "Pause",
        },
        "Pause": {"Type": "Wait", "Seconds": 5, "Next": "End"},
        "End": {"Type": "Succeed"},
    },
}


def changed(change):
    definition = copy.deepcopy(GOOD)
    change(definition["States"])
    return definition


class Definitions(unittest.TestCase):
    def finds(self, name, change):
        problems = definitions.JUDGES[name]([GOOD, changed(change)])
        self.assertEqual(problems[0], [])
        self.assertTrue(problems[1])

    def test_a_good_definition_has_no_problem(self):
        self.assertEqual(definitions.judge([GOOD]), [{}])

    def test_a_transition_into_nothing(self):
        self.finds("graph", lambda states: states["Pause"].update(Next="None"))

    def test_a_state_that_nothing_reaches(self):
        self.finds("graph", lambda states: states["Start"].update(Next="End"))

    def test_an_unknown_parameter(self):
        self.finds("botocore", lambda states: states["Start"]["Arguments"].update(ReplicationTask="x"))

    def test_an_unknown_service(self):
        resource = "arn:aws:states:::aws-sdk:dms:startReplicationTask"
        self.finds("botocore", lambda states: states["Start"].update(Resource=resource))

    def test_a_state_without_a_type(self):
        change = lambda states: states["Pause"].pop("Type")
        for name in ("asl-validator", "cfn-lint", "moto"):
            self.finds(name, change)


if __name__ == "__main__":
    unittest.main()
