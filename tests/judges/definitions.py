"""Five independent judges of a state machine's definition.

    python definitions.py DEFINITION...

asl-validator; cfn-lint, with the definition in a template; moto's CreateStateMachine, whose grammar is the whole
language; a graph check for transitions that lead nowhere and states that nothing reaches; botocore's models for the
names of services, actions and parameters.
"""

import json
import subprocess
import sys
import tempfile

import offline
from interpreter import api

ROLE = "arn:aws:iam::123456789012:role/judge"
VALIDATOR = """
const validate = require(process.argv[1] + '/asl-validator');
const definition = JSON.parse(require('fs').readFileSync(process.argv[2]));
const { errors } = validate(definition, { checkPaths: true, checkArn: true });
console.log(JSON.stringify(errors.map((e) => `${e['Error code']}: ${e.Message ?? e.message ?? JSON.stringify(e)}`)));
"""
# Problems with a name; the type of a value is known only where no expression computes it.
ABOUT_NAMES = ("no such parameter", "no API action", "unknown service", "Missing required", "PascalCase", "camelCase")


def written(value):
    file = tempfile.NamedTemporaryFile("w", suffix=".json")
    json.dump(value, file)
    file.flush()
    return file


def run(*command):
    done = subprocess.run(command, capture_output=True, text=True)
    try:
        return json.loads(done.stdout or "[]")
    except ValueError:
        return [f"did not run: {(done.stdout + done.stderr)[-800:]}"]


def asl_validator(definition):
    with written(definition) as file:
        return run("node", "-e", VALIDATOR, offline.NODE_MODULES, file.name)


def cfn_lint(definition):
    def machine(properties):
        return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": ROLE, **properties}}

    forms = {"Object": {"Definition": definition}, "Text": {"DefinitionString": json.dumps(definition)}}
    template = {"Resources": {name: machine(form) for name, form in forms.items()}}
    program = "import sys; from cfnlint.runner.cli import main; sys.exit(main())"
    with written(template) as file:
        arguments = ["--regions", "us-east-1", "--format", "json", "--", file.name]
        found = run(sys.executable, "-c", program, *arguments)
    if any(isinstance(one, str) for one in found):
        return found
    errors = [one for one in found if one["Rule"]["Id"].startswith("E")]
    return [f"{e['Rule']['Id']} {'/'.join(map(str, e['Location'].get('Path') or []))}: {e['Message']}" for e in errors]


def create_state_machine(definition):
    import boto3
    import moto
    from botocore.exceptions import ClientError

    with moto.mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions", region_name="us-east-1")
        try:
            client.create_state_machine(name="judge", definition=json.dumps(definition), roleArn=ROLE)
        except ClientError as error:
            return [str(error)[:600]]
    return []


def machines(machine, path=""):
    """Every machine of a definition: itself, its branches and its item processors."""
    yield path, machine
    for name, state in machine.get("States", {}).items():
        for index, branch in enumerate(state.get("Branches", [])):
            yield from machines(branch, f"{path}/{name}[{index}]")
        for key in ("ItemProcessor", "Iterator"):
            if key in state:
                yield from machines(state[key], f"{path}/{name}")


def targets(state):
    rules = state.get("Choices", []) + state.get("Catch", [])
    names = [state.get("Next"), state.get("Default"), *[rule.get("Next") for rule in rules]]
    return [name for name in names if name]


def graph(definition):
    problems = []
    for path, machine in machines(definition):
        states, seen, open_ = machine.get("States", {}), set(), [machine.get("StartAt")]
        while open_:
            name = open_.pop()
            if name in seen:
                continue
            seen.add(name)
            if name in states:
                open_ += targets(states[name])
            else:
                problems.append(f"{path}: '{name}' does not exist")
        problems += [f"{path}/{name}: nothing leads to it" for name in sorted(set(states) - seen)]
    return problems


def computed(name, value):
    return name.endswith(".$") or "{%" in json.dumps(value) or '.$"' in json.dumps(value)


def integrations(definition):
    problems = []
    for path, machine in machines(definition):
        for name, state in machine.get("States", {}).items():
            resource = state.get("Resource")
            parameters = state.get("Arguments", state.get("Parameters", {}))
            if state.get("Type") != "Task" or resource.startswith("{%") or not isinstance(parameters, dict):
                continue
            constant = not any(computed(*item) for item in parameters.items())
            plain = {key.removesuffix(".$"): value for key, value in parameters.items()}
            for problem in api.input_problems(resource, plain):
                if constant or any(part in problem for part in ABOUT_NAMES):
                    problems.append(f"{path}/{name}: {problem}")
    return problems


JUDGES = {
    "asl-validator": asl_validator,
    "cfn-lint": cfn_lint,
    "moto": create_state_machine,
    "graph": graph,
    "botocore": integrations,
}


def judge(definition):
    """The problems of each judge that has some."""
    found = {name: check(definition) for name, check in JUDGES.items()}
    return {name: problems for name, problems in found.items() if problems}


def main():
    failed = False
    for path in sys.argv[1:]:
        with open(path) as file:
            found = judge(json.load(file))
        for name, problems in found.items():
            failed = True
            print(f"{path}: {name}", *problems, sep="\n  ")
    sys.exit(1 if failed or len(sys.argv) < 2 else 0)


if __name__ == "__main__":
    main()
