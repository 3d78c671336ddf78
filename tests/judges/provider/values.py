"""Terraform values: MessagePack in and out, planning, filling unknowns.

A value is what msgpack gives: dict, list, str, int, float, bool, None; an
unknown is a msgpack.ExtType, refined or not.
"""

import json

import msgpack

UNKNOWN = msgpack.ExtType(0, b"\0")


def unknown(value):
    return isinstance(value, msgpack.ExtType)


def wholly_known(value):
    if unknown(value):
        return False
    if isinstance(value, dict):
        value = value.values()
    elif not isinstance(value, list):
        return True
    return all(wholly_known(v) for v in value)


def load(dynamic):
    """The value in a DynamicValue message."""
    if dynamic.get("msgpack"):
        return msgpack.unpackb(dynamic["msgpack"], strict_map_key=False)
    return json.loads(dynamic["json"]) if dynamic.get("json") else None


def dump(value):
    return {"msgpack": msgpack.packb(value)}


def _attrs(block):
    return block.get("attributes", {}).items()


def _nested(block):
    return block.get("block_types", {}).items()


def each(nested, value, others, visit):
    """visit(block, element, matching element of each of others) over a nested block.

    List elements match by position, map elements by key.  Set elements match
    nothing: Terraform has already carried their computed values over.
    """
    if value is None or unknown(value):
        return value
    block, mode = nested["block"], nested["nesting_mode"]
    if mode in ("single", "group"):
        return visit(block, value, *[o if isinstance(o, dict) else None for o in others])
    if mode == "map":
        pick = [o if isinstance(o, dict) else {} for o in others]
        return {k: visit(block, v, *[o.get(k) for o in pick]) for k, v in value.items()}
    pick = [o if isinstance(o, list) and mode == "list" else [] for o in others]
    return [
        v if unknown(v) else visit(block, v, *[o[i] if i < len(o) else None for o in pick]) for i, v in enumerate(value)
    ]


def plan(block, proposed, prior, defaults=None):
    """Terraform's proposed value with computed nulls turned into unknowns.

    Where a prior object exists its nulls stay null, so that an applied object
    plans to no change.
    """
    out = {}
    for name, attr in _attrs(block):
        value = proposed.get(name)
        if attr.get("write_only"):
            value = None
        elif value is None and attr.get("computed"):
            if defaults and name in defaults:
                value = defaults[name]
            elif not isinstance(prior, dict):
                value = UNKNOWN
        out[name] = value
    for name, nested in _nested(block):
        before = (prior or {}).get(name)

        def visit(inner, item, match, before=before):
            if nested["nesting_mode"] == "set" and isinstance(before, list):
                for old in before:
                    if carries_over(inner, item, old):
                        return old
            return plan(inner, item, match)

        out[name] = each(nested, proposed.get(name), [before], visit)
    return out


def carries_over(block, item, old):
    """Whether an old set element differs from a proposed one only in computed values left out."""
    if not isinstance(old, dict):
        return False
    for name, attr in _attrs(block):
        left_out = item.get(name) is None and attr.get("computed")
        if not left_out and item.get(name) != old.get(name):
            return False
    for name, nested in _nested(block):
        new, past = item.get(name), old.get(name)
        if new == past:
            continue
        if nested["nesting_mode"] in ("single", "group"):
            new, past = [new], [past]
        if not isinstance(new, list) or not isinstance(past, list) or len(new) != len(past):
            return False
        if not all(isinstance(n, dict) and carries_over(nested["block"], n, p) for n, p in zip(new, past)):
            return False
    return True


def fill(block, value, synth, null_too=False):
    """Replace unknowns (and, for data sources, computed nulls) by synthetic values.

    synth(name, type, attribute) makes one value.
    """
    out = {}
    for name, attr in _attrs(block):
        old = value.get(name)
        if unknown(old) or (null_too and old is None and attr.get("computed")):
            old = synth(name, attr["type"], attr)
        elif not wholly_known(old):
            old = _fill_inside(name, attr["type"], old, attr, synth)
        out[name] = None if attr.get("write_only") else old
    for name, nested in _nested(block):
        out[name] = each(nested, value.get(name), [], lambda b, v: fill(b, v, synth, null_too))
        if unknown(out[name]):
            out[name] = empty_nested(nested)
    return out


def _fill_inside(name, cty, value, attr, synth):
    if unknown(value):
        return synth(name, cty, attr)
    kind = cty if isinstance(cty, str) else cty[0]
    if isinstance(value, list):
        inner = cty[1] if kind in ("list", "set") else None
        return [_fill_inside(name, inner or cty[1][i], v, attr, synth) for i, v in enumerate(value)]
    if isinstance(value, dict):
        return {k: _fill_inside(k, cty[1] if kind == "map" else cty[1][k], v, attr, synth) for k, v in value.items()}
    return value


def empty_nested(nested):
    mode = nested["nesting_mode"]
    if mode == "group":
        return empty(nested["block"])
    return {"single": None, "map": {}}.get(mode, [])


def empty(block):
    """The object of a block with nothing set."""
    return {name: None for name, _ in _attrs(block)} | {name: empty_nested(nested) for name, nested in _nested(block)}


def conform(block, value):
    """A state object read as JSON, cut and padded to the present schema."""
    out = {name: None if attr.get("write_only") else value.get(name) for name, attr in _attrs(block)}
    for name, nested in _nested(block):
        old = value.get(name)
        out[name] = empty_nested(nested) if old is None else each(nested, old, [], conform)
    return out


def remarks(block, config, path=()):
    """(path, "deprecated" or "read-only") of what a configuration sets but should not."""
    for name, attr in _attrs(block):
        if config.get(name) is None:
            continue
        if not attr.get("optional") and not attr.get("required"):
            yield path + (name,), "read-only"
        elif attr.get("deprecated"):
            yield path + (name,), "deprecated"
    for name, nested in _nested(block):
        value = config.get(name)
        if not value or unknown(value):
            continue
        if nested["block"].get("deprecated"):
            yield path + (name,), "deprecated"
        mode = nested["nesting_mode"]
        if mode in ("single", "group"):
            yield from remarks(nested["block"], value, path + (name,))
            continue
        for key, item in value.items() if mode == "map" else enumerate(value):
            if isinstance(item, dict):  # a set's element has no address of its own
                step = (name,) if mode == "set" else (name, key)
                yield from remarks(nested["block"], item, path + step)
