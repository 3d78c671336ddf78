"""Terraform over a configuration, offline: `provider` replaces the AWS provider.

    python terraform.py ROOT DIRECTORY

DIRECTORY, which lies in ROOT, holds the configuration. The steps are fmt, init, validate, plan, show, apply, and a
second plan, which must be empty. Without `prevent_destroy`, a third plan removes every resource. They work on a copy with a local backend; the first that fails ends the run.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCAL_BACKEND = 'terraform {\n  backend "local" {}\n}\n'
LEFT_OUT = shutil.ignore_patterns(".git", ".terraform", ".terraform.lock.hcl", "*.tfstate", "*.tfstate.*")


class Failed(Exception):
    pass


class Run:
    def __init__(self, scratch, work):
        self.scratch, self.work = scratch, work
        kept = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
        self.env = {
            **kept,
            "PYTHONPATH": str(HERE),
            "TF_CLI_CONFIG_FILE": str(scratch / "home/terraformrc"),
            "TF_DATA_DIR": str(scratch / "data"),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            # What exists in the world, for data sources: beside the configuration, and as the spec declares it.
            "MIGSPEC_EXISTING": str(work.parent / "existing.json"),
        }

    def provider(self, command, start=subprocess.run, **named):
        home = self.scratch / "home"
        return start([sys.executable, "-m", "provider", command, str(home)], env=self.env, cwd=self.work, **named)

    def step(self, *arguments, name=None):
        command = ["terraform", *arguments, *([] if arguments[0] in ("fmt", "show") else ["-no-color"])]
        done = subprocess.run(command, cwd=self.work, env=self.env, capture_output=True, text=True)
        if done.returncode:
            raise Failed(f"FAIL {name or arguments[0]}\n{done.stdout}{done.stderr}")
        print(f"ok   {name or arguments[0]}")
        return done.stdout

    def steps(self):
        # An override file is no part of the configuration whose layout counts.
        self.step("fmt", "-check", "-diff", "-recursive")
        (self.work / "local_override.tf").write_text(LOCAL_BACKEND)
        self.step("init", "-input=false")
        # One provider for all commands: most of the time would go to the start of one for each.
        shared = self.provider("share", subprocess.Popen, stdout=subprocess.PIPE, text=True)
        try:
            self.env["TF_REATTACH_PROVIDERS"] = shared.stdout.readline()
            self.step("validate")
            self.step("plan", "-input=false", "-out=plan")
            json.loads(self.step("show", "-json", "plan"))
            self.step("apply", "-input=false", "plan")
            self.step("plan", "-input=false", "-detailed-exitcode", name="replan")
            if not any("prevent_destroy" in file.read_text() for file in self.work.glob("*.tf")):
                self.destroy()
        finally:
            shared.terminate()
            shared.wait()


    def destroy(self):
        self.step("plan", "-destroy", "-input=false", "-out=removal", name="plan of the removal")
        changes = json.loads(self.step("show", "-json", "removal"))["resource_changes"]
        managed = [change for change in changes if change["mode"] == "managed"]
        kept = [change["address"] for change in managed if change["change"]["actions"] != ["delete"]]
        stateful = self.step("state", "list").split()
        removed = {change["address"] for change in managed} | {name for name in stateful if name.startswith("data.")}
        kept += [name for name in stateful if name not in removed]
        if kept or not managed:
            raise Failed(f"FAIL the removal keeps {', '.join(kept) or 'everything'}")
        print(f"ok   removal of {len(managed)} resources")


def check(root, directory):
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        shutil.copytree(root, scratch / "tree", ignore=LEFT_OUT)
        run = Run(scratch, scratch / "tree" / directory.relative_to(root))
        run.provider("setup", check=True)
        run.steps()


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    try:
        check(Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve())
    except Failed as failed:
        sys.exit(str(failed))


if __name__ == "__main__":
    main()
