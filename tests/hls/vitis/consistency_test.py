# SPDX-License-Identifier: Apache-2.0
"""The check of the sources finds what is planted in a copy of the tree, and nothing in the tree itself."""
import json
import os
import shutil
import sys
import tempfile
import unittest
import zipfile

SOURCE = os.environ["PHASIC_SOURCE"]
KERNEL_XML = os.path.join(os.environ["PHASIC_GENERATED"], "kernel.xml")
sys.path.insert(0, os.path.join(SOURCE, "hls/vitis"))

from consistency import check_all, check_object  # noqa: E402
from platform_file import Platform, PlatformError, expand  # noqa: E402
from sources import Contract, SourceError, hls_limits  # noqa: E402


class Tree(unittest.TestCase):
    """A copy of what the check reads; each test changes a line of it."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = folder.name
        for part in ("hls", "rtl"):
            shutil.copytree(os.path.join(SOURCE, part), os.path.join(self.root, part))
        os.makedirs(os.path.join(self.root, "driver/contract"))
        shutil.copy(os.path.join(SOURCE, "driver/contract/contract.json"), os.path.join(self.root, "driver/contract"))
        self.xml = os.path.join(self.root, "kernel.xml")
        shutil.copy(KERNEL_XML, self.xml)

    def path(self, name):
        return os.path.join(self.root, name)

    def change(self, name, find, replace, count=1):
        with open(self.path(name), encoding="utf-8") as stream:
            text = stream.read()
        self.assertIn(find, text, f"{name} has changed; plant the fault elsewhere")
        with open(self.path(name), "w", encoding="utf-8") as stream:
            stream.write(text.replace(find, replace, count))

    def change_platform(self, name, change):
        path = self.path(f"hls/vitis/platforms/{name}.json")
        with open(path, encoding="utf-8") as stream:
            root = json.load(stream)
        change(root)
        with open(path, "w", encoding="utf-8") as stream:
            json.dump(root, stream)

    def expect(self, *parts):
        faults = check_all(self.root, self.xml)
        for part in parts:
            self.assertTrue(any(part in fault for fault in faults), f"'{part}' is in none of {faults}")

    def test_nothing_is_found_where_nothing_is_planted(self):
        self.assertEqual(check_all(self.root, self.xml), [])

    # ---- file lists

    def test_a_listed_file_that_is_gone(self):
        os.remove(self.path("rtl/core/phasic_gate.sv"))
        self.expect("files.txt: core/phasic_gate.sv is not there")

    def test_a_file_that_is_not_listed(self):
        self.change("rtl/files.txt", "kernel/phasic_narrow.sv\n", "")
        self.expect("kernel/phasic_narrow.sv is missing from the list", "module phasic_narrow is in no file")

    def test_a_file_listed_twice(self):
        self.change("rtl/files.txt", "core/phasic_ram.sv\n", "core/phasic_ram.sv\ncore/phasic_ram.sv\n")
        self.expect("core/phasic_ram.sv is there twice")

    def test_a_header_that_nobody_includes(self):
        with open(self.path("hls/forgotten.hpp"), "w", encoding="utf-8") as stream:
            stream.write("#pragma once\n")
        self.expect("hls/forgotten.hpp: neither the kernel nor its engine includes it")

    def test_a_header_that_is_gone(self):
        os.remove(self.path("hls/competition.hpp"))
        self.expect("hls/competition.hpp")

    # ---- names and arguments

    def test_another_top_function(self):
        self.change("hls/kernel.cpp", "void phasic_kernel(", "void phasic_core(")
        self.expect("top function 'phasic_core', the contract says 'phasic_kernel'")

    def test_another_top_module(self):
        self.change("rtl/kernel/phasic_kernel.sv", "module phasic_kernel #(", "module phasic_shell #(")
        self.expect("module 'phasic_shell', the contract says 'phasic_kernel'")

    def test_another_kernel_name(self):
        self.change("kernel.xml", 'name="phasic"', 'name="other"')
        self.expect("kernel 'other'")

    def test_arguments_in_another_order(self):
        self.change("hls/kernel.cpp", "Line* weights, Line* tables", "Line* tables, Line* weights")
        self.expect("argument 1 'weights': name is 'tables'", "argument 2 'tables': name is 'weights'")

    def test_a_scalar_of_another_width_moves_what_follows(self):
        self.change("hls/kernel.cpp", "std::uint32_t program_bytes", "Line* program_bytes")
        self.expect("'program_bytes': size is 0x8", "'weights_bytes': offset is 0x64, the contract says 0x60")

    def test_an_argument_too_few(self):
        self.change("hls/kernel.cpp", "std::uint32_t sample_count, std::uint32_t first_sample",
                    "std::uint32_t sample_count")
        self.expect("hls/kernel.cpp: 13 arguments, the contract has 14")

    def test_another_offset_in_kernel_xml(self):
        self.change("kernel.xml", 'offset="0x01c"', 'offset="0x018"')
        self.expect("argument 1 'weights': offset is 0x18, the contract says 0x1c")

    def test_a_scalar_told_to_be_an_address(self):
        self.change("kernel.xml", 'name="sample_count" addressQualifier="0"', 'name="sample_count" addressQualifier="1"')
        self.expect("'sample_count': address is True")

    def test_an_address_at_the_control_port(self):
        self.change("kernel.xml", 'id="2" port="m_axi_gmem"', 'id="2" port="s_axi_control"')
        self.expect("argument 'tables' is at port s_axi_control")

    def test_an_argument_without_an_interface(self):
        self.change("hls/kernel.cpp", "#pragma HLS INTERFACE s_axilite port = trace_bytes\n", "")
        self.expect("argument 'trace_bytes' has interfaces [], not one s_axilite")

    def test_a_kernel_without_a_control_register(self):
        self.change("hls/kernel.cpp", "#pragma HLS INTERFACE s_axilite port = return\n", "")
        self.expect("'return' has no interface s_axilite")

    def test_an_interface_of_no_argument(self):
        self.change("hls/kernel.cpp", "s_axilite port = return\n", "s_axilite port = return\n#pragma HLS INTERFACE s_axilite port = lanes\n")
        self.expect("an interface of 'lanes', which is no argument")

    def test_an_offset_of_its_own(self):
        self.change("hls/kernel.cpp", "s_axilite port = trace_bytes", "s_axilite port = trace_bytes offset = 0x80")
        self.expect("'trace_bytes' has an offset of its own")

    def test_a_depth_that_is_not_the_test_bench_s(self):
        self.change("hls/kernel.cpp", "bundle = memory2 depth = 1024", "bundle = memory2 depth = 512")
        self.expect("'results' has depth 512, the test bench kDepth 1024")

    # ---- parameters and ports

    def test_another_default(self):
        self.change("rtl/kernel/phasic_kernel.sv", "parameter int MaxSteps = 32", "parameter int MaxSteps = 16")
        self.expect("phasic_kernel.sv: parameters")

    def test_another_data_width(self):
        self.change("kernel.xml", 'dataWidth="512"', 'dataWidth="256"')
        self.expect("port m_axi_gmem is 256 bits wide")

    def test_a_port_that_the_module_has_not(self):
        self.change("rtl/kernel/phasic_kernel.sv", "m_axi_gmem_", "m_axi_mem_", count=-1)
        self.expect("no port m_axi_gmem")

    def test_addresses_too_short_for_the_range(self):
        self.change("rtl/kernel/phasic_kernel.sv", "logic [11:0]            s_axi_control_araddr",
                    "logic [7:0]             s_axi_control_araddr")
        self.expect("port s_axi_control has a range of 0x1000")

    # ---- platforms

    def test_a_bundle_without_a_bank(self):
        self.change_platform("u55c", lambda root: root["connections"]["hls"].pop("m_axi_memory2"))
        self.expect("u55c.json: connections.hls: port m_axi_memory2 has no bank")

    def test_a_bundle_that_the_kernel_gains(self):
        self.change("hls/kernel.cpp", "port = tables offset = slave bundle = memory0", "port = tables offset = slave bundle = memory4")
        for name in ("kv260", "u250", "u50", "u55c", "vck5000"):
            self.expect(f"{name}.json: connections.hls: port m_axi_memory4 has no bank")

    def test_a_bank_that_the_card_has_not(self):
        self.change_platform("u250", lambda root: root["connections"]["rtl"].update(m_axi_gmem="DDR[4]"))
        self.expect("u250.json: connections.rtl.m_axi_gmem: 'DDR[4]' is not among memory.banks")

    def test_a_port_that_no_kernel_has(self):
        self.change_platform("u50", lambda root: root["connections"]["rtl"].update(m_axi_other="HBM[0]"))
        self.expect("u50.json: connections.rtl: the kernel has no port m_axi_other")

    def test_clocks_that_are_none(self):
        for value in ("fast", 0, -250, None, True, 2000):
            self.change_platform("u50", lambda root, value=value: root["clock"].update(mhz=value))
            self.expect(f"u50.json: clock.mhz: {json.dumps(value)} is not a number from 1 to 1000")

    def test_a_limit_that_there_is_not(self):
        self.change_platform("kv260", lambda root: root.update(rtl_limits={"lines": 8, "data_width": 128}))
        self.expect("rtl_limits: the contract has no limit 'lines'", "rtl_limits: data_width")

    def test_groups_that_there_cannot_be(self):
        for value in (0, 3, "4", None, True):
            self.change_platform("u50", lambda root, value=value: root.update(rtl_groups=value))
            self.expect(f"u50.json: rtl_groups: {json.dumps(value)} is not 1 or 2 or 4 or 8 or 16")

    def test_an_hls_build_that_there_is_not(self):
        self.change_platform("u50", lambda root: root.update(hls_build="HugeBuild"))
        self.expect("u50.json: hls_build: hls/build.hpp: no build 'HugeBuild'")

    def test_limits_of_an_hls_build(self):
        contract = Contract(self.root)
        limits = {name: limit["default"] for name, limit in contract.limits.items()}
        for part in ("convolution", "features", "discriminant", "current", "drawn"):
            limits["rules"] |= contract.constants["rules_" + part]
        self.assertEqual(hls_limits(self.root, "DefaultBuild"), limits)
        small, wide = hls_limits(self.root, "SmallBuild"), hls_limits(self.root, "SmallWideBuild")
        self.assertEqual(set(small), set(limits))
        self.assertEqual((small["lanes"], small["weight_width"], wide["lanes"], wide["weight_width"]), (8, 8, 8, 16))
        rules = limits["rules"] | contract.constants["rules_retrograde"]  # on top of those of the default build
        self.assertEqual((small["rules"], wide["rules"]), (rules, rules))
        self.change("hls/build.hpp", "kInputLanes = 16;", "kInputLanes = 16, kMaxSteps = kDefaultMaxRows;")
        self.expect("DefaultBuild: kMaxSteps is 'kDefaultMaxRows', not a number or its default")

    def test_rules_of_an_hls_build(self):
        self.change("hls/build.hpp", "kDefaultRules | kRulesConvolution | kRulesFeatures | kRulesDiscriminant | kRulesCurrent | kRulesDrawn;",
                    "kRulesPost | kRulesGate;")
        self.assertEqual(hls_limits(self.root, "DefaultBuild")["rules"], 1 | 16)
        self.change("hls/build.hpp", "kRulesPost | kRulesGate;", "kRulesPost | kRulesMagic;")
        self.expect("DefaultBuild: kRules is 'kRulesPost | kRulesMagic', not a number or its default")

    def test_rules_of_an_hls_build_beyond_those_of_another(self):
        before = hls_limits(self.root, "SmallBuild")["rules"]
        self.change("hls/build.hpp", "kRules = DefaultBuild::kRules", "kRules = DefaultBuild::kRules | kRulesSerial")
        self.assertEqual(hls_limits(self.root, "SmallBuild")["rules"], before | 32)
        self.change("hls/build.hpp", "DefaultBuild::kRules | kRulesSerial", "DefaultBuild::kLanes | kRulesSerial")
        with self.assertRaisesRegex(SourceError, r"SmallBuild: kRules is 'DefaultBuild::kLanes \| kRulesSerial.*', not a number"):
            hls_limits(self.root, "SmallBuild")

    def test_a_key_that_is_missing_and_one_that_is_unknown(self):
        self.change_platform("u50", lambda root: root.pop("part"))
        self.change_platform("u250", lambda root: root.update(parts="x"))
        self.expect("u50.json: 'part' is missing", "u250.json: unknown key 'parts'")

    def test_a_file_that_is_no_json(self):
        with open(self.path("hls/vitis/platforms/broken.json"), "w", encoding="utf-8") as stream:
            stream.write("{")
        self.expect("broken.json: Expecting property name")

    def test_a_script_that_names_a_platform_a_part_or_a_bank(self):
        self.change("hls/vitis/run_hls.tcl", "set_part $phasic(part)", "set_part xcu50-fsvh2104-2-e")
        self.change("rtl/package/package_kernel.tcl", "set_property version $phasic(version) $core",
                    "set_property version HBM[3] $core\nset_property board xilinx_u50_gen3x16 $core")
        self.expect("names 'xcu50-fsvh2104-2-e'", "names 'HBM[3]'", "names 'xilinx_u50_gen3x16'")

    def test_a_part_that_is_in_no_platform_file(self):
        self.change("hls/vitis/run_hls.tcl", "set_part $phasic(part)", "set_part xcvu9p-flga2104-2-i")
        self.expect("names 'xcvu9p-flga2104-2-i'")

    # ---- kernel objects

    def test_an_object_of_this_contract_and_one_of_another(self):
        path = self.path("kernel.xo")
        for find, replace, fault in (("", "", None), ('name="phasic"', 'name="phasic_kernel"', None),
                                     ('offset="0x034"', 'offset="0x038"', "'samples': offset is 0x38"),
                                     ('name="phasic"', 'name="vadd"', "kernel 'vadd'")):
            with open(KERNEL_XML, encoding="utf-8") as stream:
                text = stream.read().replace(find, replace, 1)
            with zipfile.ZipFile(path, "w") as archive:
                archive.writestr("ip_repo/phasic/kernel.xml", text)
            faults = check_object(self.root, path)
            self.assertEqual(len(faults), 0 if fault is None else 1, faults)
            if fault:
                self.assertIn(fault, faults[0])

    def test_ranges_of_banks(self):
        self.assertEqual(expand("HBM[2:4]"), ["HBM[2]", "HBM[3]", "HBM[4]"])
        self.assertEqual(expand("DDR[1]"), ["DDR[1]"])
        self.assertEqual(expand("MC_NOC0"), ["MC_NOC0"])

    def test_a_platform_file_that_is_not_there(self):
        with self.assertRaisesRegex(PlatformError, "none.json: No such file"):
            Platform(self.path("none.json"))


if __name__ == "__main__":
    unittest.main()
