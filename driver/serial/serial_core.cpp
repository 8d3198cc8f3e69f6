// SPDX-License-Identifier: Apache-2.0
#include "driver/serial/serial_core.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <stdexcept>
#include <utility>
#include <vector>

#include "driver/layout/buffers.hpp"
#include "driver/layout/random.hpp"
#include "driver/layout/serial_memory.hpp"
#include "driver/shell/kernel_engine.hpp"

namespace phasic::driver {
namespace {

using contract::SerialSpace;
using shell::LayerProgram;
using shell::Program;

std::vector<layout::SerialPlace> places_of(const Program& program, std::uint32_t lanes) {
  std::vector<layout::SerialLayerShape> shapes;
  for (const LayerProgram& layer : program.layers) {
    const std::uint32_t inputs = layer.rows - (layer.bias ? 1 : 0);
    shapes.push_back({layout::Connection::dense(inputs, layer.bias, layer.neurons), has_levels(layer)});
  }
  return layout::serial_places(shapes, program.classes, lanes);
}

/// Constants of a layer for a sample of class `label`.
contract::SerialLayer layer_block(const LayerProgram& layer, const layout::SerialPlace& place, std::uint32_t label) {
  contract::SerialLayer block{};
  block.threshold = static_cast<std::int16_t>(layer.threshold);
  block.window = static_cast<std::int16_t>(layer.window);
  block.rate = static_cast<std::uint16_t>(layer.rate);
  block.modes = static_cast<std::uint16_t>(
      layer.leak / contract::kCoarseLeak | layer.input_shift << contract::kSerialLayerModesInputShiftBit |
      static_cast<std::uint32_t>(layer.span) << contract::kSerialLayerModesSpanBit |
      static_cast<std::uint32_t>(layer.rounding) << contract::kSerialLayerModesRoundingBit |
      std::uint32_t{layer.bias} << contract::kSerialLayerModesBiasBit);
  block.last_row = static_cast<std::uint16_t>(layer.rows - 1);
  block.weight_base = static_cast<std::uint16_t>(place.weight_word);
  block.level_base =
      static_cast<std::uint16_t>(has_levels(layer) ? place.level + std::uint64_t{label} * place.class_levels : 0);
  block.last_neuron = static_cast<std::uint8_t>(layer.neurons - 1);
  block.learning = static_cast<std::uint8_t>(layer.factor_shift | static_cast<std::uint32_t>(layer.factor)
                                                                      << contract::kSerialLayerLearningFactorBit);
  return block;
}

class SerialCore final : public shell::Core {
 public:
  SerialCore(Program program, std::shared_ptr<SerialBoard> board)
      : Core(std::move(program)), board_(std::move(board)), places_(places_of(program_, board_->lanes())) {
    encoding_ = layout::purpose_key(program_.seed, static_cast<std::uint32_t>(contract::Purpose::kEncoding), 0);
    for (unsigned layer = 0; layer < contract::kSerialLayers; ++layer)
      rounding_[layer] = layout::purpose_key(program_.seed, static_cast<std::uint32_t>(contract::Purpose::kRounding), layer);
  }

  void set_weights(std::size_t layer, std::span<const std::byte> rows) override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    const std::size_t stride = row_stride(layer), row_bytes = weight_row_bytes(program_, shape);
    std::vector<std::byte> image(shape.rows * stride);
    for (std::size_t row = 0; row < shape.rows; ++row)
      std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(row * row_bytes), shape.neurons,
                  image.begin() + static_cast<std::ptrdiff_t>(row * stride));
    board_->write(SerialSpace::kWeights, first_weight(layer), image);
  }

  void get_weights(std::size_t layer, std::span<std::byte> rows) const override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    const std::size_t stride = row_stride(layer), row_bytes = weight_row_bytes(program_, shape);
    std::vector<std::byte> image(shape.rows * stride);
    board_->read(SerialSpace::kWeights, first_weight(layer), image);
    std::fill(rows.begin(), rows.end(), std::byte{0});
    for (std::size_t row = 0; row < shape.rows; ++row)
      std::copy_n(image.begin() + static_cast<std::ptrdiff_t>(row * stride), shape.neurons,
                  rows.begin() + static_cast<std::ptrdiff_t>(row * row_bytes));
  }

  void set_levels(std::size_t layer, std::span<const std::byte> rows) override {
    const LayerProgram& shape = program_.layers.at(layer);
    if (rows.size() != level_bytes(program_, shape)) throw std::invalid_argument("wrong size of a level table");
    const std::size_t stride = places_[layer].class_levels, row_bytes = layout::level_row_bytes(shape.neurons);
    std::vector<std::byte> image(program_.classes * stride);
    for (std::size_t label = 0; label < program_.classes; ++label)
      std::copy_n(rows.begin() + static_cast<std::ptrdiff_t>(label * row_bytes), shape.neurons,
                  image.begin() + static_cast<std::ptrdiff_t>(label * stride));
    board_->write(SerialSpace::kLevels, static_cast<std::uint32_t>(places_[layer].level), image);
  }

  void run(const shell::Sample& sample, std::uint32_t number, shell::SampleResult& result,
           shell::Potentials* potentials) override {
    if (potentials != nullptr) throw std::invalid_argument("a serial build does not trace potentials");
    const bool learn = program_.learn && sample.learn;
    place(half_, job_of(sample, number));
    board_->start_job(half_);
    half_ ^= 1U;
    // The bus takes about as long as a job.
    if (expected_) place(half_, job_of(*expected_, number + 1));
    expected_ = nullptr;
    count(board_->finish_job(), learn);
    read_scores(result);
  }

  [[nodiscard]] bool takes_ahead() const override { return true; }
  void expect(const shell::Sample& sample) override { expected_ = &sample; }

  [[nodiscard]] std::uint64_t cycles() const override { return cycles_; }

 private:
  [[nodiscard]] std::size_t row_stride(std::size_t layer) const {
    return std::size_t{places_[layer].row_words} * board_->lanes();
  }
  [[nodiscard]] std::uint32_t first_weight(std::size_t layer) const {
    return static_cast<std::uint32_t>(places_[layer].weight_word * board_->lanes());
  }

  [[nodiscard]] std::vector<std::byte> job_of(const shell::Sample& sample, std::uint32_t number) const {
    const bool learn = program_.learn && sample.learn;
    contract::SerialJob job{};
    job.encoding_key = layout::sample_key(encoding_, number);
    for (std::size_t layer = 0; layer < contract::kSerialLayers; ++layer) {
      const layout::Key key = layout::sample_key(rounding_[layer], number);
      std::copy(key.begin(), key.end(), job.rounding_key.begin() + static_cast<std::ptrdiff_t>(key.size() * layer));
    }
    job.flags = static_cast<std::uint8_t>(
        (learn ? contract::kSerialJobFlagsLearn : 0U) |
        (program_.layers.size() == contract::kSerialLayers ? contract::kSerialJobFlagsSecondLayer : 0U));
    job.last_step = static_cast<std::uint8_t>(program_.steps - 1);
    job.label = static_cast<std::uint16_t>(sample.label);
    job.inputs = static_cast<std::uint16_t>(program_.inputs);
    for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
      const std::uint32_t label = sample.label < program_.classes ? sample.label : 0;  // of a sample that is not learned
      const contract::SerialLayer block = layer_block(program_.layers[layer], places_[layer], label);
      std::memcpy(reinterpret_cast<std::byte*>(job.layers.data()) + layer * sizeof block, &block, sizeof block);
    }
    std::vector<std::byte> bytes(sizeof job + sample.intensities.size());
    std::memcpy(bytes.data(), &job, sizeof job);
    std::memcpy(bytes.data() + sizeof job, sample.intensities.data(), sample.intensities.size());
    return bytes;
  }

  /// Writes a job into a half of the jobs' memory, unless it is there.
  void place(unsigned half, std::vector<std::byte> job) {
    if (placed_[half] == job) return;
    placed_[half].clear();  // of a job that the bus breaks off nothing can be told
    board_->write(SerialSpace::kJobs, half * contract::kSerialJobSpace, job);
    placed_[half] = std::move(job);
  }

  void count(const contract::SerialControl& control, bool learn) {
    cycles_ += control.cycles;
    for (std::size_t layer = 0; layer < program_.layers.size(); ++layer) {
      contract::SerialCounters found;
      std::memcpy(&found, reinterpret_cast<const std::byte*>(control.counters.data()) + layer * sizeof found, sizeof found);
      const LayerProgram& shape = program_.layers[layer];
      shell::LayerCounts& counts = counts_.layers[layer];
      counts.events += found.events;
      counts.synaptic_operations += std::uint64_t{found.events} * shape.neurons;
      counts.spikes += found.spikes;
      counts.update_rows += found.update_rows;
      counts.update_operations += std::uint64_t{found.update_rows} * shape.neurons;
      counts.potential_saturations += found.potential_saturations;
      counts.weight_saturations += found.weight_saturations;
      if (layer == 0) counts_.input_events += found.events - (shape.bias ? program_.steps : 0);
    }
    if (learn) ++counts_.samples_learned;
  }

  void read_scores(shell::SampleResult& result) {
    const std::uint32_t neurons = program_.layers.back().neurons;
    std::vector<std::uint32_t> states(neurons);
    board_->read(SerialSpace::kStates, 0, std::as_writable_bytes(std::span(states)));
    result.scores.resize(neurons);
    result.spikes = 0;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
      result.scores[neuron] = states[neuron] ^ contract::kScoreOffset;  // potential in the low half, count above
      result.spikes += states[neuron] >> 16;
    }
    result.prediction =
        static_cast<std::uint32_t>(std::max_element(result.scores.begin(), result.scores.end()) - result.scores.begin());
  }

  std::shared_ptr<SerialBoard> board_;
  std::vector<layout::SerialPlace> places_;
  layout::Key encoding_{};
  std::array<layout::Key, contract::kSerialLayers> rounding_{};
  unsigned half_ = 0;
  std::array<std::vector<std::byte>, 2> placed_;
  const shell::Sample* expected_ = nullptr;
  std::uint64_t cycles_ = 0;
};

}  // namespace

contract::Limits serial_limits(const SerialBoard& board) {
  return {.lanes = board.lanes(),
          .weight_width = 8,
          .engines = contract::kSerialLayers,
          .max_rows = contract::kSerialInputs,
          .max_neurons = contract::kSerialNeurons,
          .max_steps = contract::kSerialJobLastStepMaximum + 1,
          .max_classes = contract::kSerialClasses,
          .max_outputs = contract::kSerialOutputs,
          .max_events = 0,
          .weight_depth = contract::kSerialWeights / board.lanes(),
          .data_width = 32,
          .rules = contract::kRulesSerial};
}

std::unique_ptr<shell::Core> make_serial_core(Program program, std::shared_ptr<SerialBoard> board) {
  return std::make_unique<SerialCore>(std::move(program), std::move(board));
}

std::unique_ptr<engine::Engine> make_serial_engine(engine::Memory& memory, std::unique_ptr<SpiLink> link) {
  auto board = std::make_shared<SerialBoard>(std::move(link));
  const auto make = [board](Program program) { return make_serial_core(std::move(program), board); };
  return shell::make_kernel_engine(memory, serial_limits(*board), make, fmt::format("serial build, {}", board->describe()));
}

}  // namespace phasic::driver
