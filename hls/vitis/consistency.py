# SPDX-License-Identifier: Apache-2.0
"""Do file lists, names, arguments, ports and platform files agree? Each check returns faults as text; none needs the vendor's
tools."""
import glob
import os
import re

from platform_file import Platform, PlatformError
from sources import Contract, HlsTop, KernelXml, RtlTop, SourceError, hls_headers, hls_limits, read, rtl_files

SCRIPTS = ("hls/vitis/run_hls.tcl", "rtl/package/package_kernel.tcl", "rtl/package/out_of_context.tcl")
TESTBENCH = "hls/vitis/testbench.cpp"


def check_rtl_files(root):
    faults = []
    listed = rtl_files(root)
    present = {os.path.relpath(path, os.path.join(root, "rtl")) for part in ("core", "kernel")
               for path in glob.glob(os.path.join(root, "rtl", part, "*.sv"))}
    faults += [f"rtl/files.txt: {name} is not there" for name in listed if name not in present]
    faults += [f"rtl/files.txt: {name} is missing from the list" for name in sorted(present - set(listed))]
    faults += [f"rtl/files.txt: {name} is there twice" for name in sorted(set(listed)) if listed.count(name) > 1]
    modules = {os.path.splitext(os.path.basename(name))[0] for name in listed}
    for name in listed:
        if name in present:
            used = re.findall(r"^\s*(phasic_\w+)\s*(?:#\(|u_\w+\s*\()", read(root, f"rtl/{name}"), re.MULTILINE)
            faults += [f"rtl/{name}: module {module} is in no file of rtl/files.txt" for module in sorted(set(used) - modules)]
    return faults


def check_hls_files(root):
    faults = []
    reached = set()
    for start in [HlsTop.path, TESTBENCH] + sorted(os.path.relpath(path, root) for path in
                                                   glob.glob(os.path.join(root, "hls/engine/*.cpp"))):
        try:
            reached |= hls_headers(root, start)
        except SourceError as error:
            faults.append(f"{start}: includes a header that is not there: {error}")
    present = {os.path.relpath(path, root) for path in glob.glob(os.path.join(root, "hls/*.hpp"))}
    return faults + [f"{name}: neither the kernel nor its engine includes it" for name in sorted(present - reached)]


def compare_arguments(where, found, expected):
    """Arguments against those of the contract."""
    faults = []
    for ours, theirs in zip(expected, found):
        for field in ours._fields:
            if getattr(ours, field) != getattr(theirs, field):
                faults.append(f"{where}: argument {ours.id} '{ours.name}': {field} is {show(getattr(theirs, field))}, "
                              f"the contract says {show(getattr(ours, field))}")
    if len(found) != len(expected):
        faults.append(f"{where}: {len(found)} arguments, the contract has {len(expected)}")
    return faults


def show(value):
    return hex(value) if isinstance(value, int) and not isinstance(value, bool) else repr(value)


def check_hls_top(root):
    contract, top = Contract(root), HlsTop(root)
    where = top.path
    faults = []
    if top.name != contract.kernel["top"]:
        faults.append(f"{where}: top function '{top.name}', the contract says '{contract.kernel['top']}'")
    if not re.search(rf'extern "C" void {contract.kernel["top"]}\(', read(root, "hls/top.hpp")):
        faults.append(f"hls/top.hpp: does not declare '{contract.kernel['top']}'")
    faults += compare_arguments(where, top.arguments(), contract.arguments)
    given = {}
    for mode, options in top.pragmas:
        given.setdefault(options.get("port"), []).append((mode, options))
    for argument in contract.arguments:
        wanted = "m_axi" if argument.address else "s_axilite"
        modes = [mode for mode, _ in given.pop(argument.name, [])]
        if modes != [wanted]:
            faults.append(f"{where}: argument '{argument.name}' has interfaces {modes}, not one {wanted}")
    if [mode for mode, _ in given.pop("return", [])] != ["s_axilite"]:
        faults.append(f"{where}: 'return' has no interface s_axilite, so the kernel would have no control register")
    faults += [f"{where}: an interface of '{name}', which is no argument" for name in given]
    depth = re.search(r"constexpr unsigned kDepth = (\d+);", read(root, TESTBENCH))
    for mode, options in top.pragmas:
        port = options.get("port")
        if mode == "m_axi" and (options.get("offset") != "slave" or not options.get("bundle")):
            faults.append(f"{where}: '{port}' needs offset = slave and a bundle")
        if mode == "m_axi" and (depth is None or options.get("depth") != depth[1]):
            faults.append(f"{where}: '{port}' has depth {options.get('depth')}, the test bench kDepth {depth and depth[1]}")
        if mode == "s_axilite" and "offset" in options:
            faults.append(f"{where}: '{port}' has an offset of its own, which the kernel flow does not take")
    return faults


def check_rtl_top(root):
    contract = Contract(root)
    top = RtlTop(root, contract.kernel["top"])
    faults = []
    if top.name != contract.kernel["top"]:
        faults.append(f"{top.path}: module '{top.name}', the contract says '{contract.kernel['top']}'")
    expected = {limit["parameter"]: limit["default"] for limit in contract.limits.values()} | {"Groups": 1}
    if list(top.parameters.items()) != list(expected.items()):
        faults.append(f"{top.path}: parameters {top.parameters}, the contract says {expected}")
    return faults


def check_kernel_xml(root, path):
    """The generated kernel.xml against the contract and against the ports of the RTL."""
    contract = Contract(root)
    kernel = KernelXml(path, read("", path))
    top = RtlTop(root, contract.kernel["top"])
    faults = compare_arguments(path, kernel.arguments, contract.arguments)
    if kernel.name != contract.kernel["name"] or kernel.vlnv != contract.vlnv:
        faults.append(f"{path}: kernel '{kernel.name}' {kernel.vlnv}, the contract says {contract.vlnv}")
    if kernel.protocol != contract.kernel["control_protocol"]:
        faults.append(f"{path}: protocol {kernel.protocol}, the contract says {contract.kernel['control_protocol']}")
    for argument in contract.arguments:
        if (kernel.port_of[argument.name] in kernel.masters) != argument.address:
            faults.append(f"{path}: argument '{argument.name}' is at port {kernel.port_of[argument.name]}")
    for port, width in kernel.widths.items():
        names = [name for name in top.ports if name.startswith(port + "_")]
        if not names:
            faults.append(f"{top.path}: no port {port}")
            continue
        data = top.ports.get(f"{port}_rdata", ("", ""))[1]
        bits = {"[DataWidth-1:0]": top.parameters.get("DataWidth"), "[31:0]": 32}.get(data)
        if bits != width:
            faults.append(f"{path}: port {port} is {width} bits wide, {top.path} has {data}")
        address = top.ports.get(f"{port}_araddr", ("", ""))[1]
        reach = re.fullmatch(r"\[(\d+):0\]", address)
        if not reach or 2 ** (int(reach[1]) + 1) < kernel.range[port]:
            faults.append(f"{path}: port {port} has a range of {kernel.range[port]:#x}, {top.path} has addresses {address}")
    for name in ("ap_clk", "ap_rst_n", "interrupt"):
        if name not in top.ports:
            faults.append(f"{top.path}: no port {name}")
    return faults


def platform_paths(root):
    return sorted(glob.glob(os.path.join(root, "hls/vitis/platforms/*.json")))


def check_platform(root, platform, kernel_xml):
    """A platform file against both kernels."""
    contract = Contract(root)
    masters = KernelXml(kernel_xml, read("", kernel_xml)).masters
    faults = platform.check_connections("rtl", masters) + platform.check_connections("hls", HlsTop(root).ports)
    for name in platform.rtl_limits:
        if name not in contract.limits:
            faults.append(f"{platform.path}: rtl_limits: the contract has no limit '{name}'")
        elif name == "data_width":
            faults.append(f"{platform.path}: rtl_limits: data_width is that of kernel.xml and cannot be changed")
    try:
        hls_limits(root, platform.hls_build)
    except SourceError as error:
        faults.append(f"{platform.path}: hls_build: {error}")
    return faults


def check_platforms(root, kernel_xml):
    faults = []
    if not platform_paths(root):
        faults.append("hls/vitis/platforms: no platform files")
    for path in platform_paths(root):
        try:
            faults += check_platform(root, Platform(path), kernel_xml)
        except PlatformError as error:
            faults.append(str(error))
    return faults


def check_scripts(root):
    """Tcl scripts know no platform: what they need comes with the settings."""
    faults = []
    words = set()
    for path in platform_paths(root):
        try:
            platform = Platform(path)
        except PlatformError:
            continue  # check_platforms tells
        words |= {platform.platform, platform.part, platform.name, *platform.banks}
    for script in SCRIPTS:
        for number, line in enumerate(read(root, script).splitlines(), 1):
            code = re.sub(r"^\s*#.*", "", line)
            known = [word for word in words if re.search(rf"(?<![\w]){re.escape(word)}(?![\w])", code)]
            known += re.findall(r"\bxc\w*\d\w*-\S+|\bxilinx_\w+", code)
            faults += [f"{script}:{number}: names '{word}'" for word in sorted(set(known))]
    return faults


def check_object(root, path):
    """A kernel object (.xo): has the tool kept names, widths and offsets?"""
    contract = Contract(root)
    kernel = KernelXml.of_object(path)
    faults = compare_arguments(kernel.path, kernel.arguments, contract.arguments)
    if kernel.name not in (contract.kernel["name"], contract.kernel["top"]):
        faults.append(f"{kernel.path}: kernel '{kernel.name}', the contract says '{contract.kernel['name']}' or "
                      f"'{contract.kernel['top']}'")
    return faults


def check_all(root, kernel_xml):
    faults = []
    for check in (check_rtl_files, check_hls_files, check_hls_top, check_rtl_top, check_scripts):
        try:
            faults += check(root)
        except SourceError as error:
            faults.append(str(error))
    for check in (check_kernel_xml, check_platforms):
        try:
            faults += check(root, kernel_xml)
        except SourceError as error:
            faults.append(str(error))
    return faults
