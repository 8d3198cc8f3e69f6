# SPDX-License-Identifier: Apache-2.0
"""What contract.json, kernel.xml, the HLS top function and the RTL top module say of the kernel, as comparable values."""
import json
import os
import re
import xml.etree.ElementTree
import zipfile
from collections import namedtuple

# address: whether the argument is an address of two words; port: where its data go, or the control port.
Argument = namedtuple("Argument", "id name address size offset")


class SourceError(Exception):
    """A file is missing, or not as expected."""


def read(root, path):
    try:
        with open(os.path.join(root, path), encoding="utf-8") as stream:
            return stream.read()
    except OSError as error:
        raise SourceError(f"{path}: {error.strerror}") from error


class Contract:
    """contract.json: the single source."""

    path = "driver/contract/contract.json"

    def __init__(self, root):
        whole = json.loads(read(root, self.path))
        self.kernel = whole["kernel"]
        self.version = whole["contract_version"]
        self.limits = {limit["name"]: limit for limit in whole["limits"]}
        self.constants = {constant["name"]: int(constant["value"], 0) for constant in whole["constants"]}
        self.arguments = [Argument(entry["id"], entry["name"], entry["kind"] == "global", 8 if entry["kind"] == "global" else 4,
                                   int(entry["offset"], 16)) for entry in whole["arguments"]]

    @property
    def vlnv(self):
        return self.kernel["vendor"], self.kernel["library"], self.kernel["name"], f"{self.version}.0"


class KernelXml:
    """kernel.xml: our own, or the one inside a kernel object (.xo)."""

    def __init__(self, path, text):
        self.path = path
        try:
            kernel = xml.etree.ElementTree.fromstring(text).find("kernel")
            self.name = kernel.get("name")
            self.vlnv = tuple(kernel.get("vlnv", "").split(":"))
            self.protocol = kernel.get("hwControlProtocol", "ap_ctrl_hs")
            self.widths = {port.get("name"): int(port.get("dataWidth")) for port in kernel.find("ports")}
            self.masters = [port.get("name") for port in kernel.find("ports") if port.get("mode") == "master"]
            self.range = {port.get("name"): int(port.get("range"), 16) for port in kernel.find("ports")}
            entries = list(kernel.find("args"))
            self.arguments = [Argument(int(entry.get("id")), entry.get("name"), entry.get("addressQualifier") == "1",
                                       int(entry.get("size"), 16), int(entry.get("offset"), 16)) for entry in entries]
            self.port_of = {entry.get("name"): entry.get("port") for entry in entries}
        except (xml.etree.ElementTree.ParseError, AttributeError, TypeError, ValueError) as error:
            raise SourceError(f"{path}: not a kernel description: {error}") from error

    @classmethod
    def of_object(cls, path):
        """The kernel.xml inside a kernel object, which is a zip archive."""
        try:
            with zipfile.ZipFile(path) as archive:
                names = [name for name in archive.namelist() if os.path.basename(name) == "kernel.xml"]
                if not names:
                    raise SourceError(f"{path}: no kernel.xml inside")
                return cls(f"{path}:{names[0]}", archive.read(names[0]))
        except (OSError, zipfile.BadZipFile) as error:
            raise SourceError(f"{path}: {error}") from error


class HlsTop:
    """hls/kernel.cpp: name, arguments and INTERFACE pragmas of the top function."""

    path = "hls/kernel.cpp"

    def __init__(self, root):
        text = read(root, self.path)
        head = re.search(r'extern "C" void (\w+)\(([^)]*)\)', text)
        if not head:
            raise SourceError(f'{self.path}: no function with extern "C"')
        self.name = head[1]
        self.parameters = [part.strip().rsplit(None, 1) for part in head[2].split(",")]
        self.names = [name.lstrip("*") for _, name in self.parameters]
        self.pragmas = []
        for mode, rest in re.findall(r"#pragma HLS INTERFACE (\w+) (.*)", text):
            self.pragmas.append((mode, dict(re.findall(r"(\w+) = (\w+)", rest))))
        self.bundles = {options.get("port"): options.get("bundle") for mode, options in self.pragmas if mode == "m_axi"}
        self.line_bits = 512

    @property
    def ports(self):
        """Names of the AXI masters, in order and each once."""
        return list(dict.fromkeys(f"m_axi_{bundle}" for bundle in self.bundles.values()))

    def arguments(self):
        """Where the tool's kernel flow puts the arguments: from 0x10 on, an address takes two words and a scalar one, each with
        a word behind it."""
        offset, result = 0x10, []
        for number, (kind, name) in enumerate(self.parameters):
            address = kind.endswith("*") or name.startswith("*")
            result.append(Argument(number, name.lstrip("*"), address, 8 if address else 4, offset))
            offset += 12 if address else 8
        return result


def limit_value(contract, limit, text, value_of):
    """The value that `text` gives a limit: a number, its default or what another build has, for the limit `rules` with constants
    `kRules...` and others of these added by `|`. `value_of` gives the value of another build. None for anything else."""
    known = {f"kDefault{limit['parameter']}": limit["default"]}
    if limit["name"] == "rules":
        known |= {camel(name): value for name, value in contract.constants.items() if name.startswith("rules_")}
    value = 0
    for part in text.split(" | ") if limit["name"] == "rules" else [text]:
        if other := re.fullmatch(rf"(\w+)::k{limit['parameter']}", part):
            value |= value_of(other[1])
        elif part.isdigit() or part in known:
            value |= int(part) if part.isdigit() else known[part]
        else:
            return None
    return value


def camel(name):
    """The name of a constant in C++."""
    return "k" + "".join(part.capitalize() for part in name.split("_"))


def hls_limits(root, build):
    """The limits of a build of the HLS kernel, by their names in the contract. `build` is a structure of hls/build.hpp."""
    contract, text = Contract(root), read(root, "hls/build.hpp")
    if build == "DefaultLimits":  # comes from the contract itself
        return {name: limit["default"] for name, limit in contract.limits.items()}
    structure = re.search(rf"\bstruct {re.escape(build)}\b(?: : (\w+))? {{(.*?)\n}};", text, re.DOTALL)
    if not structure:
        raise SourceError(f"hls/build.hpp: no build '{build}'")
    limits = hls_limits(root, structure[1]) if structure[1] else {}
    values = {name: " ".join(text.split()) for name, text in re.findall(r"\bk(\w+)\s*=\s*([^,;]+)", structure[2])}
    for name, limit in contract.limits.items():
        text = values.get(limit["parameter"])
        if text is None:
            value = limits.get(name)
        else:
            value = limit_value(contract, limit, text, lambda other, name=name: hls_limits(root, other)[name])
        if value is None:
            raise SourceError(f"hls/build.hpp: {build}: k{limit['parameter']} is '{text}', not a number or its default")
        limits[name] = value
    return limits


class RtlTop:
    """The RTL's top module: parameters with defaults, and ports."""

    def __init__(self, root, name):
        self.path = f"rtl/kernel/{name}.sv"
        text = re.sub(r"/\*.*?\*/|//[^\n]*", "", read(root, self.path), flags=re.DOTALL)
        head = re.search(r"\bmodule\s+(\w+)\s*#\((.*?)\)\s*\((.*?)\);", text, re.DOTALL)
        if not head:
            raise SourceError(f"{self.path}: no module with parameters")
        self.name = head[1]
        self.parameters = {name: int(value) for name, value in re.findall(r"parameter int (\w+) = (\d+)", head[2])}
        self.ports = {name: (way, width.strip()) for way, width, name in
                      re.findall(r"\b(input|output)\s+logic\s*(\[[^\]]*\])?\s*(\w+)", head[3])}


def rtl_files(root):
    """rtl/files.txt: the files of the RTL below rtl/, but for the generated package."""
    return read(root, "rtl/files.txt").split()


def hls_headers(root, start):
    """The files below hls/ that `start` includes, directly or not."""
    found, waiting = set(), [start]
    while waiting:
        for name in re.findall(r'#include "(hls/[^"]+)"', read(root, waiting.pop())):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return found
