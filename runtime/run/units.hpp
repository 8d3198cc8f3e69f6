// SPDX-License-Identifier: Apache-2.0
/// The devices of a run, of which one takes the place of another that fails.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "runtime/run/devices.hpp"
#include "runtime/run/launch.hpp"
#include "runtime/run/session.hpp"

namespace phasic::runtime {

/// A launch that ends in an error or does not end is done again, from what it began with, which the host holds: so it gives the
/// bits that it would have given. It is done on another compute unit of the same card that nobody uses or, if there is none, on
/// the same one, which is opened anew; with the local transport that is a new engine. A unit of a card whose run did not end is
/// not used again: the card may still be at work on it.
class Units {
 public:
  /// Told of each launch that is done again: where it failed, which launch and samples it was, why, and where it goes.
  using Tell = std::function<void(const std::string& text)>;

  /// `devices` as open_devices gives them for `options`. A launch is tried at most `tries` times.
  Units(DeviceOptions options, std::vector<std::unique_ptr<driver::Device>> devices, unsigned tries, Tell tell);
  Units(const Units&) = delete;
  Units& operator=(const Units&) = delete;

  /// The first one that serves.
  [[nodiscard]] driver::Device& first() const;
  /// On the first unit that serves and no launcher has; it has it as long as it and its copies live. `fixed` and this object
  /// must outlive it. It throws DeviceError if the launch failed as often as it may, or no unit is left.
  [[nodiscard]] Launcher launcher(const Fixed& fixed);
  /// On every such unit, at least one.
  [[nodiscard]] std::vector<Launcher> launchers(const Fixed& fixed);

 private:
  struct Slot {
    UnitPlace place;
    std::unique_ptr<driver::Device> device{};  ///< null: it is not open
    bool busy = false;                         ///< a launcher has it
    bool stuck = false;                        ///< a run on it has not ended
    unsigned failures = 0;
  };
  /// That a launcher has a slot.
  class Use;

  [[nodiscard]] std::size_t free_slot() const;
  [[nodiscard]] std::vector<std::size_t> instead_of(std::size_t lost) const;
  [[nodiscard]] Launcher launcher_on(std::size_t slot, const Fixed& fixed);
  [[nodiscard]] std::size_t replace(std::size_t lost, const std::string& why, bool timed_out, unsigned failed);

  DeviceOptions options_;
  unsigned tries_;
  Tell tell_;
  std::mutex mutex_;         // guards the slots but for the device of one that is busy
  std::vector<Slot> slots_;  // those of the devices first, then spare ones; never more or fewer
  std::atomic<std::uint64_t> launches_ = 0;
};

}  // namespace phasic::runtime
