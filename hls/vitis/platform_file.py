# SPDX-License-Identifier: Apache-2.0
"""Platform files: what a card or board is, for both kernels. platforms/*.json are examples; docs/deploy.md describes the fields."""
import json
import os
import re


class PlatformError(Exception):
    """A platform file is not as it should be. The message names file, field and value."""


KEYS = ("doc", "platform", "part", "clock", "memory", "compute_units", "rtl_limits", "hls_build", "connections",
        "package_boot_mode")
MAY_MISS = ("rtl_groups",)


def expand(bank):
    """The single banks of a name: "HBM[0:3]" is HBM[0], HBM[1], HBM[2] and HBM[3]."""
    match = re.fullmatch(r"(\w+)\[(\d+)(?::(\d+))?\]", bank)
    if not match:
        return [bank]
    first, last = int(match[2]), int(match[3] or match[2])
    return [f"{match[1]}[{number}]" for number in range(first, last + 1)]


class Platform:
    """A platform file that was read and checked, but for its connections: those depend on the kernels (see check_connections)."""

    def __init__(self, path):
        self.path = path
        try:
            with open(path, encoding="utf-8") as stream:
                root = json.load(stream)
        except OSError as error:
            raise PlatformError(f"{path}: {error.strerror}") from error
        except ValueError as error:
            raise PlatformError(f"{path}: {error}") from error
        self._keys(root, "", KEYS, MAY_MISS)
        self.platform = self._text(root, "platform")
        self.part = self._text(root, "part")
        clock = self._keys(root["clock"], "clock", ("mhz", "kind", "uncertainty_percent"))
        self.clock_mhz = self._number(clock, "clock.mhz", 1, 1000)
        self.clock_kind = self._choice(clock, "clock.kind", ("scalable", "fixed"))
        self.uncertainty_percent = self._number(clock, "clock.uncertainty_percent", 0, 50)
        memory = self._keys(root["memory"], "memory", ("kind", "banks"))
        self.memory_kind = self._choice(memory, "memory.kind", ("HBM", "DDR"))
        if not isinstance(memory["banks"], list) or not memory["banks"]:
            self._fail("memory.banks", memory["banks"], "a list of at least one bank")
        self.banks = [bank for name in memory["banks"] for bank in expand(str(name))]
        self.compute_units = self._number(root, "compute_units", 1, 8, whole=True)
        self.rtl_limits = self._numbers(root["rtl_limits"], "rtl_limits")
        # A parameter of the RTL that is no limit: results do not depend on it.
        self.rtl_groups = self._choice(root, "rtl_groups", (1, 2, 4, 8, 16)) if "rtl_groups" in root else 1
        self.hls_build = self._text(root, "hls_build")
        # Where the linker does not make the xclbin itself, the packager does, for this way of booting.
        self.package_boot_mode = self._choice(root, "package_boot_mode", ("none", "ospi", "sd", "qspi"))
        self.connections = self._keys(root["connections"], "connections", ("rtl", "hls"))

    @property
    def name(self):
        return os.path.splitext(os.path.basename(self.path))[0]

    @property
    def period_ns(self):
        return round(1000 / self.clock_mhz, 3)

    def check_connections(self, kernel, ports):
        """Each port of a kernel ("rtl" or "hls") needs a bank that the platform has. Returns the faults."""
        faults = []
        connections = self.connections[kernel]
        for port in ports:
            bank = connections.get(port)
            if bank is None:
                faults.append(f"{self.path}: connections.{kernel}: port {port} has no bank")
            elif not set(expand(bank)) <= set(self.banks):
                faults.append(f"{self.path}: connections.{kernel}.{port}: '{bank}' is not among memory.banks")
        for port in sorted(set(connections) - set(ports)):
            faults.append(f"{self.path}: connections.{kernel}: the kernel has no port {port}")
        return faults

    def _fail(self, field, value, expected):
        raise PlatformError(f"{self.path}: {field}: {json.dumps(value)} is not {expected}")

    def _keys(self, value, field, keys, may_miss=()):
        prefix = f"{field}: " if field else ""
        if not isinstance(value, dict):
            self._fail(field or "file", value, "an object")
        for key in keys:
            if key not in value:
                raise PlatformError(f"{self.path}: {prefix}'{key}' is missing")
        for key in value:
            if key not in keys + may_miss:
                raise PlatformError(f"{self.path}: {prefix}unknown key '{key}'")
        return value

    def _text(self, root, field):
        value = root[field]
        if not isinstance(value, str) or not re.fullmatch(r"[\w./+-]+", value):
            self._fail(field, value, "a name or a path")
        return value

    def _number(self, root, field, low, high, whole=False):
        value = root[field.split(".")[-1]]
        legal = isinstance(value, int if whole else (int, float)) and not isinstance(value, bool) and low <= value <= high
        if not legal:
            self._fail(field, value, f"a {'whole ' if whole else ''}number from {low} to {high}")
        return value

    def _choice(self, root, field, choices):
        value = root[field.split(".")[-1]]
        if value not in choices or isinstance(value, bool):
            self._fail(field, value, " or ".join(map(str, choices)))
        return value

    def _numbers(self, value, field):
        if not isinstance(value, dict) or not all(isinstance(number, int) for number in value.values()):
            self._fail(field, value, "an object of limits and whole numbers")
        return value
