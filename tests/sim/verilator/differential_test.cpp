// SPDX-License-Identifier: Apache-2.0
/// Random runs on the RTL and on the reference must agree in every bit.
///   PHASIC_RANDOM_CASES   cases of each test and engine
///   PHASIC_RANDOM_SEED    seed of the first case
///   PHASIC_RANDOM_FIRST   number of the first case
///   PHASIC_RANDOM_ENGINES engines, separated by commas
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>
#include <iostream>
#include <limits>
#include <memory>
#include <set>
#include <span>
#include <sstream>
#include <string>
#include <vector>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "tests/common/drawn_tables.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::testing {

/// What is tested if the environment says nothing; the build makes both for each program.
const char* tested_engines();
unsigned default_cases();

namespace {

// Cases that share an engine: each must leave nothing behind that the next one sees.
constexpr std::uint64_t kGroup = 16;

std::uint64_t from_environment(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 0);
}

std::vector<std::string> engines() {
  const char* text = std::getenv("PHASIC_RANDOM_ENGINES");
  std::istringstream list(text != nullptr ? text : tested_engines());
  std::vector<std::string> names;
  for (std::string name; std::getline(list, name, ',');)
    if (!name.empty()) names.push_back(name);
  return names;
}

std::string limits_json(const contract::Limits& limits) {
  std::string text = "{\"limits\": {";
  for (const contract::Limit& limit : contract::kLimits)
    text += fmt::format("{}\"{}\": {}", &limit == contract::kLimits.data() ? "" : ", ", limit.name, limits.*limit.value);
  return text + "}}";
}

/// Rows of narrow layers and the cycles in which they were added to neurons.
struct Grouped {
  std::uint64_t rows = 0, cycles = 0;
};

/// The build of scripts/faults, which has filters or not, and groups or not.
constexpr std::string_view kFaulty = "fault";

/// Streams of events of a build, or how many it may have: no register tells, because results do not depend on them.
std::uint64_t groups_of(std::string_view engine_name) {
  return engine_name.ends_with("groups") || engine_name == "rtl1024" || engine_name == kFaulty ? 4 : 1;
}

/// What the timing counters of an error-free run must be, whatever the memory's timing; empty if they are. Serial builds have
/// none for a layer.
std::string timing_complaint(const RandomCase& random_case, const contract::Limits& limits, std::uint64_t groups,
                             const Outcome& outcome, Grouped& grouped) {
  const auto& results = outcome.buffers[contract::argument::kResults];
  contract::ResultsHeader header;
  std::memcpy(&header, results.data(), sizeof header);
  if (header.load_cycles + header.run_cycles + header.store_cycles > header.cycles)
    return fmt::format("load {}, run {} and store {} cycles are more than all {}", header.load_cycles, header.run_cycles,
                       header.store_cycles, header.cycles);
  if ((limits.rules & contract::kRulesSerial) != 0) return "";
  for (std::uint32_t n = 0; n < random_case.header().layers; ++n) {
    contract::LayerCounters counters;
    std::memcpy(&counters, results.data() + sizeof header + n * sizeof counters, sizeof counters);
    const std::uint64_t width = row_width(random_case.layer(n));
    const std::uint64_t words = (width + limits.lanes - 1) / limits.lanes;
    const std::uint64_t rows = counters.synaptic_operations / width;  // that were added to neurons
    const auto factor = static_cast<contract::Factor>(random_case.layer(n).factor);
    const bool narrow = groups > 1 && width * groups <= limits.lanes && factor != contract::Factor::kCompetition;
    if (narrow) {
      grouped.rows += rows;
      grouped.cycles += counters.integrate_cycles;
    }
    if (counters.integrate_cycles > rows * words || counters.integrate_cycles * (narrow ? groups : 1) < rows * words)
      return fmt::format("layer {}: {} cycles of integration for {} rows of {} words", n, counters.integrate_cycles, rows,
                         words);
    const bool competes = factor == contract::Factor::kCompetition || factor == contract::Factor::kFeatures;
    const bool scatters = factor == contract::Factor::kDiscriminant;
    const std::uint64_t sources = layer_rows(random_case, n);
    // Only the winner's of neurons or filters that compete; a scatter has rows of as many values as sources.
    const std::uint64_t learning_words = competes ? 1 : scatters ? (sources + limits.lanes - 1) / limits.lanes : words;
    if (counters.learn_cycles < counters.update_rows * learning_words)
      return fmt::format("layer {}: {} cycles of learning for {} rows of {} words", n, counters.learn_cycles,
                         counters.update_rows, learning_words);
    const std::uint64_t all =
        counters.integrate_cycles + counters.learn_cycles + counters.input_wait_cycles + counters.other_cycles;
    if (all > header.cycles) return fmt::format("layer {}: {} cycles in a run of {}", n, all, header.cycles);
  }
  return "";
}

using MakeCase = RandomCase (*)(std::uint64_t, const contract::Limits&);

class Differential : public ::testing::TestWithParam<std::string> {
 protected:
  /// The build must have `rules`.
  void run(MakeCase make, std::uint64_t seed_offset, std::uint64_t most_cases = std::numeric_limits<std::uint64_t>::max(),
           std::uint32_t rules = 0) {
    const std::string engine_name = GetParam();
    const std::uint64_t cases = std::min(from_environment("PHASIC_RANDOM_CASES", default_cases()), most_cases);
    const std::uint64_t first = from_environment("PHASIC_RANDOM_FIRST", 0) / kGroup * kGroup;
    const std::uint64_t seed = from_environment("PHASIC_RANDOM_SEED", 1);
    std::cout << fmt::format("seed {}, cases {} to {}\n", seed, first, first + cases - 1);
    engine::BankedMemory rtl_memory, reference_memory;
    std::unique_ptr<engine::Engine> rtl, reference;
    contract::Limits limits{};
    std::uint64_t learned = 0, errors = 0, spikes = 0;
    const std::uint64_t groups = groups_of(engine_name);
    Grouped grouped;
    for (std::uint64_t i = first; i < first + cases; ++i) {
      const std::uint64_t group = i / kGroup;
      if (rtl == nullptr || i % kGroup == 0) {
        rtl = engine::make_engine(
            engine_name, rtl_memory,
            fmt::format("{{\"seed\": {}, \"timing\": \"{}\"}}", seed * 1000 + group, group % 8 == 7 ? "ideal" : "random"));
        if (reference == nullptr) {
          limits = read_limits(*rtl);
          reference = engine::make_engine("reference", reference_memory, limits_json(limits));
          ASSERT_EQ(limits_json(limits), limits_json(read_limits(*reference)));
        }
      }
      ASSERT_EQ(limits.rules & rules, rules);
      const RandomCase random_case = make(seed * 1'000'000 + seed_offset + i, limits);
      SCOPED_TRACE(
          fmt::format("{}, case {}: {}\nrun again: PHASIC_RANDOM_ENGINES={} PHASIC_RANDOM_SEED={} PHASIC_RANDOM_FIRST={} "
                      "PHASIC_RANDOM_CASES={}",
                      engine_name, i, random_case.describe(), engine_name, seed, group * kGroup, i % kGroup + 1));
      const Outcome expected = run_case(*reference, reference_memory, random_case, false);
      const Outcome actual = run_case(*rtl, rtl_memory, random_case, i % 3 == 0);
      const auto difference = first_difference(random_case, limits, expected, actual);
      ASSERT_FALSE(difference.has_value()) << *difference;
      if (random_case.planted.empty()) {
        ASSERT_EQ(expected.error, 0U) << "error detail " << expected.error_detail;
      }
      errors += expected.error != 0;
      if (expected.error == 0) {
        ASSERT_EQ(timing_complaint(random_case, limits, groups, actual, grouped), "");
        const auto& results = expected.buffers[contract::argument::kResults];
        contract::ResultsHeader header;
        std::memcpy(&header, results.data(), sizeof header);
        learned += header.samples_learned;
        for (std::uint32_t n = 0; n < contract::kMaxLayers; ++n) {
          contract::LayerCounters counters;
          std::memcpy(&counters, results.data() + sizeof header + n * sizeof counters, sizeof counters);
          spikes += counters.spikes;
        }
      }
    }
    // Events do not wait for each other, so that one by one is right for a few; of many samples most are taken several at once.
    if (grouped.rows > 2'000 && engine_name != kFaulty) {
      EXPECT_LT(grouped.cycles * 4, grouped.rows * 3)
          << "narrow layers hardly took several events a cycle: " << grouped.rows << " in " << grouped.cycles;
    }
    std::cout << fmt::format("{} samples learned, {} spikes, {} runs with an error\n", learned, spikes, errors);
  }
};

/// Small builds only: their runs are short, and the checks are the same.
class FieldLimits : public Differential {};

/// Stands for the small builds where PHASIC_RANDOM_ENGINES names large ones only.
constexpr const char* kNoEngine = "no_small_build";

std::vector<std::string> small_engines() {
  std::vector<std::string> names = engines();
  std::erase_if(names, [](const std::string& name) {
    return name == "rtl8" || name == "rtl8trace" || name == "rtl256" || name.starts_with("rtl64") || name.starts_with("hls64");
  });
  if (names.empty()) names.emplace_back(kNoEngine);
  return names;
}

bool has_rules(const std::string& engine_name, std::uint32_t rules) {
  engine::BankedMemory memory;
  return (read_limits(*engine::make_engine(engine_name, memory, R"({"timing": "ideal"})")).rules & rules) == rules;
}

/// Builds whose filters can learn and whose levels can be drawn, by their names; those with a fault are asked.
class FilterDifferential : public Differential {};

std::vector<std::string> engines_with_filters() {
  std::vector<std::string> names = engines();
  std::erase_if(names, [](const std::string& name) {
    return name.find("conv") == std::string::npos && name.find("hls") == std::string::npos && name != "rtl1" &&
           name != "rtl5" && name != kFaulty;
  });
  return names;
}

/// Builds with the retrograde signal, by their names; those with a fault are asked.
class RetrogradeDifferential : public Differential {};

std::vector<std::string> engines_with_retrograde() {
  std::vector<std::string> names = engines();
  std::erase_if(names, [](const std::string& name) {
    return name != "rtl1" && name != "rtl5" && name != "rtl4conv" && name != "rtl8trace" && name != "rtl32groups" &&
           name != kFaulty;
  });
  return names;
}

/// Small builds that keep state, by their names.
class StateDifferential : public Differential {};

std::vector<std::string> engines_with_state() {
  std::vector<std::string> names = small_engines();
  std::erase_if(names, [](const std::string& name) { return !name.starts_with("rtl") && !name.starts_with("hls"); });
  return names;
}

TEST_P(Differential, RandomNetworksAgreeInEveryBit) { run(random_case, 0); }
TEST_P(Differential, LayersOfMostWordsAgreeInEveryBit) { run(most_words_case, 800'000, 16); }
TEST_P(StateDifferential, ATraceOfAThousandStepsInPiecesAgreesInEveryBit) {
  run(trace_case, 900'000, 4, contract::kRulesState);
}
TEST_P(FilterDifferential, FiltersThatLearnAgreeInEveryBit) {
  constexpr std::uint32_t kRules = contract::kRulesGraded | contract::kRulesConvolution | contract::kRulesFeatures;
  if (GetParam() == kFaulty && !has_rules(GetParam(), kRules)) GTEST_SKIP() << "this build has no filters";
  run(filters_case, 300'000, std::numeric_limits<std::uint64_t>::max(), kRules);
}
TEST_P(RetrogradeDifferential, FactorsThatAreScaledAgreeInEveryBit) {
  if (GetParam() == kFaulty && !has_rules(GetParam(), contract::kRulesRetrograde))
    GTEST_SKIP() << "this build has no such signal";
  run(retrograde_case, 600'000, std::numeric_limits<std::uint64_t>::max(), contract::kRulesRetrograde);
}
TEST_P(FilterDifferential, LevelsThatAreDrawnDoWhatThoseOfATableDo) {
  if (GetParam() == kFaulty && !has_rules(GetParam(), contract::kRulesDrawn)) GTEST_SKIP() << "this build draws no levels";
  engine::BankedMemory memory;
  const auto engine = engine::make_engine(GetParam(), memory, "{}");
  const contract::Limits limits = read_limits(*engine);
  ASSERT_NE(limits.rules & contract::kRulesDrawn, 0U);
  const std::uint64_t seed = from_environment("PHASIC_RANDOM_SEED", 1);
  std::uint64_t learned = 0;
  for (std::uint64_t i = 0, compared = 0; compared < 12; ++i) {
    const RandomCase drawn = random_case(seed * 1'000'000 + 900'000 + i, limits);
    const auto loaded = with_tables(drawn);
    if (!loaded || drawn.sample_count == 0 || (drawn.header().flags & contract::kProgramHeaderFlagsLearn) == 0) continue;
    ++compared;
    SCOPED_TRACE(fmt::format("{}, seed {}, case {}: {}", GetParam(), seed, i, drawn.describe()));
    const Outcome expected = run_case(*engine, memory, *loaded, false);
    Outcome actual = run_case(*engine, memory, drawn, false);
    for (const std::uint32_t buffer : {contract::argument::kProgram, contract::argument::kTables})
      actual.buffers[buffer] = expected.buffers[buffer];
    ASSERT_EQ(actual.error, 0U);
    const auto difference = first_difference(*loaded, limits, expected, actual);
    ASSERT_FALSE(difference.has_value()) << *difference;
    contract::ResultsHeader header;
    std::memcpy(&header, actual.buffers[contract::argument::kResults].data(), sizeof header);
    learned += header.samples_learned;
  }
  EXPECT_GT(learned, 12U);
}
TEST_P(Differential, IllegalRunsEndWithTheSameErrorAndState) { run(random_illegal_case, 500'000); }

/// What a field of 32 bits is tried with: its limits in the contract and what is next to them. If those are few, all that lies
/// between; else, since fields limit each other, every limit of this build and `related` values, of other fields.
std::set<std::uint32_t> values_around(const contract::Field& field, const contract::Limits& limits,
                                      std::span<const std::uint32_t> related) {
  constexpr std::int64_t kFew = 32;
  if (field.kind == contract::FieldKind::kReserved) return {0, 1, 0x00010000, 0x80000000};
  std::set<std::uint32_t> values{0, 1, 2, 3, 256, 257, 0x80000000, 0xffffffff};
  const auto insert = [&](std::int64_t value) {
    for (const std::int64_t near : {value - 1, value, value + 1}) values.insert(static_cast<std::uint32_t>(near));
  };
  insert(field.minimum);
  insert(field.maximum);
  if (field.maximum - field.minimum < kFew) {
    for (std::int64_t value = field.minimum; value <= field.maximum; ++value) insert(value);
    return values;
  }
  values.insert(related.begin(), related.end());
  for (const std::uint32_t limit : {limits.engines, limits.max_rows, limits.max_neurons, limits.max_steps, limits.max_classes,
                                    limits.max_outputs, limits.max_events})
    values.insert({limit, limit + 1});
  if (field.multiple > 1)
    for (const std::int64_t value : {field.minimum, field.maximum}) {
      values.insert(static_cast<std::uint32_t>(value - field.multiple));
      values.insert(static_cast<std::uint32_t>(value + field.multiple));
    }
  return values;
}

/// Every field of a program block and of a sample's header.
TEST_P(FieldLimits, EveryFieldIsCheckedAtItsLimits) {
  if (GetParam() == kNoEngine) GTEST_SKIP() << "there is no small build among the engines";
  engine::BankedMemory rtl_memory, reference_memory;
  const auto rtl = engine::make_engine(GetParam(), rtl_memory, R"({"timing": "ideal"})");
  const contract::Limits limits = read_limits(*rtl);
  const auto reference = engine::make_engine("reference", reference_memory, limits_json(limits));
  RandomCase base;
  contract::ProgramHeader header;
  // A small network of two layers that learns and is traced.
  for (std::uint64_t seed = 1;; ++seed) {
    base = random_case(seed, limits);
    header = base.header();
    if (header.layers == 2 && header.flags == 3 && header.inputs <= 16 && base.layer(0).neurons <= 16 && header.steps <= 2 &&
        base.layer(1).neurons <= 16 && base.sample_count == 1)
      break;
  }
  unsigned refused = 0;
  const auto check = [&](std::uint32_t buffer, std::uint64_t at, std::uint32_t value) {
    RandomCase changed = base;
    std::memcpy(changed.buffers[buffer].data() + at, &value, sizeof value);
    changed.planted = fmt::format(" word at {} of {} = {:#x}", at, contract::kArguments[buffer].name, value);
    const Outcome expected = run_case(*reference, reference_memory, changed, false);
    const Outcome actual = run_case(*rtl, rtl_memory, changed, false);
    refused += expected.error != 0;
    const auto difference = first_difference(changed, limits, expected, actual);
    EXPECT_FALSE(difference.has_value()) << changed.describe() << ": " << *difference;
    return !difference.has_value();
  };
  const std::uint32_t related[] = {header.inputs + 16, header.classes, header.classes - 1};
  const auto check_around = [&](std::uint32_t buffer, std::uint64_t start, std::span<const contract::Field> fields) {
    for (const contract::Field& field : fields) {
      if (field.name.starts_with("seed")) continue;
      for (std::uint32_t n = 0; n < field.count; ++n)
        for (const std::uint32_t value : values_around(field, limits, related))
          if (!check(buffer, start + field.offset + 4 * n, value)) return false;
    }
    return true;
  };
  if (!check_around(contract::argument::kProgram, 0, contract::kProgramHeaderFields)) return;
  for (std::uint32_t n = 0; n < header.layers; ++n)
    if (!check_around(contract::argument::kProgram, sizeof header + n * sizeof(contract::Layer), contract::kLayerFields))
      return;
  if (!check_around(contract::argument::kSamples, 0, contract::kSampleHeaderFields)) return;
  // A full set of rows, with and without a bias.
  for (const std::uint32_t inputs : {limits.max_rows - 1, limits.max_rows})
    for (const std::uint32_t bias : {0u, 1u}) {
      RandomCase full = base;
      const auto stride = static_cast<std::uint32_t>(align(inputs + sizeof(contract::SampleHeader)));
      auto& program = full.buffers[contract::argument::kProgram];
      std::memcpy(program.data() + offsetof(contract::ProgramHeader, inputs), &inputs, 4);
      std::memcpy(program.data() + offsetof(contract::ProgramHeader, sample_stride), &stride, 4);
      std::memcpy(program.data() + sizeof header + offsetof(contract::Layer, flags), &bias, 4);
      full.planted = fmt::format(" {} inputs, bias {}", inputs, bias);
      const Outcome expected = run_case(*reference, reference_memory, full, false);
      const Outcome actual = run_case(*rtl, rtl_memory, full, false);
      EXPECT_FALSE(first_difference(full, limits, expected, actual).has_value()) << full.describe();
    }
  EXPECT_GT(refused, 400u);
}

INSTANTIATE_TEST_SUITE_P(Rtl, Differential, ::testing::ValuesIn(engines()), [](const auto& info) { return info.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(FilterDifferential);
INSTANTIATE_TEST_SUITE_P(Rtl, FilterDifferential, ::testing::ValuesIn(engines_with_filters()),
                         [](const auto& info) { return info.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(RetrogradeDifferential);
INSTANTIATE_TEST_SUITE_P(Rtl, RetrogradeDifferential, ::testing::ValuesIn(engines_with_retrograde()),
                         [](const auto& info) { return info.param; });
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(StateDifferential);
INSTANTIATE_TEST_SUITE_P(Rtl, StateDifferential, ::testing::ValuesIn(engines_with_state()),
                         [](const auto& info) { return info.param; });
INSTANTIATE_TEST_SUITE_P(Rtl, FieldLimits, ::testing::ValuesIn(small_engines()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace phasic::testing
