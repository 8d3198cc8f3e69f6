// SPDX-License-Identifier: Apache-2.0
#include "driver/xclbin_packer.hpp"

#include <fmt/core.h>
#include <uuid/uuid.h>
#include <xclbin.h>

#include <algorithm>
#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>
#include <cstring>
#include <nlohmann/json.hpp>
#include <sstream>
#include <stdexcept>

namespace phasic::driver {
namespace {

using Tree = boost::property_tree::ptree;

constexpr std::uint64_t kUnitBase = 0x180'0000;
constexpr std::uint64_t kUnitSpacing = 0x1'0000;
constexpr std::uint64_t kMemoryBase = std::uint64_t{1} << 34;  // not 0, so that an address is never taken for an offset
constexpr std::uint64_t kMib = std::uint64_t{1} << 20;
constexpr const char* kPlatform = "phasic_simulated_card";

struct Argument {
  int id = 0;
  bool global = false, output = false;
};

struct Kernel {
  std::string name;
  Tree ports, arguments;
  std::vector<Argument> argument_list;
  std::string protocol;
};

Kernel read_kernel(const std::string& xml) {
  Tree tree;
  try {
    std::istringstream stream(xml);
    boost::property_tree::read_xml(stream, tree, boost::property_tree::xml_parser::trim_whitespace);
    const auto& element = tree.get_child("root.kernel");
    Kernel kernel;
    kernel.name = element.get<std::string>("<xmlattr>.name");
    kernel.protocol = element.get<std::string>("<xmlattr>.hwControlProtocol");
    kernel.ports = element.get_child("ports");
    kernel.arguments = element.get_child("args");
    for (const auto& [tag, argument] : kernel.arguments) {
      if (tag != "arg") continue;
      const auto name = argument.get<std::string>("<xmlattr>.name");
      const bool output = name == "results" || name == "trace";
      kernel.argument_list.push_back(
          {argument.get<int>("<xmlattr>.id"), argument.get<int>("<xmlattr>.addressQualifier") == 1, output});
    }
    return kernel;
  } catch (const boost::property_tree::ptree_error& error) {
    throw std::runtime_error(fmt::format("kernel.xml: {}", error.what()));
  }
}

std::string unit_name(const Kernel& kernel, unsigned unit) { return fmt::format("{}_{}", kernel.name, unit + 1); }
std::uint64_t unit_base(unsigned unit) { return kUnitBase + unit * kUnitSpacing; }

using Section = std::vector<std::byte>;

template <typename Value>
void append(Section& section, const Value& value) {
  const auto* begin = reinterpret_cast<const std::byte*>(&value);
  section.insert(section.end(), begin, begin + sizeof value);
}

/// A table of entries with their number before it. `first` is where the first one starts.
template <typename Entry>
Section table(const std::vector<Entry>& entries, std::size_t first) {
  Section section;
  append(section, static_cast<std::int32_t>(entries.size()));
  section.resize(first);
  for (const auto& entry : entries) append(section, entry);
  return section;
}

Section text_section(const std::string& text) {
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

Section memory_topology(const XclbinPlan& plan) {
  constexpr std::uint64_t kKibInMib = 1024;
  std::vector<mem_data> banks;
  for (unsigned index = 0; index < plan.banks; ++index) {
    mem_data bank{};
    bank.m_type = MEM_DDR4;
    bank.m_used = 1;
    bank.m_size = plan.bank_mib * kKibInMib;
    bank.m_base_address = kMemoryBase + index * plan.bank_mib * kMib;
    fmt::format_to_n(reinterpret_cast<char*>(bank.m_tag), sizeof bank.m_tag - 1, "DDR[{}]", index);
    banks.push_back(bank);
  }
  return table(banks, offsetof(mem_topology, m_mem_data));
}

Section unit_layout(const XclbinPlan& plan, const Kernel& kernel) {
  std::vector<ip_data> units;
  for (unsigned index = 0; index < plan.compute_units; ++index) {
    ip_data unit{};
    unit.m_type = IP_KERNEL;
    unit.properties = IP_INT_ENABLE_MASK | AP_CTRL_HS << IP_CONTROL_SHIFT;
    unit.m_base_address = unit_base(index);
    fmt::format_to_n(reinterpret_cast<char*>(unit.m_name), sizeof unit.m_name - 1, "{}:{}", kernel.name,
                     unit_name(kernel, index));
    units.push_back(unit);
  }
  return table(units, offsetof(ip_layout, m_ip_data));
}

Section connections(const XclbinPlan& plan, const Kernel& kernel) {
  std::vector<connection> list;
  for (unsigned unit = 0; unit < plan.compute_units; ++unit) {
    for (const auto& argument : kernel.argument_list) {
      if (!argument.global) continue;
      const unsigned bank = (unit + (argument.output ? 1 : 0)) % plan.banks;
      list.push_back({argument.id, static_cast<std::int32_t>(unit), static_cast<std::int32_t>(bank)});
    }
  }
  return table(list, offsetof(connectivity, m_connection));
}

/// XRT wants ports, arguments and instances right below the kernel.
Section metadata(const XclbinPlan& plan, const Kernel& kernel) {
  Tree element;
  element.put("<xmlattr>.name", kernel.name);
  element.put("<xmlattr>.language", "ip_c");
  element.put("<xmlattr>.type", "pl");
  element.put("<xmlattr>.hwControlProtocol", kernel.protocol);
  for (const auto& child : kernel.ports) element.push_back(child);
  for (const auto& child : kernel.arguments) element.push_back(child);
  for (unsigned unit = 0; unit < plan.compute_units; ++unit) {
    Tree remap;
    remap.put("<xmlattr>.base", fmt::format("{:#x}", unit_base(unit)));
    remap.put("<xmlattr>.range", fmt::format("{:#x}", kUnitSpacing));
    Tree instance;
    instance.put("<xmlattr>.name", unit_name(kernel, unit));
    instance.push_back({"addrRemap", remap});
    element.push_back({"instance", instance});
  }
  Tree core;
  core.put("<xmlattr>.name", "core_0");
  core.put("<xmlattr>.target", "bitstream");
  core.push_back({"kernel", element});
  Tree device;
  device.put("<xmlattr>.name", kPlatform);
  device.push_back({"core", core});
  Tree platform;
  platform.put("<xmlattr>.name", kPlatform);
  platform.push_back({"device", device});
  Tree project;
  project.put("<xmlattr>.name", "phasic");
  project.push_back({"platform", platform});
  Tree root;
  root.push_back({"project", project});
  std::ostringstream stream;
  boost::property_tree::write_xml(stream, root);
  return text_section(stream.str());
}

Section build_metadata(const Kernel& kernel) {
  const nlohmann::json dsa = {{"vendor", "phasic"},   {"board_id", "simulated"}, {"name", "card"},
                              {"version_major", "1"}, {"version_minor", "0"},    {"description", "simulated card"}};
  const nlohmann::json json = {
      {"build_metadata",
       {{"dsa", dsa},
        {"xclbin",
         {{"generated_by", {{"name", "phasic_xclbin"}}}, {"user_regions", {{{"kernels", {{{"name", kernel.name}}}}}}}}}}}};
  return text_section(json.dump());
}

struct NamedSection {
  axlf_section_kind kind;
  const char* name;
  Section bytes;
};

void check(const XclbinPlan& plan) {
  constexpr unsigned kMostUnits = 16, kMostBanks = 32;
  constexpr std::uint64_t kMostMib = std::uint64_t{1} << 20;
  const auto range = [](const char* name, std::uint64_t value, std::uint64_t most) {
    if (value < 1 || value > most) throw std::runtime_error(fmt::format("{} is {}: it must be 1 to {}", name, value, most));
  };
  range("compute_units", plan.compute_units, kMostUnits);
  range("banks", plan.banks, kMostBanks);
  range("bank_mib", plan.bank_mib, kMostMib);
  if (plan.engine.empty()) throw std::runtime_error("engine is empty");
}

Section user_metadata(const XclbinPlan& plan) {
  nlohmann::json own = {{"engine", plan.engine}};
  if (!plan.limits.empty()) own["limits"] = plan.limits;
  return text_section(nlohmann::json{{"phasic", own}}.dump());
}

}  // namespace

std::vector<std::byte> pack_xclbin(const XclbinPlan& plan) {
  check(plan);
  const auto kernel = read_kernel(plan.kernel_xml);
  const auto topology = memory_topology(plan);
  const auto connectivity_table = connections(plan, kernel);
  const std::vector<NamedSection> sections = {
      {BITSTREAM, "BITSTREAM", text_section("no bitstream: for the simulated card")},
      {MEM_TOPOLOGY, "MEM_TOPOLOGY", topology},
      {ASK_GROUP_TOPOLOGY, "GROUP_TOPOLOGY", topology},
      {IP_LAYOUT, "IP_LAYOUT", unit_layout(plan, kernel)},
      {CONNECTIVITY, "CONNECTIVITY", connectivity_table},
      {ASK_GROUP_CONNECTIVITY, "GROUP_CONN", connectivity_table},
      {EMBEDDED_METADATA, "EMBEDDED_METAD", metadata(plan, kernel)},
      {BUILD_METADATA, "BUILD_METADATA", build_metadata(kernel)},
      {USER_METADATA, "USER_METADATA", user_metadata(plan)},
  };

  constexpr std::size_t kSectionAlignment = 8;
  const auto align = [](std::size_t bytes) { return (bytes + kSectionAlignment - 1) / kSectionAlignment * kSectionAlignment; };
  constexpr std::size_t kTable = offsetof(axlf, m_sections);
  std::vector<std::byte> file(kTable + sections.size() * sizeof(axlf_section_header));
  Section contents;  // what the UUID is made from
  for (std::size_t index = 0; index < sections.size(); ++index) {
    const auto& section = sections[index];
    file.resize(align(file.size()));
    axlf_section_header header{};
    header.m_sectionKind = section.kind;
    std::strncpy(header.m_sectionName, section.name, sizeof header.m_sectionName - 1);
    header.m_sectionOffset = file.size();
    header.m_sectionSize = section.bytes.size();
    std::memcpy(file.data() + kTable + index * sizeof header, &header, sizeof header);
    file.insert(file.end(), section.bytes.begin(), section.bytes.end());
    contents.insert(contents.end(), section.bytes.begin(), section.bytes.end());
  }
  file.resize(align(file.size()));

  axlf top{};
  std::memcpy(top.m_magic, "xclbin2", sizeof top.m_magic);
  top.m_signature_length = -1;
  std::fill(std::begin(top.reserved), std::end(top.reserved), 0xff);
  std::fill(std::begin(top.m_keyBlock), std::end(top.m_keyBlock), 0xff);
  auto& header = top.m_header;
  header.m_length = file.size();
  header.m_versionMajor = 2;
  header.m_mode = XCLBIN_PR;
  header.m_numSections = static_cast<std::uint32_t>(sections.size());
  std::strncpy(reinterpret_cast<char*>(header.m_platformVBNV), kPlatform, sizeof header.m_platformVBNV - 1);
  uuid_generate_sha1(header.uuid, *uuid_get_template("oid"), reinterpret_cast<const char*>(contents.data()), contents.size());
  std::memcpy(&top.m_uniqueId, static_cast<const unsigned char*>(header.uuid), sizeof top.m_uniqueId);
  std::memcpy(file.data(), &top, kTable);
  return file;
}

}  // namespace phasic::driver
