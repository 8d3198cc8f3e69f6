// SPDX-License-Identifier: Apache-2.0
/// Many runs with flipped bits, and a table of what became of them; `scripts/flips` calls it.
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <array>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>

#include "tests/protection/trial.hpp"

namespace {

using namespace phasic::testing;

constexpr std::array<std::pair<Kind, const char*>, 3> kKinds{
    {{Kind::kOne, "one bit"}, {Kind::kTwo, "two bits of a word"}, {Kind::kApart, "eight bits, apart"}}};

struct Row {
  unsigned runs = 0, flips = 0;
  std::map<Fate, unsigned> fates;
  unsigned of(Fate fate) const { return fates.contains(fate) ? fates.at(fate) : 0; }
};

int work(int count, char** arguments) {
  CLI::App app("Flips bits of an RTL engine's memories while it learns");
  std::string engine = "rtl4conv", output;
  unsigned flips = 10'000;
  std::uint64_t seed = 1;
  app.add_option("--engine", engine, "RTL engine whose bits can flip")->capture_default_str();
  app.add_option("--flips", flips, "flips, at least")->capture_default_str();
  app.add_option("--seed", seed, "of the first run")->capture_default_str();
  app.add_option("--output", output, "JSON file for the table");
  CLI11_PARSE(app, count, arguments);

  std::array<Row, kKinds.size()> rows;
  unsigned made = 0, wrong = 0;
  // Of three runs one is of each kind.
  for (std::uint64_t run = 0; made < flips; ++run) {
    const auto n = run % kKinds.size();
    const auto trial = run_trial(engine, kKinds[n].first, seed + run);
    auto& row = rows[n];
    ++row.runs;
    row.flips += trial.flips;
    made += trial.flips;
    ++row.fates[trial.fate];
    if (trial.fate == Fate::kSilent || trial.fate == Fate::kHung) {
      ++wrong;
      fmt::print("run {}: {}: {}\n", seed + run, trial.options, trial.fate == Fate::kHung ? "does not end" : trial.told);
    }
    if (run % 300 == 299) fmt::print(stderr, "{} of {} flips\n", made, flips);
  }

  auto table = nlohmann::ordered_json::array();
  fmt::print("{:<20} {:>6} {:>7} {:>8} {:>10} {:>6} {:>7} {:>5}\n", "in a run", "runs", "flips", "unseen", "corrected", "ended",
             "silent", "hung");
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const auto& row = rows[n];
    fmt::print("{:<20} {:>6} {:>7} {:>8} {:>10} {:>6} {:>7} {:>5}\n", kKinds[n].second, row.runs, row.flips,
               row.of(Fate::kUnseen), row.of(Fate::kCorrected), row.of(Fate::kEnded), row.of(Fate::kSilent),
               row.of(Fate::kHung));
    table.push_back({{"in_a_run", kKinds[n].second},
                     {"runs", row.runs},
                     {"flips", row.flips},
                     {"unseen", row.of(Fate::kUnseen)},
                     {"corrected", row.of(Fate::kCorrected)},
                     {"ended", row.of(Fate::kEnded)},
                     {"silent", row.of(Fate::kSilent)},
                     {"hung", row.of(Fate::kHung)}});
  }
  if (!output.empty()) {
    auto columns = nlohmann::ordered_json::array();
    for (const auto& [field, value] : table[0].items()) {
      auto title = field;
      std::replace(title.begin(), title.end(), '_', ' ');
      columns.push_back({{"field", field}, {"title", title}});
    }
    const nlohmann::ordered_json document{
        {"phasic_measurement", 1},
        {"description", "runs of random networks in which bits of " + engine + "'s memories flipped"},
        {"command", fmt::format("./scripts/flips --flips {} --seed {}", flips, seed)},
        {"seeds", {seed}},
        {"kind", "simulated"},
        {"values", {{"engine", engine}, {"flips", made}, {"wrong", wrong}}},
        {"columns", columns},
        {"rows", table}};
    std::ofstream file(output);
    file << document.dump(2) << '\n';
    if (!file.flush()) throw std::runtime_error(output + " cannot be written");
  }
  return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** arguments) {
  try {
    return work(count, arguments);
  } catch (const std::exception& error) {
    fmt::print(stderr, "phasic_flips: {}\n", error.what());
    return 2;
  }
}
