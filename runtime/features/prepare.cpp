// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/prepare.hpp"

#include <algorithm>
#include <stdexcept>

#include "runtime/base/error.hpp"
#include "runtime/features/answers.hpp"
#include "runtime/features/targets.hpp"

namespace phasic::runtime {
namespace {

/// Weight rows of a layer, with or without that of a bias.
using FilterRows = std::vector<std::int32_t>;

FilterRows filters_in(const Network& network, const Layout& layout, std::span<const std::byte> weights, std::uint32_t layer) {
  const layout::Shape& shape = network.layers[layer].shape;
  FilterRows rows;
  rows.reserve(std::size_t{shape.weight_rows()} * shape.channels);
  for (std::uint32_t row = 0; row < shape.weight_rows(); ++row)
    for (std::uint32_t filter = 0; filter < shape.channels; ++filter)
      rows.push_back(weight(network, layout, weights, layer, row, filter));
  return rows;
}

void put_filters(const Network& network, const Layout& layout, std::uint32_t layer, const FilterRows& filters,
                 std::vector<std::byte>& weights) {
  const std::size_t count = network.layers[layer].shape.channels;
  for (std::size_t n = 0; n < filters.size(); ++n) {
    put_weight(network, layout, weights, layer, static_cast<std::uint32_t>(n / count), static_cast<std::uint32_t>(n % count),
               filters[n]);
  }
}

/// A network some of whose layers are ready: their filters with biases, from the first layer on.
struct PartlyPrepared {
  const Preparation& plan;
  Network network;
  std::vector<FilterRows> filters;
  /// The next one.
  [[nodiscard]] std::uint32_t layer() const { return static_cast<std::uint32_t>(filters.size()); }
};

std::vector<std::byte> weights_of(const PartlyPrepared& so_far, const Network& network) {
  const Layout layout = layout_of(network);
  std::vector<std::byte> weights = initial_weights(network, layout);
  for (std::uint32_t layer = 0; layer < so_far.layer(); ++layer)
    put_filters(network, layout, layer, so_far.filters[layer], weights);
  return weights;
}

/// The network while the filters of the next layer learn.
Network learning(const PartlyPrepared& so_far, std::uint32_t target_shift) {
  Network network = so_far.network;
  for (LayerSpec& layer : network.layers) layer.rule = Rule::kFrozen;
  LayerSpec& layer = network.layers[so_far.layer()];
  layer.rule = Rule::kFeatures;
  layer.bias = false;
  layer.window = static_cast<std::int32_t>(so_far.plan.contrast);
  layer.factor_shift = so_far.plan.slowest_rate;
  layer.homeostasis = so_far.plan.homeostasis;
  layer.target_shift = target_shift;
  return network;
}

FilterRows learned_filters(const PartlyPrepared& so_far, std::span<const Sample> samples, const Targets& targets,
                           const LauncherFor& launches) {
  const Fixed fixed = make_fixed(learning(so_far, targets.shift));
  LearnState state;
  state.weights = weights_of(so_far, fixed.network);
  set_targets(fixed.network, fixed.layout, so_far.layer(), targets.matrix, targets.offsets, state.weights);
  const SampleSource shown = [&](std::uint64_t position, std::vector<Sample>& to) { to.push_back(samples[position]); };
  learn(fixed, shown, {.end = samples.size()}, launches(fixed), state, {}, {});
  return filters_in(fixed.network, fixed.layout, state.weights, so_far.layer());
}

/// Drawn from the seed, and without what all values of a patch have in common.
FilterRows random_filters(const Network& network, std::uint32_t layer) {
  const Layout layout = layout_of(network);
  FilterRows rows = filters_in(network, layout, initial_weights(network, layout), layer);
  const std::size_t filters = network.layers[layer].shape.channels, count = rows.size() / filters;
  for (std::size_t filter = 0; filter < filters; ++filter) {
    std::int64_t rest = 0;
    for (std::size_t row = 0; row < count; ++row) rest += rows[row * filters + filter];
    for (std::size_t row = 0; row < count; ++row) {
      const std::int64_t share = rest / static_cast<std::int64_t>(count - row);
      rows[row * filters + filter] -= static_cast<std::int32_t>(share);
      rest -= share;
    }
  }
  return rows;
}

/// Makes the next layer ready. `samples` are those that filters learn from, `inputs` what the layer is shown of those that are
/// measured.
void add_layer(PartlyPrepared& so_far, std::span<const Sample> samples, std::span<const Sample> inputs,
               const LauncherFor& launches) {
  LayerSpec& layer = so_far.network.layers[so_far.layer()];
  const Preparation& plan = so_far.plan;
  FilterRows filters;
  if (plan.filters == Preparation::Filters::kRandom) {
    filters = random_filters(so_far.network, so_far.layer());
  } else {
    const auto targets = [&] {
      try {
        return targets_of(layer.shape, inputs, plan.regularization, plan.contrast);
      } catch (const std::invalid_argument& error) {
        throw InputError(so_far.network.file, "preparation", error.what());
      }
    }();
    filters = learned_filters(so_far, samples, targets, launches);
  }
  const AnswerSettings settings =
      answer_settings(layer, so_far.network.weight_width, filters, inputs, {.threshold = plan.threshold, .full = plan.full});
  layer.threshold = settings.threshold;
  layer.answer_scale = settings.answer_scale;
  layer.answer_shift = settings.answer_shift;
  filters.insert(filters.end(), settings.bias.begin(), settings.bias.end());
  so_far.filters.push_back(std::move(filters));
}

std::vector<Sample> first_of(const SampleSource& stream, std::uint64_t count) {
  std::vector<Sample> samples;
  for (std::uint64_t n = 0; n < count; ++n) stream(n, samples);
  return samples;
}

}  // namespace

LauncherFor launches_on(driver::Device& device) {
  return [&device](const Fixed& fixed) { return launch_on(device, fixed); };
}

Prepared prepare(const Network& network, const SampleSource& stream, std::uint64_t available, const LauncherFor& launches) {
  const Preparation& plan = *network.preparation;
  const bool learns = plan.filters == Preparation::Filters::kLearned;
  const std::vector<Sample> first_samples =
      first_of(stream, std::min(learns ? std::max(plan.measured, plan.samples) : plan.measured, available));
  const auto first_few = [&](std::uint64_t count) {
    return std::span(first_samples).first(std::min<std::size_t>(count, first_samples.size()));
  };
  const std::span<const Sample> measured = first_few(plan.measured);
  if (measured.empty()) throw InputError(network.file, "preparation", "there are no samples");
  PartlyPrepared so_far{plan, network, {}};
  so_far.network.preparation.reset();
  std::vector<Sample> inputs(measured.begin(), measured.end());
  std::vector<std::vector<std::uint8_t>> answers;
  while (true) {
    add_layer(so_far, first_few(plan.samples), inputs, launches);
    if (so_far.layer() == plan.layers) break;
    std::vector<std::vector<std::uint8_t>> next;
    for (Sample& input : inputs) {
      next.push_back(answers_to(so_far.network.layers[so_far.layer() - 1], so_far.filters.back(), input.intensities));
      input.intensities = next.back();
    }
    answers = std::move(next);
  }
  return {so_far.network, weights_of(so_far, so_far.network)};
}

Prepared begun(const Network& network, const SampleSource& stream, std::uint64_t available, const LauncherFor& launches) {
  if (network.preparation) return prepare(network, stream, available, launches);
  return {network, initial_weights(network, layout_of(network))};
}

Network prepared_like(const Network& network, const Network& prepared) {
  Network like = network;
  if (!network.preparation) return like;
  like.preparation.reset();
  for (std::uint32_t number = 0; number < network.preparation->layers && number < prepared.layers.size(); ++number) {
    LayerSpec& layer = like.layers[number];
    layer.threshold = prepared.layers[number].threshold;
    layer.answer_scale = prepared.layers[number].answer_scale;
    layer.answer_shift = prepared.layers[number].answer_shift;
  }
  return like;
}

void expect_prepared(const Network& network) {
  if (network.preparation)
    throw InputError(network.file, "preparation",
                     "phasic learn, compare, demo and experiments do it; here a checkpoint of it is needed");
}

}  // namespace phasic::runtime
