// SPDX-License-Identifier: Apache-2.0
#include <fmt/core.h>

#include <algorithm>

#include "driver/device.hpp"
#include "phasic/contract.hpp"

namespace phasic::driver {
namespace {

/// "field 'threshold'" and, where the contract tells, its legal values.
template <typename Fields>
std::string field_text(const Fields& fields, std::uint32_t offset) {
  const auto found = std::find_if(fields.begin(), fields.end(), [offset](const contract::Field& field) {
    return offset >= field.offset && offset < field.offset + field.bytes * field.count;
  });
  if (found == fields.end()) return fmt::format("byte {}", offset);
  auto text = fmt::format("field '{}'", found->name);
  if (found->count > 1) text += fmt::format(" element {}", (offset - found->offset) / found->bytes);
  if (!found->legal.empty()) text += fmt::format(" (legal: {})", found->legal);
  return text;
}

std::string program_place(std::uint32_t offset) {
  if (offset < contract::kProgramHeaderBytes)
    return fmt::format("header, {}", field_text(contract::kProgramHeaderFields, offset));
  const auto past = offset - contract::kProgramHeaderBytes;
  const auto layer = past / contract::kLayerBytes;
  if (layer >= contract::kMaxLayers) return fmt::format("byte {}", offset);
  return fmt::format("layer {}, {}", layer, field_text(contract::kLayerFields, past % contract::kLayerBytes));
}

std::string argument_place(std::uint32_t id) {
  if (id >= contract::kArguments.size()) return fmt::format("argument {}", id);
  return fmt::format("buffer '{}'", contract::kArguments[id].name);
}

}  // namespace

std::string RunResponse::error_text() const {
  using contract::Error;
  const auto code = static_cast<Error>(error);
  const auto place = [&]() -> std::string {
    switch (code) {
      case Error::kNone:
        return {};
      case Error::kAlignment:
      case Error::kBufferSize:
      case Error::kBusRead:
      case Error::kBusWrite:
        return argument_place(error_detail);
      case Error::kProgramField:
        return fmt::format("{} (byte {} of the program)", program_place(error_detail), error_detail);
      case Error::kCapacity:
        return fmt::format("layer {}", error_detail);
      case Error::kSampleField:
        return fmt::format("sample {}, {}", error_sample, field_text(contract::kSampleHeaderFields, error_detail));
      case Error::kEvent:
        return fmt::format("sample {}, event {}", error_sample, error_detail);
      case Error::kGate:
        return fmt::format("sample {}, neuron {} of its gate", error_sample, error_detail);
    }
    return fmt::format("detail {}, sample {}", error_detail, error_sample);
  };
  if (code == Error::kNone) return {};
  // What follows the semicolon tells the meaning of `detail`, which is spelled out here.
  const auto description = describe(code);
  return fmt::format("error {} ({}): {}: {}", error, name(code), place(), description.substr(0, description.find(';')));
}

}  // namespace phasic::driver
