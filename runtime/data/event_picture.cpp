// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/event_picture.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

constexpr std::uint64_t kFull = contract::kGradedFull;

/// Rounded, halves upwards.
std::uint8_t share_of_full(std::uint64_t part, std::uint64_t whole) {
  return static_cast<std::uint8_t>(std::min(kFull, (kFull * part + whole / 2) / whole));
}

/// Where the events of a recording stand in a picture that is still empty.
class Planes {
 public:
  Planes(const Recording& recording, const EventPicture& how, std::uint32_t factor, const std::string& origin)
      : bins_(how.bins), factor_(factor) {
    empty_.channels = recording.polarities * how.bins;
    empty_.rows = downsampled(recording.rows, factor);
    empty_.columns = downsampled(recording.columns, factor);
    if (std::uint64_t{empty_.channels} * empty_.rows * empty_.columns > kMostInputs)
      throw InputError(origin, "picture.bins",
                       fmt::format("{} makes {} x {} x {} x {} inputs, {} are possible; fewer, or a larger \"downsample\", are "
                                   "needed",
                                   how.bins, recording.polarities, how.bins, empty_.rows, empty_.columns, kMostInputs));
  }
  [[nodiscard]] const Picture& empty() const { return empty_; }
  [[nodiscard]] std::size_t plane() const { return std::size_t{empty_.rows} * empty_.columns; }
  [[nodiscard]] std::size_t size() const { return empty_.channels * plane(); }
  [[nodiscard]] std::size_t of(const CameraEvent& event, std::uint64_t part) const {
    return ((event.on ? bins_ : 0) + part) * plane() + std::size_t{event.row / factor_} * empty_.columns +
           event.column / factor_;
  }

 private:
  std::uint32_t bins_, factor_;
  Picture empty_;
};

}  // namespace

Picture event_picture(const Recording& recording, const EventPicture& how, std::int64_t window, std::uint32_t downsample,
                      const std::string& origin) {
  const Planes planes(recording, how, downsample, origin);
  const auto duration = duration_of(recording, origin);
  const auto shown = duration.shown(window);
  // In counts how many events there were; in a surface one more than the time of the newest, so that 0 says that there was
  // none.
  std::vector<std::uint64_t> values(planes.size());
  for (const auto& event : recording.events) {
    const auto since = duration.since(event);
    if (since >= shown) continue;
    auto& value = values[planes.of(event, since * how.bins / shown)];
    value = how.kind == EventPicture::Kind::kCounts ? value + 1 : std::max(value, since + 1);
  }
  auto picture = planes.empty();
  picture.pixels.resize(values.size());
  if (how.kind == EventPicture::Kind::kCounts) {
    std::ranges::transform(values, picture.pixels.begin(), [&](auto events) { return share_of_full(events, how.full); });
    return picture;
  }
  const auto all = static_cast<std::uint64_t>(how.decay) * how.bins;
  for (std::size_t n = 0; n < values.size(); ++n) {
    const auto part = n / planes.plane() % how.bins;
    // An event stays the newest of its place until there is another one.
    if (part > 0) values[n] = std::max(values[n], values[n - planes.plane()]);
    if (values[n] == 0) continue;
    const auto age = (part + 1) * shown - (values[n] - 1) * how.bins;
    if (age < all) picture.pixels[n] = share_of_full(all - age, all);
  }
  return picture;
}

}  // namespace phasic::runtime
