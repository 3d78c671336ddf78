"""Five independent judges of a state machine's definition.

    python definitions.py DEFINITION...

asl-validator; cfn-lint, with the definition in a template; moto's CreateStateMachine, whose grammar is the whole
language; a graph check for transitions that lead nowhere and states that nothing reaches; botocore's models for the
names of services, actions and parameters.
"""

import json
import re
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


def cfn_lint(definitions):
    """The problems of each definition: one run of cfn-lint, which starts slowly, reads all."""

    def machine(properties):
        return {"Type": "AWS::StepFunctions::StateMachine", "Properties": {"RoleArn": ROLE, **properties}}

    resources = {}
    for index, definition in enumerate(definitions):
        resources[f"Object{index}"] = machine({"Definition": definition})
        resources[f"Text{index}"] = machine({"DefinitionString": json.dumps(definition)})
    program = "import sys; from cfnlint.runner.cli import main; sys.exit(main())"
    with written({"Resources": resources}) as file:
        # The size of a template with all definitions is no finding about one: E1002 is that limit.
        options = ["--regions", "us-east-1", "--format", "json", "--ignore-checks", "E1002"]
        arguments = [*options, "--", file.name]
        found = run(sys.executable, "-c", program, *arguments)
    problems = [[] for _ in definitions]
    for one in found:
        if isinstance(one, str):
            return [[one] for _ in definitions]
        path = [str(part) for part in one["Location"].get("Path") or []]
        place = re.fullmatch(r"(?:Object|Text)(\d+)", path[1] if len(path) > 1 else "")
        if one["Rule"]["Id"].startswith("E"):
            for index in [int(place[1])] if place else range(len(definitions)):
                problems[index].append(f"{one['Rule']['Id']} {'/'.join(path)}: {one['Message']}")
    return problems


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


def each(check):
    return lambda definitions: [check(definition) for definition in definitions]


JUDGES = {
    "asl-validator": each(asl_validator),
    "cfn-lint": cfn_lint,
    "moto": each(create_state_machine),
    "graph": each(graph),
    "botocore": each(integrations),
}


def judge(definitions):
    """For each definition, the problems of the judges that have some."""
    found = [{} for _ in definitions]
    for name, check in JUDGES.items():
        for problems, own in zip(check(definitions), found, strict=True):
            if problems:
                own[name] = problems
    return found


def main():
    paths = sys.argv[1:]
    if not paths:
        sys.exit("definitions.py: a definition is required")
    definitions = []
    for path in paths:
        with open(path) as file:
            definitions.append(json.load(file))
    problems = [(path, *item) for path, found in zip(paths, judge(definitions), strict=True) for item in found.items()]
    for path, name, texts in problems:
        print(f"{path}: {name}", *texts, sep="\n  ")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
