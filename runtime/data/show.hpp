// SPDX-License-Identifier: Apache-2.0
/// Samples as pictures for people.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "runtime/data/dataset.hpp"
#include "runtime/data/picture.hpp"

namespace phasic::runtime {

/// The picture of a sample: its intensities, or its events added up over time: gray if `colour` is false or there is one
/// channel, else red for channel 1 (brighter) and blue for channel 0 (darker); the pixel with the most events is 255.
[[nodiscard]] Picture picture_of(const Dataset& data, std::size_t n, bool colour);

/// One channel of a sample of intensities, in gray.
[[nodiscard]] Picture channel_of(const Dataset& data, std::size_t n, std::uint32_t channel);

/// All channels of a sample of intensities, `across` of them in a line, a gray pixel apart.
[[nodiscard]] Picture sheet_of(const Dataset& data, std::size_t n, std::uint32_t across);

/// Lines of text, two characters a pixel: from blank for 0 to '@' for 255, or shaded blocks. Pictures of more than `most`
/// columns are made smaller; colours become gray.
[[nodiscard]] std::string text_picture(const Picture& picture, bool blocks, std::uint32_t most = 60);

/// A line for each count, with `of`, its number, the count and a bar.
[[nodiscard]] std::string histogram(std::string_view of, std::span<const std::uint32_t> counts);
/// Events of each time step.
[[nodiscard]] std::string step_histogram(std::span<const std::uint32_t> events, std::uint32_t steps);

/// Every pixel becomes a square of `factor` pixels.
[[nodiscard]] Picture enlarged(const Picture& picture, std::uint32_t factor);

}  // namespace phasic::runtime
