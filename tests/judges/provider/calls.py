"""The answer to each call of the plugin protocol."""

import json
import os
import threading
from collections import Counter
from pathlib import Path

from . import invent, schema, values, wire

ERROR, WARNING = 1, 2
ZONES = "aws_availability_zones"


class Provider:
    """One configured provider. Methods have the names of the protocol's calls."""

    def __init__(self):
        self.region = "us-east-1"
        self.default_tags = {}
        self._lock = threading.Lock()
        self._made = Counter()

    def call(self, method, data):
        """Answers one request, bytes to bytes."""
        if method == "GetSchema":
            return schema.response()
        request, reply = wire.METHODS[method]
        return wire.encode(reply, getattr(self, method)(wire.decode(request, data)))

    @staticmethod
    def _block(kind, request):
        return schema.load()[kind][request["type_name"]]

    # Configuration.

    def PrepareProviderConfig(self, request):
        return {"prepared_config": request.get("config")}

    def Configure(self, request):
        config = values.load(request.get("config", {})) or {}
        region = config.get("region")
        if isinstance(region, str) and region:
            self.region = region
        blocks = config.get("default_tags")
        if values.unknown(blocks):
            self.default_tags = values.UNKNOWN
        elif blocks:
            self.default_tags = blocks[0].get("tags") or {}
        return {}

    def _validate(self, kind, request):
        """Findings that a provider makes by its schema alone, beyond those of Terraform itself."""
        config = values.load(request["config"]) or {}
        notes = []
        for path, fault in values.remarks(self._block(kind, request), config):
            steps = [{"element_key_int" if isinstance(p, int) else "attribute_name": p} for p in path]
            if fault == "deprecated":
                severity, summary = WARNING, "Argument is deprecated"
                detail = f"The schema of {request['type_name']} marks {path[-1]!r} as deprecated."
            else:
                severity, summary = ERROR, "Value for unconfigurable attribute"
                detail = f"The provider decides {path[-1]!r}: a configuration cannot set it."
            attribute = {"steps": steps}
            notes.append({"severity": severity, "summary": summary, "detail": detail, "attribute": attribute})
        return {"diagnostics": notes}

    def ValidateResourceTypeConfig(self, request):
        return self._validate(schema.RESOURCE, request)

    def ValidateDataSourceConfig(self, request):
        return self._validate(schema.DATA, request)

    def ValidateEphemeralResourceConfig(self, request):
        return self._validate(schema.EPHEMERAL, request)

    # Resources.

    def UpgradeResourceState(self, request):
        state = json.loads(request["raw_state"]["json"])
        return {"upgraded_state": values.dump(values.conform(self._block(schema.RESOURCE, request), state))}

    def ReadResource(self, request):
        return {"new_state": request["current_state"], "private": request.get("private")}

    def PlanResourceChange(self, request):
        proposed = values.load(request["proposed_new_state"])
        if proposed is None:  # The plan destroys the resource.
            return {"planned_state": request["proposed_new_state"]}
        block = self._block(schema.RESOURCE, request)
        config, prior = values.load(request["config"]), values.load(request["prior_state"])
        planned = values.plan(block, proposed, prior, self._known(block, config, proposed))
        return {"planned_state": values.dump(planned), "planned_private": request.get("prior_private")}

    def _known(self, block, config, proposed):
        """Computed values that the provider knows before the apply."""
        attributes = block.get("attributes", {})
        if "tags" in attributes and attributes.get("tags_all", {}).get("computed") and not config.get("tags_all"):
            # Computed anew each time: the default tags may differ from those of the last apply.
            proposed["tags_all"] = merged(self.default_tags, proposed.get("tags"))
        region = attributes.get("region", {})
        return {"region": self.region} if region.get("computed") and region.get("optional") else {}

    def _seed(self, kind, value):
        """Differs for two objects of one type with one configuration."""
        key = invent.digest(kind, value)
        with self._lock:
            self._made[key] += 1
            return f"{key}/{self._made[key]}"

    def ApplyResourceChange(self, request):
        planned = values.load(request["planned_state"])
        if planned is None:
            return {"new_state": request["planned_state"]}
        kind, block = request["type_name"], self._block(schema.RESOURCE, request)
        region = planned.get("region")
        region = region if isinstance(region, str) else self.region
        inventor = invent.Inventor(kind, planned, region, self._seed(kind, planned))
        state = values.fill(block, planned, inventor)
        return {"new_state": values.dump(state), "private": request.get("planned_private")}

    # Data sources and ephemeral resources.

    def _read(self, kind, request):
        config = values.load(request["config"])
        region = config.get("region")
        region = region if isinstance(region, str) else self.region
        inventor = invent.Inventor(request["type_name"], config, region)
        return values.dump(values.fill(self._block(kind, request), config, inventor, null_too=True))

    def ReadDataSource(self, request):
        kind, config = request["type_name"], values.load(request["config"])
        if kind == ZONES:
            return {"state": self._read(schema.DATA, request)}
        found = existing(kind, config)
        if found is None:
            note = {"severity": ERROR, "summary": "no such resource", "detail": f"{kind} with {json.dumps(config)}"}
            return {"diagnostics": [note]}
        region = config.get("region")
        inventor = invent.Inventor(kind, config, region if isinstance(region, str) else self.region)
        block = self._block(schema.DATA, request)
        known = {name: complete(block["attributes"][name]["type"], value) for name, value in found.items()}
        filled = values.fill(block, {**config, **known}, inventor, null_too=True)
        # A null that the world has is no unknown.
        return {"state": values.dump({**filled, **known})}

    def OpenEphemeralResource(self, request):
        return {"result": self._read(schema.EPHEMERAL, request)}

    def RenewEphemeralResource(self, request):
        return {}

    def CloseEphemeralResource(self, request):
        return {}

    def GetFunctions(self, request):
        return {}

    def Stop(self, request):
        return {}


def existing(kind, config):
    """The attributes of a resource that exists in the world: the file that MIGSPEC_EXISTING names.

    The owners of secrets create them before the deployment: any name has one.
    """
    if kind == "aws_secretsmanager_secret":
        return {}
    world = json.loads(Path(os.environ["MIGSPEC_EXISTING"]).read_text())["existing"]
    for compared in (resource["compared"] for resource in world):
        if compared and compared["type"] == kind and config.get(compared["by"]) == compared["id"]:
            return compared["attributes"]
    return None


def complete(cty, value):
    """A value with all attributes of its objects."""
    if isinstance(cty, str):
        return value
    if cty[0] in ("list", "set"):
        return [complete(cty[1], item) for item in value]
    return {name: complete(kind, value.get(name, "")) for name, kind in cty[1].items()} if cty[0] == "object" else value


def merged(base, own):
    if values.unknown(base) or values.unknown(own):
        return values.UNKNOWN
    return {key: value for key, value in {**(base or {}), **(own or {})}.items() if value is not None}


def failure(method, error):
    """An encoded reply that reports an error, or None where the reply has no place for one."""
    reply = wire.METHODS[method][1]
    if "diagnostics" not in {name for name, _ in wire.MESSAGES[reply].values()}:
        return None
    note = {"severity": ERROR, "summary": f"offline provider: {type(error).__name__}", "detail": str(error)}
    return wire.encode(reply, {"diagnostics": [note]})
