"""The sample passes each step, and each mistake fails at the right one."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

HERE = Path(__file__).resolve().parent
PROGRAM = HERE.parent / "terraform.py"

# The text, its replacement, the step that fails, and a part of its message.
MISTAKES = {
    "layout": ("evaluation_periods  = 3", "evaluation_periods = 3", "fmt", "evaluation_periods"),
    "provider version": ('"~> 6.47"', '"~> 5.0"', "init", "no available releases match"),
    "misspelt argument": ("enable_dns_hostnames", "enable_dns_hostnamez", "validate", "Unsupported argument"),
    "missing argument": ("  bucket = aws_s3_bucket.files.id\n\n", "", "validate", '"bucket" is required'),
    "wrong type": ("= 60", '= "sixty"', "validate", "a number is required"),
    "missing block": (re.compile(r"\n  versioning_configuration .*?\n  }\n", re.S), "", "validate", "Insufficient"),
    "read-only attribute": ('name = "login"', 'arn = "login"', "validate", "unconfigurable attribute"),
    "unknown attribute": ("aws_s3_bucket.files.id", "aws_s3_bucket.files.ident", "validate", "Unsupported attribute"),
    "unknown type": ('"aws_sns_topic" "each"', '"aws_sns_topics" "each"', "validate", "Invalid resource type"),
    "ephemeral value": ("secret_string_wo   ", "secret_string      ", "validate|plan", "phemeral"),
    "missing key": ('each["alerts"]', 'each["alarms"]', "plan", "Invalid index"),
    "unknown keys": ("toset(var.topics)", "toset([aws_vpc.main.id])", "plan", "Invalid for_each argument"),
    "unstable value": ('Project = "sample"', "Project = timestamp()", "replan", "updated in-place"),
}


def check(text):
    """The step that failed, or None, and the output."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "main.tf").write_text(text)
        command = [sys.executable, str(PROGRAM), folder, folder]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    failed = re.search(r"^FAIL (\w+)", done.stdout, re.M)
    assert (done.returncode != 0) == bool(failed), done.stdout
    return failed and failed.group(1), done.stdout


class Terraform(unittest.TestCase):
    def setUp(self):
        self.sample = (HERE / "sample/main.tf").read_text()

    def test_the_sample_passes(self):
        step, output = check(self.sample)
        self.assertIsNone(step, output)
        self.assertIn("replan", output)

    def test_each_mistake_fails_at_its_step(self):
        self.assertTrue(shutil.which("terraform"))
        for name, (old, new, step, message) in MISTAKES.items():
            with self.subTest(name):
                changed = old.sub(new, self.sample) if hasattr(old, "sub") else self.sample.replace(old, new)
                self.assertNotEqual(changed, self.sample, "the sample no longer has the text")
                failed, output = check(changed)
                self.assertRegex(failed or "", f"^({step})$", output)
                self.assertIn(message, output)


EXISTING = """
data "aws_vpc" "main" {
  id = "vpc-1"

  lifecycle {
    postcondition {
      condition     = self.cidr_block == "10.0.0.0/16"
      error_message = "The VPC has another range."
    }
  }
}
"""


class Existing(unittest.TestCase):
    """Data sources return what the world has, and a lie about it fails the plan."""

    def check(self, **attributes):
        world = {"type": "aws_vpc", "by": "id", "id": "vpc-1", "attributes": attributes}
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "existing.json").write_text(json.dumps({"existing": [{"compared": world}] if attributes else []}))
            Path(folder, "terraform").mkdir()
            sample = (HERE / "sample/main.tf").read_text()
            Path(folder, "terraform/main.tf").write_text(sample + EXISTING)
            command = [sys.executable, str(PROGRAM), folder, str(Path(folder, "terraform"))]
            done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        failed = re.search(r"^FAIL (\w+)", done.stdout, re.M)
        return failed and failed.group(1), done.stdout

    def test_the_truth_passes(self):
        self.assertIsNone(*self.check(cidr_block="10.0.0.0/16"))

    def test_a_lie_fails_the_plan(self):
        step, output = self.check(cidr_block="10.1.0.0/16")
        self.assertEqual(step, "plan", output)
        self.assertIn("another range", output)

    def test_a_resource_that_does_not_exist_fails_the_plan(self):
        step, output = self.check()
        self.assertEqual(step, "plan", output)
        self.assertIn("no such resource", output)


if __name__ == "__main__":
    unittest.main()
