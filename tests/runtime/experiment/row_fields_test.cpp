// SPDX-License-Identifier: Apache-2.0
/// The table of the fields of rows: what it refuses, what it writes, and what docs/experiments.md says of it.
#include "runtime/experiment/row_fields.hpp"

#include <fstream>
#include <sstream>

#include "runtime/experiment/rows.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

std::string form_text(RowForm form) {
  return form == RowForm::kAll ? "all" : form == RowForm::kNetwork ? "networks" : "baselines";
}

TEST(RowFields, DocumentationHasTheirTable) {
  std::ifstream page(std::filesystem::path(PHASIC_SOURCE_DIR) / "docs" / "experiments.md");
  std::string expected, actual;
  bool in_section = false;
  for (std::string line; std::getline(page, line);) {
    if (line.starts_with("## ")) in_section = line == "## Results";
    if (in_section && line.starts_with("| `")) actual += line + '\n';
  }
  for (const auto& field : row_fields()) {
    expected += "| `" + field.name + "` | " + field.values + (field.needed ? ", needed" : "") + " | " + form_text(field.form) +
                " | " + field.meaning + " |\n";
  }
  EXPECT_EQ(actual, expected);
}

/// A row of a network with every field that such a row can have.
Row whole_row() {
  Row row;
  row.experiment = "made";
  row.run = "made seed=1";
  row.task = "class_continual";
  row.augmentation = row.smoothing = row.edges = json::object();
  row.judged_on = "test";
  row.order = {1, 0};
  row.matrix = {{1.0}, {0.5, 0.75}};
  row.forgetting = 0.25;
  row.validation = {{100, 0.5}};
  row.samples_to_reach = {{.level = 0.5, .samples = {100}, .formula_operations = {10.0}},
                          {.level = 0.9, .samples = {}, .formula_operations = {}}};
  const CountedLayer layer{.events = std::uint64_t{1},
                           .synaptic_operations = std::uint64_t{2},
                           .spikes = std::uint64_t{3},
                           .update_operations = std::uint64_t{4},
                           .update_rows = std::uint64_t{5},
                           .potential_saturations = std::uint64_t{0},
                           .weight_saturations = std::uint64_t{0},
                           .feedback_operations = {}};
  row.learned = row.judged = {.samples = 10, .input_events = 20, .run_cycles = 30, .layers = {layer}};
  row.epochs = std::uint64_t{3};
  row.formula_cost = 4.5;
  row.weight_changes = row.raster = row.filters = ChartData{json::array()};
  row.network = json{{"inputs", 3}};
  row.repeat = Repeated{.engine = "rtl8", .samples = 10};
  row.commit = "abc";
  row.command = "phasic experiment run made.json";
  return row;
}

TEST(RowFields, AWrittenRowHasThemAllAndIsRight) {
  const auto network = write_row(whole_row());
  EXPECT_NO_THROW(check_row(network, "rows.jsonl", 1));
  auto baseline_row = whole_row();
  baseline_row.network.reset();
  baseline_row.repeat.reset();
  baseline_row.weight_changes.reset();
  baseline_row.raster.reset();
  baseline_row.filters.reset();
  baseline_row.baseline = json::object();
  baseline_row.epochs_by_class = std::vector<double>{2.0, 3.0};
  baseline_row.mean_cosine = 0.5;
  baseline_row.spread_share = std::vector<double>{0.001, 0.002};
  const auto baseline = write_row(baseline_row);
  EXPECT_NO_THROW(check_row(baseline, "rows.jsonl", 1));
  for (const auto& field : row_fields()) {
    EXPECT_EQ(network.contains(field.name), field.form != RowForm::kBaseline) << field.name;
    EXPECT_EQ(baseline.contains(field.name), field.form != RowForm::kNetwork) << field.name;
  }
  EXPECT_EQ(network["validation"], json::array({{100, 0.5}}));
  EXPECT_EQ(network["epochs"].dump(), "3");
  EXPECT_EQ(network["samples_to_reach"][1], (json{{"level", 0.9}, {"samples", nullptr}, {"formula_operations", nullptr}}));
  EXPECT_FALSE(network["learned"]["layers"][0].contains("feedback_operations"));
}

TEST(RowFields, WhatIsWrongIsNamedWithFileLineAndField) {
  const auto refused = [](const std::string& place, const json& value, const std::vector<std::string>& told) {
    const test::TemporaryFolder folder;
    auto row = write_row(whole_row());
    row[json::json_pointer("/" + place)] = value;
    test::write_file(folder / "rows.jsonl", write_row(whole_row()).dump() + "\n" + row.dump() + "\n");
    auto all = told;
    all.insert(all.end(), {"rows.jsonl", "line 2, "});
    test::expect_all_in(test::refusal([&] { (void)read_checked_rows(folder / "rows.jsonl"); }), all);
  };
  refused("acuracy", 0.5, {"line 2, acuracy", "no field"});
  refused("learned/layers/0/spike", 1, {"line 2, learned/layers/0/spike", "no field"});
  refused("phasic_row", 2, {"line 2, phasic_row", "2 is not 1"});
  refused("accuracy_by_class", {0.5, "x"}, {"line 2, accuracy_by_class/1", "\"x\" is not a number"});
  refused("order", {0, -1}, {"line 2, order/1", "-1 is not a whole number"});
  refused("matrix", {{1.0}, 2}, {"line 2, matrix/1", "2 is not a list"});
  refused("validation", {{100}}, {"line 2, validation/0", "[100] is not a pair"});
  refused("learned", 3, {"line 2, learned", "3 is not an object"});
  refused("seconds", "long", {"line 2, seconds", "\"long\" is not a number"});
  refused("raster", 3, {"line 2, raster", "3 is not a list"});
  refused("network", "net.json", {"line 2, network", "\"net.json\" is not an object"});
  refused("epochs_by_class", {1}, {"line 2, epochs_by_class", "is of baselines"});
  refused("baseline", json::object(), {"line 2, network", "is of networks"});
}

}  // namespace
}  // namespace phasic::runtime
