// SPDX-License-Identifier: Apache-2.0
#include "driver/xclbin.hpp"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <unistd.h>
#include <xclbin.h>

#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <stdexcept>

#include "driver/device.hpp"
#include "driver/xclbin_packer.hpp"
#include "experimental/xrt_xclbin.h"
#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

namespace fs = std::filesystem;
using Bytes = std::vector<std::byte>;

XclbinPlan plan() {
  XclbinPlan result;
  std::ostringstream xml;
  xml << std::ifstream(PHASIC_KERNEL_XML).rdbuf();
  result.kernel_xml = xml.str();
  result.compute_units = 3;
  result.engine = "rtl64";
  return result;
}

class XclbinFile : public testing::Test {
 protected:
  void TearDown() override { fs::remove(path_); }

  void write(const Bytes& bytes) {
    std::ofstream(path_, std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  }
  /// Message of the error for these bytes, which must name the file; both ways in must refuse.
  std::string refusal(const Bytes& bytes) {
    write(bytes);
    return refusal();
  }
  std::string refusal() {
    setenv("XILINX_XRT", PHASIC_CARD_FOLDER, 1);
    EXPECT_THROW((void)open_xrt({0, path_, ""}), std::runtime_error);
    try {
      (void)compute_units(path_);
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find(path_.string()), std::string::npos) << error.what();
      return error.what();
    }
    return "no error";
  }
  /// The packed file with a change to its header or to one of its sections.
  static Bytes changed(const std::function<void(axlf&, Bytes&)>& change) {
    auto bytes = pack_xclbin(plan());
    axlf top{};
    std::memcpy(&top, bytes.data(), offsetof(axlf, m_sections));
    change(top, bytes);
    std::memcpy(bytes.data(), &top, offsetof(axlf, m_sections));
    return bytes;
  }
  static std::byte* section(Bytes& bytes, axlf_section_kind kind) {
    const auto* top = reinterpret_cast<const axlf*>(bytes.data());
    return bytes.data() + ::xclbin::get_axlf_section(top, kind)->m_sectionOffset;
  }

  const fs::path path_ = fs::path(::testing::TempDir()) / ("phasic_xclbin_" + std::to_string(getpid()) + ".xclbin");
};

void expect_in(const std::string& text, const char* part) { EXPECT_NE(text.find(part), std::string::npos) << text; }

TEST_F(XclbinFile, IsAcceptedByXrtWithEverythingInIt) {
  write(pack_xclbin(plan()));
  const xrt::xclbin file(path_.string());
  const auto kernel = file.get_kernel(std::string(contract::kKernelName));
  ASSERT_TRUE(kernel);
  EXPECT_EQ(kernel.get_cus().size(), 3u);
  EXPECT_EQ(kernel.get_args().size(), contract::kArguments.size());
  EXPECT_EQ(kernel.get_arg(contract::argument::kResults).get_name(), "results");
  EXPECT_EQ(kernel.get_arg(contract::argument::kResults).get_offset(), contract::reg::kResults);
  ASSERT_EQ(file.get_mems().size(), 2u);
  for (const auto& bank : file.get_mems()) EXPECT_NE(bank.get_base_address(), 0u);
  EXPECT_EQ(file.get_xsa_name(), "phasic_simulated_card");
}

TEST_F(XclbinFile, IsReadBack) {
  write(pack_xclbin(plan()));
  const auto info = read_xclbin(path_);
  EXPECT_EQ(info.compute_units, (std::vector<std::string>{"phasic_1", "phasic_2", "phasic_3"}));
  EXPECT_EQ(compute_units(path_), info.compute_units);
  EXPECT_EQ(info.engine, "rtl64");
}

TEST_F(XclbinFile, TheSamePlanGivesTheSameBytesAndAnotherOneAnotherUuid) {
  EXPECT_EQ(pack_xclbin(plan()), pack_xclbin(plan()));
  auto other = plan();
  other.engine = "reference";
  write(pack_xclbin(plan()));
  const auto first = read_xclbin(path_).uuid;
  write(pack_xclbin(other));
  EXPECT_NE(read_xclbin(path_).uuid, first);
}

TEST_F(XclbinFile, MissingFilesAndFoldersAreRefused) {
  expect_in(refusal(), "does not exist");
  EXPECT_THROW((void)compute_units(::testing::TempDir()), std::runtime_error);
}

TEST_F(XclbinFile, EmptyFilesAreRefused) { expect_in(refusal({}), "is empty"); }

TEST_F(XclbinFile, OtherFilesAreRefused) {
  expect_in(refusal(Bytes(5000, std::byte{'x'})), "is not an xclbin file");
  expect_in(refusal(Bytes(3, std::byte{'x'})), "is not an xclbin file");
}

TEST_F(XclbinFile, TruncatedFilesAreRefusedAtEveryLength) {
  const auto whole = pack_xclbin(plan());
  for (std::size_t size = 8; size < whole.size(); size += 61) {
    write(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size)));
    try {
      (void)read_xclbin(path_);
      ADD_FAILURE() << size;
    } catch (const std::runtime_error& error) {
      EXPECT_NE(std::string(error.what()).find("truncated"), std::string::npos) << size << ": " << error.what();
    }
  }
  expect_in(refusal(Bytes(whole.begin(), whole.end() - 1)), "is truncated");
}

TEST_F(XclbinFile, DamagedHeadersAreRefused) {
  expect_in(refusal(changed([](axlf& top, Bytes&) { top.m_header.m_numSections = 10'000; })), "is damaged: 10000 sections");
  expect_in(refusal(changed([](axlf& top, Bytes&) { top.m_header.m_length = 100; })), "is damaged");
  expect_in(refusal(changed([](axlf& top, Bytes&) { top.m_header.m_numSections = 0; })), "EMBEDDED_METADATA");
  expect_in(refusal(changed([](axlf&, Bytes& bytes) {
              auto* sections = reinterpret_cast<axlf*>(bytes.data())->m_sections;
              sections[1].m_sectionSize = ~std::uint64_t{0};
            })),
            "ends after the file");
}

TEST_F(XclbinFile, DamagedTablesAreRefused) {
  for (const auto& [kind, name] : {std::pair{IP_LAYOUT, "IP_LAYOUT"}, std::pair{MEM_TOPOLOGY, "MEM_TOPOLOGY"},
                                   std::pair{CONNECTIVITY, "CONNECTIVITY"}, std::pair{ASK_GROUP_TOPOLOGY, "GROUP_TOPOLOGY"}}) {
    for (const std::int32_t count : {1000, -1}) {
      expect_in(
          refusal(changed([&, kind = kind](axlf&, Bytes& bytes) { std::memcpy(section(bytes, kind), &count, sizeof count); })),
          name);
    }
  }
  expect_in(refusal(changed([](axlf&, Bytes& bytes) {
              reinterpret_cast<connectivity*>(section(bytes, CONNECTIVITY))->m_connection[2].mem_data_index = 9;
            })),
            "memory bank 9 of 2");
}

TEST_F(XclbinFile, DamagedMetadataIsRefused) {
  expect_in(refusal(changed([](axlf&, Bytes& bytes) { section(bytes, EMBEDDED_METADATA)[60] = std::byte{'<'}; })),
            "EMBEDDED_METADATA");
}

/// The packed file with another content of a section.
Bytes with_section(const XclbinPlan& plan, axlf_section_kind kind, const std::string& text) {
  auto bytes = pack_xclbin(plan);
  auto* top = reinterpret_cast<axlf*>(bytes.data());
  for (std::uint32_t n = 0; n < top->m_header.m_numSections; ++n) {
    if (top->m_sections[n].m_sectionKind != static_cast<std::uint32_t>(kind)) continue;
    top->m_sections[n].m_sectionOffset = bytes.size();
    top->m_sections[n].m_sectionSize = text.size();
  }
  top->m_header.m_length = bytes.size() + text.size();
  for (const char character : text) bytes.push_back(static_cast<std::byte>(character));
  return bytes;
}

std::string repeated(const std::string& part, int times) {
  std::string text;
  for (int n = 0; n < times; ++n) text += part;
  return text;
}

TEST_F(XclbinFile, DeepDescriptionsAreRefused) {
  const auto xml = repeated("<a>", 100'000) + repeated("</a>", 100'000);
  expect_in(refusal(with_section(plan(), EMBEDDED_METADATA, xml)), "EMBEDDED_METADATA, line 1: XML_ELEMENT_DEPTH_EXCEEDED");
  const auto json = R"({"phasic": {"engine": )" + repeated("[", 100'000) + repeated("]", 100'000) + "}}";
  expect_in(refusal(with_section(plan(), USER_METADATA, json)), "USER_METADATA is nested more than 64 deep");
  expect_in(refusal(with_section(plan(), USER_METADATA, R"({"phasic": {"limits": {"lanes": 1e400}}})")), "1e400");
}

TEST_F(XclbinFile, EmptySectionsAreMissingOnes) {
  for (const auto& [kind, name] : {std::pair{IP_LAYOUT, "IP_LAYOUT"}, std::pair{MEM_TOPOLOGY, "MEM_TOPOLOGY"},
                                   std::pair{CONNECTIVITY, "CONNECTIVITY"}, std::pair{EMBEDDED_METADATA, "EMBEDDED_METADATA"}})
    expect_in(refusal(with_section(plan(), kind, "")), (std::string("has no section ") + name).c_str());
}

TEST_F(XclbinFile, SomebodyElsesDescriptionIsNone) {
  for (const std::string text : {"", "not JSON", "{}", R"({"phasic": 3})", R"({"phasic": {"engine": 3}})"}) {
    write(with_section(plan(), USER_METADATA, text));
    EXPECT_EQ(read_xclbin(path_).engine, "") << text;
  }
}

TEST_F(XclbinFile, AnotherKernelIsRefusedByName) {
  auto other = plan();
  other.kernel_xml.replace(other.kernel_xml.find("name=\"phasic\""), 13, "name=\"vector\"");
  const auto text = refusal(pack_xclbin(other));
  expect_in(text, "has no kernel 'phasic'");
  expect_in(text, "vector");
}

/// An xclbin of the HLS kernel, which is named after its function and has no registers to read limits from.
XclbinPlan hls_plan() {
  auto result = plan();
  result.kernel_xml.replace(result.kernel_xml.find("name=\"phasic\""), 13, "name=\"phasic_kernel\"");
  for (const auto& limit : contract::kLimits) result.limits[std::string(limit.name)] = limit.default_value + 1;
  return result;
}

TEST_F(XclbinFile, AnHlsKernelIsFoundByItsNameWithTheLimitsThatTheFileTells) {
  write(pack_xclbin(hls_plan()));
  const auto info = read_xclbin(path_);
  EXPECT_EQ(info.kernel, "phasic_kernel");
  EXPECT_EQ(info.compute_units.front(), "phasic_kernel_1");
  ASSERT_TRUE(info.limits.has_value());
  EXPECT_EQ(info.limits->lanes, 65u);
  EXPECT_EQ(info.limits->rules, contract::kDefaultRules + 1);
  EXPECT_EQ(info.limits->memory_depth, contract::kDefaultMemoryDepth + 1);
  write(pack_xclbin(plan()));
  EXPECT_EQ(read_xclbin(path_).kernel, "phasic");
  EXPECT_FALSE(read_xclbin(path_).limits.has_value()) << "that kernel has registers";
}

TEST_F(XclbinFile, AnHlsKernelWithoutALimitIsRefused) {
  auto none = hls_plan(), one = hls_plan();
  none.limits.clear();
  one.limits.erase("max_steps");
  expect_in(refusal(pack_xclbin(none)),
            "kernel 'phasic_kernel', but its USER_METADATA does not tell the kernel's limit 'lanes'");
  expect_in(refusal(pack_xclbin(one)), "limit 'max_steps'");
}

TEST_F(XclbinFile, AKernelOfAnotherContractIsRefused) {
  auto other = plan();
  other.kernel_xml.replace(other.kernel_xml.find("0x034"), 5, "0x0f4");
  expect_in(refusal(pack_xclbin(other)), "another contract: argument 'samples' with id 3 at offset 0xf4");
}

TEST_F(XclbinFile, AKernelWithoutComputeUnitsIsRefused) {
  expect_in(refusal(changed([](axlf&, Bytes& bytes) {
              const std::int32_t none = 0;
              std::memcpy(section(bytes, IP_LAYOUT), &none, sizeof none);
            })),
            "has no compute unit of kernel 'phasic'");
}

TEST(XclbinPacker, RefusesPlansOutOfRange) {
  for (const auto& spoil : std::vector<std::function<void(XclbinPlan&)>>{
           [](auto& plan) { plan.compute_units = 0; }, [](auto& plan) { plan.compute_units = 17; },
           [](auto& plan) { plan.banks = 0; }, [](auto& plan) { plan.banks = 33; }, [](auto& plan) { plan.bank_mib = 0; },
           [](auto& plan) { plan.engine.clear(); }, [](auto& plan) { plan.kernel_xml = "<root/>"; },
           [](auto& plan) { plan.kernel_xml = "no xml"; }}) {
    auto bad = plan();
    spoil(bad);
    EXPECT_THROW((void)pack_xclbin(bad), std::runtime_error);
  }
}

}  // namespace
}  // namespace phasic::driver
