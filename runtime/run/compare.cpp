// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/compare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <future>
#include <optional>

#include "driver/layout/buffers.hpp"

namespace phasic::runtime {
namespace {

struct Pair {
  LaunchResult left, right;
};

/// "name: 5 (rtl64) and 4 (reference), lowest differing bit 0"
std::string both(std::string_view what, std::int64_t left, std::int64_t right, const Side& a, const Side& b) {
  const auto bit = std::countr_zero(static_cast<std::uint64_t>(left ^ right));
  return fmt::format("{}: {} ({}) and {} ({}), lowest differing bit {}", what, left, a.name, right, b.name, bit);
}

std::string number_text(const LaunchOptions& options, std::size_t sample) {
  return fmt::format("sample {} (number {} of its launch)", static_cast<std::uint32_t>(options.first_sample + sample), sample);
}

/// A difference in what was written for one sample, or nothing.
struct RecordDifference {
  std::size_t sample;
  std::string text;
};

std::optional<RecordDifference> record_difference(const Fixed& fixed, const Side& a, const LaunchResult& left, const Side& b,
                                                  const LaunchResult& right, const LaunchOptions& options) {
  const auto outputs = fixed.network.outputs();
  const auto last = fixed.network.layers.size() - 1;
  for (std::size_t n = 0; n < left.records.size(); ++n) {
    for (std::uint32_t j = 0; j < outputs; ++j) {
      const auto x = left.scores[n * outputs + j], y = right.scores[n * outputs + j];
      if (x != y)
        return {{n, both(fmt::format("{}, layer {}, neuron {}, score", number_text(options, n), last, j), x, y, a, b)}};
    }
    const auto& x = left.records[n];
    const auto& y = right.records[n];
    if (x.prediction != y.prediction)
      return {{n, both(number_text(options, n) + ", prediction", x.prediction, y.prediction, a, b)}};
    if (x.spikes != y.spikes)
      return {{n, both(number_text(options, n) + ", spikes of the last layer", x.spikes, y.spikes, a, b)}};
  }
  return std::nullopt;
}

std::string weight_difference(const Fixed& fixed, const Side& a, std::span<const std::byte> left, const Side& b,
                              std::span<const std::byte> right, std::string_view when) {
  if (std::ranges::equal(left, right)) return "";
  const auto& network = fixed.network;
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    const layout::Connection connection = network.connection(layer);
    for (std::uint32_t i = 0; i < connection.weight_rows(); ++i) {
      for (std::uint32_t j = 0; j < connection.row_width(); ++j) {
        const auto x = weight(network, fixed.layout, left, layer, i, j), y = weight(network, fixed.layout, right, layer, i, j);
        if (x == y) continue;
        const bool bias = connection.is_bias_row(i);
        return both(
            fmt::format("{}, layer {}, synapse from row {}{} to neuron {}, weight", when, layer, i, bias ? " (bias)" : "", j),
            x, y, a, b);
      }
    }
  }
  const auto place = static_cast<std::size_t>(std::ranges::mismatch(left, right).in1 - left.begin());
  for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
    const auto& where = fixed.layout.layers[layer];
    const std::size_t state = where.weights_offset + network.rows(layer) * where.row_bytes;
    const std::size_t memory_bytes =
        layout::memory_bytes(network.layers[layer].factor(), network.rows(layer), network.layers[layer].neurons);
    if (place >= where.memory_offset && place < where.memory_offset + memory_bytes) {
      return both(fmt::format("{}, memory of layer {}, byte {}", when, layer, place - where.memory_offset),
                  std::to_integer<int>(left[place]), std::to_integer<int>(right[place]), a, b);
    }
    if (place < state || place >= where.weights_offset + network.stored_rows(layer) * where.row_bytes) continue;
    return both(fmt::format("{}, layer {}, state, row {}, byte {}", when, layer, (place - state) / where.row_bytes,
                            (place - state) % where.row_bytes),
                std::to_integer<int>(left[place]), std::to_integer<int>(right[place]), a, b);
  }
  return both(fmt::format("{}, padding of the weights, byte {}", when, place), std::to_integer<int>(left[place]),
              std::to_integer<int>(right[place]), a, b);
}

template <std::size_t Count>
std::string counter_difference(const std::array<contract::Field, Count>& fields, const void* left, const void* right,
                               std::string_view of, const Side& a, const Side& b) {
  for (const auto& field : fields) {
    if (field.kind != contract::FieldKind::kExact) continue;
    std::uint64_t x, y;
    std::memcpy(&x, static_cast<const char*>(left) + field.offset, sizeof x);
    std::memcpy(&y, static_cast<const char*>(right) + field.offset, sizeof y);
    if (x != y)
      return both(fmt::format("{}counter {}", of, field.name), static_cast<std::int64_t>(x), static_cast<std::int64_t>(y), a,
                  b);
  }
  return "";
}

std::string counters_difference(const Side& a, const Counters& left, const Side& b, const Counters& right) {
  if (auto text = counter_difference(contract::kResultsHeaderFields, &left.header, &right.header, "", a, b); !text.empty())
    return text;
  for (std::size_t n = 0; n < left.layers.size(); ++n) {
    auto text = counter_difference(contract::kLayerCountersFields, &left.layers[n], &right.layers[n],
                                   fmt::format("layer {}, ", n), a, b);
    if (!text.empty()) return text;
  }
  return "";
}

struct TraceDifference {
  std::size_t sample;
  std::string text;
};

std::optional<TraceDifference> trace_difference(const Fixed& fixed, const Side& a, const LaunchResult& left, const Side& b,
                                                const LaunchResult& right, const LaunchOptions& options) {
  if (left.trace == right.trace) return std::nullopt;
  const auto& network = fixed.network;
  for (std::size_t sample = 0; sample < left.records.size(); ++sample) {
    // Within a sample the step comes first: a wrong spike of layer 0 shows in layer 1 at the same step.
    for (std::uint32_t step = 0; step < network.steps; ++step) {
      for (std::size_t layer = 0; layer < network.layers.size(); ++layer) {
        for (std::uint32_t j = 0; j < network.layers[layer].neurons; ++j) {
          const auto x = traced_potential(network, left.trace, sample, layer, step, j);
          const auto y = traced_potential(network, right.trace, sample, layer, step, j);
          if (x == y) continue;
          return {{sample, both(fmt::format("{}, step {}, layer {}, neuron {}, potential", number_text(options, sample), step,
                                            layer, j),
                                x, y, a, b)}};
        }
      }
    }
  }
  const auto place = static_cast<std::size_t>(std::ranges::mismatch(left.trace, right.trace).in1 - left.trace.begin());
  return {{place / trace_bytes_per_sample(network),
           both(fmt::format("padding of the trace, byte {}", place), std::to_integer<int>(left.trace[place]),
                std::to_integer<int>(right.trace[place]), a, b)}};
}

Pair run_both(const Side& a, const Side& b, const Fixed& fixed, std::span<const std::byte> weights,
              std::span<const Sample> samples, const LaunchOptions& options) {
  auto right = std::async(std::launch::async, [&] { return run_launch(*b.device, fixed, weights, samples, options); });
  auto left = run_launch(*a.device, fixed, weights, samples, options);
  return {std::move(left), right.get()};
}

/// Repeats a launch that differed, to find the first difference; `found` is what was seen the first time.
std::string locate(const Side& a, const Side& b, const Fixed& fixed, std::span<const std::byte> weights,
                   std::span<const Sample> samples, LaunchOptions options, std::size_t suspect, const std::string& found) {
  auto count = std::min(suspect + 1, samples.size());
  count = std::min(count, largest_launch(fixed.network, true));
  std::optional<TraceDifference> potential;
  const bool traceable = std::ranges::all_of(fixed.network.layers, [](const auto& layer) { return layer.has_potentials(); });
  if (traceable) {
    options.trace = true;
    const auto traced = run_both(a, b, fixed, weights, samples.first(count), options);
    potential = trace_difference(fixed, a, traced.left, b, traced.right, options);
  }

  if (options.learn) {
    // The fewest samples after which the weights differ; a potential can only be the first difference if it comes before them.
    const auto after = [&](std::size_t learned) {
      auto untraced = options;
      untraced.trace = false;
      return run_both(a, b, fixed, weights, samples.first(learned), untraced);
    };
    std::size_t equal = 0, different = potential ? potential->sample : samples.size();
    auto at_end = after(different);
    if (at_end.left.weights != at_end.right.weights) {
      while (different - equal > 1) {
        const auto middle = equal + (different - equal) / 2;
        auto part = after(middle);
        if (part.left.weights == part.right.weights) {
          equal = middle;
        } else {
          different = middle;
          at_end = std::move(part);
        }
      }
      return weight_difference(
          fixed, a, at_end.left.weights, b, at_end.right.weights,
          fmt::format("{}, learning after step {}", number_text(options, different - 1), fixed.network.steps - 1));
    }
  }
  if (potential) return potential->text;
  return found + " (the launch was repeated to find where it begins, and the difference did not come back)";
}

}  // namespace

std::string first_difference(const Fixed& fixed, const Side& tested, const LaunchResult& left, const Side& right,
                             const LaunchResult& other, const LaunchOptions& options) {
  if (const auto found = trace_difference(fixed, tested, left, right, other, options)) return found->text;
  if (const auto found = record_difference(fixed, tested, left, right, other, options)) return found->text;
  const auto last = number_text(options, left.records.empty() ? 0 : left.records.size() - 1);
  if (auto text = weight_difference(fixed, tested, left.weights, right, other.weights, "after " + last); !text.empty())
    return text;
  if (auto text = counters_difference(tested, left.counters, right, other.counters); !text.empty()) {
    return fmt::format("launch of {} samples ending with {}, {}", left.records.size(), last, text);
  }
  return "";
}

Launcher launch_on_both(const Side& tested, const Side& right, const Fixed& fixed) {
  return [tested, right, &fixed](std::span<const std::byte> weights, std::span<const Sample> samples,
                                 const LaunchOptions& options) {
    auto pair = run_both(tested, right, fixed, weights, samples, options);
    const auto found = first_difference(fixed, tested, pair.left, right, pair.right, options);
    if (found.empty()) return std::move(pair.left);
    const auto record = record_difference(fixed, tested, pair.left, right, pair.right, options);
    const bool only_counters = !record && pair.left.weights == pair.right.weights && pair.left.trace == pair.right.trace;
    if (only_counters) throw Mismatch(found);
    throw Mismatch(
        locate(tested, right, fixed, weights, samples, options, record ? record->sample : samples.size() - 1, found));
  };
}

}  // namespace phasic::runtime
