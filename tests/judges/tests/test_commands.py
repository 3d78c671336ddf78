"""The judge of commands accepts good ones and finds each kind of mistake."""

import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import commands

GOOD = r"""
aws ssm get-parameter --region us-east-1 --name /a --query Parameter.Value --output text
aws dms reload-tables --replication-task-arn <the ARN> --tables-to-reload SchemaName=<schema>,TableName=<table>
TASK=$(aws dms describe-replication-tasks --query "ReplicationTasks[?Status=='running'] | [0].ReplicationTaskArn")
aws lambda invoke --function-name f --cli-binary-format raw-in-base64-out --payload '{}' /dev/stdout
aws cloudformation wait stack-create-complete --stack-name x && aws s3 cp a "s3://$B/a" > out.txt 2>&1
aws stepfunctions send-task-success --task-output '{}' --task-token t # a remark
aws ec2 describe-vpcs --query 'length(Vpcs[?VpcId == `"v"` && IsDefault == `false`]) == `1`'
aws sns set-topic-attributes --topic-arn t --attribute-name Policy --attribute-value file://policy.json
aws s3api delete-objects --bucket b --delete '{"Objects": [{"Key": "k"}]}'
compare() {
    shift
    aws "$@" --output json
}
compare name ec2 describe-subnets --subnet-ids s --query 'Subnets[].CidrBlock'
compare_policy() {
    filter=$2
    shift 2
    aws "$@" --output json | jq -e "$filter"
}
compare_policy name '.Version' sns get-topic-attributes --topic-arn t --query Attributes.Policy
"""
BAD = {
    "no service": "aws dynamo list-tables",
    "no operation": "aws ssm get-paramter --name x",
    "no option": "aws ssm get-parameter --name x --decrypt",
    "--name is required": "echo $(aws ssm get-parameter)",
    "no field Valu": "aws ssm get-parameter --name x --query Parameter.Valu",
    "no field Stat": "aws ec2 describe-vpcs --query 'Vpcs[?Stat == `\"available\"`]'",
    "no key Schema": "aws dms reload-tables --replication-task-arn a --tables-to-reload Schema=a,TableName=b",
    "none of": "aws dms start-replication-task --replication-task-arn a --start-replication-task-type restart",
    "is no number": "aws stepfunctions list-executions --state-machine-arn m --max-results many",
    "the file for the output is missing": "aws lambda invoke --function-name f",
    "no waiter": "aws cloudformation wait stack-created --stack-name x",
    "no command": "true && aws s3 copy a b",
    "words without an option": "aws ssm get-parameter name --name x",
    "Unknown parameter": "aws s3api delete-objects --bucket b --delete '{\"Object\": []}'",
    "has no value": "aws ssm get-parameter --name",
}


def problems(script, mentioned=False):
    return [problem for words in commands.commands(script) for problem in commands.Command(words, mentioned).judge()]


class Commands(unittest.TestCase):
    def test_good_commands_pass(self):
        self.assertEqual(problems(GOOD), [])
        self.assertEqual(len(list(commands.commands(GOOD))), 12)

    def test_each_mistake_is_found(self):
        for part, script in BAD.items():
            found = problems(script)
            self.assertTrue(found and all("aws " in problem for problem in found), script)
            self.assertTrue(any(part in problem for problem in found), f"{script}: {found}")

    def test_calls_of_a_function_are_judged(self):
        script = GOOD.replace("Subnets[].CidrBlock", "Subnets[].Cidr")
        self.assertTrue(any("no field Cidr" in problem for problem in problems(script)))

    def test_a_page_contributes_its_code(self):
        page = "Use `aws lambda invoke`, or:\n\n```sh\naws ssm get-parameter\n```\n\nThe aws command is not code.\n"
        scripts = list(commands.code(page))
        self.assertEqual([script for script, _ in scripts], ["aws lambda invoke", "aws ssm get-parameter\n"])
        found = [problem for script, mentioned in scripts for problem in problems(script, mentioned)]
        self.assertEqual(len(found), 1)

    def test_a_state_machine_contributes_the_commands_of_its_messages(self):
        message = '{% "Failed in " & $state & "\\u000aaws ssm get-parameter --nam " & $name & " --region x" %}'
        scripts = list(commands.messages({"States": {"A": {"Arguments": {"Message": message}}}}))
        self.assertEqual(scripts, ["aws ssm get-parameter --nam <computed> --region x"])
        self.assertTrue(problems(scripts[0]))


if __name__ == "__main__":
    unittest.main()
