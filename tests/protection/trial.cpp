// SPDX-License-Identifier: Apache-2.0
#include "tests/protection/trial.hpp"

#include <fmt/format.h>

#include <cstring>
#include <nlohmann/json.hpp>
#include <random>
#include <stdexcept>

#include "driver/engine/banked_memory.hpp"
#include "driver/engine/engine.hpp"
#include "tests/common/random_case.hpp"
#include "tests/common/run_case.hpp"

namespace phasic::testing {
namespace {

using Json = nlohmann::json;
namespace argument = contract::argument;

/// Words of a memory that a run uses, and what is known of them.
struct Memory {
  std::uint32_t layer;
  const char* name;
  std::uint32_t words, bits;  ///< check bits included
};

std::uint32_t bits_of(std::uint32_t width) {
  const std::uint32_t group = std::min(width, 64U);
  std::uint32_t checks = 2;
  while ((1U << (checks - 2)) < group) ++checks;
  return width + width / group * checks;
}

std::vector<Memory> memories_of(const RandomCase& random_case, const contract::Limits& limits) {
  std::vector<Memory> memories;
  const auto words = [&](std::uint32_t elements) { return (elements + limits.lanes - 1) / limits.lanes; };
  for (std::uint32_t n = 0; n < random_case.header().layers; ++n) {
    const auto layer = random_case.layer(n);
    const auto factor = static_cast<contract::Factor>(layer.factor);
    memories.push_back({n, "synapses", stored_rows(random_case, n, limits.weight_width) * words(row_width(layer)),
                        bits_of(limits.lanes * limits.weight_width)});
    const auto positions = layer.neurons / row_width(layer);
    if (has_levels(factor))
      memories.push_back(
          {n, "levels", random_case.header().classes * positions * words(row_width(layer)), bits_of(limits.lanes * 8)});
    if (changes_memory(factor)) {
      const auto sources = layer_rows(random_case, n);
      memories.push_back(
          {n, "scatter", (sources + layer.neurons) * words(sources), bits_of(limits.lanes * contract::kMemoryWidth)});
    }
  }
  return memories;
}

Json flip_of(std::mt19937_64& random, const Memory& memory, std::uint64_t cycle) {
  return {{"cycle", cycle},
          {"layer", memory.layer},
          {"memory", memory.name},
          {"word", random() % memory.words},
          {"bit", random() % memory.bits}};
}

Json draw_flips(std::mt19937_64& random, const std::vector<Memory>& memories, Kind kind, std::uint64_t cycles) {
  const auto any = [&]() -> const Memory& { return memories[random() % memories.size()]; };
  Json flips = Json::array({flip_of(random, any(), random() % cycles)});
  if (kind == Kind::kTwo) {
    auto second = flips[0];
    for (const auto& memory : memories)
      if (memory.layer == second["layer"] && memory.name == second["memory"])
        second["bit"] = (second["bit"].get<std::uint32_t>() + 1 + random() % (memory.bits - 1)) % memory.bits;
    flips.push_back(second);
  }
  for (unsigned n = 1; kind == Kind::kApart && n < 8; ++n) flips.push_back(flip_of(random, any(), random() % cycles));
  return flips;
}

contract::ResultsHeader header_of(const Outcome& outcome) {
  contract::ResultsHeader header;
  std::memcpy(&header, outcome.buffers[argument::kResults].data(), sizeof header);
  return header;
}

}  // namespace

Trial run_trial(const std::string& engine, Kind kind, std::uint64_t seed) {
  std::mt19937_64 random{seed};
  engine::BankedMemory memory, reference_memory;
  Json options{{"seed", seed}, {"timing", "ideal"}};
  auto undisturbed = engine::make_engine(engine, memory, options.dump());
  const auto limits = read_limits(*undisturbed);
  if ((limits.rules & contract::kRulesProtection) == 0) throw std::runtime_error(engine + " does not protect its memories");
  const auto random_case = testing::random_case(seed, limits);
  const auto wanted = run_case(*undisturbed, memory, random_case, false);

  const auto memories = memories_of(random_case, limits);
  Trial trial;
  // Within the run and the few hundred cycles that come before it.
  options["flips"] = draw_flips(random, memories, kind, header_of(wanted).cycles + 300);
  trial.flips = static_cast<unsigned>(options["flips"].size());
  trial.memory = options["flips"][0]["memory"].get<std::string>();
  trial.options = options.dump();
  auto disturbed = engine::make_engine(engine, memory, trial.options);
  const auto outcome = run_case(*disturbed, memory, random_case, false);

  if (!outcome.ended) {
    trial.fate = Fate::kHung;
  } else if (outcome.error == static_cast<std::uint32_t>(contract::Error::kMemory)) {
    trial.fate = Fate::kEnded;
    trial.told = fmt::format("detail {:#x}", outcome.error_detail);
  } else if (const auto difference = first_difference(random_case, limits, wanted, outcome)) {
    trial.fate = Fate::kSilent;
    trial.told = *difference;
  } else {
    trial.fate = header_of(outcome).corrected_words > 0 ? Fate::kCorrected : Fate::kUnseen;
  }
  return trial;
}

}  // namespace phasic::testing
