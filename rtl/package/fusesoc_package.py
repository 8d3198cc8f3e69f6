#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Generator for FuseSoC (phasic.core): makes phasic_pkg.sv from driver/contract/contract.json.

FuseSoC calls it with a YAML file that holds `files_root`, the folder of phasic.core, and `vlnv`, the name of the core to make, and
takes <name>.core from the folder that it is called in. The contract's generator is C++, so a compiler (CXX, default c++), CLI11, {fmt}
and nlohmann-json are needed; PHASIC_CONTRACT_GENERATOR names a built one instead (<build>/driver/contract/phasic_contract_generator).
"""
import glob
import os
import subprocess
import sys

import yaml

CORE = """CAPI=2:
name: {vlnv}
filesets:
  package:
    files:
      - phasic_pkg.sv
    file_type: systemVerilogSource
targets:
  default:
    filesets: [package]
"""


def contract_generator(contract):
    """The program, built here if there is none."""
    program = os.environ.get("PHASIC_CONTRACT_GENERATOR")
    if program:
        return program
    program = os.path.abspath("phasic_contract_generator")
    sources = sorted(glob.glob(os.path.join(contract, "generator/*.cpp")))
    subprocess.run([os.environ.get("CXX", "c++"), "-std=c++20", "-I", contract, *sources, "-o", program, "-lfmt"], check=True)
    return program


def main():
    with open(sys.argv[1], encoding="utf-8") as stream:
        request = yaml.safe_load(stream)
    contract = os.path.join(os.path.dirname(os.path.abspath(request["files_root"])), "driver/contract")
    if not os.path.exists(os.path.join(contract, "contract.json")):
        sys.exit(f"fusesoc_package: {contract}/contract.json is missing: phasic.core works inside the whole source tree")
    subprocess.run([contract_generator(contract), "generate", os.path.join(contract, "contract.json"), "contract"], check=True)
    os.replace("contract/phasic_pkg.sv", "phasic_pkg.sv")
    with open(request["vlnv"].split(":")[2] + ".core", "w", encoding="utf-8") as stream:
        stream.write(CORE.format(vlnv=request["vlnv"]))


if __name__ == "__main__":
    main()
