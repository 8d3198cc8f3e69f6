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

std::string memory_place(std::uint32_t detail) {
  const auto above = detail >> contract::kMemoryWordBits;
  const auto memory = static_cast<contract::Memory>(above & ((1U << contract::kMemoryKindBits) - 1));
  return fmt::format("layer {}, {}, word {}", above >> contract::kMemoryKindBits, name(memory),
                     detail & ((1U << contract::kMemoryWordBits) - 1));
}

}  // namespace

std::string RunResponse::error_text() const {
  using contract::Detail;
  const auto code = static_cast<contract::Error>(error);
  if (code == contract::Error::kNone) return {};
  const auto place = [&]() -> std::string {
    switch (detail(code)) {
      case Detail::kArgument:
        return argument_place(error_detail);
      case Detail::kProgramByte:
        return fmt::format("{} (byte {} of the program)", program_place(error_detail), error_detail);
      case Detail::kLayer:
        return fmt::format("layer {}", error_detail);
      case Detail::kSampleByte:
        return field_text(contract::kSampleHeaderFields, error_detail);
      case Detail::kEvent:
        return fmt::format("event {}", error_detail);
      case Detail::kGateEntry:
        return fmt::format("neuron {} of its gate", error_detail);
      case Detail::kMemoryWord:
        return memory_place(error_detail);
      case Detail::kNothing:
        break;
    }
    return fmt::format("detail {}, sample {}", error_detail, error_sample);
  };
  const auto sample = of_sample(code) ? fmt::format("sample {}, ", error_sample) : std::string();
  return fmt::format("error {} ({}): {}{}: {}", error, name(code), sample, place(), describe(code));
}

}  // namespace phasic::driver
