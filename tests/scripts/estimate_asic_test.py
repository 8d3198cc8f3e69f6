# SPDX-License-Identifier: Apache-2.0
"""Checks what scripts/estimate_asic reads of OpenSTA's report: a long name has its kind in the next line. Argument: the project's folder."""
import importlib.machinery
import importlib.util
import pathlib
import sys

sys.dont_write_bytecode = True
scripts = pathlib.Path(sys.argv[1]) / "scripts"
sys.path.insert(0, str(scripts))
loader = importlib.machinery.SourceFileLoader("estimate_asic", str(scripts / "estimate_asic"))
module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
loader.exec_module(module)

NETLIST = "  DFFPOSX1 _12_ (\n    .D(_7_),\n    .Q(\\u_sums.total_q[3] )\n  );\n"
GATES = "   0.10    0.10 ^ a/q (memory_output)\n   0.20    0.30 v _5_/Y (NAND2X1)\n   0.20    0.50 v _6_/Y (INVX1)\n   0.00    0.50 v _12_/D (DFFPOSX1)\n"
KIND = "(rising edge-triggered flip-flop clocked by clk)"


def path_from(start):
    report = f"Startpoint: {start}{KIND}\nEndpoint: _12_ {KIND}\nPath Group: clk\n\n{GATES}           0.50   data arrival time\n\n          -2.50   slack (VIOLATED)\n"
    return module.critical_path(report, NETLIST)


expected = {"nanoseconds": module.PERIOD + 2.5, "gates": 2, "from": "u_words", "to": "u_sums.total_q[3]"}
for blank in (" ", "\n            "):
    found = path_from(f"u_words.gen_reader[0].gen_data[33].cell_i{blank}")
    assert found == expected, f"{found}, expected {expected}"
try:
    module.critical_path("No paths found.", NETLIST)
except module.Failure as failure:
    assert "No paths found." in str(failure)
else:
    raise AssertionError("a report without a path was taken")
