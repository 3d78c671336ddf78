"""The commands of the AWS CLI in pages and scripts, by botocore's models.

    python commands.py FILE...

Judges services, operations, waiters, options, required options, words of enumerations, keys of the shorthand syntax, and
the fields that `--query` reads. A page contributes its code, a state machine the commands in its messages, a script all
lines. Prints the number of commands.
"""

import json
import re
import sys

import botocore.session
import jmespath
from botocore import xform_name
from botocore.validate import ParamValidator

SESSION = botocore.session.get_session()
# Commands that the CLI names in its own way, and those that it adds.
SERVICES = {"s3api": "s3", "configservice": "config", "deploy": "codedeploy"}
S3 = {
    "cp": {"--recursive", "--sse", "--sse-kms-key-id"},
    "presign": {"--expires-in"},
    "sync": {"--delete", "--sse", "--sse-kms-key-id"},
}
WITH_VALUE = {"--region", "--query", "--output", "--profile", "--cli-binary-format", "--max-items", "--page-size"}
ALONE = {"--no-cli-pager", "--no-paginate", "--generate-cli-skeleton"}
# Options that the CLI adds to operations.
ADDED = {
    ("ec2", "authorize-security-group-egress"): {"--cidr", "--protocol", "--port", "--source-group"},
    ("ec2", "authorize-security-group-ingress"): {"--cidr", "--protocol", "--port", "--source-group"},
}
# The other word of a truth value.
OPPOSITES = {"--ingress": "--egress"}
# Options that the CLI names in its own way, because `--output` is one of its own.
RENAMED = {("stepfunctions", "send-task-success"): {"output": "--task-output"}}
# The place of a command inside of another one, of a variable, or of a value that a person fills in.
OPEN = "\x00"


class Shell:
    """Simple commands of a shell script, as lists of words. Substitutions add commands of their own."""

    def __init__(self, text):
        self.text = text.replace("\\\n", " ")
        self.at = 0
        self.commands = []

    def peek(self, n=1):
        return self.text[self.at : self.at + n]

    def read(self, end=""):
        words, word = [], None
        while self.at < len(self.text):
            c = self.peek()
            if end and c == end:
                break
            filled = re.compile(r"<[^<>\n|&;]+>").match(self.text, self.at)
            if c == "#" and word is None:
                while self.at < len(self.text) and self.peek() != "\n":
                    self.at += 1
            elif filled and not self.peek(2) == "<(":
                word, self.at = (word or "") + OPEN, filled.end()
            elif c in "<>":
                words = self.finish(words, None if word is not None and word.isdigit() else word)
                word, self.at = None, re.compile(r"[<>&]+[ \t]*[^\s;|&()]*").match(self.text, self.at).end()
            elif c in " \t":
                words, word, self.at = self.finish(words, word), None, self.at + 1
            elif c in "\n;|&(){}" and not (c in "{}" and word is not None):
                words, word = self.finish(words, word), None
                self.add(words)
                words, self.at = [], self.at + 1
            elif c == "'":
                stop = self.text.index("'", self.at + 1)
                word, self.at = (word or "") + self.text[self.at + 1 : stop], stop + 1
            elif c == '"':
                self.at += 1
                word = (word or "") + self.quoted()
            elif c == "\\":
                word, self.at = (word or "") + self.peek(2)[1:], self.at + 2
            else:
                word = (word or "") + self.plain()
        self.add(self.finish(words, word))
        return self.commands

    def plain(self):
        """One character, or a substitution."""
        if self.peek(2) == "$(":
            self.at += 2
            inner = Shell("")
            inner.text, inner.at = self.text, self.at
            self.commands += inner.read(")")
            self.at = inner.at + 1
            return OPEN
        variable = re.compile(r"\$(\w+|\{[^}]*\})").match(self.text, self.at)
        if variable:
            self.at = variable.end()
            return OPEN
        self.at += 1
        return self.text[self.at - 1]

    def quoted(self):
        word = ""
        while self.at < len(self.text) and self.peek() != '"':
            if self.peek() == "\\":
                word, self.at = word + self.peek(2)[1:], self.at + 2
            else:
                word += self.plain()
        self.at += 1
        return word

    @staticmethod
    def finish(words, word):
        return words if word is None else [*words, word]

    def add(self, words):
        if words:
            self.commands.append(words)


FUNCTION = re.compile(r"^(\w+)\(\) \{\n(.*?)^\}\n", re.MULTILINE | re.DOTALL)
SHIFT = re.compile(r"\bshift\b(?: (\d+))?")
PASSES_ON = re.compile(r'\baws "\$@"([^\n()|;]*)')


def commands(text):
    """The words behind `aws` of each command of a script, and the calls of a function that passes its words on to `aws`."""
    functions = {}
    for name, body in FUNCTION.findall(text):
        passes = PASSES_ON.search(body)
        if passes:
            shifts = SHIFT.findall(body[: passes.start()])
            functions[name] = sum(int(number or 1) for number in shifts), passes[1].split()
    for words in Shell(FUNCTION.sub(lambda one: "\n" if one[1] in functions else one[0], text)).read():
        if "aws" in words and len(words) > words.index("aws") + 1:
            yield words[words.index("aws") + 1 :]
        elif words[0] in functions:
            shifted, added = functions[words[0]]
            yield words[1 + shifted :] + added


def code(page):
    """The code of a page: its blocks, and the commands within its lines."""
    for at, part in enumerate(page.split("```")):
        if at % 2:
            yield part.split("\n", 1)[-1], False
        else:
            yield from ((span, True) for span in re.findall(r"`([^`]+)`", part) if span.startswith("aws "))


def messages(value):
    """The commands in the messages of a state machine. Parts that an expression computes are open."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from messages(item)
    elif isinstance(value, str) and "aws " in value:
        text = re.sub(r'"\s*&[^"]*&\s*"', "<computed>", value).replace('\\"', '"')
        text = re.sub(r"\\u([0-9a-f]{4})", lambda code: chr(int(code[1], 16)), text)
        lines = text.replace("\\\\", "\\").replace("\\\n", " ").split("\n")
        yield from (line.removesuffix(' %}').removesuffix('"') for line in lines if line.startswith("aws "))


def scripts(path):
    """The scripts of a file, each with whether it stands in prose."""
    with open(path, encoding="utf-8") as file:
        text = file.read()
    if path.endswith(".md"):
        return list(code(text))
    if path.endswith(".json"):
        return [(script, False) for script in messages(json.loads(text))]
    return [(text, False)]


def option_of(service, operation, member):
    return RENAMED.get((service, operation), {}).get(member, "--" + xform_name(member, "-"))


class Command:
    def __init__(self, words, mentioned):
        self.words = words
        # Prose may name a command without its options.
        self.mentioned = mentioned
        self.problems = []

    def problem(self, text):
        self.problems.append(f"aws {' '.join(self.words)}: {text}".replace(OPEN, "…"))

    def judge(self):
        if len(self.words) < 2:
            self.problem("a service and an operation are required")
        elif self.words[0] == "s3":
            self.judge_s3()
        else:
            self.judge_service()
        return self.problems

    def judge_s3(self):
        known = S3.get(self.words[1])
        if known is None:
            return self.problem(f"no command {self.words[1]}")
        for word in self.words[2:]:
            if word.startswith("--") and word not in known | WITH_VALUE | ALONE:
                self.problem(f"no option {word}")

    def judge_service(self):
        service, operation = self.words[:2]
        try:
            model = SESSION.get_service_model(SERVICES.get(service, service))
        except botocore.exceptions.UnknownServiceError:
            return self.problem(f"no service {service}")
        if operation == "wait":
            return self.judge_waiter(model)
        operations = {xform_name(name, "-"): name for name in model.operation_names}
        if operation not in operations:
            return self.problem(f"no operation {operation}")
        if len(self.words) == 2 and self.mentioned:
            return None
        self.judge_options(model.operation_model(operations[operation]), self.words[2:], service, operation)

    def judge_waiter(self, model):
        waiters = SESSION.get_waiter_model(SERVICES.get(self.words[0], self.words[0]))
        found = {xform_name(name, "-"): name for name in waiters.waiter_names}
        name = self.words[2] if len(self.words) > 2 else ""
        if name not in found:
            return self.problem(f"no waiter {name}")
        operation = model.operation_model(waiters.get_waiter(found[name]).operation)
        self.judge_options(operation, self.words[3:], self.words[0], xform_name(operation.name, "-"))

    def judge_options(self, operation, words, service, name):
        shape = operation.input_shape
        members = shape.members.items() if shape else ()
        known = {option_of(service, name, member): (member, of) for member, of in members}
        given, loose = {}, []
        option = None
        for word in words:
            if word.startswith("--") and word.strip("-"):
                option = OPPOSITES.get(word, word)
                given.setdefault(option, [])
                if option in ALONE:
                    option = None
            elif option is None:
                loose.append(word)
            else:
                given[option].append(word)
                if option in WITH_VALUE or option in known and known[option][1].type_name not in ("list", "structure", "map"):
                    option = None
        for option, values in given.items():
            self.judge_option(option, values, known, ADDED.get((service, name), set()))
        required = {option_of(service, name, member) for member in (shape.required_members if shape else [])}
        for option in sorted(required - given.keys()):
            if "--cli-input-json" not in given:
                self.problem(f"{option} is required")
        output = operation.output_shape
        streams = bool(output) and any(
            member.serialization.get("streaming") or name == "invoke" and service == "lambda"
            for member in output.members.values()
        )
        loose = [word for word in loose if word != OPEN]
        if len(loose) != int(streams) and not (streams and loose[:1]):
            self.problem(f"words without an option: {loose}" if loose else "the file for the output is missing")
        if "--query" in given:
            self.judge_query(given["--query"], output)

    def judge_option(self, option, values, known, added):
        if option in ALONE | WITH_VALUE | added or option == "--cli-input-json":
            return
        negated = option.replace("--no-", "--", 1)
        if option not in known and negated in known and known[negated][1].type_name == "boolean":
            return
        if option not in known:
            return self.problem(f"no option {option}")
        name, shape = known[option]
        if shape.type_name != "boolean" and not values:
            return self.problem(f"{option} has no value")
        for value in values:
            self.judge_value(option, shape, value)

    def judge_value(self, option, shape, value):
        if OPEN in value or value.startswith(("file://", "fileb://")):
            # A structure still names its keys.
            if value.strip(OPEN) and OPEN in value and shape.type_name in ("list", "structure"):
                self.judge_keys(option, shape, value)
            return
        inner = shape.member if shape.type_name == "list" else shape
        if value.startswith(("{", "[")) and shape.type_name in ("list", "structure", "map"):
            try:
                json_value = json.loads(value)
            except ValueError:
                return self.judge_keys(option, shape, value)
            if shape.type_name == "list" and isinstance(json_value, dict):
                json_value = [json_value]
            report = ParamValidator().validate(json_value, shape)
            if report.has_errors():
                self.problem(f"{option}: {report.generate_report()}")
        elif inner.type_name == "structure":
            self.judge_keys(option, shape, value)
        elif getattr(inner, "enum", None) and value not in inner.enum:
            self.problem(f"{option}: {value} is none of {', '.join(inner.enum)}")
        elif inner.type_name in ("integer", "long") and not re.fullmatch(r"-?\d+", value):
            self.problem(f"{option}: {value} is no number")

    def judge_keys(self, option, shape, value):
        """The keys of the shorthand syntax: `Key=a,Value=b`."""
        inner = shape.member if shape.type_name == "list" else shape
        if inner.type_name != "structure":
            return
        keys = re.findall(r"(?:^|,)([A-Za-z]\w*)=", re.sub(r"\{[^{}]*\}|\[[^][]*\]", "", value))
        if not keys:
            self.problem(f"{option}: {value} has no keys")
        for key in keys:
            if key not in inner.members:
                self.problem(f"{option}: no key {key}")

    def judge_query(self, values, output):
        for value in values:
            try:
                tree = jmespath.compile(value.replace(OPEN, "x")).parsed
            except jmespath.exceptions.JMESPathError as error:
                self.problem(f"--query: {error}")
                continue
            try:
                walk(tree, output)
            except LookupError as error:
                self.problem(f"--query: no field {error.args[0]}")


ANY = object()


def walk(tree, shape):
    """The shape of an expression's value; `ANY` where the model does not know it. Raises `LookupError` for a field that the
    shape does not have."""
    kind, children = tree["type"], tree["children"]
    if kind == "field":
        return field(shape, tree["value"])
    if kind in ("subexpression", "index_expression", "pipe"):
        for child in children:
            shape = walk(child, shape)
        return shape
    if kind in ("projection", "filter_projection", "value_projection"):
        return projection(tree, shape)
    if kind in ("index", "slice", "flatten"):
        inner = walk(children[0], shape) if children else shape
        return element(inner) if kind == "index" else inner
    if kind in ("identity", "current"):
        return shape
    for child in children:
        walk(child, shape)
    return ANY


def projection(tree, shape):
    base, *rest = tree["children"]
    items = element(walk(base, shape))
    for child in rest[1:]:
        walk(child, items)
    walk(rest[0], items)
    return ANY


def element(shape):
    if shape is not ANY and shape is not None and shape.type_name == "list":
        return shape.member
    if shape is not ANY and shape is not None and shape.type_name == "map":
        return shape.value
    return ANY


def field(shape, name):
    if shape is ANY or shape is None:
        return ANY
    if shape.type_name == "structure":
        if name not in shape.members:
            raise LookupError(name)
        return shape.members[name]
    if shape.type_name == "map":
        return shape.value
    raise LookupError(name)


def main():
    if len(sys.argv) < 2:
        sys.exit("commands.py: at least one file is required")
    count, problems = 0, []
    for path in sys.argv[1:]:
        for script, mentioned in scripts(path):
            for words in commands(script):
                count += 1
                problems += [f"{path}: {problem}" for problem in Command(words, mentioned).judge()]
    print(*dict.fromkeys(problems), sep="\n")
    print(f"{count} commands")
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
