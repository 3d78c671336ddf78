"""The provider's schema, and its encoding for Terraform.

The resources come from the schema that the compiler checks its own names against, `compiler/ir/schemas/terraform.gz`.
It does not hold the configuration of the provider and the data sources: those that the compiler writes are below.
"""

import functools
import gzip
import json
from pathlib import Path

from . import wire

ADDRESS = "registry.terraform.io/hashicorp/aws"
VERSION = "6.47.0"
FILE = Path(__file__).resolve().parents[3] / "compiler/ir/schemas/terraform.gz"
EPHEMERAL_PREFIX = "ephemeral."

NESTING = {"single": 1, "list": 2, "set": 3, "map": 4, "group": 5}
KINDS = RESOURCE, DATA, EPHEMERAL = "resource_schemas", "data_source_schemas", "ephemeral_resource_schemas"


def attributes(flag, **types):
    return {name: {"type": kind, flag: True} for name, kind in types.items()}


def both(**types):
    return {name: {"type": kind, "optional": True, "computed": True} for name, kind in types.items()}


ROUTE = ("cidr_block", "egress_only_gateway_id", "gateway_id", "ipv6_cidr_block", "nat_gateway_id")
ROUTE += ("transit_gateway_id",)
RANGE = ("association_id", "cidr_block", "state")
TAGS = ["map", "string"]
CONFIGURATION = {
    "attributes": attributes("optional", region="string", profile="string", allowed_account_ids=["set", "string"]),
    "block_types": {
        "assume_role": {
            "nesting_mode": "list",
            "max_items": 1,
            "block": {"attributes": attributes("optional", role_arn="string", external_id="string")},
        },
        "default_tags": {
            "nesting_mode": "list",
            "max_items": 1,
            "block": {"attributes": attributes("optional", tags=TAGS)},
        },
    },
}
FILTER = attributes("required", name="string", values=["set", "string"])
DATA_SOURCES = {
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/api_gateway_domain_name
    "aws_api_gateway_domain_name": {
        "attributes": {
            "domain_name": {"type": "string", "required": True},
            **both(domain_name_id="string", region="string", tags=TAGS),
            **attributes("computed", arn="string", certificate_arn="string", certificate_name="string", id="string"),
            **attributes("computed", certificate_upload_date="string", cloudfront_domain_name="string"),
            **attributes("computed", cloudfront_zone_id="string", endpoint_access_mode="string", policy="string"),
            **attributes("computed", regional_certificate_arn="string", regional_certificate_name="string"),
            **attributes("computed", regional_domain_name="string", regional_zone_id="string"),
            **attributes("computed", security_policy="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/ec2_managed_prefix_list
    "aws_ec2_managed_prefix_list": {
        "attributes": {
            **both(id="string", name="string", region="string"),
            **attributes("computed", address_family="string", arn="string", max_entries="number", owner_id="string"),
            **attributes("computed", tags=TAGS, version="number"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/ec2_transit_gateway
    "aws_ec2_transit_gateway": {
        "attributes": {
            **both(id="string", region="string"),
            **attributes("computed", amazon_side_asn="string", arn="string", auto_accept_shared_attachments="string"),
            **attributes("computed", default_route_table_association="string", dns_support="string"),
            **attributes("computed", default_route_table_propagation="string", multicast_support="string"),
            **attributes("computed", owner_id="string", security_group_referencing_support="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/ec2_transit_gateway_attachment
    "aws_ec2_transit_gateway_attachment": {
        "attributes": {
            **both(transit_gateway_attachment_id="string", region="string"),
            **attributes("computed", id="string", arn="string", resource_id="string", resource_type="string"),
            **attributes("computed", state="string", transit_gateway_id="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/ec2_transit_gateway_route_table
    "aws_ec2_transit_gateway_route_table": {
        "attributes": {
            **both(id="string", region="string"),
            **attributes("computed", arn="string", transit_gateway_id="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/iam_policy
    "aws_iam_policy": {
        "attributes": {
            **both(arn="string", id="string", name="string", path_prefix="string", tags=TAGS),
            **attributes("computed", attachment_count="number", description="string", path="string"),
            **attributes("computed", policy="string", policy_id="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/kms_key
    "aws_kms_key": {
        "attributes": {
            "key_id": {"type": "string", "required": True},
            "grant_tokens": {"type": ["list", "string"], "optional": True},
            **both(region="string"),
            **attributes("computed", arn="string", aws_account_id="string", creation_date="string", id="string"),
            **attributes("computed", customer_master_key_spec="string", description="string", enabled="bool"),
            **attributes("computed", key_manager="string", key_spec="string", key_state="string", key_usage="string"),
            **attributes("computed", multi_region="bool", origin="string", valid_to="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/lb_target_group
    "aws_lb_target_group": {
        "attributes": {
            **both(arn="string", name="string", region="string", tags=TAGS),
            **attributes("computed", arn_suffix="string", deregistration_delay="string", id="string", port="number"),
            **attributes("computed", load_balancer_arns=["set", "string"], load_balancing_algorithm_type="string"),
            **attributes("computed", protocol="string", protocol_version="string", slow_start="number"),
            **attributes("computed", target_type="string", vpc_id="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/route_table
    "aws_route_table": {
        "attributes": {
            **both(route_table_id="string", subnet_id="string", vpc_id="string", gateway_id="string", region="string"),
            **attributes("computed", id="string", arn="string", owner_id="string"),
            "routes": {"type": ["list", ["object", dict.fromkeys(ROUTE, "string")]], "computed": True},
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/secretsmanager_secret
    "aws_secretsmanager_secret": {
        "attributes": {
            **both(arn="string", name="string", region="string", tags=TAGS),
            **attributes("computed", created_date="string", description="string", id="string", kms_key_id="string"),
            **attributes("computed", last_changed_date="string", policy="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/security_group
    "aws_security_group": {
        "attributes": {
            **both(id="string", name="string", region="string", tags=TAGS, vpc_id="string"),
            **attributes("computed", arn="string", description="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/sns_topic
    "aws_sns_topic": {
        "attributes": {
            "name": {"type": "string", "required": True},
            **both(region="string", tags=TAGS),
            **attributes("computed", arn="string", id="string"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/subnet
    "aws_subnet": {
        "attributes": {
            **both(id="string", availability_zone="string", availability_zone_id="string", cidr_block="string"),
            **both(default_for_az="bool", ipv6_cidr_block="string", region="string", state="string", vpc_id="string"),
            **attributes("computed", arn="string", available_ip_address_count="number", owner_id="string"),
            **attributes("computed", assign_ipv6_address_on_creation="bool", map_public_ip_on_launch="bool"),
        },
    },
    # https://registry.terraform.io/providers/hashicorp/aws/6.47.0/docs/data-sources/vpc
    "aws_vpc": {
        "attributes": {
            **both(id="string", cidr_block="string", default="bool", dhcp_options_id="string", region="string"),
            **both(state="string"),
            **attributes("computed", arn="string", enable_dns_hostnames="bool", enable_dns_support="bool"),
            **attributes("computed", instance_tenancy="string", main_route_table_id="string", owner_id="string"),
            **attributes("computed", ipv6_association_id="string", ipv6_cidr_block="string"),
            "cidr_block_associations": {"type": ["list", ["object", dict.fromkeys(RANGE, "string")]], "computed": True},
        },
    },
    "aws_availability_zones": {
        "attributes": {
            **attributes("optional", all_availability_zones="bool", state="string"),
            **attributes("optional", exclude_names=["set", "string"], exclude_zone_ids=["set", "string"]),
            **attributes("computed", id="string", names=["list", "string"], zone_ids=["list", "string"]),
            "group_names": {"type": ["set", "string"], "computed": True},
            "region": {"type": "string", "optional": True, "computed": True},
        },
        "block_types": {"filter": {"nesting_mode": "set", "block": {"attributes": FILTER}}},
    },
}


@functools.cache
def load():
    """The block of each type, by kind."""
    rows = [line.split("\t", 1) for line in gzip.decompress(FILE.read_bytes()).decode().splitlines()]
    blocks = {name: json.loads(text) for name, text in rows}
    ephemeral = {name for name in blocks if name.startswith(EPHEMERAL_PREFIX)}
    return {
        RESOURCE: {name: block for name, block in blocks.items() if name not in ephemeral},
        DATA: DATA_SOURCES,
        EPHEMERAL: {name.removeprefix(EPHEMERAL_PREFIX): blocks[name] for name in ephemeral},
    }


def _block(block):
    flags = ("required", "optional", "computed", "sensitive", "deprecated", "write_only")
    return {
        "attributes": [
            {"name": name, "type": json.dumps(attribute["type"]).encode()}
            | {flag: True for flag in flags if attribute.get(flag)}
            for name, attribute in sorted(block.get("attributes", {}).items())
        ],
        "block_types": [
            {
                "type_name": name,
                "block": _block(nested["block"]),
                "nesting": NESTING[nested["nesting_mode"]],
                "min_items": nested.get("min_items"),
                "max_items": nested.get("max_items"),
            }
            for name, nested in sorted(block.get("block_types", {}).items())
        ],
        "deprecated": block.get("deprecated"),
    }


def _schema(block):
    return {"version": 0, "block": _block(block)}


@functools.cache
def response():
    """The encoded answer to GetSchema."""
    kinds = {kind: {name: _schema(block) for name, block in load()[kind].items()} for kind in KINDS}
    capabilities = {"get_provider_schema_optional": True}
    answer = {"provider": _schema(CONFIGURATION), **kinds, "server_capabilities": capabilities}
    return wire.encode("GetSchema.Response", answer)
