// SPDX-License-Identifier: Apache-2.0
#include "driver/engine/options.hpp"

#include <fmt/core.h>

#include <stdexcept>

namespace phasic::engine {

nlohmann::json parse_options(std::string_view what, const std::string& text) {
  using nlohmann::json;
  constexpr int kDeepest = 64;
  constexpr std::size_t kLongestShown = 60;
  const auto refuse = [&](std::string_view problem) {
    const auto shown = text.size() > kLongestShown ? text.substr(0, kLongestShown) + "..." : text;
    throw std::runtime_error(fmt::format("{}: '{}' {}", what, shown, problem));
  };
  const auto watch = [&](int depth, json::parse_event_t, json&) {
    if (depth > kDeepest) refuse(fmt::format("is nested more than {} deep", kDeepest));
    return true;
  };
  auto options = json::parse(text, watch, /*allow_exceptions=*/false);
  if (!options.is_object()) refuse("is not a JSON object");
  return options;
}

}  // namespace phasic::engine
