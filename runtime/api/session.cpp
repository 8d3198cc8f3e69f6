// SPDX-License-Identifier: Apache-2.0
#include "phasic/session.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "runtime/api/inner.hpp"
#include "runtime/api/samples.hpp"
#include "runtime/features/prepare.hpp"
#include "runtime/network/limits.hpp"
#include "runtime/nir/export.hpp"
#include "runtime/nir/import.hpp"
#include "runtime/run/checkpoint.hpp"
#include "runtime/run/devices.hpp"
#include "runtime/run/readout.hpp"
#include "runtime/run/session.hpp"

namespace phasic {
namespace {

std::unique_ptr<driver::Device> open(const Target& target, const runtime::Network& network) {
  runtime::DeviceOptions options;
  options.engine = target.engine;
  options.engine_options = target.engine_options;
  options.transport = target.transport;
  options.xclbin = target.xclbin;
  options.devices = {target.device};
  options.first_unit = target.compute_unit;
  options.weight_width = network.weight_width;
  runtime::prepare_xrt(options);
  auto devices = runtime::open_devices(options);
  runtime::check_limits(network, devices.front()->limits(), devices.front()->describe());
  return std::move(devices.front());
}

runtime::Fixed fixed_for(const runtime::Network& network, const Target& target) {
  auto fixed = runtime::make_fixed(network);
  fixed.timeout = target.timeout;
  return fixed;
}

template <std::size_t N>
std::vector<Counter> counters_of(const std::array<contract::Field, N>& fields, const void* record) {
  std::vector<Counter> counters;
  for (const auto& field : fields) {
    if (field.kind != contract::FieldKind::kExact && field.kind != contract::FieldKind::kTiming) continue;
    std::uint64_t value = 0;  // the host is little endian, as the kernel is
    std::memcpy(&value, static_cast<const std::byte*>(record) + field.offset, field.bytes);
    counters.push_back({std::string(field.name), field.kind == contract::FieldKind::kExact, value});
  }
  return counters;
}

/// Puts the results of launches together.
class Collected {
 public:
  Collected(const runtime::Network& network, std::size_t samples, bool trace) : network_(network) {
    if (trace) trace_.reserve(samples * runtime::trace_bytes_per_sample(network));
    results_.outputs = network.outputs();
  }

  void add(const runtime::Answers& answers, const runtime::LaunchResult& launch) {
    for (const auto& answer : answers.answers) {
      results_.labels.push_back(answer.label);
      results_.classes.push_back(answer.given);
      results_.neurons.push_back(answer.prediction);
      results_.spikes.push_back(answer.spikes);
    }
    results_.scores.insert(results_.scores.end(), answers.scores.begin(), answers.scores.end());
    trace_.insert(trace_.end(), launch.trace.begin(), launch.trace.end());
    counters_.add(launch.counters);
  }

  [[nodiscard]] Results take() {
    results_.counters.network = counters_of(contract::kResultsHeaderFields, &counters_.header);
    for (std::size_t n = 0; n < network_.layers.size(); ++n)
      results_.counters.layers.push_back(counters_of(contract::kLayerCountersFields, &counters_.layers[n]));
    if (!trace_.empty()) {
      results_.trace = Trace([network = network_, trace = std::move(trace_)](std::size_t sample, std::size_t layer,
                                                                             std::uint32_t step, std::uint32_t neuron) {
        return runtime::traced_potential(network, trace, sample, layer, step, neuron);
      });
    }
    return std::move(results_);
  }

 private:
  const runtime::Network& network_;
  Results results_;
  std::vector<std::byte> trace_;
  runtime::Counters counters_;
};

runtime::nir::ImportOptions import_options(const NirOptions& given) {
  namespace nir = runtime::nir;
  nir::ImportOptions options;
  options.step = given.dt;
  options.decay = nir::decay_named(given.decay);
  if (!given.reset.empty()) options.reset = nir::reset_named(given.reset);
  if (!given.input.empty()) options.samples = nir::input_named(given.input);
  if (given.weight_bits != 0) options.weight_width = given.weight_bits;
  if (given.steps != 0) options.steps = given.steps;
  options.learning_rate = given.learning_rate;
  return options;
}

}  // namespace

std::int32_t WeightsView::get(std::uint32_t row, std::uint32_t column) const {
  if (row >= rows || column >= columns)
    throw InputError(fmt::format("weight [{}, {}]: there are {} rows of {}", row, column, rows, columns));
  const std::byte* const place = data + row * row_stride + std::size_t{column} * (bits / 8);
  if (bits == 8) return static_cast<std::int8_t>(*place);
  std::int16_t value = 0;
  std::memcpy(&value, place, sizeof value);
  return value;
}

void WeightsView::set(std::uint32_t row, std::uint32_t column, std::int32_t value) const {
  (void)get(row, column);
  const std::int32_t largest = (1 << (bits - 1)) - 1;
  if (value > largest || value < -largest - 1)
    throw InputError(fmt::format("weight [{}, {}]: {} does not fit {} bits", row, column, value, bits));
  std::memcpy(data + row * row_stride + std::size_t{column} * (bits / 8), &value, bits / 8);
}

struct Session::Inner {
  Inner(Network given, Target on)
      : network(std::move(given)),
        target(std::move(on)),
        device(open(target, Access::inner(network))),
        fixed(fixed_for(Access::inner(network), target)),
        weights(runtime::initial_weights(fixed.network, fixed.layout)) {}

  void expect_prepared() const {
    if (fixed.network.preparation)
      throw runtime::InputError(fixed.network.file, "preparation", "has not been done; Session::prepare does it");
  }

  /// Puts weights where views look at them.
  void put(const std::vector<std::byte>& values) {
    if (values.size() != weights.size())
      throw runtime::InputError(fixed.network.file, "weights",
                                fmt::format("{} bytes; {} are right", values.size(), weights.size()));
    std::copy(values.begin(), values.end(), weights.begin());
  }

  Network network;
  Target target;
  std::unique_ptr<driver::Device> device;
  runtime::Fixed fixed;
  std::vector<std::byte> weights;  ///< never moved, since views look into it
  runtime::LearnState state;       ///< its weights only while it learns
};

Session::Session(Network network, const Target& target)
    : Session(translated([&] { return std::make_unique<Inner>(std::move(network), target); })) {}
Session::Session(std::unique_ptr<Inner> inner) : inner_(std::move(inner)) {}
Session::Session(Session&&) noexcept = default;
Session& Session::operator=(Session&&) noexcept = default;
Session::~Session() = default;

Session Session::from_checkpoint(const std::filesystem::path& file, const Target& target) {
  return translated([&] {
    auto checkpoint = runtime::read_checkpoint(file);
    auto inner = std::make_unique<Inner>(Access::wrap(std::move(checkpoint.network)), target);
    inner->state.position = inner->state.number = checkpoint.position;
    inner->put(checkpoint.weights);
    inner->state.curve = std::move(checkpoint.curve);
    return Session(std::move(inner));
  });
}

Session Session::from_nir(const std::filesystem::path& file, const NirOptions& options, const Target& target) {
  return translated([&] {
    auto imported = runtime::nir::import_graph(file, import_options(options));
    auto inner = std::make_unique<Inner>(Access::wrap(std::move(imported.quantized.network)), target);
    inner->put(imported.quantized.weights);
    return Session(std::move(inner));
  });
}

const Network& Session::network() const { return inner_->network; }
std::string Session::describe() const { return inner_->device->describe(); }
std::uint64_t Session::position() const { return inner_->state.position; }

void Session::prepare(std::span<const Sample> samples) {
  translated([&] {
    const auto& network = inner_->fixed.network;
    if (!network.preparation) throw runtime::InputError(network.file, "preparation", "the network has none to do");
    const GivenSamples given(network, samples, true);
    const runtime::SampleSource source = [&](std::uint64_t position, std::vector<runtime::Sample>& to) {
      to.push_back(given.samples()[position]);
    };
    auto prepared = runtime::prepare(network, source, samples.size(), runtime::launches_on(*inner_->device));
    inner_->network = Access::wrap(prepared.network);
    inner_->fixed = fixed_for(prepared.network, inner_->target);
    inner_->put(prepared.weights);
  });
}

Results Session::learn(std::span<const Sample> samples, const RunOptions& options) {
  return translated([&] {
    inner_->expect_prepared();
    const auto& fixed = inner_->fixed;
    auto& state = inner_->state;
    const GivenSamples given(fixed.network, samples, true);
    const auto first = state.position;
    const runtime::SampleSource source = [&](std::uint64_t position, std::vector<runtime::Sample>& to) {
      to.push_back(given.samples()[position - first]);
    };
    Collected collected(fixed.network, samples.size(), options.trace);
    state.weights = inner_->weights;
    try {
      runtime::learn(fixed, source,
                     {.end = first + samples.size(), .launch_samples = options.launch_samples, .trace = options.trace},
                     runtime::launch_on(*inner_->device, fixed), state, {},
                     [&](const runtime::Launched& launched) { collected.add(launched.answers, launched.result); });
    } catch (...) {
      inner_->put(std::exchange(state.weights, {}));
      throw;
    }
    inner_->put(std::exchange(state.weights, {}));
    return collected.take();
  });
}

Results Session::run(std::span<const Sample> samples, const RunOptions& options) {
  return translated([&] {
    inner_->expect_prepared();
    const auto& fixed = inner_->fixed;
    const GivenSamples given(fixed.network, samples, false);
    auto shown = given.samples();
    if (!shown.empty()) shown.front().restart = true;
    auto weights = runtime::has_readout(fixed.network) ? runtime::answering_weights(fixed, inner_->weights) : inner_->weights;
    const auto most =
        std::min<std::size_t>(std::max(options.launch_samples, 1U), runtime::largest_launch(fixed.network, options.trace));
    Collected collected(fixed.network, samples.size(), options.trace);
    runtime::AnswerSums sums(fixed.network);
    auto number = runtime::kFirstTestSample;
    for (std::span<const runtime::Sample> left(shown); !left.empty();) {
      const auto part = left.first(std::min(most, left.size()));
      left = left.subspan(part.size());
      auto result =
          runtime::run_launch(*inner_->device, fixed, weights, part, {.trace = options.trace, .first_sample = number});
      number += static_cast<std::uint32_t>(part.size());
      if (fixed.network.keep) weights = std::move(result.weights);
      collected.add(sums.add(part, result), result);
    }
    return collected.take();
  });
}

WeightsView Session::weights(std::size_t layer) {
  const auto& network = inner_->fixed.network;
  if (layer >= network.layers.size())
    throw InputError(fmt::format("layer {}: the network has {}", layer, network.layers.size()));
  const auto connection = network.connection(layer);
  const auto& place = inner_->fixed.layout.layers[layer];
  return {.data = inner_->weights.data() + place.weights_offset,
          .rows = connection.weight_rows(),
          .columns = connection.row_width(),
          .row_stride = place.row_bytes,
          .bits = network.weight_width};
}

void Session::save(const std::filesystem::path& file) const {
  translated([&] {
    const auto& state = inner_->state;
    runtime::write_checkpoint(file, {.network = inner_->fixed.network,
                                     .data_name = "samples of a program",
                                     .data_samples = std::max<std::uint64_t>(state.position, 1),
                                     .position = state.position,
                                     .curve = state.curve,
                                     .weights = inner_->weights});
  });
}

void Session::save_nir(const std::filesystem::path& file, double dt) const {
  translated([&] { runtime::nir::write_graph(file, runtime::nir::export_graph(inner_->fixed.network, inner_->weights, dt)); });
}

}  // namespace phasic
