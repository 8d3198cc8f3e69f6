// SPDX-License-Identifier: Apache-2.0
#include "sim/card/design.hpp"

#include <fmt/core.h>
#include <xclbin.h>

#include <cstddef>
#include <cstring>
#include <nlohmann/json.hpp>
#include <span>
#include <stdexcept>

namespace phasic::card {
namespace {

using Bytes = std::span<const std::byte>;

/// Empty if there is no such section.
Bytes section(const axlf& xclbin, axlf_section_kind kind, const char* name) {
  const auto* header = ::xclbin::get_axlf_section(&xclbin, kind);
  if (header == nullptr) return {};
  const auto length = xclbin.m_header.m_length;
  if (header->m_sectionOffset > length || header->m_sectionSize > length - header->m_sectionOffset) {
    throw std::runtime_error(fmt::format("xclbin: section {} ends after the file", name));
  }
  return {reinterpret_cast<const std::byte*>(&xclbin) + header->m_sectionOffset, header->m_sectionSize};
}

/// The entries of a section that has their number, as 32 bits, before them.
template <typename Entry>
std::vector<Entry> entries(const axlf& xclbin, axlf_section_kind kind, const char* name, std::size_t first) {
  const Bytes bytes = section(xclbin, kind, name);
  if (bytes.size() < first) throw std::runtime_error(fmt::format("xclbin: section {} is missing", name));
  std::int32_t count = 0;
  std::memcpy(&count, bytes.data(), sizeof count);
  if (count < 0 || static_cast<std::size_t>(count) > (bytes.size() - first) / sizeof(Entry)) {
    throw std::runtime_error(fmt::format("xclbin: section {} is too short for {} entries", name, count));
  }
  std::vector<Entry> result(static_cast<std::size_t>(count));
  // Neither side of a copy may be a null pointer, even for no byte.
  if (count > 0) std::memcpy(result.data(), bytes.data() + first, result.size() * sizeof(Entry));
  return result;
}

std::string text(const unsigned char* characters, std::size_t size) {
  const auto* begin = reinterpret_cast<const char*>(characters);
  return {begin, strnlen(begin, size)};
}

std::string engine_name(const axlf& xclbin) {
  const Bytes bytes = section(xclbin, USER_METADATA, "USER_METADATA");
  const auto* begin = reinterpret_cast<const char*>(bytes.data());
  const auto json = nlohmann::json::parse(begin, begin + bytes.size(), nullptr, false);
  if (!json.is_object() || !json.contains("phasic") || !json["phasic"].is_object()) return {};
  return json["phasic"].value("engine", std::string());
}

}  // namespace

Design read_design(const axlf& xclbin) {
  Design design;
  std::memcpy(design.uuid.data(), xclbin.m_header.uuid, design.uuid.size());
  constexpr std::uint64_t kKib = 1024;
  // XRT numbers banks by the grouped table where there is one.
  const bool grouped = ::xclbin::get_axlf_section(&xclbin, ASK_GROUP_TOPOLOGY) != nullptr;
  for (const auto& bank : entries<mem_data>(xclbin, grouped ? ASK_GROUP_TOPOLOGY : MEM_TOPOLOGY,
                                            grouped ? "GROUP_TOPOLOGY" : "MEM_TOPOLOGY", offsetof(mem_topology, m_mem_data))) {
    design.banks.push_back(
        {text(bank.m_tag, sizeof bank.m_tag), bank.m_base_address, bank.m_used != 0 ? bank.m_size * kKib : 0});
  }
  for (const auto& unit : entries<ip_data>(xclbin, IP_LAYOUT, "IP_LAYOUT", offsetof(ip_layout, m_ip_data))) {
    if (unit.m_type == IP_KERNEL) design.units.push_back({text(unit.m_name, sizeof unit.m_name), unit.m_base_address});
  }
  design.engine = engine_name(xclbin);
  return design;
}

}  // namespace phasic::card
