"""Invented values of computed attributes: identifiers, ARNs, addresses. One configuration gives the same values."""

import hashlib
import json

ACCOUNT = "123456789012"
TIME = "2024-01-01T00:00:00Z"

# The prefix of identifiers, by type.
PREFIXES = {
    "aws_customer_gateway": "cgw",
    "aws_default_security_group": "sg",
    "aws_ec2_transit_gateway": "tgw",
    "aws_ec2_transit_gateway_route_table": "tgw-rtb",
    "aws_ec2_transit_gateway_vpc_attachment": "tgw-attach",
    "aws_eip": "eipalloc",
    "aws_flow_log": "fl",
    "aws_internet_gateway": "igw",
    "aws_nat_gateway": "nat",
    "aws_network_acl": "acl",
    "aws_route_table": "rtb",
    "aws_route_table_association": "rtbassoc",
    "aws_security_group": "sg",
    "aws_subnet": "subnet",
    "aws_vpc": "vpc",
    "aws_vpc_endpoint": "vpce",
    "aws_vpc_security_group_egress_rule": "sgr",
    "aws_vpc_security_group_ingress_rule": "sgr",
    "aws_vpn_connection": "vpn",
    "aws_vpn_gateway": "vgw",
}
# Types whose identifier is the ARN.
IDENTIFIED_BY_ARN = {
    "aws_cloudwatch_composite_alarm",
    "aws_dms_replication_task",
    "aws_iam_policy",
    "aws_lb",
    "aws_lb_listener",
    "aws_lb_target_group",
    "aws_secretsmanager_secret",
    "aws_sfn_state_machine",
    "aws_sns_topic",
    "aws_sns_topic_subscription",
}
# The service and the last part of ARNs; `{}` is the name.
ARNS = {
    "aws_api_gateway_rest_api": ("apigateway", "/restapis/{}"),
    "aws_cloudwatch_event_rule": ("events", "rule/{}"),
    "aws_cloudwatch_log_group": ("logs", "log-group:{}"),
    "aws_cloudwatch_metric_alarm": ("cloudwatch", "alarm:{}"),
    "aws_db_subnet_group": ("rds", "subgrp:{}"),
    "aws_dms_endpoint": ("dms", "endpoint:{}"),
    "aws_dms_replication_instance": ("dms", "rep:{}"),
    "aws_dms_replication_subnet_group": ("dms", "subgrp:{}"),
    "aws_dms_replication_task": ("dms", "task:{}"),
    "aws_iam_policy": ("iam", "policy/{}"),
    "aws_iam_role": ("iam", "role/{}"),
    "aws_kms_alias": ("kms", "{}"),
    "aws_lambda_function": ("lambda", "function:{}"),
    "aws_lb": ("elasticloadbalancing", "loadbalancer/app/{}"),
    "aws_lb_target_group": ("elasticloadbalancing", "targetgroup/{}"),
    "aws_rds_cluster": ("rds", "cluster:{}"),
    "aws_rds_cluster_instance": ("rds", "db:{}"),
    "aws_rds_cluster_parameter_group": ("rds", "cluster-pg:{}"),
    "aws_s3_bucket": ("s3", "{}"),
    "aws_secretsmanager_secret": ("secretsmanager", "secret:{}-AbCdEf"),
    "aws_sfn_state_machine": ("states", "stateMachine:{}"),
    "aws_sns_topic": ("sns", "{}"),
    "aws_sqs_queue": ("sqs", "{}"),
    "aws_ssm_parameter": ("ssm", "parameter/{}"),
}
# The service of an ARN by the first word of the type, where they differ.
SERVICES = {
    "api": "apigateway",
    "apigatewayv2": "apigateway",
    "db": "rds",
    "lb": "elasticloadbalancing",
    "sfn": "states",
    **dict.fromkeys(
        (
            "customer",
            "default",
            "eip",
            "flow",
            "internet",
            "nat",
            "network",
            "route",
            "security",
            "subnet",
            "vpc",
            "vpn",
        ),
        "ec2",
    ),
}
# The service of an ARN attribute by a word of its name.
ROLES = {"role": "iam", "kms_key": "kms", "secret": "secretsmanager", "certificate": "acm"}
WITHOUT_REGION = {"iam", "s3"}
WITHOUT_ACCOUNT = {"s3", "apigateway"}
NAMES = (
    "name",
    "bucket",
    "identifier",
    "cluster_identifier",
    "function_name",
    "alarm_name",
    "dashboard_name",
    "domain_name",
    "replication_instance_id",
    "endpoint_id",
    "replication_task_id",
    "replication_subnet_group_id",
    "family",
    "key",
)
# Attributes that identify an object of another type, by the end of their name.
FOREIGN = {
    "vpc_id": "vpc",
    "subnet_id": "subnet",
    "eni": "eni",
    "security_group_id": "sg",
    "network_interface_id": "eni",
    "route_table_id": "rtb",
    "allocation_id": "eipalloc",
    "network_acl_id": "acl",
    "association_id": "assoc",
}
# Text by the end of the attribute's name, in order; `{host}` is a host name of the object.
ENDINGS = (
    (("availability_zone",), "{region}a"),
    (("cidr_block", "cidr"), "10.0.0.0/16"),
    (("_ip", "ip_address"), "10.0.0.10"),
    (("url", "_uri", "uri"), "https://{host}"),
    (("endpoint", "address", "dns_name", "domain_name", "hostname", "_dns"), "{host}"),
    (("_time", "_date", "_at", "timestamp", "last_modified"), TIME),
    (("_prefix",), ""),
    (("_version",), "1"),
    (("_id",), "{short}"),
)
FIXED = {
    "status": "ACTIVE",
    "state": "ACTIVE",
    "version": "1",
    "secret_string": '{"username":"stand-in","password":"stand-in"}',
    "policy": '{"Version":"2012-10-17","Statement":[]}',
    "assume_role_policy": '{"Version":"2012-10-17","Statement":[]}',
}


def digest(*parts):
    text = json.dumps(parts, sort_keys=True, default=lambda value: "unknown")
    return hashlib.sha256(text.encode()).hexdigest()


class Inventor:
    """Values of one object. The seed distinguishes two objects with the same configuration."""

    def __init__(self, kind, value, region, seed=""):
        self.kind, self.value, self.region = kind, value, region
        self.hex = digest(kind, value, seed)
        word = kind.split("_")[1]
        self.service = ARNS[kind][0] if kind in ARNS else SERVICES.get(word, word)

    def __call__(self, name, cty, attribute=None):
        kind = cty if isinstance(cty, str) else cty[0]
        if kind == "object":
            return {key: self(key, inner) for key, inner in cty[1].items()}
        if kind == "tuple":
            return [self(name, inner) for inner in cty[1]]
        if kind in ("list", "set"):
            return self._collection(name, cty[1], attribute or {})
        if kind == "number":
            return self._number(name)
        return {"string": self.string, "bool": lambda _: False, "map": lambda _: {}}.get(kind, lambda _: None)(name)

    def _collection(self, name, inner, attribute):
        if name in ("availability_zones", "names") and inner == "string":
            return [self.region + letter for letter in "abc"]
        if not isinstance(inner, str) and attribute.get("optional"):
            return []  # Such as the inline rules of a security group that has none.
        return [self(name.removesuffix("s"), inner)]

    def _number(self, name):
        if name == "port" or name.endswith("_port"):
            return 5432 if "postgres" in str(self.value.get("engine") or self.value.get("engine_name")) else 443
        return 1 if name in ("version", "latest_version", "default_version") else 0

    def _own(self, *keys):
        found = (self.value.get(key) for key in keys)
        return next((text for text in found if isinstance(text, str) and text), None)

    def name(self):
        prefix = self._own("name_prefix", "bucket_prefix", "identifier_prefix", "cluster_identifier_prefix")
        return self._own(*NAMES) or (prefix or "terraform-") + self.hex[:12]

    def uuid(self, salt=""):
        h = digest(self.hex, salt)
        return f"{h[:8]}-{h[8:12]}-4{h[13:16]}-a{h[17:20]}-{h[20:32]}"

    def identifier(self):
        if self._own("id"):
            return self._own("id")
        if self.kind in PREFIXES:
            return f"{PREFIXES[self.kind]}-0{self.hex[:16]}"
        if self.kind in IDENTIFIED_BY_ARN:
            return self.arn()
        if self.kind == "aws_kms_key":
            return self.uuid()
        if self.kind == "aws_sqs_queue":
            return f"https://sqs.{self.region}.amazonaws.com/{ACCOUNT}/{self.name()}"
        if self.service == "apigateway":
            return self.hex[:10]
        return self._own(*NAMES) or f"{self.kind[4:].replace('_', '-')}-{self.hex[:12]}"

    def arn(self):
        if self.kind == "aws_kms_key":
            return self._arn("kms", f"key/{self.uuid()}")
        if self.kind in ARNS:
            name = self.hex[:10] if self.service == "apigateway" else self.name()
            form = ARNS[self.kind][1]
            return self._arn(self.service, form.format(name.lstrip("/") if form.endswith("/{}") else name))
        words = self.kind.split("_")[2:] or ["resource"]
        name = self.identifier() if self.kind in PREFIXES else self.name()
        return self._arn(self.service, f"{'-'.join(words)}/{name}")

    def _foreign_arn(self, stem):
        service = next((service for word, service in ROLES.items() if word in stem), self.service)
        return self._arn(service, f"{stem.replace('_', '-')}/{self.hex[:12]}")

    def _arn(self, service, resource):
        region = "" if service in WITHOUT_REGION else self.region
        account = "" if service in WITHOUT_ACCOUNT else ACCOUNT
        return f"arn:aws:{service}:{region}:{account}:{resource}"

    def string(self, name):
        return self._exact(name) or self._by_ending(name)

    def _exact(self, name):
        if name == "id" or name == self.kind.split("_", 1)[1] + "_id":
            return self.identifier()
        if name == "arn":
            return self.arn()
        if name in ("account_id", "owner_id") or name.endswith("_account_id"):
            return ACCOUNT
        if name == "region" or name.endswith("_region"):
            return self.region
        if name == "invoke_arn":
            service = f"arn:aws:apigateway:{self.region}:lambda:path/2015-03-31/functions"
            return f"{service}/{self.arn()}/invocations"
        if name == "qualified_arn":
            return self.arn() + ":$LATEST"
        if name == "execution_arn":
            api, stage = self._own("rest_api_id", "api_id") or self.identifier(), self._own("stage_name")
            return f"arn:aws:execute-api:{self.region}:{ACCOUNT}:{api}" + (f"/{stage}" if stage else "")
        if name == "kms_key_id":
            return self._arn("kms", f"key/{self.uuid('kms')}")
        if name in ("zone_id", "hosted_zone_id"):
            return "Z" + self.hex[:13].upper()
        if name in ("name", "bucket", "identifier"):
            return self.name()
        return FIXED.get(name)

    def _by_ending(self, name):
        if name.endswith("_arn"):
            stem = name.removesuffix("_arn")
            return self.arn() if self.kind.endswith(stem) else self._foreign_arn(stem)
        for ending, prefix in FOREIGN.items():
            if name == ending or name.endswith("_" + ending):
                return f"{prefix}-0{digest(self.hex, name)[:16]}"
        label = self.name().strip("/").replace("/", "-")
        host = f"{label}.{self.hex[:12]}.{self.service}.{self.region}.amazonaws.com"
        for endings, text in ENDINGS:
            if name.endswith(endings):
                return text.format(region=self.region, host=host, short=self.hex[:12])
        return "" if "ipv6" in name else f"{name}-{self.hex[:8]}"
