// SPDX-License-Identifier: Apache-2.0
#include "driver/xclbin.hpp"

#include <fmt/core.h>
#include <fmt/ranges.h>
#include <tinyxml2.h>
#include <xclbin.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>

#include "driver/device.hpp"
#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

namespace fs = std::filesystem;
using Bytes = std::span<const char>;
using tinyxml2::XMLElement;

constexpr std::string_view kMagic = "xclbin2";

/// The first so many values that stand in the bytes, which must hold them. They need no alignment there.
template <typename Value>
std::vector<Value> copies(Bytes bytes, std::size_t count) {
  std::vector<Value> values(count);
  // Neither side of a copy may be a null pointer, even for no byte.
  if (count > 0) std::memcpy(values.data(), bytes.data(), count * sizeof(Value));
  return values;
}

class Reader {
 public:
  explicit Reader(const fs::path& file) : file_(file.string()), bytes_(load(file)) {
    constexpr std::size_t kHeader = offsetof(axlf, m_sections);
    if (bytes_.empty()) fail("is empty");
    if (bytes_.size() < kMagic.size() || std::memcmp(bytes_.data(), kMagic.data(), kMagic.size()) != 0) {
      fail("is not an xclbin file");
    }
    if (bytes_.size() < kHeader) fail(fmt::format("is truncated: {} bytes, the header alone has {}", bytes_.size(), kHeader));
    std::memcpy(&top_, bytes_.data(), kHeader);
    const auto length = top_.m_header.m_length;
    if (bytes_.size() < length) fail(fmt::format("is truncated: {} bytes, its header says {}", bytes_.size(), length));
    const auto count = top_.m_header.m_numSections;
    if (length < kHeader || count > (length - kHeader) / sizeof(axlf_section_header)) {
      fail(fmt::format("is damaged: {} sections do not fit {} bytes", count, length));
    }
    sections_ = copies<axlf_section_header>(Bytes(bytes_).subspan(kHeader), count);
    for (const auto& section : sections_) {
      if (section.m_sectionOffset > length || section.m_sectionSize > length - section.m_sectionOffset) {
        fail(fmt::format("is damaged: section {} ends after the file", section.m_sectionKind));
      }
    }
  }

  [[noreturn]] void fail(const std::string& reason) const {
    throw std::runtime_error(fmt::format("xclbin '{}' {}", file_, reason));
  }

  /// Empty if the file does not have it.
  [[nodiscard]] Bytes section(axlf_section_kind kind) const {
    const auto found = std::find_if(sections_.begin(), sections_.end(), [kind](const axlf_section_header& section) {
      return section.m_sectionKind == static_cast<std::uint32_t>(kind);
    });
    if (found == sections_.end()) return {};
    return Bytes(bytes_).subspan(found->m_sectionOffset, found->m_sectionSize);
  }

  /// The entries of a section that starts with their number. Sections that are not `required` may be missing.
  template <typename Entry>
  [[nodiscard]] std::vector<Entry> entries(axlf_section_kind kind, const char* name, std::size_t first, bool required) const {
    const Bytes bytes = section(kind);
    if (bytes.empty() && !required) return {};
    if (bytes.empty()) fail(fmt::format("has no section {}", name));
    std::int32_t count = 0;
    if (bytes.size() >= sizeof count) std::memcpy(&count, bytes.data(), sizeof count);
    if (bytes.size() < first || count < 0 || static_cast<std::size_t>(count) > (bytes.size() - first) / sizeof(Entry)) {
      fail(fmt::format("is damaged: section {} is too short for {} entries", name, count));
    }
    return copies<Entry>(bytes.subspan(first), static_cast<std::size_t>(count));
  }

  [[nodiscard]] const axlf_header& header() const { return top_.m_header; }

 private:
  [[nodiscard]] std::vector<char> load(const fs::path& path) const {
    std::error_code error;
    if (!fs::exists(path, error)) fail("does not exist");
    if (!fs::is_regular_file(path, error)) fail("is not a file");
    std::ifstream stream(path, std::ios::binary);
    if (!stream) fail("cannot be opened");
    return {std::istreambuf_iterator<char>(stream), {}};
  }

  std::string file_;
  std::vector<char> bytes_;
  axlf top_{};
  std::vector<axlf_section_header> sections_;
};

/// Checked by the library for deep nesting.
void parse_metadata(const Reader& reader, tinyxml2::XMLDocument& document) {
  const auto bytes = reader.section(EMBEDDED_METADATA);
  if (bytes.empty()) reader.fail("has no section EMBEDDED_METADATA");
  if (document.Parse(bytes.data(), bytes.size()) != tinyxml2::XML_SUCCESS)
    reader.fail(fmt::format("is damaged: EMBEDDED_METADATA, line {}: {}", document.ErrorLineNum(), document.ErrorName()));
}

std::string attribute(const XMLElement& element, const char* name) {
  const char* text = element.Attribute(name);
  return text == nullptr ? "" : text;
}

/// The entry of the kernel, which is the document's.
const XMLElement& find_kernel(const Reader& reader, const tinyxml2::XMLDocument& document) {
  const XMLElement* core = document.FirstChildElement("project");
  for (const char* const name : {"platform", "device", "core"})
    core = core == nullptr ? nullptr : core->FirstChildElement(name);
  if (core == nullptr) reader.fail("is damaged: EMBEDDED_METADATA has no project/platform/device/core");
  std::vector<std::string> names;
  for (const auto* kernel = core->FirstChildElement("kernel"); kernel != nullptr;
       kernel = kernel->NextSiblingElement("kernel")) {
    names.push_back(attribute(*kernel, "name"));
    if (names.back() == contract::kKernelName || names.back() == contract::kKernelTop) return *kernel;
  }
  reader.fail(fmt::format("has no kernel '{}'; its kernels: {}", contract::kKernelName,
                          names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))));
}

std::uint32_t number(const std::string& text) {
  try {
    return static_cast<std::uint32_t>(std::stoul(text, nullptr, 0));
  } catch (const std::exception&) {
    return 0xffff'ffff;
  }
}

/// A kernel that was built for another contract would take arguments for others.
void check_arguments(const Reader& reader, const XMLElement& kernel) {
  std::size_t count = 0;
  for (const auto* argument = kernel.FirstChildElement("arg"); argument != nullptr;
       argument = argument->NextSiblingElement("arg")) {
    const auto name = attribute(*argument, "name");
    const auto id = number(attribute(*argument, "id"));
    const auto offset = number(attribute(*argument, "offset"));
    if (id >= contract::kArguments.size() || contract::kArguments[id].name != name ||
        contract::kArguments[id].offset != offset) {
      reader.fail(fmt::format("has a kernel for another contract: argument '{}' with id {} at offset {:#x}", name, id, offset));
    }
    ++count;
  }
  if (count != contract::kArguments.size()) {
    reader.fail(
        fmt::format("has a kernel for another contract: {} arguments instead of {}", count, contract::kArguments.size()));
  }
}

std::vector<std::string> find_compute_units(const Reader& reader, const std::string& kernel) {
  const auto prefix = kernel + ":";
  std::vector<std::string> names;
  for (const auto& unit : reader.entries<ip_data>(IP_LAYOUT, "IP_LAYOUT", offsetof(ip_layout, m_ip_data), true)) {
    const auto* begin = reinterpret_cast<const char*>(unit.m_name);
    const std::string name(begin, strnlen(begin, sizeof unit.m_name));
    if (unit.m_type == IP_KERNEL && name.starts_with(prefix)) names.push_back(name.substr(prefix.size()));
  }
  if (names.empty()) reader.fail(fmt::format("has no compute unit of kernel '{}'", kernel));
  return names;
}

void check_connections(const Reader& reader) {
  constexpr auto kBanks = offsetof(mem_topology, m_mem_data);
  constexpr auto kConnections = offsetof(connectivity, m_connection);
  const auto units = reader.entries<ip_data>(IP_LAYOUT, "IP_LAYOUT", offsetof(ip_layout, m_ip_data), true).size();
  const auto plain = reader.entries<mem_data>(MEM_TOPOLOGY, "MEM_TOPOLOGY", kBanks, true).size();
  const auto grouped = reader.entries<mem_data>(ASK_GROUP_TOPOLOGY, "GROUP_TOPOLOGY", kBanks, false).size();
  const auto check = [&](axlf_section_kind kind, const char* name, bool required, std::size_t banks) {
    for (const auto& entry : reader.entries<connection>(kind, name, kConnections, required)) {
      const bool unit_exists = entry.m_ip_layout_index >= 0 && static_cast<std::size_t>(entry.m_ip_layout_index) < units;
      const bool bank_exists = entry.mem_data_index >= 0 && static_cast<std::size_t>(entry.mem_data_index) < banks;
      if (!unit_exists || !bank_exists) {
        reader.fail(fmt::format("is damaged: section {} connects compute unit {} of {} with memory bank {} of {}", name,
                                entry.m_ip_layout_index, units, entry.mem_data_index, banks));
      }
    }
  };
  check(CONNECTIVITY, "CONNECTIVITY", true, plain);
  check(ASK_GROUP_CONNECTIVITY, "GROUP_CONNECTIVITY", false, std::max(plain, grouped));
}

/// What the file says of itself for Phasic; an empty object if nothing. Text that is no JSON is somebody else's.
nlohmann::json own_metadata(const Reader& reader) {
  using nlohmann::json;
  constexpr int kDeepest = 64;  // the library copies documents by recursion
  const auto bytes = reader.section(USER_METADATA);
  const auto watch = [&](int depth, json::parse_event_t, json&) {
    if (depth > kDeepest) reader.fail(fmt::format("is damaged: USER_METADATA is nested more than {} deep", kDeepest));
    return true;
  };
  try {
    const auto document = json::parse(bytes.begin(), bytes.end(), watch);
    if (document.is_object() && document.contains("phasic") && document["phasic"].is_object()) return document["phasic"];
  } catch (const json::parse_error&) {
  } catch (const json::out_of_range& error) {
    reader.fail(fmt::format("is damaged: USER_METADATA: {}", error.what()));
  }
  return json::object();
}

std::string engine_name(const nlohmann::json& metadata) {
  const auto engine = metadata.find("engine");
  return engine != metadata.end() && engine->is_string() ? engine->get<std::string>() : std::string();
}

/// All limits, which the file has to tell of a kernel without status registers.
contract::Limits told_limits(const Reader& reader, const nlohmann::json& metadata) {
  contract::Limits result;
  const auto limits = metadata.find("limits");
  for (const contract::Limit& limit : contract::kLimits) {
    const std::string name(limit.name);
    if (limits == metadata.end() || !limits->is_object() || !limits->contains(name) || !(*limits)[name].is_number_unsigned()) {
      reader.fail(fmt::format("has kernel '{}', but its USER_METADATA does not tell the kernel's limit '{}'",
                              contract::kKernelTop, name));
    }
    result.*limit.value = (*limits)[name].get<std::uint32_t>();
  }
  return result;
}

}  // namespace

XclbinInfo read_xclbin(const fs::path& file) {
  const Reader reader(file);
  tinyxml2::XMLDocument document;
  parse_metadata(reader, document);
  const auto& kernel = find_kernel(reader, document);
  check_arguments(reader, kernel);
  const auto metadata = own_metadata(reader);
  XclbinInfo info;
  info.kernel = attribute(kernel, "name");
  info.compute_units = find_compute_units(reader, info.kernel);
  check_connections(reader);
  info.engine = engine_name(metadata);
  if (info.kernel == contract::kKernelTop) info.limits = told_limits(reader, metadata);
  std::copy_n(std::begin(reader.header().uuid), info.uuid.size(), info.uuid.begin());
  return info;
}

std::vector<std::string> compute_units(const std::string& xclbin) { return read_xclbin(xclbin).compute_units; }

}  // namespace phasic::driver
