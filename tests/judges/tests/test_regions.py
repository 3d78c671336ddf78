"""The compiler's regions are those of AWS's own data, without the isolated partitions and the sovereign cloud."""

import unittest
from pathlib import Path

from cfnlint.helpers import REGIONS

FILE = Path(__file__).resolve().parents[3] / "compiler/syntax/src/value/regions.txt"


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


if __name__ == "__main__":
    unittest.main()
