// SPDX-License-Identifier: Apache-2.0
#include "runtime/features/prepare.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>

#include "runtime/base/error.hpp"
#include "runtime/features/answers.hpp"
#include "runtime/features/targets.hpp"

namespace phasic::runtime {
namespace {

/// Weight rows of the first layer, without that of a bias.
using FilterRows = std::vector<std::int32_t>;

FilterRows filters_in(const Network& network, const Layout& layout, std::span<const std::byte> weights) {
  const layout::Shape& shape = network.layers.front().shape;
  FilterRows rows;
  rows.reserve(std::size_t{shape.weight_rows()} * shape.channels);
  for (std::uint32_t row = 0; row < shape.weight_rows(); ++row)
    for (std::uint32_t filter = 0; filter < shape.channels; ++filter)
      rows.push_back(weight(network, layout, weights, 0, row, filter));
  return rows;
}

/// The network while its filters learn.
Network learning(const Network& network, std::uint32_t target_shift) {
  const Preparation& plan = *network.preparation;
  Network stage = network;
  stage.preparation.reset();
  for (LayerSpec& layer : stage.layers) layer.rule = Rule::kFrozen;
  LayerSpec& first = stage.layers.front();
  first.rule = Rule::kFeatures;
  first.bias = false;
  first.window = static_cast<std::int32_t>(plan.contrast);
  first.factor_shift = plan.slowest_rate;
  first.homeostasis = plan.homeostasis;
  first.target_shift = target_shift;
  return stage;
}

FilterRows learned_filters(const Network& network, std::span<const Sample> samples, const Targets& targets,
                           const LauncherFor& launches) {
  const Fixed fixed = make_fixed(learning(network, targets.shift));
  LearnState state;
  state.weights = initial_weights(fixed.network, fixed.layout);
  set_targets(fixed.network, fixed.layout, 0, targets.matrix, targets.offsets, state.weights);
  const SampleSource shown = [&](std::uint64_t position, std::vector<Sample>& to) { to.push_back(samples[position]); };
  learn(fixed, shown, {.end = samples.size()}, launches(fixed), state, {}, {});
  return filters_in(fixed.network, fixed.layout, state.weights);
}

/// Drawn from the seed, and without what all values of a patch have in common.
FilterRows random_filters(const Network& network) {
  const Layout layout = layout_of(network);
  FilterRows rows = filters_in(network, layout, initial_weights(network, layout));
  const std::size_t filters = network.layers.front().shape.channels, count = rows.size() / filters;
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
  const LayerSpec& layer = network.layers.front();
  FilterRows filters;
  if (!learns) {
    filters = random_filters(network);
  } else {
    const auto targets = [&] {
      try {
        return targets_of(layer.shape, measured, plan.regularization, plan.contrast);
      } catch (const std::invalid_argument& error) {
        throw InputError(network.file, "preparation", error.what());
      }
    }();
    filters = learned_filters(network, first_few(plan.samples), targets, launches);
  }
  const AnswerSettings settings =
      answer_settings(layer, network.weight_width, filters, measured, {.threshold = plan.threshold, .full = plan.full});

  Prepared prepared{network, {}};
  prepared.network.preparation.reset();
  LayerSpec& first = prepared.network.layers.front();
  first.threshold = settings.threshold;
  first.answer_scale = settings.answer_scale;
  first.answer_shift = settings.answer_shift;
  const Layout layout = layout_of(prepared.network);
  prepared.weights = initial_weights(prepared.network, layout);
  filters.insert(filters.end(), settings.bias.begin(), settings.bias.end());
  for (std::size_t n = 0; n < filters.size(); ++n) {
    const auto row = static_cast<std::uint32_t>(n / layer.shape.channels),
               filter = static_cast<std::uint32_t>(n % layer.shape.channels);
    put_weight(prepared.network, layout, prepared.weights, 0, row, filter, filters[n]);
  }
  return prepared;
}

Prepared begun(const Network& network, const SampleSource& stream, std::uint64_t available, const LauncherFor& launches) {
  if (network.preparation) return prepare(network, stream, available, launches);
  return {network, initial_weights(network, layout_of(network))};
}

Network prepared_like(const Network& network, const Network& prepared) {
  Network like = network;
  if (!network.preparation) return like;
  like.preparation.reset();
  LayerSpec& first = like.layers.front();
  first.threshold = prepared.layers.front().threshold;
  first.answer_scale = prepared.layers.front().answer_scale;
  first.answer_shift = prepared.layers.front().answer_shift;
  return like;
}

void expect_prepared(const Network& network) {
  if (network.preparation)
    throw InputError(network.file, "preparation",
                     "phasic learn, compare, demo and experiments do it; here a checkpoint of it is needed");
}

}  // namespace phasic::runtime
