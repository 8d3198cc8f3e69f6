// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/cameras.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "runtime/base/error.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {
namespace {

constexpr auto kCameras = std::to_array<Camera>({
    {"dvs128", "", SensorLayout::kDvs128, {128, 128}},
    {"davis240", "davi240", SensorLayout::kDavis, {180, 240}},
    {"davis346", "davi346", SensorLayout::kDavis, {260, 346}},
    {"davis640", "davi640", SensorLayout::kDavis, {480, 640}},
});

}  // namespace

std::string known_cameras() {
  std::string names;
  for (const auto& camera : kCameras) names += (names.empty() ? "" : ", ") + std::string(camera.name);
  return names;
}

std::string plain_letters(std::string_view text) {
  std::string result;
  for (const char letter : text) {
    if (letter >= 'A' && letter <= 'Z') result += static_cast<char>(letter + 'a' - 'A');
    if ((letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9')) result += letter;
  }
  return result;
}

const Camera* find_camera(std::string_view text) {
  const auto name = plain_letters(text);
  const auto* const found = std::find_if(kCameras.begin(), kCameras.end(), [&](const auto& camera) {
    return name.find(camera.name) != std::string::npos ||
           (!camera.misspelt.empty() && name.find(camera.misspelt) != std::string::npos);
  });
  return found != kCameras.end() ? found : nullptr;
}

std::optional<SensorSize> size_in(std::string_view text) {
  const auto cross = text.find('x');
  if (cross == std::string_view::npos) return std::nullopt;
  const auto side = [](std::string_view digits) -> std::uint32_t {
    std::uint32_t value = 0;
    const auto [end, failure] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return failure == std::errc() && end == digits.data() + digits.size() && value <= kLargestSensor ? value : 0;
  };
  const SensorSize size{side(text.substr(0, cross)), side(text.substr(cross + 1))};
  return size.rows > 0 && size.columns > 0 ? std::optional(size) : std::nullopt;
}

bool is_camera(std::string_view text) {
  return size_in(text).has_value() ||
         std::any_of(kCameras.begin(), kCameras.end(), [&](const auto& camera) { return camera.name == text; });
}

SensorSize settled_size(std::optional<SensorSize> told, std::string_view asked, const std::string& origin,
                        const std::string& field) {
  const auto* const camera = asked.empty() ? nullptr : find_camera(asked);
  const auto wanted = camera != nullptr ? std::optional(camera->size) : size_in(asked);
  if (!told && !wanted) {
    throw InputError(origin, field,
                     fmt::format("the file does not say how many pixels the camera has; \"camera\" says it, as rows x columns "
                                 "such as \"480x640\", or by name: {}",
                                 known_cameras()));
  }
  if (told && wanted && *told != *wanted) {
    throw InputError(origin, field,
                     fmt::format("{} x {} (rows x columns), but \"camera\" says {}", told->rows, told->columns, asked));
  }
  return told ? *told : *wanted;
}

}  // namespace phasic::runtime
