# SPDX-License-Identifier: Apache-2.0
"""The Tcl scripts in Debian's tclsh with the vendor's commands recorded, and scripts/build_xclbin with tools that only pretend."""
import glob
import json
import os
import subprocess
import sys
import tempfile
import textwrap
import unittest

SOURCE, GENERATED = os.environ["PHASIC_SOURCE"], os.environ["PHASIC_GENERATED"]
TCLSH = os.environ.get("PHASIC_TCLSH", "tclsh")
sys.path.insert(0, os.path.join(SOURCE, "hls/vitis"))

from platform_file import Platform  # noqa: E402
from sources import Contract, HlsTop, KernelXml, read, rtl_files  # noqa: E402
from steps import RTL_SCRIPTS, Build  # noqa: E402

BUILD = os.path.join(SOURCE, "scripts/build_xclbin")
PLATFORMS = sorted(glob.glob(os.path.join(SOURCE, "hls/vitis/platforms/*.json")))
# A Python that is a wrapper of its own may look for itself on the PATH.
SYSTEM_PATH = os.pathsep.join([os.path.dirname(os.path.realpath(sys.executable)), "/usr/bin", "/bin"])


class Work(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.work = folder.name

    def record(self, platform, kernel, stage, **environment):
        """The calls of the vendor's commands, and the process, of the script that makes `stage`."""
        build = Build(SOURCE, Platform(platform), kernel, "hw", GENERATED, self.work)
        build.write(stage)
        script = os.path.join(SOURCE, "hls/vitis/run_hls.tcl" if kernel == "hls" else f"rtl/package/{RTL_SCRIPTS[stage]}")
        calls = os.path.join(self.work, "calls")
        done = subprocess.run([TCLSH, os.path.join(SOURCE, "tests/hls/vitis/record.tcl"), script, calls], check=False,
                              env={**os.environ, "PHASIC_SETTINGS": build.settings_path, **environment},
                              capture_output=True, text=True)
        with open(calls, encoding="utf-8") as stream:
            return build, [json.loads(line) for line in stream], done

    def calls_of(self, calls, *start):
        return [call[len(start):] for call in calls if call[:len(start)] == list(start)]


class HlsScript(Work):
    def test_every_platform_gives_part_clock_build_and_sources(self):
        for path in PLATFORMS:
            with self.subTest(platform=path):
                platform = Platform(path)
                build, calls, done = self.record(path, "hls", "xo")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.calls_of(calls, "set_part"), [[platform.part]])
                self.assertEqual(self.calls_of(calls, "create_clock"), [["-period", str(platform.period_ns), "-name", "default"]])
                self.assertEqual(self.calls_of(calls, "set_clock_uncertainty"), [[f"{platform.uncertainty_percent}%"]])
                self.assertEqual(self.calls_of(calls, "set_top"), [[Contract(SOURCE).kernel["top"]]])
                self.assertEqual(self.calls_of(calls, "open_solution")[0][-2:], ["-flow_target", "vitis"])
                source, bench = self.calls_of(calls, "add_files")
                self.assertEqual(source[0], os.path.join(SOURCE, HlsTop.path))
                self.assertIn(f"-DPHASIC_HLS_BUILD={platform.hls_build}", source[2])
                self.assertIn(f"-I{SOURCE} -I{GENERATED}", source[2])
                self.assertEqual(bench[:2], ["-tb", os.path.join(SOURCE, "hls/vitis/testbench.cpp")])
                for name in (source[0], bench[1]):
                    self.assertTrue(os.path.exists(name), name)
                (interface,) = self.calls_of(calls, "config_interface")
                self.assertIn("-m_axi_addr64=true", interface)
                (export,) = self.calls_of(calls, "config_export")
                self.assertEqual(export[:2], ["-format", "xo"])
                self.assertEqual(export[-1], build.object)

    def test_stages_run_what_they_need_in_order(self):
        wanted = {"csim": ["csim_design"], "csynth": ["csynth_design"], "cosim": ["csynth_design", "cosim_design"],
                  "xo": ["csynth_design", "export_design"]}
        for stage, designs in wanted.items():
            with self.subTest(stage=stage):
                _, calls, done = self.record(PLATFORMS[0], "hls", stage)
                self.assertEqual([call[0] for call in calls if call[0].endswith("_design")], designs)
                self.assertIn("phasic: done", done.stdout)

    def test_simulations_are_given_the_vectors(self):
        for stage in ("csim", "cosim"):
            build, calls, _ = self.record(PLATFORMS[0], "hls", stage)
            self.assertEqual(self.calls_of(calls, f"{stage}_design"), [["-argv", build.vectors]])

    def test_a_command_that_fails_ends_the_script(self):
        _, calls, done = self.record(PLATFORMS[0], "hls", "xo", PHASIC_FAILS_AT="csynth_design")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.calls_of(calls, "export_design"), [])

    def test_without_settings_it_says_what_to_run(self):
        environment = {name: value for name, value in os.environ.items() if name != "PHASIC_SETTINGS"}
        for script in ("hls/vitis/run_hls.tcl", *(f"rtl/package/{name}" for name in RTL_SCRIPTS.values())):
            done = subprocess.run([TCLSH, os.path.join(SOURCE, script)], capture_output=True, text=True, check=False,
                                  env=environment)
            self.assertNotEqual(done.returncode, 0)
            self.assertIn("scripts/build_xclbin runs this script", done.stderr)


class RtlScript(Work):
    def test_every_platform_gives_files_names_and_part(self):
        kernel = Contract(SOURCE).kernel
        for path in PLATFORMS:
            with self.subTest(platform=path):
                build, calls, done = self.record(path, "rtl", "xo")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertEqual(self.calls_of(calls, "create_project")[0][-1], Platform(path).part)
                (files,) = self.calls_of(calls, "add_files")
                names = files[1].replace("{", "").replace("}", "").split()
                self.assertEqual(names, [os.path.join(GENERATED, "phasic_pkg.sv")] +
                                 [os.path.join(SOURCE, "rtl", name) for name in rtl_files(SOURCE)])
                for name in names:
                    self.assertTrue(os.path.exists(name), name)
                self.assertEqual(self.calls_of(calls, "set_property", "top")[0][0], kernel["top"])
                vendor, library, name, version = Contract(SOURCE).vlnv
                (package,) = self.calls_of(calls, "ipx::package_project")
                self.assertEqual(package[package.index("-vendor") + 1], vendor)
                self.assertEqual(package[package.index("-library") + 1], library)
                self.assertEqual(self.calls_of(calls, "set_property", "name")[0][0], name)
                self.assertEqual(self.calls_of(calls, "set_property", "version")[0][0], version)
                (object_call,) = self.calls_of(calls, "package_xo")
                self.assertEqual(object_call[:6], ["-xo_path", build.object, "-kernel_name", kernel["name"], "-kernel_xml",
                                                   os.path.join(GENERATED, "kernel.xml")])

    def test_every_port_has_the_clock_and_every_argument_a_register(self):
        _, calls, _ = self.record(PLATFORMS[0], "rtl", "xo")
        path = os.path.join(GENERATED, "kernel.xml")
        xml = KernelXml(path, read("", path))
        clocked = {call[1] for call in self.calls_of(calls, "ipx::associate_bus_interfaces") if call[0] == "-busif"}
        self.assertEqual(clocked, set(xml.widths))
        registers = [call[0] for call in self.calls_of(calls, "ipx::add_register")]
        self.assertEqual(registers, ["CTRL"] + [argument.name for argument in xml.arguments])
        offsets = [int(call[0], 16) for call in self.calls_of(calls, "set_property", "address_offset")]
        self.assertEqual(offsets, [0] + [argument.offset for argument in xml.arguments])
        addresses = [argument.name for argument in xml.arguments if argument.address]
        self.assertEqual(len(self.calls_of(calls, "ipx::add_register_parameter", "ASSOCIATED_BUSIF")), len(addresses))

    def test_limits_of_the_platform_become_parameters(self):
        platform = next(path for path in PLATFORMS if Platform(path).rtl_limits)
        _, calls, _ = self.record(platform, "rtl", "xo")
        limits = Contract(SOURCE).limits
        for name, value in Platform(platform).rtl_limits.items():
            parameter = limits[name]["parameter"]
            for getter in ("ipx::get_user_parameters", "ipx::get_hdl_parameters"):
                self.assertEqual(self.calls_of(calls, getter, parameter)[0][0], "-of_objects")
            self.assertIn(str(value), [call[0] for call in self.calls_of(calls, "set_property", "value")])


    def test_groups_of_the_platform_become_a_parameter(self):
        with open(PLATFORMS[0], encoding="utf-8") as stream:
            root = json.load(stream)
        path = os.path.join(self.work, "grouped.json")
        for groups, given in ((1, False), (4, True)):
            with open(path, "w", encoding="utf-8") as stream:
                json.dump(root | {"rtl_groups": groups}, stream)
            _, calls, _ = self.record(path, "rtl", "xo")
            self.assertEqual(bool(self.calls_of(calls, "ipx::get_hdl_parameters", "Groups")), given)


class OutOfContextScript(Work):
    def test_every_platform_is_synthesized_with_its_part_clock_files_and_sizes(self):
        contract = Contract(SOURCE)
        for path in PLATFORMS:
            with self.subTest(platform=path):
                platform = Platform(path)
                build, calls, done = self.record(path, "rtl", "out_of_context")
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn("phasic: done", done.stdout)
                self.assertEqual(self.calls_of(calls, "create_project"), [["-in_memory", "-part", platform.part]])
                (files,) = self.calls_of(calls, "read_verilog")
                self.assertEqual(files[1].replace("{", "").replace("}", "").split(),
                                 [os.path.join(GENERATED, "phasic_pkg.sv")] +
                                 [os.path.join(SOURCE, "rtl", name) for name in rtl_files(SOURCE)])
                (constraints,) = self.calls_of(calls, "read_xdc", "-mode", "out_of_context")
                self.assertEqual(read("", constraints[0]),
                                 f"create_clock -name ap_clk -period {platform.period_ns} [get_ports ap_clk]\n")
                generics = [word for name, value in platform.rtl_limits.items()
                            for word in ("-generic", f"{contract.limits[name]['parameter']}={value}")]
                self.assertEqual(self.calls_of(calls, "synth_design"),
                                 [["-mode", "out_of_context", "-top", contract.kernel["top"], "-part", platform.part, *generics]])
                names = [call[0] for call in calls]
                self.assertLess(names.index("read_xdc"), names.index("synth_design"))
                reports = [call[-1] for call in calls if call[0].startswith("report_")]
                self.assertEqual(reports, [os.path.join(build.work, name) for name in (
                    "utilization.rpt", "utilization_by_module.rpt", "timing_summary.rpt")])
                self.assertLess(names.index("synth_design"), names.index("report_utilization"))

    def test_a_synthesis_that_fails_ends_the_script(self):
        _, calls, done = self.record(PLATFORMS[0], "rtl", "out_of_context", PHASIC_FAILS_AT="synth_design")
        self.assertNotEqual(done.returncode, 0)
        self.assertEqual(self.calls_of(calls, "report_utilization"), [])


class LinkConfiguration(Work):
    def test_every_port_of_every_unit_has_its_bank_and_every_unit_the_clock(self):
        for path in PLATFORMS:
            for kernel in ("rtl", "hls"):
                with self.subTest(platform=path, kernel=kernel):
                    platform = Platform(path)
                    platform.compute_units = 2
                    text = Build(SOURCE, platform, kernel, "hw", GENERATED, self.work).link_configuration().splitlines()
                    name = Contract(SOURCE).kernel["name" if kernel == "rtl" else "top"]
                    self.assertIn(f"nk={name}:2", text)
                    for unit in (f"{name}_1", f"{name}_2"):
                        for port, bank in platform.connections[kernel].items():
                            self.assertIn(f"sp={unit}.{port}:{bank}", text)
                        if platform.clock_kind == "fixed":
                            self.assertIn(f"freqHz={platform.clock_mhz * 1000000}:{unit}", text)
                    if platform.clock_kind == "scalable":
                        # An option of v++ itself stands before the first section.
                        self.assertLess(text.index(f"kernel_frequency={platform.clock_mhz}"), text.index("[connectivity]"))


class BuildCommand(Work):
    """scripts/build_xclbin, with programs of the tools' names that write down how they are called."""

    def tool(self, name, body):
        folder = os.path.join(self.work, "bin")
        os.makedirs(folder, exist_ok=True)
        path = os.path.join(folder, name)
        with open(path, "w", encoding="utf-8") as stream:
            stream.write("#!/bin/sh\n" + f'echo "{name} $*" >> "{self.work}/commands"\n' + textwrap.dedent(body))
        os.chmod(path, 0o755)

    def packager(self):
        """A Vivado that makes an object of our own kernel.xml, where the settings say."""
        self.tool("vivado", f"""
            object=$(sed -nE 's/^  object \\{{(.*)\\}}$/\\1/p' "$PHASIC_SETTINGS")
            {sys.executable} -c "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').write(sys.argv[2], 'kernel.xml')" \\
              "$object" "{GENERATED}/kernel.xml"
            """)

    def linker(self):
        self.tool("v++", """
            while [ $# -gt 0 ]; do if [ "$1" = --output ]; then echo image > "$2"; fi; shift; done
            """)

    def run_build(self, *options):
        path = os.pathsep.join([os.path.join(self.work, "bin"), SYSTEM_PATH])
        return subprocess.run([sys.executable, BUILD, "--generated", GENERATED, "--work", os.path.join(self.work, "out"), *options],
                              capture_output=True, text=True, check=False, env={**os.environ, "PATH": path})

    def commands(self):
        path = os.path.join(self.work, "commands")
        if not os.path.exists(path):
            return []
        with open(path, encoding="utf-8") as stream:
            return stream.read().splitlines()

    def platform(self, name):
        return os.path.join(SOURCE, f"hls/vitis/platforms/{name}.json")

    def test_a_missing_tool_is_named_before_anything_runs(self):
        self.packager()
        done = self.run_build("--platform", self.platform("u50"))
        self.assertEqual(done.returncode, 3)
        self.assertIn("step 'link' needs v++ (Vitis), which is not on the PATH", done.stderr)
        self.assertIn("settings64.sh", done.stderr)
        self.assertEqual(self.commands(), [])
        self.assertEqual(self.run_build("--platform", self.platform("u50"), "--kernel", "hls", "--stage", "csynth").returncode, 3)

    def test_the_rtl_kernel_is_packaged_checked_and_linked(self):
        self.packager()
        self.linker()
        done = self.run_build("--platform", self.platform("u50"), "--target", "hw_emu")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("names, widths and offsets of all arguments are those of the contract", done.stdout)
        vivado, link = self.commands()
        self.assertIn("package_kernel.tcl", vivado)
        self.assertIn(f"--target hw_emu --platform {Platform(self.platform('u50')).platform} --config", link)
        self.assertTrue(os.path.exists(os.path.join(self.work, "out/phasic_rtl.hw_emu.xclbin")))

    def test_out_of_context_needs_vivado_alone_and_is_of_the_rtl_alone(self):
        out_of_context = ("--platform", self.platform("u50"), "--stage", "out_of_context")
        done = self.run_build(*out_of_context)
        self.assertEqual(done.returncode, 3)
        self.assertIn("step 'out_of_context' needs vivado (Vivado), which is not on the PATH", done.stderr)
        self.tool("vivado", "exit 0")
        done = self.run_build(*out_of_context)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("-source " + os.path.join(SOURCE, "rtl/package/out_of_context.tcl"), self.commands()[0])
        done = self.run_build(*out_of_context, "--kernel", "hls")
        self.assertEqual(done.returncode, 2)
        self.assertIn("--kernel hls has no --stage out_of_context", done.stderr)

    def test_the_xclbin_of_the_hls_kernel_is_given_its_limits(self):
        self.tool("vitis_hls", f"""
            object=$(sed -nE 's/^  object \\{{(.*)\\}}$/\\1/p' "$PHASIC_SETTINGS")
            {sys.executable} -c "import sys, zipfile; zipfile.ZipFile(sys.argv[1], 'w').write(sys.argv[2], 'kernel.xml')" \\
              "$object" "{GENERATED}/kernel.xml"
            """)
        self.linker()
        self.assertEqual(self.run_build("--platform", self.platform("u50"), "--kernel", "hls").returncode, 3)
        self.tool("xclbinutil", """
            while [ $# -gt 0 ]; do if [ "$1" = --output ]; then echo image > "$2"; fi; shift; done
            """)
        done = self.run_build("--platform", self.platform("u50"), "--kernel", "hls")
        self.assertEqual(done.returncode, 0, done.stderr)
        metadata = os.path.join(self.work, "out/metadata.json")
        self.assertIn(f"--add-section USER_METADATA:RAW:{metadata}", self.commands()[-1])
        with open(metadata, encoding="utf-8") as stream:
            limits = json.load(stream)["phasic"]["limits"]
        contract = Contract(SOURCE)
        expected = {name: limit["default"] for name, limit in contract.limits.items()}
        for part in ("convolution", "features", "discriminant", "current", "drawn"):
            expected["rules"] |= contract.constants["rules_" + part]
        self.assertEqual(limits, expected)
        self.assertTrue(os.path.exists(os.path.join(self.work, "out/phasic_hls.hw.xclbin")))

    def test_where_the_linker_makes_no_xclbin_the_packager_does(self):
        self.packager()
        self.linker()
        done = self.run_build("--platform", self.platform("vck5000"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("--package.boot_mode=ospi", self.commands()[-1])
        self.assertTrue(os.path.exists(os.path.join(self.work, "out/phasic_rtl.hw.xclbin")))

    def test_the_newer_name_of_vitis_hls_is_taken_too(self):
        self.tool("vitis-run", "exit 0")
        done = self.run_build("--platform", self.platform("u50"), "--kernel", "hls", "--stage", "csynth")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("--mode hls --tcl", self.commands()[0])

    def test_a_tool_that_fails_is_quoted(self):
        self.tool("vivado", "echo 'ERROR: no licence'; exit 1")
        self.linker()
        done = self.run_build("--platform", self.platform("u50"))
        self.assertEqual(done.returncode, 4)
        self.assertIn("step 'xo' failed with status 1", done.stderr)
        self.assertIn("ERROR: no licence", done.stderr)

    def test_a_tool_that_makes_nothing_is_noticed(self):
        self.tool("vivado", "exit 0")
        self.linker()
        done = self.run_build("--platform", self.platform("u50"))
        self.assertEqual(done.returncode, 4)
        self.assertIn("there is no", done.stderr)

    def test_an_object_with_other_offsets_is_refused(self):
        changed = os.path.join(self.work, "kernel.xml")
        with open(os.path.join(GENERATED, "kernel.xml"), encoding="utf-8") as stream:
            text = stream.read().replace('offset="0x010"', 'offset="0x014"')
        with open(changed, "w", encoding="utf-8") as stream:
            stream.write(text)
        self.packager()
        self.linker()
        with open(os.path.join(self.work, "bin/vivado"), encoding="utf-8") as stream:
            script = stream.read().replace(f"{GENERATED}/kernel.xml", changed)
        with open(os.path.join(self.work, "bin/vivado"), "w", encoding="utf-8") as stream:
            stream.write(script)
        done = self.run_build("--platform", self.platform("u50"))
        self.assertEqual(done.returncode, 4)
        self.assertIn("argument 0 'program': offset is 0x14, the contract says 0x10", done.stderr)
        self.assertEqual(len(self.commands()), 1)

    def test_a_platform_file_that_is_wrong_is_named(self):
        path = os.path.join(self.work, "card.json")
        with open(self.platform("u50"), encoding="utf-8") as stream:
            root = json.load(stream)
        root["clock"]["mhz"] = "fast"
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(root, stream)
        done = self.run_build("--platform", path)
        self.assertEqual(done.returncode, 2)
        self.assertIn(f'{path}: clock.mhz: "fast" is not a number from 1 to 1000', done.stderr)
        self.assertEqual(self.run_build("--platform", path + "x").returncode, 2)
        self.assertEqual(self.run_build("--platform", self.platform("u50"), "--stage", "csim").returncode, 2)

    def test_a_dry_run_needs_no_tool_and_shows_each_command(self):
        done = self.run_build("--platform", self.platform("u250"), "--kernel", "hls", "--dry-run")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("vitis_hls -f", done.stdout)
        self.assertIn("v++ --link --target hw", done.stdout)
        self.assertTrue(os.path.exists(os.path.join(self.work, "out/link_hw.cfg")))


if __name__ == "__main__":
    unittest.main()
