"""Runs a state machine in the interpreter of aslrun, and asks whoever started it for the outcome of each task call:
a line of JSON out, a line of JSON in. Arguments: the folder of aslrun, the ASL, the scenario."""
import json, os, sys

out = os.fdopen(os.dup(1), "w")
os.dup2(2, 1)
sys.path.insert(0, sys.argv[1])
import aslrun


def ask(self, env, state, resource, arguments):
    out.write(json.dumps({"state": state, "resource": resource, "arguments": arguments}, default=str) + "\n")
    out.flush()
    line = sys.stdin.readline()
    if not line:
        raise aslrun.Bad("nobody answers")
    return "live", json.loads(line)


aslrun.Harness.outcome = ask
asl, scenario = json.load(open(sys.argv[2])), json.loads(sys.argv[3])
result = aslrun.run(asl, scenario, ".")
path = [e["state"] for e in result["trace"] if e["event"] == "enter" and not e.get("branch")]
keep = {key: result.get(key) for key in ("status", "error", "cause", "problems", "mock_warnings", "harness", "virtual_seconds")}
out.write(json.dumps({"end": {**keep, "path": path}}, default=str) + "\n")
out.flush()
os._exit(0)
