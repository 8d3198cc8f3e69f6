// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/devices.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <filesystem>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/base/locations.hpp"
#include "runtime/base/log.hpp"

namespace phasic::runtime {
namespace {

constexpr unsigned kMostComputeUnits = 64;

nlohmann::json widest_limits(std::uint32_t weight_width) {
  nlohmann::json limits;
  contract::Limits widest = contract::widest_limits();
  widest.weight_width = weight_width;
  widest.rules &= ~contract::kRulesProtection;  // no bit of a model flips
  for (const contract::Limit& limit : contract::kLimits) limits[limit.name] = widest.*limit.value;
  return limits;
}

template <class Open>
std::unique_ptr<driver::Device> guarded(const std::string& what, Open open) {
  try {
    return open();
  } catch (const std::exception& error) {
    throw DeviceError(fmt::format("{}: {}", what, error.what()));
  }
}

std::vector<std::string> units_of(const std::string& xclbin) {
  try {
    return driver::compute_units(xclbin);
  } catch (const std::exception& error) {
    throw InputError(error.what());
  }
}

/// The environment is not written again, since another thread may read it.
void give_card_options(const DeviceOptions& options) {
  constexpr const char* kName = "PHASIC_CARD_OPTIONS";
  const char* given = std::getenv(kName);
  if (options.engine_options != (given == nullptr ? "{}" : given)) ::setenv(kName, options.engine_options.c_str(), 1);
}

/// Throws InputError if the file is not there or has fewer compute units than were asked for.
void check_xclbin(const DeviceOptions& options) {
  const auto xclbin = xclbin_of(options);
  if (!std::filesystem::is_regular_file(xclbin)) {
    if (!options.xclbin.empty()) throw InputError(xclbin, "--xclbin", "there is no such file");
    throw InputError("", "--engine " + options.engine,
                     fmt::format("the build has made no xclbin file for it: {} is not there", xclbin));
  }
  const auto units = units_of(xclbin);
  if (const auto last = std::uint64_t{options.first_unit} + options.compute_units; last > units.size()) {
    throw InputError("", options.first_unit == 0 ? "--compute-units" : "--first-unit and --compute-units",
                     fmt::format("{}, but {} has {}", last, xclbin, units.size()));
  }
}

/// `count` units from `first` on, of every card.
std::vector<UnitPlace> places(const DeviceOptions& options, unsigned first, unsigned count) {
  std::vector<UnitPlace> places;
  for (const auto card : options.devices) {
    for (unsigned n = 0; n < count; ++n) places.push_back({card, first + n});
  }
  return places;
}

}  // namespace

std::vector<UnitPlace> places_of(const DeviceOptions& options) {
  if (options.transport == "xrt") return places(options, options.first_unit, options.compute_units);
  auto here = options;
  here.devices = {0};
  return places(here, 0, options.compute_units);
}

std::vector<UnitPlace> spare_places(const DeviceOptions& options) {
  if (options.transport != "xrt") return {};
  return places(options, options.first_unit + options.compute_units, units_left(options));
}

std::unique_ptr<driver::Device> open_unit(const DeviceOptions& options, UnitPlace place) {
  if (options.transport == "xrt") {
    const auto xclbin = xclbin_of(options);
    const auto unit = units_of(xclbin).at(place.unit);
    return guarded(fmt::format("--device {}, {}", place.card, unit),
                   [&] { return driver::open_xrt({.device = place.card, .xclbin = xclbin, .compute_unit = unit}); });
  }
  // The reference takes any network unless it is asked to play a build.
  auto engine_options = parse_json(options.engine_options, "--engine-options");
  if (options.engine == "reference" && !engine_options.contains("limits"))
    engine_options["limits"] = widest_limits(options.weight_width);
  return guarded("--engine " + options.engine, [&] { return driver::open_local(options.engine, engine_options.dump()); });
}

unsigned units_left(const DeviceOptions& options) {
  if (options.transport != "xrt") return kMostComputeUnits;
  const auto xclbin = xclbin_of(options);
  if (!std::filesystem::is_regular_file(xclbin)) return 0;
  const auto units = static_cast<unsigned>(units_of(xclbin).size());
  const auto taken = options.first_unit + options.compute_units;
  return units > taken ? units - taken : 0;
}

std::string xclbin_of(const DeviceOptions& options) {
  if (!options.xclbin.empty()) return options.xclbin;
  return (home_folder() / "card" / fmt::format("phasic_{}.xclbin", options.engine)).string();
}

std::string prepare_xrt(const DeviceOptions& options) {
  if (options.transport != "xrt") return "";
  give_card_options(options);
  if (std::getenv("XILINX_XRT") != nullptr) return "";
  auto card = (home_folder() / "card").string();
  if (!std::filesystem::exists(card + "/lib/libxrt_core.so.2")) return "";
  ::setenv("XILINX_XRT", card.c_str(), 0);
  return card;
}

namespace {

std::vector<std::unique_ptr<driver::Device>> opened(const DeviceOptions& options) {
  if (options.transport != "local" && options.transport != "xrt") {
    throw InputError("", "--transport", fmt::format("\"{}\" is unknown; \"local\" and \"xrt\" are known", options.transport));
  }
  if (options.compute_units < 1 || options.compute_units > kMostComputeUnits) {
    throw InputError("", "--compute-units", fmt::format("{}; 1 to {} are allowed", options.compute_units, kMostComputeUnits));
  }
  const auto engine_options = parse_json(options.engine_options, "--engine-options");
  if (!engine_options.is_object())
    throw InputError("", "--engine-options", fmt::format("{} is not a JSON object", options.engine_options));

  if (options.transport == "xrt") check_xclbin(options);
  if (options.transport == "xrt" && !engine_options.empty()) give_card_options(options);
  std::vector<std::unique_ptr<driver::Device>> devices;
  for (const auto place : places_of(options)) devices.push_back(open_unit(options, place));
  return devices;
}

}  // namespace

std::vector<std::unique_ptr<driver::Device>> open_devices(const DeviceOptions& options) {
  auto devices = opened(options);
  for (const auto& device : devices)
    log_as(LogLevel::kDebug, "opened {}, at most {} neurons a layer", device->describe(), device->limits().max_neurons);
  return devices;
}

}  // namespace phasic::runtime
