// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/launch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstring>

#include "driver/layout/buffers.hpp"
#include "driver/layout/random.hpp"
#include "runtime/base/log.hpp"
#include "runtime/run/open_neurons.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kLargestBuffer = std::size_t{1} << 30;

std::size_t record_bytes(const Network& network) { return layout::record_bytes(network.outputs()); }

LaunchResult unpack_results(driver::RunResponse&& response, const Network& network, std::span<const Sample> samples,
                            const LaunchOptions& options) {
  LaunchResult result;
  auto& header = result.counters.header;
  std::memcpy(&header, response.results.data(), sizeof header);
  const auto expect = [](std::string_view field, std::uint64_t got, std::uint64_t wanted) {
    if (got != wanted) throw DeviceError(fmt::format("results: {}: {:#x} came back, {:#x} is right", field, got, wanted));
  };
  expect("magic", header.magic, contract::kResultsMagic);
  expect("version", header.version, contract::kContractVersion);
  expect("samples_done", header.samples_done, samples.size());
  expect("first_sample", header.first_sample, options.first_sample);
  std::memcpy(result.counters.layers.data(), response.results.data() + sizeof header, sizeof result.counters.layers);
  result.counters.samples = result.counters.kernel_samples = samples.size();

  const auto outputs = network.outputs();
  result.records.resize(samples.size());
  result.scores.resize(samples.size() * outputs);
  for (std::size_t n = 0; n < samples.size(); ++n) {
    const auto* place = response.results.data() + layout::kRecordsOffset + n * record_bytes(network);
    std::memcpy(&result.records[n], place, sizeof result.records[n]);
    std::memcpy(&result.scores[n * outputs], place + sizeof result.records[n], 4 * std::size_t{outputs});
    const auto number = static_cast<std::uint32_t>(options.first_sample + n);
    expect(fmt::format("record {}: sample", n), result.records[n].sample, number);
    expect(fmt::format("record {}: label", n), result.records[n].label, samples[n].label);
  }
  result.weights = std::move(response.weights);
  result.trace = std::move(response.trace);
  return result;
}

/// What the kernel has loaded and stored is what was sent and what came back. Throws DeviceError.
void check_checksums(const Fixed& fixed, std::span<const std::byte> sent, std::span<const std::byte> back, bool stored,
                     const contract::ResultsHeader& header) {
  const auto expect = [](std::string_view what, std::uint32_t told, std::uint32_t wanted) {
    if (told != wanted)
      throw DeviceError(fmt::format("weights: the CRC-32 of what was {} is {:#010x}, {:#010x} is right", what, told, wanted));
  };
  expect("loaded", header.loaded_checksum, weights_checksum(fixed.network, fixed.layout, sent, false));
  if (stored) expect("stored", header.stored_checksum, weights_checksum(fixed.network, fixed.layout, back, true));
}

}  // namespace

std::vector<std::uint32_t> encode_events(const Network& network, std::span<const std::uint8_t> intensities,
                                         std::uint32_t sample) {
  const auto key = layout::sample_key(
      layout::purpose_key(network.seed, static_cast<std::uint32_t>(contract::Purpose::kEncoding), 0), sample);
  std::vector<std::vector<std::uint32_t>> steps(network.steps);
  for (std::uint32_t i = 0; i < intensities.size(); ++i) {
    if (intensities[i] == 0) continue;
    for (std::uint32_t first = 0; first < network.steps; first += 4) {
      const auto [x, y] = layout::permute(key, static_cast<std::uint16_t>(first >> 2), static_cast<std::uint16_t>(i));
      const std::array<std::uint32_t, 4> bytes{static_cast<std::uint32_t>(x >> 8), x & 0xffu,
                                               static_cast<std::uint32_t>(y >> 8), y & 0xffu};
      for (std::uint32_t t = first; t < std::min(first + 4, network.steps); ++t) {
        if (intensities[i] > bytes[t - first]) steps[t].push_back(layout::address_event(t, i));
      }
    }
  }
  std::vector<std::uint32_t> events;
  for (const auto& step : steps) events.insert(events.end(), step.begin(), step.end());
  return events;
}

PackedSamples pack_samples(const Network& network, std::span<const Sample> samples, std::uint32_t first_sample, bool learn) {
  PackedSamples packed;
  std::vector<std::vector<std::uint32_t>> events;
  std::size_t payload = network.inputs;
  const bool as_events = network.sample_kind == contract::SampleKind::kEvent;
  if (as_events) {
    payload = 0;
    for (std::size_t n = 0; n < samples.size(); ++n) {
      const auto& sample = samples[n];
      events.push_back(sample.intensities.empty()
                           ? std::vector<std::uint32_t>(sample.events.begin(), sample.events.end())
                           : encode_events(network, sample.intensities, static_cast<std::uint32_t>(first_sample + n)));
      payload = std::max(payload, 4 * events.back().size());
    }
  }
  const bool gated = network.gate.source != Gate::Source::kNone;
  std::vector<std::vector<std::uint32_t>> open;
  std::size_t most_open = 0;
  for (std::size_t n = 0; gated && n < samples.size(); ++n) {
    open.push_back(open_neurons(network, samples[n]));
    most_open = std::max(most_open, open.back().size());
  }
  packed.stride = static_cast<std::uint32_t>(layout::sample_bytes(most_open, payload));
  packed.bytes.resize(packed.stride * samples.size());
  for (std::size_t n = 0; n < samples.size(); ++n) {
    auto* place = packed.bytes.data() + n * packed.stride;
    contract::SampleHeader header{};
    header.label = samples[n].label;
    header.flags = learn ? contract::kSampleHeaderFlagsLearn : 0;
    if (network.keep && samples[n].restart) header.flags |= contract::kSampleHeaderFlagsRestart;
    header.length = as_events ? static_cast<std::uint32_t>(events[n].size()) : network.inputs;
    if (gated) {
      header.flags |= contract::kSampleHeaderFlagsGate;
      header.open = static_cast<std::uint32_t>(open[n].size());
      if (!open[n].empty()) std::memcpy(place + sizeof header, open[n].data(), 4 * open[n].size());
    }
    std::memcpy(place, &header, sizeof header);
    place += sizeof header + 4 * std::size_t{header.open};
    if (as_events) {
      if (!events[n].empty()) std::memcpy(place, events[n].data(), 4 * events[n].size());
    } else {
      std::memcpy(place, samples[n].intensities.data(), network.inputs);
    }
  }
  return packed;
}

void Counters::add(const Counters& other) {
  header.input_events += other.header.input_events;
  header.samples_learned += other.header.samples_learned;
  header.cycles += other.header.cycles;
  header.load_cycles += other.header.load_cycles;
  header.run_cycles += other.header.run_cycles;
  header.store_cycles += other.header.store_cycles;
  for (std::size_t n = 0; n < layers.size(); ++n) {
    auto& to = layers[n];
    const auto& from = other.layers[n];
    to.events += from.events;
    to.synaptic_operations += from.synaptic_operations;
    to.spikes += from.spikes;
    to.update_rows += from.update_rows;
    to.update_operations += from.update_operations;
    to.potential_saturations += from.potential_saturations;
    to.weight_saturations += from.weight_saturations;
    to.integrate_cycles += from.integrate_cycles;
    to.learn_cycles += from.learn_cycles;
    to.input_wait_cycles += from.input_wait_cycles;
    to.other_cycles += from.other_cycles;
  }
  samples += other.samples;
  kernel_samples += other.kernel_samples;
}

Fixed make_fixed(const Network& network) {
  Fixed fixed{network, layout_of(network), {}};
  fixed.tables = level_tables(network, fixed.layout);
  return fixed;
}

LaunchResult run_launch(driver::Device& device, const Fixed& fixed, std::span<const std::byte> weights,
                        std::span<const Sample> samples, const LaunchOptions& options) {
  const auto& network = fixed.network;
  const auto packed = pack_samples(network, samples, options.first_sample, options.learn);
  const auto program = program_block(
      network, fixed.layout,
      {.learn = options.learn, .trace = options.trace, .stream_sample = options.stream_sample, .sample_stride = packed.stride});
  driver::RunRequest request;
  request.program = program;
  request.weights = weights;
  request.tables = fixed.tables;
  request.samples = packed.bytes;
  request.sample_count = static_cast<std::uint32_t>(samples.size());
  request.first_sample = options.first_sample;
  request.results_bytes = layout::kRecordsOffset + samples.size() * record_bytes(network);
  request.trace_bytes = options.trace ? samples.size() * trace_bytes_per_sample(network) : 0;
  request.timeout = fixed.timeout;

  const auto where = [&] {
    return fmt::format("{}, samples {} to {}", device.describe(), options.first_sample,
                       options.first_sample + static_cast<std::uint32_t>(samples.size()) - 1);
  };
  const auto fail = [&](const std::string& what, bool timed_out = false) {
    throw LaunchError(fmt::format("{}: {}", where(), what), timed_out);
  };
  driver::RunResponse response;
  const auto begin = std::chrono::steady_clock::now();
  try {
    response = device.run(request);
  } catch (const driver::RunTimeout& error) {
    fail(error.what(), true);
  } catch (const std::exception& error) {
    fail(error.what());
  }
  if (response.error != 0) fail(response.error_text());
  if (response.results.size() != request.results_bytes || response.trace.size() != request.trace_bytes ||
      response.weights.size() != weights.size()) {
    fail(fmt::format("the device gave {} bytes of results, {} of weights and {} of trace; {}, {} and {} are right",
                     response.results.size(), response.weights.size(), response.trace.size(), request.results_bytes,
                     weights.size(), request.trace_bytes));
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  try {
    auto result = unpack_results(std::move(response), network, samples, options);
    log_as(LogLevel::kDebug, "{}: {} in {:.4f} s, {} cycles, {} bytes of samples", where(),
           options.learn ? "learned" : "answered", taken.count(), result.counters.header.cycles, packed.bytes.size());
    if ((device.limits().rules & contract::kRulesProtection) != 0)
      check_checksums(fixed, weights, result.weights, options.learn || network.keep, result.counters.header);
    return result;
  } catch (const DeviceError& error) {
    throw LaunchError(fmt::format("{}: {}", where(), error.what()), false);
  }
}

std::size_t trace_bytes_per_sample(const Network& network) {
  std::size_t bytes = 0;
  for (const auto& layer : network.layers) bytes += network.steps * layout::trace_row_bytes(layer.neurons);
  return bytes;
}

std::size_t largest_launch(const Network& network, bool trace) {
  const std::size_t open = network.gate.source == Gate::Source::kNone ? 0 : network.layers.front().neurons;
  std::size_t bytes = std::max<std::size_t>(record_bytes(network), layout::sample_bytes(open, network.inputs));
  if (network.sample_kind == contract::SampleKind::kEvent) {
    bytes = std::max<std::size_t>(bytes, layout::sample_bytes(open, 4 * std::size_t{network.inputs} * network.steps));
  }
  if (trace) bytes = std::max(bytes, trace_bytes_per_sample(network));
  return std::max<std::size_t>(1, (kLargestBuffer - layout::kRecordsOffset) / bytes);
}

std::int16_t traced_potential(const Network& network, std::span<const std::byte> trace, std::size_t sample, std::size_t layer,
                              std::uint32_t step, std::uint32_t neuron) {
  std::size_t offset = sample * trace_bytes_per_sample(network);
  for (std::size_t n = 0; n < layer; ++n) offset += network.steps * layout::trace_row_bytes(network.layers[n].neurons);
  offset += step * layout::trace_row_bytes(network.layers[layer].neurons) + 2 * std::size_t{neuron};
  std::int16_t value;
  std::memcpy(&value, trace.data() + offset, 2);
  return value;
}

}  // namespace phasic::runtime
