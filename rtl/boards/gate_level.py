#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Learns and tests images on the netlist of the iCEBreaker's bitstream, simulated at its SPI pins, and on the reference, and compares every
result, counter and weight. Prints what the cycles are at the placed clock. Takes about fifteen minutes; fewer images take less.

With --record the figures are written to docs/results/gate_level.json."""

import argparse
import json
import os
import pathlib
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent


def slowest_clock(folder):
    """Megahertz of the slowest seed that was placed."""
    clocks = []
    for report in sorted(folder.glob("seed*.json")):
        fmax = json.loads(report.read_text())["fmax"]
        clocks.append(max(fmax.values(), key=lambda entry: entry["constraint"])["achieved"])
    return round(min(clocks), 2)


def main():
    parser = argparse.ArgumentParser(prog="scripts/gate_level", description=__doc__)
    parser.add_argument("--network", default="examples/fashion_mnist_128.json")
    parser.add_argument("--data", default="fashion-mnist")
    parser.add_argument("--samples", type=int, default=200, help="to learn")
    parser.add_argument("--test-samples", type=int, default=100)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    os.chdir(ROOT)
    build = pathlib.Path(os.environ.get("PHASIC_BUILD", "build"))
    subprocess.run(["cmake", "--build", build, "-j", str(os.cpu_count()), "--target", "phasic", "phasic_engine_reference", "phasic_engine_ice40"],
                   check=True, stdout=sys.stderr)
    subprocess.run([sys.executable, "rtl/boards/bitstream.py", "--no-synthesis"], check=True)
    output = build / "gate_level"
    command = ["build/bin/phasic", "compare", options.network, "--data", options.data, "--engine", "ice40", "--samples", str(options.samples),
               "--test-samples", str(options.test_samples), "--timeout", "7200"]
    subprocess.run([build / "bin" / "phasic", *command[1:], "--output", output], check=True)
    summary = json.loads((output / "summary.json").read_text())
    megahertz = slowest_clock(build / "ice40" / "icebreaker8")
    row = {"data": options.data, "learned": summary["samples_learned"], "tested": summary["samples_tested"], "differences": summary["mismatches"]}
    for name, field in (("learning", "cycles_per_learned_sample"), ("testing", "cycles_per_tested_sample")):
        row[f"{name}_cycles"] = round(summary[field])
        row[f"{name}_rate"] = round(megahertz * 1e6 / summary[field])
        print(f"projected, {name}: {megahertz * 1e6 / summary[field]:.0f} samples/s = {megahertz} MHz (estimated) / {summary[field]:.0f} cycles "
              "a sample (simulated), without the bus")
    if options.record:
        record(row, " ".join(command), megahertz)


def record(row, command, megahertz):
    columns = [("data", "data"), ("learned", "learned"), ("tested", "tested"), ("differences", "differences"), ("learning_cycles", "cycles a learned sample"),
               ("testing_cycles", "cycles a tested sample"), ("learning_rate", "learned a second, projected"),
               ("testing_rate", "tested a second, projected")]
    document = {"phasic_measurement": 1,
                "description": f"784-128-10 on the netlist of the iCEBreaker's bitstream against the reference, cycles at {megahertz} MHz, the slowest "
                               "of three seeds, without the bus",
                "command": ["./scripts/gate_level --record", command], "kind": ["simulated", "estimated"], "seeds": [1],
                "columns": [{"field": field, "title": title} for field, title in columns], "rows": [row]}
    pathlib.Path("docs/results/gate_level.json").write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
