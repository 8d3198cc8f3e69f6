# SPDX-License-Identifier: Apache-2.0
"""rtl/phasic.core by the rules of FuseSoC's CAPI 2, as far as it uses them: does everything that it names exist, are its files those of
rtl/files.txt, does its generator make the package, and does Verilator take its targets' files and options?"""
import copy
import os
import re
import subprocess
import tempfile
import unittest

import yaml

SOURCE, GENERATED = os.environ["PHASIC_SOURCE"], os.environ["PHASIC_GENERATED"]
RTL = os.path.join(SOURCE, "rtl")

KEYS = {"CAPI=2", "name", "description", "filesets", "generators", "generate", "targets"}
SECTIONS = {
    "filesets": {"files", "file_type", "depend"},
    "generators": {"interpreter", "command", "description", "cache_type"},
    "generate": {"generator", "parameters", "position"},
    "targets": {"description", "filesets", "generate", "toplevel", "default_tool", "tools", "parameters"},
}
FILE_TYPES = {"systemVerilogSource", "cppSource"}
TOOLS = {"verilator": {"mode", "verilator_options"}, "yosys": {"arch", "output_format", "yosys_synth_options"}}
CHOICES = {("verilator", "mode"): {"cc", "sc", "lint-only"}, ("yosys", "output_format"): {"json", "edif", "blif"},
           ("yosys", "arch"): {"xilinx", "ice40", "ecp5"}}


def text_of(path):
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def modules(core, filesets):
    names = [name for fileset in filesets for name in core["filesets"].get(fileset, {}).get("files", []) if name.endswith(".sv")]
    return {module for name in names if os.path.exists(os.path.join(RTL, name))
            for module in re.findall(r"^module (\w+)", text_of(os.path.join(RTL, name)), re.MULTILINE)}


def check_target(core, name, target):
    where = f"targets.{name}"
    faults = [f"{where}: no fileset '{word}'" for word in target.get("filesets", []) if word not in core["filesets"]]
    faults += [f"{where}: nothing to generate is called '{word}'" for word in target.get("generate", [])
               if word not in core["generate"]]
    if target.get("toplevel") not in modules(core, target.get("filesets", [])):
        faults.append(f"{where}: toplevel '{target.get('toplevel')}' is in none of its files")
    tools = target.get("tools", {})
    if name != "default" and target.get("default_tool") not in tools:
        faults.append(f"{where}: no options for its default tool '{target.get('default_tool')}'")
    for tool, options in tools.items():
        for option, value in options.items():
            if option not in TOOLS.get(tool, set()):
                faults.append(f"{where}: {tool} has no option '{option}'")
            elif option.endswith("_options") != isinstance(value, list):
                faults.append(f"{where}: {tool}.{option} is {value!r}")
            elif (tool, option) in CHOICES and value not in CHOICES[tool, option]:
                faults.append(f"{where}: {tool}.{option} is {value!r}")
    return faults


def check(core):
    faults = [f"unknown key '{key}'" for key in core.keys() - KEYS]
    if not re.fullmatch(r"[\w-]*:[\w-]*:[\w-]+:\d+(\.\d+)*", core.get("name", "")):
        faults.append(f"name '{core.get('name')}' is not vendor:library:name:version")
    for section, keys in SECTIONS.items():
        for name, entry in core[section].items():
            faults += [f"{section}.{name}: unknown key '{key}'" for key in entry.keys() - keys]
    for name, fileset in core["filesets"].items():
        faults += [f"filesets.{name}: {file} is not there" for file in fileset["files"]
                   if not os.path.exists(os.path.join(RTL, file))]
        if fileset["file_type"] not in FILE_TYPES:
            faults.append(f"filesets.{name}: file_type '{fileset['file_type']}'")
    if core["filesets"]["rtl"]["files"] != text_of(os.path.join(RTL, "files.txt")).split():
        faults.append("filesets.rtl: not the files of rtl/files.txt in their order")
    for name, entry in core["generate"].items():
        if entry["generator"] not in core["generators"]:
            faults.append(f"generate.{name}: no generator '{entry['generator']}'")
        if entry.get("position") not in ("first", "prepend"):
            faults.append(f"generate.{name}: the package has to come before what uses it")
    for name, entry in core["generators"].items():
        if not os.path.exists(os.path.join(RTL, entry["command"])):
            faults.append(f"generators.{name}: {entry['command']} is not there")
    for name in {"default", "lint", "sim", "synth"} - core["targets"].keys():
        faults.append(f"targets: no target '{name}'")
    return faults + [fault for name, target in core["targets"].items() for fault in check_target(core, name, target)]


class CoreFile(unittest.TestCase):
    def setUp(self):
        self.core = yaml.safe_load(text_of(os.path.join(RTL, "phasic.core")))

    def planted(self, change):
        core = copy.deepcopy(self.core)
        change(core)
        return check(core)

    def test_it_keeps_the_rules(self):
        self.assertTrue(text_of(os.path.join(RTL, "phasic.core")).startswith("CAPI=2:\n"))
        self.assertEqual(check(self.core), [])

    def test_its_version_is_that_of_the_project(self):
        version = re.search(r"project\(\w+ VERSION ([\d.]+)", text_of(os.path.join(SOURCE, "CMakeLists.txt")))[1]
        self.assertEqual(self.core["name"].split(":")[3], version)

    def test_planted_faults_are_found(self):
        def swap(core):
            files = core["filesets"]["rtl"]["files"]
            files[0], files[1] = files[1], files[0]

        for fault, change in {
                "not the files of rtl/files.txt": lambda core: core["filesets"]["rtl"]["files"].pop(),
                "in their order": swap,
                "core/phasic_none.sv is not there": lambda core: core["filesets"]["rtl"]["files"].append("core/phasic_none.sv"),
                "no fileset 'bench'": lambda core: core["targets"]["sim"]["filesets"].append("bench"),
                "nothing to generate is called 'pkg'": lambda core: core["targets"]["lint"].update(generate=["pkg"]),
                "toplevel 'phasic_example'": lambda core: core["targets"]["sim"].update(filesets=["rtl"]),
                "verilator.mode is 'lint'": lambda core: core["targets"]["lint"]["tools"]["verilator"].update(mode="lint"),
                "yosys has no option 'family'": lambda core: core["targets"]["synth"]["tools"]["yosys"].update(family="xcup"),
                "no generator 'contract'": lambda core: core["generate"]["phasic_pkg"].update(generator="contract"),
                "has to come before": lambda core: core["generate"]["phasic_pkg"].update(position="append"),
                "package/none.py is not there":
                    lambda core: core["generators"]["contract_package"].update(command="package/none.py"),
                "unknown key 'fileset'": lambda core: core["targets"]["lint"].update(fileset=["rtl"]),
                "no target 'synth'": lambda core: core["targets"].pop("synth"),
                "is not vendor:library:name:version": lambda core: core.update(name="phasic")}.items():
            with self.subTest(fault=fault):
                self.assertTrue(any(fault in found for found in self.planted(change)), self.planted(change))


class Targets(unittest.TestCase):
    """What FuseSoC would do: call the generator, then give the tool the generated core's files, those of the filesets and the options."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = folder.name
        self.core = yaml.safe_load(text_of(os.path.join(RTL, "phasic.core")))

    def generate(self, files_root):
        generator = self.core["generators"]["contract_package"]
        request = os.path.join(self.work, "request.yml")
        with open(request, "w", encoding="utf-8") as stream:
            yaml.safe_dump({"files_root": files_root, "gapi": "1.0", "vlnv": ":generated:phasic-kernel-phasic_pkg:0.1.0"}, stream)
        return subprocess.run([generator["interpreter"], os.path.join(RTL, generator["command"]), request], cwd=self.work, check=False,
                              capture_output=True, text=True)

    def test_the_generator_makes_a_core_with_the_package(self):
        done = self.generate(RTL)
        self.assertEqual(done.returncode, 0, done.stderr)
        made = yaml.safe_load(text_of(os.path.join(self.work, "phasic-kernel-phasic_pkg.core")))
        self.assertEqual(made["name"], ":generated:phasic-kernel-phasic_pkg:0.1.0")
        (fileset,) = made["targets"]["default"]["filesets"]
        self.assertEqual(made["filesets"][fileset]["files"], ["phasic_pkg.sv"])
        self.assertEqual(text_of(os.path.join(self.work, "phasic_pkg.sv")), text_of(os.path.join(GENERATED, "phasic_pkg.sv")))

    def test_the_generator_says_that_it_needs_the_source_tree(self):
        done = self.generate(self.work)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("contract.json is missing", done.stderr)

    def test_verilator_takes_the_files_and_options_of_lint_and_sim(self):
        for name in ("lint", "sim"):
            with self.subTest(target=name):
                target = self.core["targets"][name]
                files = [os.path.join(RTL, file) for fileset in target["filesets"] for file in self.core["filesets"][fileset]["files"]
                         if file.endswith(".sv")]
                options = [word for option in target["tools"]["verilator"]["verilator_options"] for word in option.split()]
                done = subprocess.run(["verilator", "--lint-only", "--top-module", target["toplevel"], *options,
                                       os.path.join(GENERATED, "phasic_pkg.sv"), *files], capture_output=True, text=True, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""))


if __name__ == "__main__":
    unittest.main()
