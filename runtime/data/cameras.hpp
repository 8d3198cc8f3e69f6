// SPDX-License-Identifier: Apache-2.0
/// Event cameras by name, and how many pixels they have.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace phasic::runtime {

/// How AEDAT 2.0 lays out the addresses of its events.
enum class SensorLayout { kDvs128, kDavis };

struct SensorSize {
  std::uint32_t rows = 0, columns = 0;
  bool operator==(const SensorSize&) const = default;
};

struct Camera {
  std::string_view name;      ///< part of what headers call it, in lower case and without other signs than letters and digits
  std::string_view misspelt;  ///< by converters; empty if they do not
  SensorLayout layout;
  SensorSize size;
};

/// Rows or columns that a camera may have.
inline constexpr std::uint32_t kLargestSensor = 8192;

/// The camera that a header means by this text; null: none that is known.
[[nodiscard]] const Camera* find_camera(std::string_view text);

/// All names, with commas.
[[nodiscard]] std::string known_cameras();

/// Whether a user may call a camera so: a name, in full, or its size as rows x columns such as "480x640".
[[nodiscard]] bool is_camera(std::string_view text);

/// Only letters, in lower case, and digits.
[[nodiscard]] std::string plain_letters(std::string_view text);

/// Two whole numbers from 1 to kLargestSensor with an x between; none if the text is not of that kind.
[[nodiscard]] std::optional<SensorSize> size_in(std::string_view text);

/// The size that the file tells, or the one that the user asked for (`is_camera`; empty: nothing asked). Throws InputError with
/// `origin` and `field`, where the file would tell it: there is neither, or they differ.
[[nodiscard]] SensorSize settled_size(std::optional<SensorSize> told, std::string_view asked, const std::string& origin,
                                      const std::string& field);

}  // namespace phasic::runtime
