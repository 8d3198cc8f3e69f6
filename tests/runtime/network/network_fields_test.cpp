// SPDX-License-Identifier: Apache-2.0
/// The tables of fields, and what docs/networks.md says of them.
#include "runtime/network/network_fields.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>
#include <tuple>

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? std::string() : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

/// "| `inputs` | 1 to 65528 | needed | ... |" as a field; nothing for any other line.
std::optional<FieldText> field_of_line(const std::string& line) {
  if (!line.starts_with("| `")) return std::nullopt;
  std::vector<std::string> cells;
  std::istringstream parts(line.substr(1));
  for (std::string cell; std::getline(parts, cell, '|');) cells.push_back(trimmed(cell));
  if (cells.size() != 4) return std::nullopt;
  return FieldText{cells[0].substr(1, cells[0].size() - 2), cells[1], cells[2]};
}

/// Tables with the columns of fields, by the heading above them.
std::map<std::string, std::vector<FieldText>> documented() {
  std::ifstream page(std::filesystem::path(PHASIC_SOURCE_DIR) / "docs" / "networks.md");
  std::map<std::string, std::vector<FieldText>> tables;
  std::string section;
  bool in_table = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with('#')) section = line.substr(line.find(' ') + 1);
    in_table = line.starts_with("| field | values | default | meaning |") || (in_table && line.starts_with('|'));
    if (const auto field = field_of_line(line); in_table && field) tables[section].push_back(*field);
  }
  return tables;
}

TEST(NetworkFields, DocumentationHasTheirTables) {
  const auto pages = documented();
  const auto tables = field_tables();
  EXPECT_EQ(pages.size(), tables.size());
  for (const auto& table : tables) {
    SCOPED_TRACE(table.section);
    const auto found = pages.find(table.section);
    ASSERT_NE(found, pages.end());
    ASSERT_EQ(found->second.size(), table.fields.size());
    for (std::size_t n = 0; n < table.fields.size(); ++n) {
      EXPECT_EQ(found->second[n].name, table.fields[n].name);
      EXPECT_EQ(found->second[n].values, table.fields[n].values) << table.fields[n].name;
      EXPECT_EQ(found->second[n].usual, table.fields[n].usual) << table.fields[n].name;
    }
  }
}

TEST(NetworkFields, BoundsAreThoseOfTheContract) {
  const auto widest = contract::widest_limits();
  const auto expect = [](const std::vector<FieldText>& fields, std::string_view name, std::int64_t least, std::int64_t most) {
    const auto field = std::find_if(fields.begin(), fields.end(), [&](const FieldText& text) { return text.name == name; });
    ASSERT_NE(field, fields.end()) << name;
    EXPECT_EQ(field->values, fmt::format("{} to {}", least, most)) << name;
  };
  const auto tables = field_tables();
  expect(tables[0].fields, "inputs", 1, widest.max_rows);
  expect(tables[0].fields, "classes", 1, widest.max_classes);
  expect(tables[0].fields, "steps", 1, widest.max_steps);
  expect(tables[1].fields, "neurons", 1, widest.max_neurons);
  expect(tables[1].fields, "input_shift", contract::kLayerInputShiftMinimum, contract::kLayerInputShiftMaximum);
  expect(tables[1].fields, "trace_shift", contract::kLayerTraceShiftMinimum, contract::kLayerTraceShiftMaximum);
  expect(tables[2].fields, "neurons", 1, widest.max_neurons);
  expect(tables[2].fields, "homeostasis", contract::kLayerHomeostasisMinimum, contract::kLayerHomeostasisMaximum);
}

TEST(NetworkFields, QuantitiesReachAsFarAsTheContractDoes) {
  auto document = test::small_network();
  const auto taken = [&](const char* pointer, std::int64_t value) {
    auto changed = document;
    changed[json::json_pointer(pointer)]["raw"] = value;
    try {
      (void)parse_network(changed, "net.json");
    } catch (const std::exception&) {
      return false;
    }
    return true;
  };
  document["layers"][1].erase("leak");
  document["layers"][1]["fine_leak"] = {{"raw", 0}};
  for (const char* const pointer : {"/layers/0/threshold", "/layers/0/window", "/layers/0/leak", "/layers/0/learning_rate"})
    document[json::json_pointer(pointer)] = {{"raw", 0}};
  for (const auto& [pointer, least, most] : std::vector<std::tuple<const char*, std::int64_t, std::int64_t>>{
           {"/layers/0/threshold", contract::kLayerThresholdMinimum, contract::kLayerThresholdMaximum},
           {"/layers/0/window", contract::kLayerWindowMinimum, contract::kLayerWindowMaximum},
           {"/layers/0/leak", contract::kLayerLeakMinimum, contract::kLayerLeakMaximum / contract::kCoarseLeak},
           {"/layers/0/synaptic_leak", contract::kLayerSynapticLeakMinimum, contract::kLayerSynapticLeakMaximum},
           {"/layers/1/fine_leak", contract::kLayerLeakMinimum, contract::kLayerLeakMaximum},
           {"/layers/0/learning_rate", contract::kLayerRateMinimum, contract::kLayerRateMaximum}}) {
    EXPECT_TRUE(taken(pointer, least)) << pointer;
    EXPECT_TRUE(taken(pointer, most)) << pointer;
    EXPECT_FALSE(taken(pointer, least - 1)) << pointer;
    EXPECT_FALSE(taken(pointer, most + 1)) << pointer;
  }
}

TEST(NetworkFields, WhatAFieldIsWhenItIsLeftOutIsWhatTheTableSays) {
  const auto text = [](const json& value) { return value.is_string() ? "`" + value.dump() + "`" : value.dump(); };
  const auto check = [&](const std::vector<FieldText>& fields, const json& written) {
    for (const auto& field : fields) {
      const auto value = written.find(field.name);
      const bool is_value = field.usual.starts_with("`\"") || field.usual == "true" || field.usual == "false" ||
                            field.usual.find_first_not_of("0123456789.") == std::string::npos;
      // A quantity is written as the integer that it becomes.
      if (value == written.end() || !is_value || field.name == "seed" || field.values == "quantity") continue;
      EXPECT_EQ(text(*value), field.usual) << field.name;
    }
  };
  const auto tables = field_tables();
  const auto written = canonical(parse_network(test::small_network(), "net.json"));
  auto document = test::small_network();
  for (const char* const name : {"seed", "weight_width", "samples"}) document.erase(name);
  document["layers"][1] = {{"neurons", 8}, {"rule", "competition"}, {"input_shift", 3}, {"slowest_rate", 0.5}};
  const auto network = parse_network(document, "net.json");
  const auto competes = canonical(network);
  check(tables[0].fields, competes);
  check(tables[1].fields, competes["layers"][0]);
  check(tables[2].fields, competes["layers"][1]);
  check(tables[5].fields, competes["modulation"]);
  document["layers"][1] = {{"neurons", 8}, {"rule", "discriminant"}};
  document["samples"] = "graded";
  document["steps"] = 1;
  const auto discriminant = parse_network(document, "net.json").layers[1];
  for (const auto& field : tables[3].fields) {
    if (field.name == "regularization") {
      EXPECT_EQ(field.usual, "0.001");
      EXPECT_EQ(discriminant.regularization, std::round(0.001 * (1 << 20)));
    }
    if (field.name == "solve_every") {
      EXPECT_EQ(field.usual, std::to_string(discriminant.solve_every));
    }
  }
  auto filters = test::small_network();
  filters["shape"] = {8, 8};
  filters["samples"] = "graded";
  filters["steps"] = 1;
  filters["layers"][0] = {{"kind", "convolution"}, {"channels", 3},       {"kernel", 3},      {"rule", "features"},
                          {"threshold", 0},        {"slowest_rate", 0.5}, {"target_shift", 3}};
  filters["layers"][1].erase("span");
  auto written_filters = canonical(parse_network(filters, "net.json"))["layers"][0];
  written_filters.erase("kind");
  check(tables.back().fields, written_filters);
  EXPECT_EQ(network.seed, 1U);
}

TEST(NetworkFields, EveryFieldOfTheTablesIsKnown) {
  // An unknown key is refused; a known one is refused for its value, if at all.
  const auto tables = field_tables();
  const auto refused = [](const json& document) {
    try {
      (void)parse_network(document, "net.json");
    } catch (const std::exception& error) {
      return std::string(error.what());
    }
    return std::string();
  };
  for (const auto& field : tables[0].fields) {
    auto document = test::small_network();
    document[field.name] = {{"nothing", 1}};
    const auto told = refused(document);
    EXPECT_NE(told.find(field.name), std::string::npos) << told;
    EXPECT_EQ(told.find(field.name + ": unknown key"), std::string::npos) << told;
  }
  for (const auto& field : tables[1].fields) {
    auto document = test::small_network();
    document["layers"][0][field.name] = json::array();
    const auto told = refused(document);
    EXPECT_NE(told.find("layers[0]." + field.name), std::string::npos) << told;
    EXPECT_EQ(told.find("unknown key"), std::string::npos) << told;
  }
}

}  // namespace
}  // namespace phasic::runtime
