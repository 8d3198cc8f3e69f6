// SPDX-License-Identifier: Apache-2.0
#include "driver/shell/sample_reader.hpp"

#include <array>
#include <cstddef>
#include <span>

namespace phasic::shell {
namespace {

using contract::Error;
using Header = contract::SampleHeader;
namespace argument = contract::argument;

/// The field of the header that is illegal, if one is.
Fault fault_of(const Header& header, const Program& program, const contract::Limits& limits) {
  const bool learned = program.learn && (header.flags & contract::kSampleHeaderFlagsLearn) != 0;
  const bool by_input = contract::by_input(program.sample_kind);
  const bool gated = (header.flags & contract::kSampleHeaderFlagsGate) != 0;
  const std::uint64_t payload_bytes = by_input ? std::uint64_t{header.length} : 4 * std::uint64_t{header.length};
  const std::uint64_t gate_bytes = 4 * std::uint64_t{header.open};
  const std::uint32_t legal_flags = contract::kSampleHeaderFlagsLearn | (program.gates ? contract::kSampleHeaderFlagsGate : 0) |
                                    (program.keep ? contract::kSampleHeaderFlagsRestart : 0);
  const bool label_legal = header.label < program.classes || (header.label == contract::kUnlabelled && !learned);
  const bool length_legal = by_input
                                ? header.length == program.inputs
                                : header.length <= limits.max_events && sizeof(Header) + payload_bytes <= program.sample_stride;
  const bool open_legal = gated ? header.open <= program.layers.front().neurons &&
                                      std::uint64_t{header.open} + header.length <= limits.max_events &&
                                      sizeof(Header) + gate_bytes + payload_bytes <= program.sample_stride
                                : header.open == 0;
  const auto field_error = [](std::size_t offset) { return Fault{Error::kSampleField, static_cast<std::uint32_t>(offset)}; };
  if (!label_legal) return field_error(offsetof(Header, label));
  if ((header.flags & ~legal_flags) != 0) return field_error(offsetof(Header, flags));
  if (!length_legal) return field_error(offsetof(Header, length));
  if (!open_legal) return field_error(offsetof(Header, open));
  return {};
}

Fault gate_fault(std::span<const std::uint32_t> open, const Program& program) {
  for (std::size_t number = 0; number < open.size(); ++number) {
    const bool in_range = open[number] < program.layers.front().neurons;
    if (!in_range || (number > 0 && open[number] <= open[number - 1]))
      return {Error::kGate, static_cast<std::uint32_t>(number)};
  }
  return {};
}

Fault event_fault(std::span<const std::uint32_t> events, const Program& program) {
  for (std::size_t number = 0; number < events.size(); ++number) {
    const std::uint32_t event = events[number];
    const bool in_range = (event & contract::kEntryInput) < program.inputs && event >> contract::kEntryStepBit < program.steps;
    if (!in_range || (number > 0 && event <= events[number - 1])) return {Error::kEvent, static_cast<std::uint32_t>(number)};
  }
  return {};
}

}  // namespace

void read_sample(engine::Memory& memory, const contract::Limits& limits, const engine::Arguments& arguments,
                 const Program& program, std::uint32_t position, ReadSample& into) {
  std::uint64_t at = arguments.address[argument::kSamples] + std::uint64_t{position} * program.sample_stride;
  into.fault = {};
  const auto read = [&](auto& values) {
    const auto bytes = std::as_writable_bytes(std::span(values));
    if (!bytes.empty() && !memory.read(at, bytes)) into.fault = {Error::kBusRead, argument::kSamples};
    at += bytes.size();
    return into.fault.error == Error::kNone;
  };
  const auto holds = [&](Fault fault) {
    if (fault.error != Error::kNone) into.fault = {fault.error, fault.detail, position};
    return fault.error == Error::kNone;
  };

  std::array<Header, 1> header;
  if (!read(header) || !holds(fault_of(header[0], program, limits))) return;
  Sample& sample = into.sample;
  sample = {};
  sample.label = header[0].label;
  sample.learn = program.learn && (header[0].flags & contract::kSampleHeaderFlagsLearn) != 0;
  sample.restart = (header[0].flags & contract::kSampleHeaderFlagsRestart) != 0;
  sample.gated = (header[0].flags & contract::kSampleHeaderFlagsGate) != 0;
  into.open.resize(header[0].open);
  if (!read(into.open)) return;
  sample.open = into.open;
  if (contract::by_input(program.sample_kind)) {
    into.intensities.resize(header[0].length);
    if (!read(into.intensities) || !holds(gate_fault(into.open, program))) return;
    sample.intensities = into.intensities;
  } else {
    into.events.resize(header[0].length);
    if (!read(into.events) || !holds(gate_fault(into.open, program)) || !holds(event_fault(into.events, program))) return;
    sample.events = into.events;
  }
}

}  // namespace phasic::shell
