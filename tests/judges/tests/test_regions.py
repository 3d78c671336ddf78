"""The compiler's regions are those of AWS's own data, without the isolated partitions and the sovereign cloud."""

import json
import re
import unittest
from importlib.resources import files
from pathlib import Path

from cfnlint.helpers import REGIONS

PROJECT = Path(__file__).resolve().parents[3]
FILE = PROJECT / "compiler/syntax/src/value/regions.txt"
MISSING = PROJECT / "targets/src/cloudformation/regions.tsv"
TYPES = PROJECT / "docs/reference/resource-types.md"
CLASSES = PROJECT / "compiler/lower/data/aurora-classes.tsv"
OFFERS = files("cfnlint") / "data/schemas/extensions/aws_rds_dbinstance/dbinstanceclass_enum.json"
REGISTRIES = files("cfnlint") / "data/schemas/providers"


def is_served(region):
    return "-iso" not in region and not region.startswith("eusc-")


class Regions(unittest.TestCase):
    def setUp(self):
        self.lines = [line for line in FILE.read_text().splitlines() if line and not line.startswith("#")]

    def test_the_list_is_that_of_aws(self):
        served = {region for region in REGIONS if is_served(region)}
        self.assertGreater(len(served), 30)
        self.assertEqual(set(self.lines), served)

    def test_the_list_is_sorted_and_has_no_region_twice(self):
        self.assertEqual(self.lines, sorted(set(self.lines)))

    def test_the_missing_types_are_those_of_the_registries(self):
        rows = (line.split("\t") for line in MISSING.read_text().splitlines() if not line.startswith("#"))
        rows = {name: regions.split(" ") for name, regions in rows}
        types = sorted(set(re.findall(r"`(AWS::\w+::\w+)`", TYPES.read_text())))
        self.assertGreater(len(types), 60)
        registries = {region: REGISTRIES / f"{region}.json" for region in self.lines}
        registries = {region: json.loads(file.read_text()) for region, file in registries.items() if file.is_file()}
        self.assertGreater(len(registries), 30)
        missing = {name: [r for r, known in registries.items() if name not in known] for name in types}
        self.assertEqual(rows, {name: regions for name, regions in missing.items() if regions})
        self.assertEqual(list(rows), sorted(rows))

    def test_the_instance_classes_are_those_of_the_price_list(self):
        offered = {}
        for region, rules in json.loads(OFFERS.read_text()).items():
            for rule in rules["allOf"] if region in self.lines else []:
                engine = rule["if"]["properties"]["Engine"].get("const", "")
                for name in rule["then"]["properties"]["DBInstanceClass"]["enum"]:
                    if engine.startswith("aurora-") and name != "db.serverless":
                        offered.setdefault((engine, name), set()).add(region)
        self.assertGreater(len(offered), 100)
        known = {}
        for line in CLASSES.read_text().splitlines():
            engine, family, sizes, missing = line.split("\t")
            for size in sizes.split(" "):
                known[engine, f"db.{family}.{size}"] = set(self.lines) - set(missing.split())
        self.assertEqual(known, offered)


if __name__ == "__main__":
    unittest.main()
