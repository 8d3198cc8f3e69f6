// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/units.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <tuple>
#include <utility>

#include "runtime/base/error.hpp"

namespace phasic::runtime {

class Units::Use {
 public:
  Use(Units& units, std::size_t slot) : units_(units), slot_(slot) { units_.slots_[slot_].busy = true; }
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    const std::lock_guard lock(units_.mutex_);
    units_.slots_[slot_].busy = false;
  }

  LaunchResult run(const Fixed& fixed, std::span<const std::byte> weights, std::span<const Sample> samples,
                   const LaunchOptions& options) {
    const auto number = ++units_.launches_;
    for (unsigned failed = 1;; ++failed) {
      auto& device = units_.slots_[slot_].device;
      if (!device) throw DeviceError("the compute unit was given up after an error");
      try {
        return run_launch(*device, fixed, weights, samples, options);
      } catch (const LaunchError& error) {
        const auto why = fmt::format("launch {}: {}", number, error.what());
        if (failed >= units_.tries_)
          throw DeviceError(units_.tries_ == 1 ? why : fmt::format("{}; that was the last of {} tries", why, units_.tries_));
        slot_ = units_.replace(slot_, why, error.timed_out(), failed);
      }
    }
  }

 private:
  Units& units_;
  std::size_t slot_;
};

Units::Units(DeviceOptions options, std::vector<std::unique_ptr<driver::Device>> devices, unsigned tries, Tell tell)
    : options_(std::move(options)), tries_(tries), tell_(std::move(tell)) {
  const auto places = places_of(options_);
  for (std::size_t n = 0; n < devices.size(); ++n) slots_.push_back({.place = places.at(n), .device = std::move(devices[n])});
  for (const auto place : spare_places(options_)) slots_.push_back({.place = place});
}

driver::Device& Units::first() const {
  const auto serves = std::ranges::find_if(slots_, [](const Slot& slot) { return slot.device != nullptr; });
  if (serves == slots_.end()) throw DeviceError("no compute unit is left");
  return *serves->device;
}

std::size_t Units::free_slot() const {
  const auto serves = std::ranges::find_if(slots_, [](const Slot& slot) { return slot.device != nullptr && !slot.busy; });
  return static_cast<std::size_t>(serves - slots_.begin());
}

Launcher Units::launcher_on(std::size_t slot, const Fixed& fixed) {
  if (slot == slots_.size()) throw DeviceError("no compute unit is free");
  return [use = std::make_shared<Use>(*this, slot), &fixed](std::span<const std::byte> weights, std::span<const Sample> samples,
                                                            const LaunchOptions& options) {
    return use->run(fixed, weights, samples, options);
  };
}

Launcher Units::launcher(const Fixed& fixed) {
  const std::lock_guard lock(mutex_);
  return launcher_on(free_slot(), fixed);
}

std::vector<Launcher> Units::launchers(const Fixed& fixed) {
  const std::lock_guard lock(mutex_);
  std::vector<Launcher> all;
  do all.push_back(launcher_on(free_slot(), fixed));
  while (free_slot() < slots_.size());
  return all;
}

/// What may take the place of a slot that failed: of the same card, what failed least often, the slot itself last of its like.
std::vector<std::size_t> Units::instead_of(std::size_t lost) const {
  std::vector<std::size_t> others;
  for (std::size_t n = 0; n < slots_.size(); ++n) {
    const auto& slot = slots_[n];
    if (slot.place.card == slots_[lost].place.card && !slot.stuck && (n == lost || !slot.busy)) others.push_back(n);
  }
  std::ranges::stable_sort(others, {}, [&](std::size_t n) { return std::tuple(slots_[n].failures, n == lost); });
  return others;
}

std::size_t Units::replace(std::size_t lost, const std::string& why, bool timed_out, unsigned failed) {
  const std::lock_guard lock(mutex_);
  auto& from = slots_[lost];
  from.device.reset();
  from.stuck = timed_out && options_.transport == "xrt";
  ++from.failures;
  std::string reasons;
  for (const auto n : instead_of(lost)) {
    auto& to = slots_[n];
    try {
      if (!to.device) to.device = open_unit(options_, to.place);
    } catch (const std::exception& failure) {
      reasons += fmt::format("; {}", failure.what());
      continue;
    }
    from.busy = false;
    to.busy = true;
    tell_(fmt::format("{}; try {} of {} of these samples is on {}", why, failed + 1, tries_, to.device->describe()));
    return n;
  }
  if (from.stuck) reasons += "; the card may still be at work on it: reset the card, as with \"xbutil reset\"";
  throw DeviceError(fmt::format("{}; no compute unit of the card can take its place{}", why, reasons));
}

}  // namespace phasic::runtime
