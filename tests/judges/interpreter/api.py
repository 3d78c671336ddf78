"""Inputs and results of task calls against botocore's models of the AWS APIs."""

import copy
import functools
import json
import re

import offline  # noqa: F401

# Names of Step Functions' SDK integrations that differ from botocore's.
SERVICES = {
    "applicationautoscaling": "application-autoscaling",
    "cloudwatchlogs": "logs",
    "databasemigration": "dms",
    "elasticloadbalancing": "elb",
    "elasticloadbalancingv2": "elbv2",
    "eventbridge": "events",
    "rdsdata": "rds-data",
    "sfn": "stepfunctions",
}
# Optimised integrations with a name of their own.
OPTIMISED = {"states": "stepfunctions"}
BOTOCORE_NAMES = {theirs: ours for ours, theirs in SERVICES.items()}
# Optimised integrations whose parameters are not those of one API action.
UNCHECKED = {"apigateway", "batch", "ecs", "eks", "elasticmapreduce", "glue", "http", "sagemaker"}
# Parameters that take any JSON and pass it on as text.
FREE = {
    ("events", "putEvents"): {"Detail"},
    ("lambda", "invoke"): {"Payload"},
    ("sns", "publish"): {"Message"},
    ("sqs", "sendMessage"): {"MessageBody"},
    ("states", "startExecution"): {"Input"},
}
# Members that Step Functions adds to each result.
ADDED = {"sdkhttpmetadata", "sdkresponsemetadata", "executedversion"}
INTEGRATION = re.compile(r"arn:[^:]+:states:[^:]*:[^:]*:(aws-sdk:)?([a-z0-9-]+):([A-Za-z0-9]+)(?:\.(.+))?$")


@functools.cache
def model(service):
    """botocore's model of a service, or None."""
    import botocore.exceptions
    import botocore.session

    try:
        return botocore.session.get_session().get_service_model(service)
    except botocore.exceptions.UnknownServiceError:
        return None


class Integration:
    """The service and action of a task's resource."""

    def __init__(self, match):
        self.sdk = bool(match.group(1))
        self.service, self.action, self.pattern = match.group(2), match.group(3), match.group(4)
        names = SERVICES if self.sdk else {**SERVICES, **OPTIMISED}
        self.botocore = names.get(self.service, self.service)
        self.operation = self.action[0].upper() + self.action[1:]

    @classmethod
    def of(cls, resource):
        match = INTEGRATION.match(resource)
        return match and cls(match)

    def model(self):
        return model(self.botocore)

    def unknown(self):
        """The problem with the service or the action, or None."""
        if self.sdk and self.service in BOTOCORE_NAMES:
            return f"unknown service '{self.service}': Step Functions calls it '{BOTOCORE_NAMES[self.service]}'"
        found = self.model()
        if found is None or (self.sdk and not self.service.isalnum()):
            return f"unknown service '{self.service}' (botocore has no '{self.botocore}')"
        if self.operation not in found.operation_names:
            return f"service '{self.service}' has no API action '{self.action}'"
        if self.action[0].isupper():
            return f"API action must be camelCase: '{self.action}'"
        return None


class Names:
    """Renames parameters as Step Functions writes them to the API's own, and collects the unknown ones."""

    def __init__(self, integration):
        self.operation = integration.operation
        self.free = FREE.get((integration.service, integration.action), set())
        self.problems = []

    def convert(self, value, shape, path=""):
        if shape.type_name == "structure" and isinstance(value, dict):
            return self._structure(value, shape, path)
        if shape.type_name == "list" and isinstance(value, list):
            return [self.convert(item, shape.member, path + "[].") for item in value]
        if shape.type_name == "map" and isinstance(value, dict):
            return {key: self.convert(item, shape.value, f"{path}{key}.") for key, item in value.items()}
        if shape.type_name == "blob" and isinstance(value, str):
            return value.encode()
        return value

    def _structure(self, value, shape, path):
        names = {name[0].lower() + name[1:]: name for name in shape.members}
        converted = {}
        for key, item in value.items():
            if not key[:1].isupper():
                self.problems.append(f"{path}{key}: parameter names are PascalCase")
            name = key if key in shape.members else names.get(key[:1].lower() + key[1:])
            if name is None:
                self.problems.append(f"{path}{key}: no such parameter of {self.operation}")
            elif not path and key in self.free:
                text = item if isinstance(item, str) else json.dumps(item)
                converted[name] = text.encode() if shape.members[name].type_name == "blob" else text
            else:
                converted[name] = self.convert(item, shape.members[name], f"{path}{key}.")
        return converted


def input_problems(resource, parameters):
    """The differences between a task's parameters and the API."""
    integration = Integration.of(resource)
    if not integration or (not integration.sdk and integration.service in UNCHECKED):
        return []
    unknown = integration.unknown()
    if unknown:
        return [unknown]
    shape = integration.model().operation_model(integration.operation).input_shape
    if shape is None:
        return [f"{integration.operation} takes no parameters"] if parameters else []
    from botocore.validate import ParamValidator

    names = Names(integration)
    report = ParamValidator().validate(names.convert(copy.deepcopy(parameters), shape), shape)
    return names.problems + (report.generate_report().split("\n") if report.has_errors() else [])


def result_problems(resource, result):
    """Members of a scenario's result that the API does not return."""
    integration = Integration.of(resource)
    if not integration or integration.pattern or not isinstance(result, dict) or integration.unknown():
        return []
    shape = integration.model().operation_model(integration.operation).output_shape
    known = {name.lower() for name in (shape.members if shape else {})} | ADDED
    return [f"'{key}' is not in the response of {integration.operation}" for key in result if key.lower() not in known]
