// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include "generator/emit.hpp"

namespace phasic::contract_generator {
namespace {

std::uint32_t data_width(const Contract& contract) {
  for (const auto& limit : contract.limits) {
    if (limit.name == "data_width") return limit.default_value;
  }
  throw ContractError("limits: there is no limit 'data_width'");
}

}  // namespace

std::string kernel_xml(const Contract& contract) {
  const auto& kernel = contract.kernel;
  std::string out = fmt::format(
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
      "<!-- SPDX-License-Identifier: Apache-2.0. Made from driver/contract/contract.json. -->\n"
      "<root versionMajor=\"1\" versionMinor=\"6\">\n"
      "  <kernel name=\"{}\" language=\"ip_c\" vlnv=\"{}:{}:{}:{}.0\" attributes=\"\" preferredWorkGroupSizeMultiple=\"0\" "
      "workGroupSize=\"1\" interrupt=\"true\" hwControlProtocol=\"{}\">\n"
      "    <ports>\n"
      "      <port name=\"s_axi_control\" mode=\"slave\" range=\"{:#x}\" dataWidth=\"32\" portType=\"addressable\" "
      "base=\"0x0\"/>\n"
      "      <port name=\"m_axi_gmem\" mode=\"master\" range=\"0xFFFFFFFFFFFFFFFF\" dataWidth=\"{}\" portType=\"addressable\" "
      "base=\"0x0\"/>\n"
      "    </ports>\n"
      "    <args>\n",
      kernel.name, kernel.vendor, kernel.library, kernel.name, contract.version, kernel.control_protocol, kControlRange,
      data_width(contract));
  for (const auto& argument : contract.arguments) {
    const int size = argument.global ? 8 : 4;
    out += fmt::format(
        "      <arg name=\"{}\" addressQualifier=\"{}\" id=\"{}\" port=\"{}\" size=\"{:#x}\" offset=\"{:#05x}\" type=\"{}\" "
        "hostOffset=\"0x0\" hostSize=\"{:#x}\"/>\n",
        argument.name, argument.global ? 1 : 0, argument.id, argument.global ? "m_axi_gmem" : "s_axi_control", size,
        argument.offset, argument.global ? "void*" : "uint", size);
  }
  out += "    </args>\n  </kernel>\n</root>\n";
  return out;
}

}  // namespace phasic::contract_generator
