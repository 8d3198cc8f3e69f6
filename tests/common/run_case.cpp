// SPDX-License-Identifier: Apache-2.0
#include "tests/common/run_case.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>

namespace phasic::testing {
namespace {

namespace argument = contract::argument;
namespace reg = contract::reg;

constexpr std::uint64_t kSlice = 1u << 14;

void write_arguments(engine::Engine& engine, const RandomCase& random_case) {
  for (std::uint32_t id = 0; id < kBuffers; ++id) {
    const std::uint32_t offset = contract::kArguments[id].offset;
    engine.write_register(offset, static_cast<std::uint32_t>(random_case.addresses[id]));
    engine.write_register(offset + 4, static_cast<std::uint32_t>(random_case.addresses[id] >> 32));
    engine.write_register(contract::kArguments[argument::kProgramBytes + id].offset,
                          static_cast<std::uint32_t>(random_case.buffers[id].size()));
  }
  engine.write_register(reg::kSampleCount, random_case.sample_count);
  engine.write_register(reg::kFirstSample, random_case.first_sample);
}

void meddle_with(engine::Engine& engine, Dice& dice) {
  const auto& victim = contract::kArguments[dice.below(contract::kArguments.size())];
  engine.write_register(victim.offset, static_cast<std::uint32_t>(dice.any()));
  (void)engine.read_register(reg::kEngineState + 4 * static_cast<std::uint32_t>(dice.below(contract::kMaxLayers)));
}

/// Cycles that the slowest form with the slowest memory may need.
std::uint64_t cycle_budget(const RandomCase& random_case) {
  std::uint64_t bytes = 0;
  for (const auto& buffer : random_case.buffers) bytes += buffer.size();
  std::uint64_t work = 0;
  const auto header = random_case.header();
  for (std::uint32_t n = 0; n < std::min(header.layers, contract::kMaxLayers); ++n)
    work += std::uint64_t{std::min(layer_rows(random_case, n), 2048u) + 8} *
            (std::min(random_case.layer(n).neurons, 2048u) + 8) * (std::min(header.steps, 32u) + 2);
  return 400'000 + 60 * bytes + 4 * work * (std::min(random_case.sample_count, 16u) + 1);
}

std::string bits(std::uint64_t expected, std::uint64_t actual) {
  return fmt::format("lowest different bit {}", std::countr_zero(expected ^ actual));
}

std::uint64_t little_endian(const std::vector<std::byte>& bytes, std::uint64_t at, unsigned width) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < width && at + i < bytes.size(); ++i)
    value |= std::to_integer<std::uint64_t>(bytes[at + i]) << (8 * i);
  return value;
}

std::int64_t sign_extend(std::uint64_t value, unsigned width) {
  return static_cast<std::int64_t>(value << (64 - width)) >> (64 - width);
}

bool is_timing(const contract::Field& field) { return field.kind == contract::FieldKind::kTiming; }

template <std::size_t Count>
std::optional<std::string> compare_fields(const std::array<contract::Field, Count>& fields, std::uint64_t base,
                                          const std::string& what, const contract::Limits& limits, const Outcome& expected,
                                          const Outcome& actual) {
  // Builds without the rule tell 0, and may be compared with one that has it.
  const bool protect = (limits.rules & contract::kRulesProtection) != 0;
  for (const contract::Field& field : fields) {
    if (is_timing(field) || (field.kind == contract::FieldKind::kBuild && !protect)) continue;
    for (std::uint32_t i = 0; i < field.count; ++i) {
      const std::uint64_t at = base + field.offset + std::uint64_t{i} * field.bytes;
      const auto a = little_endian(expected.buffers[argument::kResults], at, field.bytes);
      const auto b = little_endian(actual.buffers[argument::kResults], at, field.bytes);
      if (a != b) return fmt::format("{}: {} is {}, expected {} ({})", what, field.name, b, a, bits(a, b));
    }
  }
  return std::nullopt;
}

std::optional<std::uint64_t> first_different_byte(const std::vector<std::byte>& a, const std::vector<std::byte>& b,
                                                  std::uint64_t from = 0) {
  for (std::uint64_t i = from; i < std::max(a.size(), b.size()); ++i)
    if (i >= a.size() || i >= b.size() || a[i] != b[i]) return i;
  return std::nullopt;
}

std::optional<std::string> compare_trace(const RandomCase& random_case, const Outcome& expected, const Outcome& actual) {
  const auto& a = expected.buffers[argument::kTrace];
  const auto& b = actual.buffers[argument::kTrace];
  const auto at = first_different_byte(a, b);
  if (!at) return std::nullopt;
  const auto header = random_case.header();
  std::uint64_t rest = *at, sample_bytes = 0;
  for (std::uint32_t n = 0; n < std::min(header.layers, contract::kMaxLayers); ++n)
    sample_bytes += header.steps * align(2 * std::uint64_t{random_case.layer(n).neurons});
  if (sample_bytes == 0) return fmt::format("trace: byte {}", *at);
  const std::uint64_t sample = rest / sample_bytes;
  rest %= sample_bytes;
  for (std::uint32_t n = 0; n < std::min(header.layers, contract::kMaxLayers); ++n) {
    const std::uint64_t row = align(2 * std::uint64_t{random_case.layer(n).neurons});
    if (rest < header.steps * row) {
      const std::uint64_t word = *at & ~std::uint64_t{1};
      const auto x = little_endian(a, word, 2), y = little_endian(b, word, 2);
      return fmt::format("potential of sample {}, layer {}, step {}, neuron {}: {}, expected {} ({})", sample, n, rest / row,
                         rest % row / 2, sign_extend(y, 16), sign_extend(x, 16), bits(x, y));
    }
    rest -= header.steps * row;
  }
  return fmt::format("trace: byte {}", *at);
}

std::optional<std::string> compare_weights(const RandomCase& random_case, const contract::Limits& limits,
                                           const Outcome& expected, const Outcome& actual) {
  const auto& a = expected.buffers[argument::kWeights];
  const auto& b = actual.buffers[argument::kWeights];
  const auto at = first_different_byte(a, b);
  if (!at) return std::nullopt;
  const auto header = random_case.header();
  for (std::uint32_t n = 0; n < std::min(header.layers, contract::kMaxLayers); ++n) {
    const auto layer = random_case.layer(n);
    if (*at >= layer.memory_offset && *at < layer.memory_offset + memory_bytes(random_case, n)) {
      const std::uint64_t word = *at & ~std::uint64_t{3};
      const auto x = little_endian(a, word, 4), y = little_endian(b, word, 4);
      return fmt::format("memory of layer {}, byte {}: {}, expected {} ({})", n, word - layer.memory_offset, sign_extend(y, 32),
                         sign_extend(x, 32), bits(x, y));
    }
    const std::uint64_t row = weight_row_bytes(row_width(layer), limits.weight_width);
    if (*at < layer.weights_offset || *at >= layer.weights_offset + stored_rows(random_case, n, limits.weight_width) * row)
      continue;
    const unsigned width = limits.weight_width;
    const std::uint64_t inside = *at - layer.weights_offset;
    const std::uint64_t neuron = inside % row * 8 / width;
    const std::uint64_t word = layer.weights_offset + inside / row * row + neuron * width / 8;
    const auto x = little_endian(a, word, width / 8), y = little_endian(b, word, width / 8);
    const bool state = inside / row >= layer_rows(random_case, n);
    return fmt::format("{} of layer {}, row {}, neuron {}{}: {}, expected {}, before {} ({})", state ? "state" : "weight", n,
                       inside / row, neuron, neuron >= row_width(layer) ? " (padding)" : "", sign_extend(y, width),
                       sign_extend(x, width),
                       sign_extend(little_endian(random_case.buffers[argument::kWeights], word, width / 8), width), bits(x, y));
  }
  return fmt::format("weights buffer: byte {}, which belongs to no row of a layer", *at);
}

std::optional<std::string> compare_records(const RandomCase& random_case, const contract::Limits& limits,
                                           const Outcome& expected, const Outcome& actual) {
  const auto& a = expected.buffers[argument::kResults];
  const auto& b = actual.buffers[argument::kResults];
  const std::uint64_t records = sizeof(contract::ResultsHeader) + contract::kMaxLayers * sizeof(contract::LayerCounters);
  const auto at = first_different_byte(a, b, records);
  if (!at) return std::nullopt;
  const auto header = random_case.header();
  const std::uint64_t neurons =
      header.layers >= 1 && header.layers <= contract::kMaxLayers ? random_case.layer(header.layers - 1).neurons : 1;
  const std::uint64_t record = align(sizeof(contract::ResultRecord) + 4 * neurons);
  const std::uint64_t sample = (*at - records) / record, inside = (*at - records) % record;
  const std::string where = fmt::format("result of sample {}", sample);
  if (inside < sizeof(contract::ResultRecord)) {
    if (auto text = compare_fields(contract::kResultRecordFields, records + sample * record, where, limits, expected, actual))
      return text;
  }
  const std::uint64_t word = *at & ~std::uint64_t{3};
  const auto x = little_endian(a, word, 4), y = little_endian(b, word, 4);
  return fmt::format("{}: score of neuron {} (layer {}) is {:#x}, expected {:#x} ({})", where, (inside - 16) / 4,
                     header.layers - 1, y, x, bits(x, y));
}

}  // namespace

contract::Limits read_limits(engine::Engine& engine) {
  contract::Limits limits;
  for (const contract::Limit& limit : contract::kLimits) limits.*limit.value = engine.read_register(limit.offset);
  return limits;
}

Outcome run_case(engine::Engine& engine, engine::BankedMemory& memory, const RandomCase& random_case, bool meddle) {
  std::array<std::uint64_t, kBuffers> banks{};
  for (std::size_t id = 0; id < kBuffers; ++id) {
    // A misaligned address still lies in the buffer's own bank.
    banks[id] = random_case.addresses[id] & ~std::uint64_t{63};
    if (random_case.buffers[id].empty()) continue;
    memory.add_bank(banks[id], random_case.buffers[id].size());
    std::copy(random_case.buffers[id].begin(), random_case.buffers[id].end(), memory.bank(banks[id]).begin());
  }
  for (const BusFailure& failure : random_case.bus_failures) {
    const std::uint64_t address = banks[failure.buffer] + failure.offset;
    if (failure.write)
      memory.fail_writes(address, failure.size);
    else
      memory.fail_reads(address, failure.size);
  }
  const std::uint64_t errors = memory.errors();

  Outcome outcome;
  write_arguments(engine, random_case);
  engine.write_register(reg::kControl, 1);
  Dice dice(random_case.seed + 77);
  std::uint64_t budget = cycle_budget(random_case);
  if (meddle) {
    // At once and with the same arguments: later the run may have ended unseen, and the start would be a real one.
    if (dice.one_in(2)) engine.write_register(reg::kControl, 1);
    outcome.ended = !engine.advance(1 + dice.below(3000));
    if (!outcome.ended) meddle_with(engine, dice);
  }
  while (!outcome.ended && budget > 0) {
    const std::uint64_t slice = std::min(budget, kSlice);
    outcome.ended = !engine.advance(slice);
    budget -= slice;
  }
  outcome.done_seen = (engine.read_register(reg::kControl) & 2) != 0;
  outcome.done_again = (engine.read_register(reg::kControl) & 2) != 0;
  outcome.error = engine.read_register(reg::kError);
  outcome.error_detail = engine.read_register(reg::kErrorDetail);
  outcome.error_sample = engine.read_register(reg::kErrorSample);
  outcome.samples_fetched = engine.read_register(reg::kSamplesFetched);
  outcome.samples_done = engine.read_register(reg::kSamplesDone);
  outcome.phase = engine.read_register(reg::kPhase);
  outcome.stray_accesses = random_case.bus_failures.empty() ? memory.errors() - errors : 0;
  for (std::size_t id = 0; id < kBuffers; ++id) {
    if (random_case.buffers[id].empty()) continue;
    const auto bytes = memory.bank(banks[id]);
    outcome.buffers[id].assign(bytes.begin(), bytes.end());
    memory.remove_bank(banks[id]);
  }
  memory.clear_failures();
  return outcome;
}

std::optional<std::string> first_difference(const RandomCase& random_case, const contract::Limits& limits,
                                            const Outcome& expected, const Outcome& actual) {
  if (!expected.ended) return "the expected run did not end";
  if (!actual.ended) return fmt::format("the run does not end; phase {}", actual.phase);
  if (!actual.done_seen || actual.done_again) return "control: done is not set once at the end and cleared by reading";
  const auto error_text = [](const Outcome& outcome) {
    return fmt::format("error {} ({}), detail {}, sample {}", outcome.error, name(static_cast<contract::Error>(outcome.error)),
                       outcome.error_detail, outcome.error_sample);
  };
  if (error_text(expected) != error_text(actual)) return error_text(actual) + ", expected " + error_text(expected);
  if (actual.phase != 0) return fmt::format("phase is {} after the end", actual.phase);
  if (actual.stray_accesses != 0) return fmt::format("{} accesses outside the buffers", actual.stray_accesses);
  for (const std::uint32_t id : {argument::kProgram, argument::kTables, argument::kSamples})
    if (const auto at = first_different_byte(random_case.buffers[id], actual.buffers[id]))
      return fmt::format("the buffer of {} was written at byte {}", contract::kArguments[id].name, *at);
  // The header of a run that failed before may be what the bus refuses, as a whole or burst by burst.
  if (random_case.timing_decides() && expected.error != 0) return std::nullopt;
  if (expected.samples_fetched != actual.samples_fetched)
    return fmt::format("samples_fetched is {}, expected {}", actual.samples_fetched, expected.samples_fetched);
  if (expected.samples_done != actual.samples_done)
    return fmt::format("samples_done is {}, expected {}", actual.samples_done, expected.samples_done);
  // From cause to effect: potentials, results, counters, weights.
  if (auto text = compare_trace(random_case, expected, actual)) return text;
  if (auto text = compare_records(random_case, limits, expected, actual)) return text;
  if (auto text = compare_fields(contract::kResultsHeaderFields, 0, "results header", limits, expected, actual)) return text;
  for (std::uint32_t n = 0; n < contract::kMaxLayers; ++n)
    if (auto text = compare_fields(contract::kLayerCountersFields,
                                   sizeof(contract::ResultsHeader) + n * sizeof(contract::LayerCounters),
                                   fmt::format("counters of layer {}", n), limits, expected, actual))
      return text;
  return compare_weights(random_case, limits, expected, actual);
}

}  // namespace phasic::testing
