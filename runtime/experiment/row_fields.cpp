// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/row_fields.hpp"

#include "runtime/experiment/row_values.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

constexpr std::uint64_t kVersion = 1;

/// A field of a row, and what it is.
struct Entry {
  PartOfRow<Row> part;
  RowForm form;
  bool is_placed;
  std::string meaning;
  RowCell cell = RowCell::kNone;
  std::string title = {};
};

PartOfRow<Row> version_part() {
  return {.name = "phasic_row",
          .values = "1",
          .needed = false,
          .has_parts = false,
          .check = [](const json& value, const RowPlace& place) { place.expect(value == kVersion, value, "1"); },
          .write = [](const Row&, json& to) { to["phasic_row"] = kVersion; }};
}

std::vector<Entry> what_was_run() {
  constexpr auto kAll = RowForm::kAll;
  return {
      {version_part(), kAll, true, "version of this format"},
      {part_of_row("experiment", &Row::experiment, kNeededInRow), kAll, true, "its name", RowCell::kText, "experiment"},
      {part_of_row("run", &Row::run, kNeededInRow), kAll, true, "unlike that of any other run of the experiment"},
      {part_of_row("seed", &Row::seed, kNeededInRow), kAll, true, "of the run"},
      {part_of_row("variation", &Row::variation, kNeededInRow), kAll, true, "what is varied: places and their values"},
      {part_of_row("task", &Row::task), kAll, true, "`classification` or `class_continual`"},
      {part_of_row("protocol", &Row::protocol), kAll, true, "`streaming`, `mixed_batch` or `published`", RowCell::kText,
       "protocol"},
      {part_of_row("method", &Row::method), kAll, true,
       "what learns: the rule of the first layer; with a preparation what the filters are, and the rules behind them",
       RowCell::kText, "method"},
      {part_of_row("network", &Row::network), RowForm::kNetwork, true, "as a network file, with raw integers"},
      {part_of_row("baseline", &Row::baseline), RowForm::kBaseline, true, "its settings"},
      {part_of_row("data", &Row::data), kAll, true, "name of the training samples"},
      {part_of_row("augmentation", &Row::augmentation), kAll, false, "if there are moved copies of samples"},
      {part_of_row("smoothing", &Row::smoothing), kAll, false, "if any was used"},
      {part_of_row("edges", &Row::edges), kAll, false, "if they were used"},
      {part_of_row("training_samples", &Row::training_samples), kAll, true, "in the training set"},
      {part_of_row("judged_on", &Row::judged_on, kNeededInRow), kAll, true, "`test` or `validation`"},
      {part_of_row("judged_samples", &Row::judged_samples, kNeededInRow), kAll, true, "in that set"},
      {part_of_row("engine", &Row::engine), kAll, true, "`host` for a baseline"},
  };
}

std::vector<Entry> what_came_out() {
  constexpr auto kAll = RowForm::kAll;
  return {
      {part_of_row("samples_learned", &Row::samples_learned, kNeededInRow), kAll, true, "over all passes", RowCell::kNumber,
       "samples learned"},
      {part_of_row("accuracy", &Row::accuracy, kNeededInRow), kAll, true, "share of right answers at the end",
       RowCell::kPercent, "accuracy, %"},
      {part_of_row("accuracy_by_class", &Row::accuracy_by_class), kAll, true, "the same for each class"},
      {part_of_row("mean_class_accuracy", &Row::mean_class_accuracy), kAll, true, "their mean over the classes that were shown",
       RowCell::kPercent, "mean of classes, %"},
      {part_of_row("mean_cosine", &Row::mean_cosine), RowForm::kBaseline, false,
       "mean over the judged samples of the cosine between the outputs and the target, 1 for the expected class and 0 for the "
       "others",
       RowCell::kPercent, "mean cosine, %"},
      {part_of_row("spread_share", &Row::spread_share), RowForm::kBaseline, false,
       "for each layer how much the terms that spread add to a change of its weights: norm of what they add over that of the "
       "change, mean over the batches; spiking `sbp`"},
      {part_of_row("order", &Row::order), kAll, true, "of the classes; class-continual task"},
      {part_of_row("matrix", &Row::matrix), kAll, true,
       "after each class the accuracies of those learned so far; class-continual task"},
      {part_of_row("forgetting", &Row::forgetting), kAll, true, "class-continual task", RowCell::kPercent, "forgetting, %"},
      {part_of_row("validation", &Row::validation), kAll, true, "looks at the validation set"},
      {part_of_row("samples_to_reach", &Row::samples_to_reach), kAll, true,
       "for each `level` the `samples` and `formula_operations` until a look reached it, or null"},
      {part_of_row("before_learning", &Row::before_learning), kAll, true,
       "share of right predictions that were made of each sample before it was learned, for each pass or class"},
      {part_of_row("learned", &Row::learned, kNeededInRow), kAll, true, "exact counters of learning, summed up"},
      {part_of_row("judged", &Row::judged), kAll, true, "the same of the last judging"},
      {part_of_row("formula_operations", &Row::formula_operations), kAll, true,
       "operations of a pass by the formula of NACA's and SBP's papers (a number for each matrix that a signal goes through, "
       "without time steps and sparsity)",
       RowCell::kNumber, "operations by formula"},
      {part_of_row("epochs", &Row::epochs), kAll, false, "passes, or their mean over the classes"},
      {part_of_row("epochs_by_class", &Row::epochs_by_class), RowForm::kBaseline, false,
       "passes of each class; class-continual task"},
      {part_of_row("formula_cost", &Row::formula_cost), kAll, false, "`formula_operations` times `epochs`"},
      {part_of_row("weights_crc32", &Row::weights_crc32), kAll, true, "checksum of the weights at the end"},
      {part_of_row("weight_changes", &Row::weight_changes), RowForm::kNetwork, true, "for charts, see below"},
      {part_of_row("raster", &Row::raster), RowForm::kNetwork, true, "for charts, see below"},
      {part_of_row("filters", &Row::filters), RowForm::kNetwork, true,
       "for charts, see below; of a first layer that is a convolution"},
      {part_of_row("repeat", &Row::repeat), RowForm::kNetwork, true,
       "what learning again on another engine gave: `engine`, `samples`, `differences`, `run_cycles`"},
      {part_of_row("seconds", &Row::seconds), kAll, true, "that the run took"},
      {part_of_row("commit", &Row::commit), kAll, false,
       "version of `phasic` with the commit that it was built from (`-dirty`: and changes since)"},
      {part_of_row("command", &Row::command), kAll, false, "runs the experiment again"},
  };
}

const std::vector<Entry>& entries() {
  static const std::vector<Entry> all = [] {
    auto entries = what_was_run();
    for (auto& entry : what_came_out()) entries.push_back(std::move(entry));
    return entries;
  }();
  return all;
}

const std::vector<PartOfRow<Row>>& parts() {
  static const std::vector<PartOfRow<Row>> all = [] {
    std::vector<PartOfRow<Row>> parts;
    for (const auto& entry : entries()) parts.push_back(entry.part);
    return parts;
  }();
  return all;
}

}  // namespace

template <>
const std::vector<PartOfRow<CountedLayer>>& parts_of_row() {
  static const std::vector<PartOfRow<CountedLayer>> parts{
      part_of_row("events", &CountedLayer::events),
      part_of_row("synaptic_operations", &CountedLayer::synaptic_operations, kNeededInRow),
      part_of_row("spikes", &CountedLayer::spikes),
      part_of_row("update_operations", &CountedLayer::update_operations, kNeededInRow),
      part_of_row("update_rows", &CountedLayer::update_rows),
      part_of_row("potential_saturations", &CountedLayer::potential_saturations),
      part_of_row("weight_saturations", &CountedLayer::weight_saturations),
      part_of_row("feedback_operations", &CountedLayer::feedback_operations),
  };
  return parts;
}

template <>
const std::vector<PartOfRow<Counted>>& parts_of_row() {
  static const std::vector<PartOfRow<Counted>> parts{
      part_of_row("samples", &Counted::samples),
      part_of_row("input_events", &Counted::input_events),
      part_of_row("run_cycles", &Counted::run_cycles),
      part_of_row("layers", &Counted::layers, kNeededInRow),
  };
  return parts;
}

template <>
const std::vector<PartOfRow<Reached>>& parts_of_row() {
  static const std::vector<PartOfRow<Reached>> parts{
      part_of_row("level", &Reached::level, kNeededInRow),
      part_of_row("samples", &Reached::samples, kNeededInRow),
      part_of_row("formula_operations", &Reached::formula_operations),
  };
  return parts;
}

template <>
const std::vector<PartOfRow<Repeated>>& parts_of_row() {
  static const std::vector<PartOfRow<Repeated>> parts{
      part_of_row("engine", &Repeated::engine, kNeededInRow),
      part_of_row("samples", &Repeated::samples, kNeededInRow),
      part_of_row("differences", &Repeated::differences, kNeededInRow),
      part_of_row("run_cycles", &Repeated::run_cycles),
  };
  return parts;
}

const std::vector<RowField>& row_fields() {
  static const std::vector<RowField> fields = [] {
    std::vector<RowField> fields;
    for (const auto& [part, form, is_placed, meaning, cell, title] : entries())
      fields.push_back({part.name, part.values, part.needed, form, meaning, cell, title, is_placed});
    return fields;
  }();
  return fields;
}

json write_row(const Row& row) { return write_parts(row, parts()); }

void check_row(const json& row, const std::string& file, std::size_t line) {
  const RowPlace place{file, line, ""};
  check_parts(row, place, parts());
  // A row is of a network or of a baseline, or of a time when it did not tell.
  for (const auto& entry : entries()) {
    if (entry.form == RowForm::kAll || !row.contains(entry.part.name)) continue;
    const bool of_network = entry.form == RowForm::kNetwork;
    if (row.contains(of_network ? "baseline" : "network"))
      place.at(entry.part.name)
          .refuse(of_network ? "is of networks, and the row has a baseline" : "is of baselines, and the row has a network");
  }
}

}  // namespace phasic::runtime
