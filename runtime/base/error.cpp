// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

std::string joined(std::string_view file, std::string_view field, std::string_view problem) {
  std::string text;
  for (const auto part : {file, field, problem}) {
    if (part.empty()) continue;
    if (!text.empty()) text += ": ";
    text += part;
  }
  return text;
}

}  // namespace

InputError::InputError(std::string_view file, std::string_view field, std::string_view problem)
    : std::runtime_error(joined(file, field, problem)) {}

}  // namespace phasic::runtime
