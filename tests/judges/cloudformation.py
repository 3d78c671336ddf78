"""cfn-lint over CloudFormation templates.

    python cloudformation.py TEMPLATE...

An error fails, and so does the warning about an IAM action that AWS does not have. Other warnings are printed.
"""

import contextlib
import io
import sys

import offline  # noqa: F401
from cfnlint.runner.cli import main as cfn_lint

UNKNOWN_ACTION = "W3037"
# Bits of cfn-lint's exit code.
WARNING, INFORMATION = 4, 8


def lint(templates):
    """The exit code of cfn-lint and its report."""
    report = io.StringIO()
    sys.argv = ["cfn-lint", "--regions", "us-east-1", "--format", "parseable", "-t", *templates]
    code = 0
    with contextlib.redirect_stdout(report), contextlib.redirect_stderr(report):
        try:
            cfn_lint()
        except SystemExit as end:
            code = end.code
    return code or 0, report.getvalue()


def main():
    if len(sys.argv) < 2:
        sys.exit("cloudformation.py: a template is required")
    code, report = lint(sys.argv[1:])
    print(report, end="")
    failed = code & ~(WARNING | INFORMATION) or f":{UNKNOWN_ACTION}:" in report
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
