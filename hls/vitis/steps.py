# SPDX-License-Identifier: Apache-2.0
"""What has to be run for a card: settings of the Tcl scripts, the linker's configuration, and the commands with their tools."""
import json
import os
import re
from collections import namedtuple

from sources import Contract, HlsTop, KernelXml, hls_limits, read, rtl_files

# tool: names of which one must be on the PATH; command: with the first of them left out; log: beside the work folder.
Step = namedtuple("Step", "name tools command log")

STAGES = ("csim", "csynth", "cosim", "out_of_context", "xo", "link")
# What is not for both kernels: the RTL is simulated without the vendor's tools, and Vitis HLS reports on its own synthesis.
STAGES_OF = {"rtl": ("out_of_context", "xo", "link"), "hls": ("csim", "csynth", "cosim", "xo", "link")}
RTL_SCRIPTS = {"out_of_context": "out_of_context.tcl", "xo": "package_kernel.tcl"}
# What Vitis HLS has to do before a stage.
HLS_STAGES = {"csim": ["csim"], "csynth": ["csynth"], "cosim": ["csynth", "cosim"], "xo": ["csynth", "xo"]}


def quoted(value):
    """A Tcl word in braces. Values come from files that were checked, and from paths."""
    text = str(value)
    if re.search(r"[{}\\]", text):
        raise ValueError(f"'{text}' has braces or a backslash, which a Tcl setting cannot have")
    return "{" + text + "}"


def words(values):
    return " ".join(quoted(value) for value in values)


def settings(values):
    lines = ["# SPDX-License-Identifier: Apache-2.0", "# Made by scripts/build_xclbin.", "array set phasic {"]
    lines += [f"  {name} {quoted(value) if not isinstance(value, list) else '{' + words(value) + '}'}"
              for name, value in values.items()]
    return "\n".join(lines) + "\n}\n"


class Build:
    """One kernel ("rtl" or "hls") for one platform. `generated` has kernel.xml and phasic_pkg.sv; all else goes to `work`."""

    def __init__(self, root, platform, kernel, target, generated, work):
        self.root, self.platform, self.kernel, self.target = root, platform, kernel, target
        self.generated, self.work = generated, work
        self.contract = Contract(root)
        self.xml_path = os.path.join(generated, "kernel.xml")
        self.xml = KernelXml(self.xml_path, read("", self.xml_path))
        self.vectors = os.path.join(work, "vectors.bin")
        self.object = os.path.join(work, f"phasic_{kernel}.xo")
        self.image = os.path.join(work, f"phasic_{kernel}.{target}.xclbin")
        # What v++ leaves. The xclbin of the HLS kernel, which has no registers to tell its limits, is then given them.
        self.bare_image = self.image if kernel == "rtl" else os.path.join(work, f"phasic_{kernel}.{target}.bare.xclbin")
        self.metadata_path = os.path.join(work, "metadata.json")
        self.settings_path = os.path.join(work, "settings.tcl")
        self.link_path = os.path.join(work, f"link_{target}.cfg")

    @property
    def kernel_name(self):
        """The HLS tool names a kernel after its function."""
        return self.contract.kernel["name" if self.kernel == "rtl" else "top"]

    @property
    def ports(self):
        return self.xml.masters if self.kernel == "rtl" else HlsTop(self.root).ports

    def common_settings(self):
        vendor, library, _, version = self.contract.vlnv
        return {"root": self.root, "work": self.work, "part": self.platform.part, "top": self.contract.kernel["top"],
                "vendor": vendor, "library": library, "version": version, "object": self.object}

    def hls_settings(self, stage):
        clock = {"period_ns": self.platform.period_ns, "uncertainty_percent": self.platform.uncertainty_percent}
        return self.common_settings() | clock | {
            "hls_source": os.path.join(self.root, HlsTop.path), "testbench": os.path.join(self.root, "hls/vitis/testbench.cpp"),
            "generated": self.generated, "hls_build": self.platform.hls_build, "vectors": self.vectors,
            "line_bytes": HlsTop(self.root).line_bits // 8,
            "data_width": self.xml.widths[self.xml.masters[0]], "stages": HLS_STAGES[stage]}

    def rtl_settings(self):
        control = next(port for port in self.xml.widths if port not in self.xml.masters)
        files = [os.path.join(self.generated, "phasic_pkg.sv")] + [os.path.join(self.root, "rtl", name)
                                                                   for name in rtl_files(self.root)]
        registers = ["CTRL", "0x000", "32", ""]
        for argument in self.xml.arguments:
            master = self.xml.port_of[argument.name] if argument.address else ""
            registers += [argument.name, f"{argument.offset:#05x}", str(8 * argument.size), master]
        parameters = []
        for name, value in self.platform.rtl_limits.items():
            parameters += [self.contract.limits[name]["parameter"], str(value)]
        if self.platform.rtl_groups != 1:
            parameters += ["Groups", str(self.platform.rtl_groups)]
        return self.common_settings() | {
            "kernel": self.contract.kernel["name"], "rtl_files": files, "kernel_xml": self.xml_path, "control_port": control,
            "masters": self.xml.masters, "period_ns": self.platform.period_ns, "control_range": self.xml.range[control], "registers": registers,
            "parameters": parameters}

    def link_configuration(self):
        platform = self.platform
        units = [f"{self.kernel_name}_{number + 1}" for number in range(platform.compute_units)]
        lines = ["# SPDX-License-Identifier: Apache-2.0", f"# Made by scripts/build_xclbin from {os.path.basename(platform.path)}."]
        if platform.clock_kind == "scalable":
            lines.append(f"kernel_frequency={platform.clock_mhz}")
        lines += ["", "[connectivity]", f"nk={self.kernel_name}:{platform.compute_units}"]
        for unit in units:
            lines += [f"sp={unit}.{port}:{platform.connections[self.kernel][port]}" for port in self.ports]
        if platform.clock_kind == "fixed":
            lines += ["", "[clock]"] + [f"freqHz={round(platform.clock_mhz * 1e6)}:{unit}" for unit in units]
        return "\n".join(lines) + "\n"

    def object_step(self, stage):
        if self.kernel == "rtl":
            script = os.path.join(self.root, "rtl/package", RTL_SCRIPTS[stage])
            return Step(stage, ("vivado",), ["-mode", "batch", "-nojournal", "-nolog", "-source", script], f"{stage}.log")
        script = os.path.join(self.root, "hls/vitis/run_hls.tcl")
        # From 2024.2 on the command vitis_hls is gone; vitis-run takes the same scripts.
        return Step(stage, ("vitis_hls", "vitis-run"), {"vitis_hls": ["-f", script], "vitis-run": ["--mode", "hls", "--tcl", script]},
                    f"{stage}.log")

    @property
    def linked(self):
        """What the linker makes: the xclbin, or a design that is packaged into one."""
        return self.bare_image if self.platform.package_boot_mode == "none" else re.sub(r"xclbin$", "xsa", self.bare_image)

    def package_step(self):
        return Step("package", ("v++",), ["--package", "--target", self.target, "--platform", self.platform.platform,
                                          f"--package.boot_mode={self.platform.package_boot_mode}", "--output", self.bare_image,
                                          self.linked], f"package_{self.target}.log")

    def link_step(self):
        return Step("link", ("v++",), ["--link", "--target", self.target, "--platform", self.platform.platform, "--config",
                                       self.link_path, "--temp_dir", os.path.join(self.work, "link"), "--save-temps",
                                       "--output", self.linked, self.object], f"link_{self.target}.log")

    def metadata_step(self):
        return Step("metadata", ("xclbinutil",), ["--input", self.bare_image, "--add-section",
                                                  f"USER_METADATA:RAW:{self.metadata_path}", "--force", "--output", self.image],
                    f"metadata_{self.target}.log")

    def steps(self, stage):
        """The steps up to and with `stage`. Simulation and synthesis are stages of the HLS kernel."""
        if stage == "link":
            last = [] if self.platform.package_boot_mode == "none" else [self.package_step()]
            last += [self.metadata_step()] if self.kernel == "hls" else []
            return [self.object_step("xo"), self.link_step(), *last]
        return [self.object_step(stage)]

    def write(self, stage):
        """Settings and link configuration. What the steps need, whether or not they run now."""
        os.makedirs(self.work, exist_ok=True)
        own = "xo" if stage == "link" else stage
        text = settings(self.rtl_settings() if self.kernel == "rtl" else self.hls_settings(own))
        files = {self.settings_path: text, self.link_path: self.link_configuration()}
        if self.kernel == "hls":
            files[self.metadata_path] = json.dumps({"phasic": {"limits": hls_limits(self.root, self.platform.hls_build)}})
        for path, content in files.items():
            with open(path, "w", encoding="utf-8") as stream:
                stream.write(content)
