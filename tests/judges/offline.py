"""Judges need neither an AWS account nor credentials: an import of this module hides both from the AWS libraries."""

import logging
import os
import warnings
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
NODE_MODULES = os.environ.get("JUDGE_NODE_MODULES") or str(ROOT / ".judges/npm/node_modules")

os.environ.update(
    AWS_ACCESS_KEY_ID="testing",
    AWS_SECRET_ACCESS_KEY="testing",
    AWS_DEFAULT_REGION="us-east-1",
    AWS_EC2_METADATA_DISABLED="true",
    AWS_CONFIG_FILE=os.devnull,
    AWS_SHARED_CREDENTIALS_FILE=os.devnull,
)
for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN"):
    os.environ.pop(name, None)
warnings.simplefilter("ignore")
logging.disable(logging.CRITICAL)
