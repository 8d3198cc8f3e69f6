// SPDX-License-Identifier: Apache-2.0
// The same bits as plain_network.cpp. Spikes travel as lists of rows for each step, weights stay in the layout of the buffer,
// and the loops over synapses are in fast_kernels_body.hpp.
#include <algorithm>
#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <new>
#include <stdexcept>
#include <utility>

#include "driver/shell/weight_rows.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/cores.hpp"
#include "sim/reference/fast_kernels.hpp"
#include "sim/reference/random.hpp"

namespace phasic::reference {
namespace {

/// Bytes that start at a multiple of 64, all 0 at first.
class AlignedBytes {
 public:
  explicit AlignedBytes(std::size_t size) : size_(size), data_(static_cast<std::byte*>(::operator new(size, kAlignment))) {
    std::memset(data_.get(), 0, size);
  }
  [[nodiscard]] std::byte* data() { return data_.get(); }
  [[nodiscard]] const std::byte* data() const { return data_.get(); }
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] std::span<std::byte> bytes() { return {data_.get(), size_}; }

 private:
  static constexpr std::align_val_t kAlignment{contract::kAlignment};
  struct Free {
    void operator()(std::byte* bytes) const { ::operator delete(bytes, kAlignment); }
  };
  std::size_t size_;
  std::unique_ptr<std::byte[], Free> data_;
};

/// Transposes 8 bytes as a matrix of bits: bit c of byte r goes to bit r of byte c.
constexpr std::uint64_t transpose_bits(std::uint64_t bits) {
  std::uint64_t swapped = (bits ^ bits >> 7) & 0x00aa00aa00aa00aaULL;
  bits ^= swapped ^ swapped << 7;
  swapped = (bits ^ bits >> 14) & 0x0000cccc0000ccccULL;
  bits ^= swapped ^ swapped << 14;
  swapped = (bits ^ bits >> 28) & 0x00000000f0f0f0f0ULL;
  return bits ^ swapped ^ swapped << 28;
}

/// Rows that spike, step after step; IntegrateJob tells of the usual rows.
struct EventLists {
  std::vector<std::uint16_t> rows;   ///< room for every row at every step, and kListRoom more
  std::vector<std::uint32_t> begin;  ///< of each step, and the end
  std::vector<std::uint32_t> extra_begin;
  std::vector<std::uint16_t> silent;  ///< as long as `rows`
  std::vector<std::uint32_t> silent_begin;
  std::uint32_t usual_count = 0;  ///< the first layer alone has any
};

struct LayerState {
  AlignedBytes weights;  ///< rows of row_bytes, row_stride apart
  std::size_t row_bytes;
  std::size_t row_stride;
  std::vector<std::int8_t> levels;  ///< [class][stride]
  std::size_t stride;
  EventLists events;
  std::vector<std::uint8_t> spikes;
  std::vector<std::int8_t> trits;  ///< postsynaptic parts of coincidences
  std::vector<std::uint8_t> counts;
  std::vector<std::int16_t> last_potentials;
  std::vector<std::int16_t> potentials;
  // What learning needs.
  std::vector<std::int32_t> factors;
  std::vector<std::uint16_t> pair_words;
  std::vector<std::uint16_t> pair_offsets;
  std::vector<std::int16_t> whole_even, whole_odd;
  std::vector<std::uint16_t> part_even, part_odd;
  std::vector<std::uint32_t> steps_of_row;  ///< bit t: the row spiked at step t
  std::vector<std::uint16_t> visited;
  std::size_t visited_count = 0;
  std::vector<std::uint32_t> visited_steps;
  std::vector<std::uint16_t> row_x, row_y;
  // What competition and graded samples need.
  std::vector<Competitor> competitors;
  std::vector<std::uint16_t> counts_of_rows;  ///< of every row: spikes, or its graded value
  std::vector<std::uint16_t> visited_counts;  ///< of those that are not 0, whose numbers are in `visited`
  std::vector<std::int64_t> products;
  std::vector<std::int64_t> matches;
};

/// Goes from the layout of the buffers to that of the kernels and back.
void flip_even_weights(const Program& program, const LayerProgram& layer, std::span<std::byte> weights) {
  if (program.weight_width != 8 || competes(layer) || is_graded(program)) return;
  for (std::size_t k = 0; k < weights.size(); k += 2) weights[k] ^= std::byte{kEvenBias};
}

/// An odd number of cache lines, so that the same part of many rows does not fall on few sets of a cache.
std::size_t spread_stride(std::size_t row_bytes) { return row_bytes / 64 % 2 == 0 ? row_bytes + 64 : row_bytes; }

LayerState make_state(const Program& program, const LayerProgram& shape) {
  const std::size_t stride = padded(shape.neurons);
  const std::size_t rows = padded(shape.rows);
  const std::size_t row_bytes = weight_row_bytes(program, shape);
  const std::size_t row_stride = spread_stride(row_bytes);
  const std::size_t most_events = std::size_t{program.steps} * shape.rows + kListRoom;
  // Products read whole blocks of neurons, past the end of the last row.
  const std::size_t block_bytes = stride * program.weight_width / 8;
  LayerState state{.weights = AlignedBytes(shape.rows * row_stride + block_bytes),
                   .row_bytes = row_bytes,
                   .row_stride = row_stride,
                   .levels = std::vector<std::int8_t>(program.classes * stride),
                   .stride = stride,
                   .events = {.rows = std::vector<std::uint16_t>(most_events),
                              .begin = std::vector<std::uint32_t>(program.steps + 1),
                              .extra_begin = std::vector<std::uint32_t>(program.steps + 1),
                              .silent = std::vector<std::uint16_t>(most_events),
                              .silent_begin = std::vector<std::uint32_t>(program.steps + 1)},
                   .spikes = std::vector<std::uint8_t>(program.steps * stride / 8),
                   .trits = std::vector<std::int8_t>(program.steps * stride),
                   .counts = std::vector<std::uint8_t>(stride),
                   .last_potentials = std::vector<std::int16_t>(stride),
                   .potentials = std::vector<std::int16_t>(program.trace ? program.steps * stride : 0),
                   .factors = std::vector<std::int32_t>(stride),
                   .pair_words = std::vector<std::uint16_t>(stride),
                   .pair_offsets = std::vector<std::uint16_t>(stride),
                   .whole_even = std::vector<std::int16_t>(stride),
                   .whole_odd = std::vector<std::int16_t>(stride),
                   .part_even = std::vector<std::uint16_t>(stride),
                   .part_odd = std::vector<std::uint16_t>(stride),
                   .steps_of_row = std::vector<std::uint32_t>(rows),
                   .visited = std::vector<std::uint16_t>(rows),
                   .visited_steps = std::vector<std::uint32_t>(rows),
                   .row_x = std::vector<std::uint16_t>(rows),
                   .row_y = std::vector<std::uint16_t>(rows),
                   .competitors = {},
                   .counts_of_rows = {},
                   .visited_counts = {},
                   .products = {},
                   .matches = {}};
  if (competes(shape) || is_graded(program)) {
    state.counts_of_rows.resize(rows);
    state.visited_counts.resize(rows);
    state.products.resize(stride);
  }
  if (competes(shape)) {
    state.competitors.resize(shape.neurons);
    state.matches.resize(shape.neurons);
  }
  flip_even_weights(program, shape, state.weights.bytes());
  for (std::size_t pair = 0; pair < stride; ++pair) {
    state.pair_words[pair] = static_cast<std::uint16_t>(pair * contract::kMixMultiplier);
    state.pair_offsets[pair] = static_cast<std::uint16_t>(pair * contract::kMixOffsetMultiplier);
  }
  return state;
}

/// Potentials at which the postsynaptic part of a coincidence is open.
std::int32_t lowest_open(const LayerProgram& shape) {
  return shape.post == contract::Post::kOne ? INT32_MIN : shape.window + 1;
}
std::int32_t highest_open(const LayerProgram& shape) {
  return shape.post == contract::Post::kSurrogate ? 2 * shape.threshold - shape.window - 1 : INT32_MAX;
}

class FastCore final : public Core {
 public:
  FastCore(Program program, const FastKernels& kernels)
      : Core(std::move(program)),
        kernels_(kernels),
        active_(padded(program_.inputs + kListRoom)),
        intensity_(padded(program_.inputs + kListRoom)),
        words_x_(padded(program_.inputs + kListRoom)),
        words_y_(padded(program_.inputs + kListRoom)) {
    for (const LayerProgram& shape : program_.layers) layers_.push_back(make_state(program_, shape));
    if (!competes(program_.layers.back())) return;
    column_.resize(padded(program_.layers.back().rows));
    targets_.resize(column_.size());
  }

  void set_weights(std::size_t layer, std::span<const std::byte> rows) override {
    const LayerProgram& shape = program_.layers.at(layer);
    LayerState& state = layers_[layer];
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    const std::size_t used = std::size_t{shape.neurons} * program_.weight_width / 8;
    std::memset(state.weights.data(), 0, state.weights.size());
    for (std::size_t row = 0; row < shape.rows; ++row) {
      std::memcpy(state.weights.data() + row * state.row_stride, rows.data() + row * state.row_bytes, used);
    }
    flip_even_weights(program_, shape, state.weights.bytes());
    if (!competes(shape)) return;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      state.competitors[neuron] =
          load_competitor(rows.data() + shape.rows * state.row_bytes, state.row_bytes, neuron, program_.weight_width);
    }
  }

  void get_weights(std::size_t layer, std::span<std::byte> rows) const override {
    const LayerProgram& shape = program_.layers.at(layer);
    const LayerState& state = layers_[layer];
    if (rows.size() != weight_bytes(program_, shape)) throw std::invalid_argument("wrong size of a weights buffer");
    for (std::size_t row = 0; row < shape.rows; ++row) {
      std::memcpy(rows.data() + row * state.row_bytes, state.weights.data() + row * state.row_stride, state.row_bytes);
    }
    flip_even_weights(program_, shape, rows);
    if (!competes(shape)) return;
    std::fill(rows.begin() + static_cast<std::ptrdiff_t>(shape.rows * state.row_bytes), rows.end(), std::byte{0});
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      store_competitor(rows.data() + shape.rows * state.row_bytes, state.row_bytes, neuron, program_.weight_width,
                       state.competitors[neuron]);
    }
  }

  void set_levels(std::size_t layer, std::span<const std::byte> rows) override {
    const LayerProgram& shape = program_.layers.at(layer);
    LayerState& state = layers_[layer];
    if (rows.size() != level_bytes(program_, shape)) throw std::invalid_argument("wrong size of a level table");
    for (std::size_t label = 0; label < program_.classes; ++label) {
      std::memcpy(state.levels.data() + label * state.stride, rows.data() + label * align(shape.neurons), shape.neurons);
    }
  }

  void run(const Sample& sample, std::uint32_t number, SampleResult& result, Potentials* potentials) override {
    const bool learn = program_.learn && sample.learn;
    if (learn) ++counts_.samples_learned;
    if (potentials != nullptr) potentials->assign(program_.layers.size(), {});
    take(sample, number);
    for (std::size_t layer = 0; layer < layers_.size(); ++layer) {
      if (competes(program_.layers[layer])) {
        compare(layer, potentials);
        if (learn) compete(layer, sample.label, number);
      } else {
        is_graded(program_) ? answer(layer, potentials) : integrate(layer, potentials);
        if (layer == 0 && sample.gated) shut_all_but(sample.open);
        count_spikes(layer);
        if (learn && learns_at_once(program_.layers[layer])) update(layer, sample.label, number);
      }
      if (layer + 1 < layers_.size()) hand_on(layer);
    }
    for (std::size_t layer = 0; learn && layer < layers_.size(); ++layer) {
      if (program_.layers[layer].factor == contract::Factor::kFeedback) update(layer, sample.label, number);
    }
    tell(result);
  }

 private:
  /// Whether the layer learns without waiting for the last one.
  [[nodiscard]] static bool learns_at_once(const LayerProgram& layer) {
    return layer.factor != contract::Factor::kFrozen && layer.factor != contract::Factor::kFeedback;
  }

  /// Room for the next row of a list that is written without a test; the bias row ends every step.
  void end_step(std::size_t layer, std::uint32_t step, std::uint32_t& end) {
    const LayerProgram& shape = program_.layers[layer];
    EventLists& events = layers_[layer].events;
    if (shape.bias) events.rows[end++] = static_cast<std::uint16_t>(shape.rows - 1);
    events.begin[step + 1] = end;
    events.extra_begin[step + 1] = end;
  }

  void take(const Sample& sample, std::uint32_t number) {
    switch (program_.sample_kind) {
      case contract::SampleKind::kIntensity:
        return encode(sample, number);
      case contract::SampleKind::kEvent:
        return take_events(sample);
      case contract::SampleKind::kGraded:
        break;
    }
    take_values(0, sample.intensities.data());
    counts_.input_events += layers_[0].visited_count - (program_.layers[0].bias ? 1 : 0);
  }

  /// Graded values of the rows of a layer but for its bias.
  template <class Value>
  void take_values(std::size_t layer, const Value* values) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    std::copy_n(values, shape.rows - (shape.bias ? 1 : 0), state.counts_of_rows.begin());
    if (shape.bias) state.counts_of_rows[shape.rows - 1] = contract::kGradedFull;
    list_counted_rows(shape, state);
  }

  /// Fills `visited` and `visited_counts` from `counts_of_rows`.
  static void list_counted_rows(const LayerProgram& shape, LayerState& state) {
    state.visited_count = 0;
    for (std::size_t row = 0; row < shape.rows; ++row) {
      state.visited[state.visited_count] = static_cast<std::uint16_t>(row);
      state.visited_counts[state.visited_count] = state.counts_of_rows[row];
      state.visited_count += state.counts_of_rows[row] != 0 ? 1 : 0;
    }
  }

  void take_events(const Sample& sample) {
    EventLists& events = layers_[0].events;
    std::uint32_t end = 0;
    std::size_t next = 0;
    for (std::uint32_t step = 0; step < program_.steps; ++step) {
      for (; next < sample.events.size() && sample.events[next] >> 16 == step; ++next) {
        events.rows[end++] = static_cast<std::uint16_t>(sample.events[next]);
      }
      end_step(0, step, end);
    }
    counts_.input_events += sample.events.size();
  }

  void encode(const Sample& sample, std::uint32_t number) {
    // Inputs that spike at half of the steps or more are the usual rows and come first: most of an image's pixels that are not
    // dark are nearly white, and it costs less to take away the rows of the few that stay silent.
    EventLists& events = layers_[0].events;
    const auto list = [&](std::uint8_t lowest, std::uint8_t highest, std::size_t from) {
      return kernels_.list_inputs(sample.intensities.data(), program_.inputs, lowest, highest, active_.data() + from,
                                  intensity_.data() + from);
    };
    const std::size_t usual = list(128, 255, 0);
    const std::size_t others = list(1, 127, usual);
    const std::size_t active = usual + others;
    events.usual_count = static_cast<std::uint32_t>(usual);
    const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kEncoding, 0), number);
    std::uint32_t end = 0;
    std::uint32_t silent_end = 0;
    for (std::uint32_t step = 0; step < program_.steps; ++step) {
      if (step % 4 == 0) {
        const auto group = static_cast<std::uint16_t>(step / 4);
        kernels_.permute_all(key.data(), group, active_.data(), active, words_x_.data(), words_y_.data());
      }
      const std::vector<std::uint16_t>& words = step % 4 < 2 ? words_x_ : words_y_;
      const unsigned shift = step % 2 == 0 ? 8 : 0;
      const std::uint32_t begin = end;
      end += kernels_.list_spikes(active_.data(), intensity_.data(), words.data(), shift, usual, events.rows.data() + end,
                                  events.silent.data() + silent_end);
      silent_end += events.usual_count - (end - begin);
      events.silent_begin[step + 1] = silent_end;
      events.extra_begin[step] = end;
      end += kernels_.list_spikes(active_.data() + usual, intensity_.data() + usual, words.data() + usual, shift, others,
                                  events.rows.data() + end, nullptr);
      counts_.input_events += end - begin;
      end_step(0, step, end);
    }
  }

  void integrate(std::size_t layer, Potentials* potentials) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    if (potentials != nullptr) state.potentials.resize(program_.steps * state.stride);
    IntegrateJob job{.weights = state.weights.data(),
                     .row_bytes = state.row_bytes,
                     .row_stride = state.row_stride,
                     .neurons = shape.neurons,
                     .steps = program_.steps,
                     .usual = active_.data(),
                     .usual_count = state.events.usual_count,
                     .events = state.events.rows.data(),
                     .event_begin = state.events.begin.data(),
                     .extra_begin = state.events.extra_begin.data(),
                     .silent = state.events.silent.data(),
                     .silent_begin = state.events.silent_begin.data(),
                     .threshold = shape.threshold,
                     .lowest_open = lowest_open(shape),
                     .highest_open = highest_open(shape),
                     .spike_mask = shape.post == contract::Post::kTrit ? 1 : 0,
                     .leak = static_cast<std::int32_t>(shape.leak),
                     .input_shift = static_cast<std::int32_t>(shape.input_shift),
                     .stride = state.stride,
                     .spikes = state.spikes.data(),
                     .trits = state.trits.data(),
                     .counts = state.counts.data(),
                     .last_potentials = state.last_potentials.data(),
                     .potentials = potentials == nullptr ? nullptr : state.potentials.data(),
                     .saturations = 0};
    program_.weight_width == 8 ? kernels_.integrate8(job) : kernels_.integrate16(job);

    LayerCounts& counts = counts_.layers[layer];
    const std::uint64_t events = state.events.begin[program_.steps];
    counts.events += events;
    counts.synaptic_operations += events * shape.neurons;
    counts.potential_saturations += job.saturations;
    if (potentials == nullptr) return;
    std::vector<std::int16_t>& to = (*potentials)[layer];
    for (std::size_t step = 0; step < program_.steps; ++step) {
      const auto from = state.potentials.begin() + static_cast<std::ptrdiff_t>(step * state.stride);
      to.insert(to.end(), from, from + shape.neurons);
    }
  }

  /// Products of the rows in `visited` with the layer's weights.
  void multiply(const LayerProgram& shape, LayerState& state) const {
    ProductJob job{.weights = state.weights.data(),
                   .row_stride = state.row_stride,
                   .rows = state.visited.data(),
                   .counts = state.visited_counts.data(),
                   .largest_count = full_count(program_),
                   .row_count = state.visited_count,
                   .stride = padded(shape.neurons),
                   .products = state.products.data()};
    program_.weight_width == 8 ? kernels_.product8(job) : kernels_.product16(job);
  }

  /// The graded values of a layer's neurons.
  void answer(std::size_t layer, Potentials* potentials) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    LayerCounts& counts = counts_.layers[layer];
    multiply(shape, state);
    counts.events += state.visited_count;
    counts.synaptic_operations += state.visited_count * shape.neurons;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      const std::int64_t unlimited = current(state.products[neuron], shape.input_shift + contract::kGradedShift);
      const auto potential = static_cast<std::int16_t>(saturate(unlimited, contract::kPotentialWidth));
      counts.potential_saturations += potential != unlimited ? 1 : 0;
      state.last_potentials[neuron] = potential;
      state.counts[neuron] = static_cast<std::uint8_t>(graded_value(potential, shape.window));
      state.trits[neuron] = static_cast<std::int8_t>(postsynaptic(shape.post, potential, shape.threshold, shape.window, false));
    }
    if (potentials == nullptr) return;
    (*potentials)[layer].assign(state.last_potentials.begin(), state.last_potentials.begin() + shape.neurons);
  }

  /// Hides the neurons of the first layer that are not in `open`.
  void shut_all_but(std::span<const std::uint32_t> open) {
    LayerState& state = layers_[0];
    std::size_t next = 0;
    for (std::uint32_t neuron = 0; neuron < program_.layers[0].neurons; ++neuron) {
      if (next < open.size() && open[next] == neuron) {
        ++next;
        continue;
      }
      state.counts[neuron] = 0;
      for (std::size_t step = 0; step < program_.steps; ++step) {
        state.trits[step * state.stride + neuron] = 0;
        state.spikes[(step * state.stride + neuron) / 8] &= static_cast<std::uint8_t>(~(1U << neuron % 8));
      }
    }
  }

  void count_spikes(std::size_t layer) {
    const std::vector<std::uint8_t>& counts = layers_[layer].counts;
    for (std::size_t neuron = 0; neuron < program_.layers[layer].neurons; ++neuron) {
      counts_.layers[layer].spikes += is_graded(program_) ? std::min<std::uint32_t>(counts[neuron], 1) : counts[neuron];
    }
  }

  /// The spikes of a layer as events of the next one.
  void hand_on(std::size_t layer) {
    const LayerState& state = layers_[layer];
    if (is_graded(program_)) return take_values(layer + 1, state.counts.data());
    const std::size_t neurons = program_.layers[layer].neurons;
    std::uint16_t* const rows = layers_[layer + 1].events.rows.data();
    std::uint32_t end = 0;
    for (std::uint32_t step = 0; step < program_.steps; ++step) {
      const std::uint8_t* const spikes = state.spikes.data() + step * state.stride / 8;
      end += kernels_.list_bits(spikes, neurons, rows + end);
      end_step(layer + 1, step, end);
    }
  }

  void update(std::size_t layer, std::uint32_t label, std::uint32_t number) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    const std::size_t visited = is_graded(program_) ? state.visited_count : choose_rows(layer);
    LayerCounts& counts = counts_.layers[layer];
    counts.update_rows += visited;
    counts.update_operations += std::uint64_t{visited} * shape.neurons;
    if (!set_factors(shape, state, label)) return;

    const bool stochastic = shape.rounding == contract::Rounding::kStochastic;
    if (stochastic) {
      const auto layer_number = static_cast<unsigned>(layer);
      const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kRounding, layer_number), number);
      kernels_.permute_all(key.data(), 0, state.visited.data(), visited, state.row_x.data(), state.row_y.data());
    }
    if (is_graded(program_)) return update_graded(layer, stochastic);
    if (program_.weight_width == 8 && shape.span == contract::Span::kLastStep) {
      set_common_changes(state);
      CommonUpdateJob job{.weights = state.weights.data(),
                          .row_bytes = state.row_bytes,
                          .row_stride = state.row_stride,
                          .rows = state.visited.data(),
                          .row_count = visited,
                          .row_x = state.row_x.data(),
                          .row_y = state.row_y.data(),
                          .pair_words = state.pair_words.data(),
                          .pair_offsets = state.pair_offsets.data(),
                          .whole_even = state.whole_even.data(),
                          .whole_odd = state.whole_odd.data(),
                          .part_even = state.part_even.data(),
                          .part_odd = state.part_odd.data(),
                          .stochastic = stochastic,
                          .saturations = 0};
      kernels_.update_common8(job);
      counts.weight_saturations += job.saturations;
      return;
    }
    UpdateJob job{.weights = state.weights.data(),
                  .row_stride = state.row_stride,
                  .neurons = shape.neurons,
                  .first_step = shape.span == contract::Span::kLastStep ? program_.steps - 1 : 0,
                  .steps = program_.steps,
                  .rows = state.visited.data(),
                  .row_steps = state.visited_steps.data(),
                  .row_count = visited,
                  .row_x = state.row_x.data(),
                  .row_y = state.row_y.data(),
                  .pair_words = state.pair_words.data(),
                  .pair_offsets = state.pair_offsets.data(),
                  .trits = state.trits.data(),
                  .stride = state.stride,
                  .factors = state.factors.data(),
                  .trace_shift = shape.trace_shift,
                  .stochastic = stochastic,
                  .saturations = 0};
    program_.weight_width == 8 ? kernels_.update8(job) : kernels_.update16(job);
    counts.weight_saturations += job.saturations;
  }

  /// Each row in `visited` learns as its value says. `factors` holds the neurons' factors.
  void update_graded(std::size_t layer, bool stochastic) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) state.factors[neuron] *= state.trits[neuron];
    GradedUpdateJob job{.weights = state.weights.data(),
                        .row_stride = state.row_stride,
                        .rows = state.visited.data(),
                        .values = state.visited_counts.data(),
                        .row_count = state.visited_count,
                        .row_x = state.row_x.data(),
                        .row_y = state.row_y.data(),
                        .pair_words = state.pair_words.data(),
                        .pair_offsets = state.pair_offsets.data(),
                        .changes = state.factors.data(),
                        .neurons = shape.neurons,
                        .stochastic = stochastic,
                        .saturations = 0};
    program_.weight_width == 8 ? kernels_.graded_update8(job) : kernels_.graded_update16(job);
    counts_.layers[layer].weight_saturations += job.saturations;
  }

  /// Fills `visited` and `visited_steps` with the rows to learn from and returns their number.
  [[nodiscard]] std::size_t choose_rows(std::size_t layer) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    const std::uint32_t last = program_.steps - 1;
    const EventLists& events = state.events;
    if (shape.span == contract::Span::kLastStep) {
      const std::size_t count = events.begin[last + 1] - events.begin[last];
      std::copy_n(events.rows.begin() + events.begin[last], count, state.visited.begin());
      std::fill_n(state.visited_steps.begin(), count, std::uint32_t{1} << last);
      return count;
    }
    layer == 0 ? gather_steps(state) : transpose_steps(layers_[layer - 1], state);
    if (shape.bias) state.steps_of_row[shape.rows - 1] = static_cast<std::uint32_t>((std::uint64_t{1} << program_.steps) - 1);
    std::size_t count = 0;
    for (std::size_t row = 0; row < shape.rows; ++row) {
      state.visited[count] = static_cast<std::uint16_t>(row);
      state.visited_steps[count] = state.steps_of_row[row];
      count += state.steps_of_row[row] != 0 ? 1 : 0;
    }
    return count;
  }

  /// Fills `steps_of_row` from the list of events.
  void gather_steps(LayerState& state) const {
    const EventLists& events = state.events;
    std::fill(state.steps_of_row.begin(), state.steps_of_row.end(), 0);
    for (std::uint32_t step = 0; step < program_.steps; ++step) {
      for (std::uint32_t k = events.begin[step]; k < events.begin[step + 1]; ++k) {
        state.steps_of_row[events.rows[k]] |= std::uint32_t{1} << step;
      }
    }
  }

  /// The same from the spikes of the layer before, eight neurons and eight steps at once.
  void transpose_steps(const LayerState& before, LayerState& state) const {
    for (std::size_t first = 0; first < state.steps_of_row.size() && first < before.stride; first += 8) {
      std::array<std::uint32_t, 8> steps_of_neuron{};
      for (std::uint32_t group = 0; group < program_.steps; group += 8) {
        const std::uint32_t end = std::min(program_.steps - group, 8U);
        std::uint64_t bits = 0;
        for (std::uint32_t step = 0; step < end; ++step) {
          bits |= std::uint64_t{before.spikes[((group + step) * before.stride + first) / 8]} << 8 * step;
        }
        bits = transpose_bits(bits);
        for (std::size_t k = 0; k < 8; ++k) steps_of_neuron[k] |= static_cast<std::uint32_t>(bits >> 8 * k & 0xff) << group;
      }
      std::copy(steps_of_neuron.begin(), steps_of_neuron.end(),
                state.steps_of_row.begin() + static_cast<std::ptrdiff_t>(first));
    }
  }

  /// Returns whether any factor is not 0.
  [[nodiscard]] bool set_factors(const LayerProgram& shape, LayerState& state, std::uint32_t label) const {
    if (shape.factor == contract::Factor::kLevel) {
      kernels_.level_factors(state.levels.data() + label * state.stride, state.stride, static_cast<std::int32_t>(shape.rate),
                             shape.factor_shift, state.factors.data());
      return shape.rate != 0;
    }
    if (shape.factor == contract::Factor::kFeedback) return set_feedback_factors(shape, state, label);
    bool any = false;
    for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
      const std::int32_t signal = error_signal(full_count(program_), neuron == label, state.counts[neuron]);
      state.factors[neuron] = postsynaptic_factor(signal, shape.rate, shape.factor_shift);
      any = any || state.factors[neuron] != 0;
    }
    return any;
  }

  [[nodiscard]] bool set_feedback_factors(const LayerProgram& shape, LayerState& state, std::uint32_t label) const {
    const LayerState& last = layers_.back();
    const std::uint32_t errors = std::min(program_.classes, program_.layers.back().neurons);
    std::fill(state.factors.begin(), state.factors.end(), 0);
    for (std::uint32_t k = 0; k < errors; ++k) {
      const std::int32_t error = error_signal(full_count(program_), k == label, last.counts[k]);
      if (error == 0) continue;
      const std::int8_t* const levels = state.levels.data() + k * state.stride;
      for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) state.factors[neuron] += levels[neuron] * error;
    }
    bool any = false;
    for (std::uint32_t neuron = 0; neuron < shape.neurons; ++neuron) {
      state.factors[neuron] = postsynaptic_factor(state.factors[neuron], shape.rate, shape.factor_shift);
      any = any || state.factors[neuron] != 0;
    }
    return any;
  }

  /// Counts of the rows that spike, products and matches.
  void compare(std::size_t layer, Potentials* potentials) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    std::uint64_t events = state.visited_count;
    if (!is_graded(program_)) {
      events = state.events.begin[program_.steps];
      std::fill(state.counts_of_rows.begin(), state.counts_of_rows.end(), std::uint16_t{0});
      for (std::uint64_t k = 0; k < events; ++k) ++state.counts_of_rows[state.events.rows[k]];
      list_counted_rows(shape, state);
    }
    multiply(shape, state);
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      state.matches[neuron] = match(state.products[neuron], shape.input_shift, state.competitors[neuron].squares);
    }
    counts_.layers[layer].events += events;
    counts_.layers[layer].synaptic_operations += events * shape.neurons;
    if (potentials != nullptr) (*potentials)[layer].assign(std::size_t{program_.steps} * shape.neurons, 0);
  }

  /// The neuron that learns, or as many as there are if none may.
  [[nodiscard]] std::size_t winner(const LayerProgram& shape, const LayerState& state, std::uint32_t label) const {
    const std::int8_t* const levels = state.levels.data() + label * state.stride;
    std::size_t best = shape.neurons;
    std::int64_t most = 0;
    for (std::size_t neuron = 0; neuron < shape.neurons; ++neuron) {
      if (levels[neuron] <= 0) continue;
      const Competitor& competitor = state.competitors[neuron];
      if (competitor.wins == 0) return neuron;
      const std::int64_t handicapped = state.matches[neuron] - std::int64_t{shape.homeostasis} * competitor.wins;
      if (best != shape.neurons && handicapped <= most) continue;
      best = neuron;
      most = handicapped;
    }
    return best;
  }

  void compete(std::size_t layer, std::uint32_t label, std::uint32_t number) {
    const LayerProgram& shape = program_.layers[layer];
    LayerState& state = layers_[layer];
    const std::size_t neuron = winner(shape, state, label);
    if (neuron == shape.neurons) return;
    Competitor& competitor = state.competitors[neuron];
    LayerCounts& counts = counts_.layers[layer];
    counts.update_rows += shape.rows;
    counts.update_operations += shape.rows;

    const Key key = sample_key(purpose_key(program_.seed, contract::Purpose::kRounding, static_cast<unsigned>(layer)), number);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      const std::byte* const weights = state.weights.data() + row * state.row_stride;
      state.visited[row] = static_cast<std::uint16_t>(row);
      column_[row] = load_weight(weights, neuron, program_.weight_width);
      targets_[row] = competition_target(state.counts_of_rows[row], shape.input_shift);
    }
    kernels_.permute_all(key.data(), 0, state.visited.data(), shape.rows, state.row_x.data(), state.row_y.data());
    PullJob job{.targets = targets_.data(),
                .row_x = state.row_x.data(),
                .row_y = state.row_y.data(),
                .row_count = shape.rows,
                .pair_word = state.pair_words[neuron / 2],
                .pair_offset = state.pair_offsets[neuron / 2],
                .odd = neuron % 2 != 0,
                .stochastic = shape.rounding == contract::Rounding::kStochastic,
                .weight_width = program_.weight_width,
                .shift = competition_shift(competitor.wins, shape.factor_shift),
                .weights = column_.data(),
                .squares = competitor.squares,
                .saturations = 0};
    kernels_.pull(job);
    for (std::size_t row = 0; row < shape.rows; ++row) {
      store_weight(state.weights.data() + row * state.row_stride, neuron, program_.weight_width,
                   static_cast<std::int16_t>(column_[row]));
    }
    competitor.squares = job.squares;
    competitor.wins = std::min(competitor.wins + 1, kMostWins);
    counts.weight_saturations += job.saturations;
  }

  /// Splits trit * factor of the last step for the rows' common update.
  void set_common_changes(LayerState& state) const {
    kernels_.split_changes(state.trits.data() + (program_.steps - 1) * state.stride, state.factors.data(), state.stride,
                           state.whole_even.data(), state.whole_odd.data(), state.part_even.data(), state.part_odd.data());
  }

  void tell(SampleResult& result) const {
    const LayerState& state = layers_.back();
    const std::uint32_t neurons = program_.layers.back().neurons;
    result.scores.resize(neurons);
    result.prediction = 0;
    result.spikes = 0;
    for (std::uint32_t neuron = 0; neuron < neurons; ++neuron) {
      result.scores[neuron] = competes(program_.layers.back()) ? competition_score(state.matches[neuron])
                                                               : score(state.counts[neuron], state.last_potentials[neuron]);
      if (result.scores[neuron] > result.scores[result.prediction]) result.prediction = neuron;
      result.spikes += state.counts[neuron];
    }
  }

  const FastKernels& kernels_;
  std::vector<LayerState> layers_;
  // Inputs that are not 0: number and intensity, and their random words, with room for kListRoom more.
  std::vector<std::uint16_t> active_;
  std::vector<std::uint8_t> intensity_;
  std::vector<std::uint16_t> words_x_;
  std::vector<std::uint16_t> words_y_;
  // Weights of a winner and what they move towards, row by row.
  std::vector<std::int32_t> column_;
  std::vector<std::int32_t> targets_;
};

}  // namespace

std::unique_ptr<Core> make_core(Program program) { return make_fast_core(std::move(program), fast_kernels()); }

std::unique_ptr<Core> make_fast_core(Program program, const FastKernels& kernels) {
  return std::make_unique<FastCore>(std::move(program), kernels);
}

}  // namespace phasic::reference
