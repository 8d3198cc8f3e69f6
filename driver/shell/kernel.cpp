// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/kernel.hpp"

#include <zlib.h>

#include <cstring>
#include <utility>

#include "driver/shell/connection.hpp"

namespace phasic::shell {
namespace {

using contract::Error;
using contract::Phase;
namespace argument = contract::argument;

constexpr std::uint32_t kResultsHeaderBytes =
    contract::kResultsHeaderBytes + contract::kMaxLayers * contract::kLayerCountersBytes;
constexpr std::uint64_t kCounterMask = (std::uint64_t{1} << contract::kCounterWidth) - 1;

template <class Value>
std::span<const std::byte> bytes_of(const Value& value) {
  return std::as_bytes(std::span<const Value, 1>(&value, 1));
}

/// CRC-32 of what passes between the weights buffer and the core, in builds that have it; else 0.
class Checksum {
 public:
  explicit Checksum(const contract::Limits& limits) : counts_((limits.rules & contract::kRulesProtection) != 0) {}
  void add(std::span<const std::byte> bytes) {
    if (counts_) sum_ = ::crc32_z(sum_, reinterpret_cast<const Bytef*>(bytes.data()), bytes.size());
  }
  [[nodiscard]] std::uint32_t value() const { return static_cast<std::uint32_t>(sum_); }

 private:
  bool counts_;
  uLong sum_ = 0;
};

contract::LayerCounters counter_block(const LayerCounts& counts) {
  contract::LayerCounters block;
  block.events = counts.events & kCounterMask;
  block.synaptic_operations = counts.synaptic_operations & kCounterMask;
  block.spikes = counts.spikes & kCounterMask;
  block.update_rows = counts.update_rows & kCounterMask;
  block.update_operations = counts.update_operations & kCounterMask;
  block.potential_saturations = counts.potential_saturations & kCounterMask;
  block.weight_saturations = counts.weight_saturations & kCounterMask;
  return block;
}

}  // namespace

KernelRun::KernelRun(engine::Memory& memory, const contract::Limits& limits, const Arguments& arguments, MakeCore make_core)
    : memory_(memory), limits_(limits), arguments_(arguments), make_core_(std::move(make_core)) {
  status_.phase = Phase::kCheck;
}

bool KernelRun::advance() {
  switch (next_) {
    case Next::kLoad:
      check_addresses();
      if (!failed()) load();
      next_ = failed() || arguments_.sample_count == 0 ? Next::kEnd : Next::kSample;
      break;
    case Next::kSample:
      if (!run_sample() || position_ == arguments_.sample_count) next_ = Next::kEnd;
      break;
    case Next::kEnd:
      if (core_ != nullptr && (program_.learn || program_.keep)) store_weights();
      if (header_possible_) write_header();
      status_.phase = Phase::kIdle;
      next_ = Next::kNothing;
      break;
    case Next::kNothing:
      break;
  }
  return next_ != Next::kNothing;
}

void KernelRun::fail(Error error, std::uint32_t detail, std::uint32_t sample) {
  if (!failed()) status_.fault = {error, detail, sample};
}

std::uint64_t KernelRun::address(std::uint32_t argument) const { return arguments_.address[argument]; }
std::uint32_t KernelRun::bytes(std::uint32_t argument) const { return arguments_.bytes[argument]; }

bool KernelRun::read(std::uint32_t argument, std::uint64_t offset, std::span<std::byte> to) {
  if (memory_.read(address(argument) + offset, to)) return true;
  fail(Error::kBusRead, argument);
  return false;
}

void KernelRun::write(std::uint32_t argument, std::uint64_t offset, std::span<const std::byte> from) {
  if (!memory_.write(address(argument) + offset, from)) fail(Error::kBusWrite, argument);
}

/// Steps 1 and 2.
void KernelRun::check_addresses() {
  for (std::uint32_t id = argument::kProgram; id <= argument::kTrace; ++id) {
    if (address(id) % contract::kAlignment != 0) {
      header_possible_ = false;
      return fail(Error::kAlignment, id);
    }
  }
  if (bytes(argument::kResults) < kResultsHeaderBytes) {
    header_possible_ = false;
    return fail(Error::kBufferSize, argument::kResults);
  }
  if (bytes(argument::kProgram) < kProgramBytes) fail(Error::kBufferSize, argument::kProgram);
}

/// Steps 3 to 6. The core exists afterwards only if all of them went well.
void KernelRun::load() {
  status_.phase = Phase::kProgram;
  if (!read_program() || !check_capacity() || !check_sizes()) return;
  core_ = make_core_(program_);
  status_.phase = Phase::kTables;
  if (load_tables()) {
    status_.phase = Phase::kWeights;
    if (load_weights()) {
      status_.phase = Phase::kRun;
      return;
    }
  }
  core_.reset();
}

bool KernelRun::read_program() {
  std::array<std::byte, kProgramBytes> block;
  if (!read(argument::kProgram, 0, block)) return false;
  std::variant<Program, Fault> parsed = parse_program(block, limits_);
  if (const auto* fault = std::get_if<Fault>(&parsed)) {
    fail(fault->error, fault->detail);
    return false;
  }
  program_ = std::get<Program>(std::move(parsed));
  return true;
}

/// Step 4. The layers of a serial build share its memories.
bool KernelRun::check_capacity() {
  const bool serial = (limits_.rules & contract::kRulesSerial) != 0;
  std::uint64_t words = 0;
  std::uint64_t levels = 0;
  for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
    const LayerProgram& shape = program_.layers[layer];
    words = (serial ? words : 0) + std::uint64_t{stored_rows(program_, shape)} * connection_of(shape).row_words(limits_.lanes);
    const std::uint64_t value_words = (std::uint64_t{shape.rows} + limits_.lanes - 1) / limits_.lanes;
    if (moves_filters(shape)) words += shape.rows * value_words;
    const std::uint64_t kept = changes_memory(shape) ? (std::uint64_t{shape.rows} + shape.neurons) * value_words : 0;
    if (serial && has_levels(shape))
      levels += std::uint64_t{program_.classes} * ((std::uint64_t{shape.neurons} + contract::kSerialLevelGroup - 1) /
                                                   contract::kSerialLevelGroup * contract::kSerialLevelGroup);
    if (words > limits_.weight_depth || kept > limits_.memory_depth || levels > contract::kSerialLevels) {
      fail(Error::kCapacity, static_cast<std::uint32_t>(layer));
      return false;
    }
  }
  return true;
}

/// Step 5.
bool KernelRun::check_sizes() {
  const auto fits = [this](std::uint32_t argument, std::uint64_t end) {
    if (end > bytes(argument)) fail(Error::kBufferSize, argument);
    return !failed();
  };
  for (const LayerProgram& layer : program_.layers) {
    if (!fits(argument::kWeights, layer.weights_offset + weight_bytes(program_, layer))) return false;
    if (has_memory(layer) && !fits(argument::kWeights, layer.memory_offset + memory_bytes(layer))) return false;
    if (has_levels(layer) && !fits(argument::kTables, layer.levels_offset + table_bytes(program_, layer))) return false;
  }
  const std::uint64_t count = arguments_.sample_count;
  return fits(argument::kSamples, count * program_.sample_stride) &&
         fits(argument::kResults, kResultsHeaderBytes + count * record_bytes(program_)) &&
         (!program_.trace || fits(argument::kTrace, count * trace_bytes(program_)));
}

/// Step 6.
bool KernelRun::load_tables() {
  for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
    const LayerProgram& shape = program_.layers[layer];
    if (!has_levels(shape)) continue;
    std::vector<std::byte> table(table_bytes(program_, shape));
    if (!read(argument::kTables, shape.levels_offset, table)) return false;
    if (shape.drawn) {
      core_->draw_levels(layer, table);
    } else {
      core_->set_levels(layer, table);
    }
  }
  return true;
}

bool KernelRun::load_weights() {
  Checksum loaded(limits_);
  for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
    const LayerProgram& shape = program_.layers[layer];
    std::vector<std::byte> rows(weight_bytes(program_, shape));
    if (!read(argument::kWeights, shape.weights_offset, rows)) return false;
    core_->set_weights(layer, rows);
    loaded.add(rows);
    if (!has_memory(shape)) continue;
    std::vector<std::byte> memory(memory_bytes(shape));
    if (!read(argument::kWeights, shape.memory_offset, memory)) return false;
    core_->set_memory(layer, memory);
    loaded.add(memory);
  }
  loaded_checksum_ = loaded.value();
  return true;
}

/// Step 7 for one sample. Returns whether more samples may be read.
bool KernelRun::run_sample() {
  ReadSample& now = read_[position_ % 2];
  if (!is_read_) read_sample(memory_, limits_, arguments_, program_, position_, now);
  if (now.fault.error != Error::kNone) {
    fail(now.fault.error, now.fault.detail, now.fault.sample);
    return false;
  }
  ++status_.samples_fetched;
  const std::uint32_t number = arguments_.first_sample + position_;
  // What is wrong with the next sample is told when it is its turn.
  is_read_ = core_->takes_ahead() && position_ + 1 < arguments_.sample_count;
  if (is_read_) {
    ReadSample& next = read_[(position_ + 1) % 2];
    read_sample(memory_, limits_, arguments_, program_, position_ + 1, next);
    if (next.fault.error == Error::kNone) core_->expect(next.sample);
  }
  core_->run(now.sample, number, result_, program_.trace ? &potentials_ : nullptr);
  if (program_.trace) write_trace();
  write_result(now.sample);
  if (failed()) return false;
  ++position_;
  ++status_.samples_done;
  return true;
}

void KernelRun::write_result(const Sample& sample) {
  const std::uint64_t stride = record_bytes(program_);
  contract::ResultRecord record;
  record.sample = arguments_.first_sample + position_;
  record.label = static_cast<std::uint16_t>(sample.label);
  record.prediction = static_cast<std::uint16_t>(result_.prediction);
  record.spikes = result_.spikes;
  std::vector<std::byte> block(stride);
  std::memcpy(block.data(), &record, sizeof record);
  std::memcpy(block.data() + sizeof record, result_.scores.data(), 4 * result_.scores.size());
  write(argument::kResults, kResultsHeaderBytes + position_ * stride, block);
}

void KernelRun::write_trace() {
  std::vector<std::byte> block(trace_bytes(program_));
  std::size_t offset = 0;
  for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
    const std::size_t row_bytes = 2 * std::size_t{program_.layers[layer].neurons};
    const auto potentials = std::as_bytes(std::span(potentials_[layer]));
    for (std::size_t step = 0; step < program_.steps; ++step) {
      std::memcpy(block.data() + offset, potentials.data() + step * row_bytes, row_bytes);
      offset += align(row_bytes);
    }
  }
  write(argument::kTrace, position_ * std::uint64_t{block.size()}, block);
}

void KernelRun::store_weights() {
  status_.phase = Phase::kStore;
  Checksum stored(limits_);
  for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
    std::vector<std::byte> rows(weight_bytes(program_, program_.layers[layer]));
    core_->get_weights(layer, rows);
    write(argument::kWeights, program_.layers[layer].weights_offset, rows);
    stored.add(rows);
    if (!changes_memory(program_.layers[layer])) continue;
    std::vector<std::byte> memory(memory_bytes(program_.layers[layer]));
    core_->get_memory(layer, memory);
    write(argument::kWeights, program_.layers[layer].memory_offset, memory);
    stored.add(memory);
  }
  stored_checksum_ = stored.value();
}

/// Step 8.
void KernelRun::write_header() {
  status_.phase = Phase::kHeader;
  contract::ResultsHeader header;
  header.magic = contract::kResultsMagic;
  header.version = contract::kContractVersion;
  header.error = static_cast<std::uint32_t>(status_.fault.error);
  header.error_detail = status_.fault.detail;
  header.error_sample = status_.fault.sample;
  header.samples_done = status_.samples_done;
  header.first_sample = arguments_.first_sample;
  header.loaded_checksum = loaded_checksum_;
  header.stored_checksum = stored_checksum_;
  std::array<contract::LayerCounters, contract::kMaxLayers> blocks{};
  if (core_ != nullptr) {
    const Counts& counts = core_->counts();
    header.input_events = counts.input_events & kCounterMask;
    header.samples_learned = counts.samples_learned & kCounterMask;
    header.cycles = header.run_cycles = core_->cycles() & kCounterMask;
    for (std::size_t layer = 0; layer < counts.layers.size(); ++layer) blocks[layer] = counter_block(counts.layers[layer]);
  }
  std::array<std::byte, kResultsHeaderBytes> block;
  std::memcpy(block.data(), &header, sizeof header);
  std::memcpy(block.data() + sizeof header, blocks.data(), sizeof blocks);
  write(argument::kResults, 0, block);
}

}  // namespace phasic::shell
