"""CycloneDX's own validator over a bill of materials.

    python cyclonedx_bill.py DOCUMENT

The schema is the published one of version 1.5, in its strict form: a member that it does not have is an error.
"""

import json
import pathlib
import sys

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def main():
    if len(sys.argv) != 2:
        sys.exit("cyclonedx_bill.py: one document is required")
    text = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8")
    version = json.loads(text).get("specVersion")
    if version != "1.5":
        sys.exit(f"cyclonedx_bill.py: version 1.5 is expected, and the document has {version}")
    error = JsonStrictValidator(SchemaVersion.V1_5).validate_str(text)
    if error:
        print(str(error)[:2000])
        sys.exit(1)


main()
