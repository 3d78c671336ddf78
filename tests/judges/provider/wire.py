"""The part of Terraform plugin protocol 5 that the offline provider uses.

Each message is a table {field number: (name, kind)}.  A kind is a scalar
("string", "bytes", "int", "bool") or the name of another message; "*" before
it means repeated and "%" means a map from string to it.  encode() and decode()
work between such a table's dicts and protobuf wire bytes, so no generated code
and no protobuf runtime are needed.
"""

_CALL = {1: ("type_name", "string")}

MESSAGES = {
    "Empty": {},
    "DynamicValue": {1: ("msgpack", "bytes"), 2: ("json", "bytes")},
    "RawState": {1: ("json", "bytes"), 2: ("flatmap", "%string")},
    "Step": {
        1: ("attribute_name", "string"),
        2: ("element_key_string", "string"),
        3: ("element_key_int", "int"),
    },
    "AttributePath": {1: ("steps", "*Step")},
    "Diagnostic": {
        1: ("severity", "int"),
        2: ("summary", "string"),
        3: ("detail", "string"),
        4: ("attribute", "AttributePath"),
    },
    # schema
    "Attribute": {
        1: ("name", "string"),
        2: ("type", "bytes"),
        3: ("description", "string"),
        4: ("required", "bool"),
        5: ("optional", "bool"),
        6: ("computed", "bool"),
        7: ("sensitive", "bool"),
        9: ("deprecated", "bool"),
        10: ("write_only", "bool"),
    },
    "NestedBlock": {
        1: ("type_name", "string"),
        2: ("block", "Block"),
        3: ("nesting", "int"),
        4: ("min_items", "int"),
        5: ("max_items", "int"),
    },
    "Block": {
        1: ("version", "int"),
        2: ("attributes", "*Attribute"),
        3: ("block_types", "*NestedBlock"),
        6: ("deprecated", "bool"),
    },
    "Schema": {1: ("version", "int"), 2: ("block", "Block")},
    "Function": {},
    "ServerCapabilities": {
        1: ("plan_destroy", "bool"),
        2: ("get_provider_schema_optional", "bool"),
        3: ("move_resource_state", "bool"),
    },
    "GetSchema.Response": {
        1: ("provider", "Schema"),
        2: ("resource_schemas", "%Schema"),
        3: ("data_source_schemas", "%Schema"),
        4: ("diagnostics", "*Diagnostic"),
        6: ("server_capabilities", "ServerCapabilities"),
        7: ("functions", "%Function"),
        8: ("ephemeral_resource_schemas", "%Schema"),
    },
    "GetFunctions.Response": {1: ("functions", "%Function")},
    # provider
    "PrepareProviderConfig.Request": {1: ("config", "DynamicValue")},
    "PrepareProviderConfig.Response": {
        1: ("prepared_config", "DynamicValue"),
        2: ("diagnostics", "*Diagnostic"),
    },
    "Configure.Request": {1: ("terraform_version", "string"), 2: ("config", "DynamicValue")},
    "Configure.Response": {1: ("diagnostics", "*Diagnostic")},
    "Stop.Response": {1: ("error", "string")},
    # managed resources
    "Validate.Request": _CALL | {2: ("config", "DynamicValue")},
    "Validate.Response": {1: ("diagnostics", "*Diagnostic")},
    "UpgradeResourceState.Request": _CALL | {2: ("version", "int"), 3: ("raw_state", "RawState")},
    "UpgradeResourceState.Response": {
        1: ("upgraded_state", "DynamicValue"),
        2: ("diagnostics", "*Diagnostic"),
    },
    "ReadResource.Request": _CALL | {2: ("current_state", "DynamicValue"), 3: ("private", "bytes")},
    "ReadResource.Response": {
        1: ("new_state", "DynamicValue"),
        2: ("diagnostics", "*Diagnostic"),
        3: ("private", "bytes"),
    },
    "PlanResourceChange.Request": _CALL
    | {
        2: ("prior_state", "DynamicValue"),
        3: ("proposed_new_state", "DynamicValue"),
        4: ("config", "DynamicValue"),
        5: ("prior_private", "bytes"),
    },
    "PlanResourceChange.Response": {
        1: ("planned_state", "DynamicValue"),
        2: ("requires_replace", "*AttributePath"),
        3: ("planned_private", "bytes"),
        4: ("diagnostics", "*Diagnostic"),
    },
    "ApplyResourceChange.Request": _CALL
    | {
        2: ("prior_state", "DynamicValue"),
        3: ("planned_state", "DynamicValue"),
        4: ("config", "DynamicValue"),
        5: ("planned_private", "bytes"),
    },
    "ApplyResourceChange.Response": {
        1: ("new_state", "DynamicValue"),
        2: ("private", "bytes"),
        3: ("diagnostics", "*Diagnostic"),
    },
    # data sources and ephemeral resources
    "ReadDataSource.Request": _CALL | {2: ("config", "DynamicValue")},
    "ReadDataSource.Response": {1: ("state", "DynamicValue"), 2: ("diagnostics", "*Diagnostic")},
    "OpenEphemeralResource.Request": _CALL | {2: ("config", "DynamicValue")},
    "OpenEphemeralResource.Response": {
        1: ("diagnostics", "*Diagnostic"),
        3: ("result", "DynamicValue"),
    },
    "EphemeralLease.Request": _CALL | {2: ("private", "bytes")},
    "EphemeralLease.Response": {1: ("diagnostics", "*Diagnostic")},
    # go-plugin's health check
    "HealthCheck.Response": {1: ("status", "int")},
}

# rpc method of service tfplugin5.Provider -> (request, response) message
METHODS = {
    "GetSchema": ("Empty", "GetSchema.Response"),
    "PrepareProviderConfig": ("PrepareProviderConfig.Request", "PrepareProviderConfig.Response"),
    "ValidateResourceTypeConfig": ("Validate.Request", "Validate.Response"),
    "ValidateDataSourceConfig": ("Validate.Request", "Validate.Response"),
    "ValidateEphemeralResourceConfig": ("Validate.Request", "Validate.Response"),
    "UpgradeResourceState": ("UpgradeResourceState.Request", "UpgradeResourceState.Response"),
    "Configure": ("Configure.Request", "Configure.Response"),
    "ReadResource": ("ReadResource.Request", "ReadResource.Response"),
    "PlanResourceChange": ("PlanResourceChange.Request", "PlanResourceChange.Response"),
    "ApplyResourceChange": ("ApplyResourceChange.Request", "ApplyResourceChange.Response"),
    "ReadDataSource": ("ReadDataSource.Request", "ReadDataSource.Response"),
    "OpenEphemeralResource": ("OpenEphemeralResource.Request", "OpenEphemeralResource.Response"),
    "RenewEphemeralResource": ("EphemeralLease.Request", "EphemeralLease.Response"),
    "CloseEphemeralResource": ("EphemeralLease.Request", "EphemeralLease.Response"),
    "GetFunctions": ("Empty", "GetFunctions.Response"),
    "Stop": ("Empty", "Stop.Response"),
}

_BY_NAME = {
    message: {name: (number, kind) for number, (name, kind) in fields.items()} for message, fields in MESSAGES.items()
}


def _varint(n):
    n &= 0xFFFFFFFFFFFFFFFF
    out = bytearray()
    while n > 0x7F:
        out.append(n & 0x7F | 0x80)
        n >>= 7
    out.append(n)
    return bytes(out)


def _field(number, kind, value):
    if kind in ("int", "bool"):
        return _varint(number << 3) + _varint(int(value))
    if kind == "string":
        value = value.encode()
    elif kind != "bytes":
        value = encode(kind, value)
    return _varint(number << 3 | 2) + _varint(len(value)) + value


def encode(message, values):
    """Wire bytes of a dict; keys whose value is None are left out."""
    out = []
    for name, value in values.items():
        if value is None:
            continue
        number, kind = _BY_NAME[message][name]
        if kind[0] == "*":
            out += [_field(number, kind[1:], item) for item in value]
        elif kind[0] == "%":
            for key in sorted(value):
                entry = _field(1, "string", key) + _field(2, kind[1:], value[key])
                out.append(_field(number, "bytes", entry))
        else:
            out.append(_field(number, kind, value))
    return b"".join(out)


def _read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def _raw_fields(data):
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        shape = tag & 7
        if shape == 0:
            value, at = _read_varint(data, at)
        elif shape == 2:
            size, at = _read_varint(data, at)
            value, at = data[at : at + size], at + size
        elif shape in (1, 5):
            size = 8 if shape == 1 else 4
            value, at = data[at : at + size], at + size
        else:
            raise ValueError(f"unexpected wire type {shape}")
        yield tag >> 3, value


def _value(kind, raw):
    if kind == "int":
        return raw - (1 << 64) if raw >> 63 else raw
    if kind == "bool":
        return bool(raw)
    if kind == "string":
        return bytes(raw).decode()
    return bytes(raw) if kind == "bytes" else decode(kind, raw)


def decode(message, data):
    """Dict of the fields present on the wire; unknown fields are skipped."""
    out = {}
    for number, raw in _raw_fields(data):
        if number not in MESSAGES[message]:
            continue
        name, kind = MESSAGES[message][number]
        if kind[0] == "*":
            out.setdefault(name, []).append(_value(kind[1:], raw))
        elif kind[0] == "%":
            entry = dict(_raw_fields(raw))
            key = bytes(entry.get(1, b"")).decode()
            out.setdefault(name, {})[key] = _value(kind[1:], entry.get(2, b""))
        else:
            out[name] = _value(kind, raw)
    return out
