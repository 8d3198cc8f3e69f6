// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/show.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "phasic/contract.hpp"

namespace phasic::runtime {

Picture picture_of(const Dataset& data, std::size_t n, bool colour) {
  // Without two polarities there is nothing to tell by colours.
  colour = colour && data.channels > 1;
  if (!data.has_events()) {
    const auto image = data.image(n);
    Picture picture{data.channels, data.rows, data.columns, {image.begin(), image.end()}};
    return picture;
  }
  const std::size_t plane = std::size_t{data.rows} * data.columns;
  std::vector<std::uint32_t> sums(data.channels * plane);
  for (const auto word : data.events_of(n)) ++sums[word & contract::kEntryInput];
  if (!colour) {
    for (std::size_t k = plane; k < sums.size(); ++k) sums[k % plane] += sums[k];
    sums.resize(plane);
  }
  const auto most = std::max<std::uint32_t>(1, *std::max_element(sums.begin(), sums.end()));
  const auto shade = [&](std::uint32_t sum) { return static_cast<std::uint8_t>((std::uint64_t{sum} * 255 + most / 2) / most); };
  Picture picture{colour ? 3u : 1u, data.rows, data.columns, std::vector<std::uint8_t>((colour ? 3 : 1) * plane)};
  for (std::size_t k = 0; k < plane; ++k) {
    picture.pixels[k] = shade(colour ? sums[plane + k] : sums[k]);
    if (colour) picture.pixels[2 * plane + k] = shade(sums[k]);
  }
  return picture;
}

Picture channel_of(const Dataset& data, std::size_t n, std::uint32_t channel) {
  const std::size_t plane = std::size_t{data.rows} * data.columns;
  const auto pixels = data.image(n).subspan(channel * plane, plane);
  return {1, data.rows, data.columns, {pixels.begin(), pixels.end()}};
}

Picture sheet_of(const Dataset& data, std::size_t n, std::uint32_t across) {
  constexpr std::uint8_t kBetween = 128;
  const std::uint32_t lines = (data.channels + across - 1) / across;
  Picture sheet{1, lines * (data.rows + 1) - 1, across * (data.columns + 1) - 1, {}};
  sheet.pixels.assign(std::size_t{sheet.rows} * sheet.columns, kBetween);
  const auto image = data.image(n);
  for (std::size_t k = 0; k < image.size(); ++k) {
    const auto column = k % data.columns, row = k / data.columns % data.rows, channel = k / data.columns / data.rows;
    const auto y = channel / across * (data.rows + 1) + row, x = channel % across * (data.columns + 1) + column;
    sheet.pixels[y * sheet.columns + x] = image[k];
  }
  return sheet;
}

std::string text_picture(const Picture& given, bool blocks, std::uint32_t most) {
  constexpr std::string_view kLetters = " .:-=+*#%@";
  constexpr auto kBlocks = std::to_array<std::string_view>({" ", "░", "▒", "▓", "█"});
  auto picture = to_gray(given);
  if (picture.columns > most) {
    picture = resized(picture, std::max<std::uint32_t>(1, picture.rows * most / picture.columns), most);
  }
  std::string text;
  for (std::uint32_t y = 0; y < picture.rows; ++y) {
    std::string line;
    for (std::uint32_t x = 0; x < picture.columns; ++x) {
      const unsigned value = picture.pixels[y * picture.columns + x];
      const auto shade = blocks ? kBlocks[value * kBlocks.size() / 256] : kLetters.substr(value * kLetters.size() / 256, 1);
      line += fmt::format("{0}{0}", shade);
    }
    while (line.ends_with(' ')) line.pop_back();
    text += line + "\n";
  }
  return text;
}

std::string histogram(std::string_view of, std::span<const std::uint32_t> counts) {
  constexpr std::size_t kWidth = 60;
  const auto most = counts.empty() ? 1 : std::max<std::size_t>(1, *std::ranges::max_element(counts));
  std::string text;
  for (std::size_t n = 0; n < counts.size(); ++n) {
    const auto bar = std::string((counts[n] * kWidth + most - 1) / most, '#');
    text += fmt::format("{} {:>3} {:>7}{}{}\n", of, n, counts[n], bar.empty() ? "" : "  ", bar);
  }
  return text;
}

std::string step_histogram(std::span<const std::uint32_t> events, std::uint32_t steps) {
  std::vector<std::uint32_t> counts(steps);
  for (const auto word : events) ++counts.at(word >> contract::kEntryStepBit);
  return histogram("step", counts);
}

Picture enlarged(const Picture& picture, std::uint32_t factor) {
  return resized(picture, picture.rows * factor, picture.columns * factor);
}

}  // namespace phasic::runtime
