# SPDX-License-Identifier: Apache-2.0
"""scripts/estimate_xilinx --check finds memories that are no longer mapped as intended: two are spoiled in a copy of the RTL."""
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

SOURCE, BUILD = os.environ["PHASIC_SOURCE"], os.environ["PHASIC_BUILD"]


class Memories(unittest.TestCase):
    def test_spoiled_memories_are_named(self):
        with tempfile.TemporaryDirectory() as work:
            rtl = shutil.copytree(os.path.join(SOURCE, "rtl"), os.path.join(work, "rtl"))
            self.spoil(rtl, "core/phasic_ram.sv", 'ram_style = "huge"', 'ram_style = "block"')
            self.spoil(rtl, "core/phasic_neurons.sv", '(* ram_style = "distributed" *) logic [RowWidth-1:0]',
                       '(* ram_style = "registers" *) logic [RowWidth-1:0]')
            done = subprocess.run([sys.executable, "-B", os.path.join(SOURCE, "scripts/estimate_xilinx"), "--rtl", rtl, "--check",
                                   "phasic_neurons", "phasic_scatter"],
                                  capture_output=True, text=True, check=False, env={**os.environ, "PHASIC_BUILD": BUILD})
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("memory u_memory.gen_plain.u_ram.gen_huge.words_q is not made of URAM288", done.stdout)
        self.assertRegex(done.stdout, r"memory \S*gen_rows.gen_potentials\[1\].potentials_q becomes registers")
        self.assertIn("memory gen_rows.gen_potentials[1].potentials_q is not made of RAM*M*", done.stdout)
        self.assertNotIn("u_sample", done.stdout)

    def spoil(self, rtl, name, good, bad):
        path = os.path.join(rtl, name)
        with open(path, encoding="utf-8") as stream:
            text = stream.read()
        self.assertEqual(text.count(good), 1)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write(text.replace(good, bad))


if __name__ == "__main__":
    unittest.main()
