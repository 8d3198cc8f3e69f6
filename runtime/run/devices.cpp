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

}  // namespace

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
  auto engine_options = parse_json(options.engine_options, "--engine-options");
  if (!engine_options.is_object())
    throw InputError("", "--engine-options", fmt::format("{} is not a JSON object", options.engine_options));

  std::vector<std::unique_ptr<driver::Device>> devices;
  if (options.transport == "local") {
    // The reference takes any network unless it is asked to play a build.
    if (options.engine == "reference" && !engine_options.contains("limits")) {
      engine_options["limits"] = widest_limits(options.weight_width);
    }
    for (unsigned n = 0; n < options.compute_units; ++n) {
      devices.push_back(
          guarded("--engine " + options.engine, [&] { return driver::open_local(options.engine, engine_options.dump()); }));
    }
    return devices;
  }

  const auto xclbin = xclbin_of(options);
  if (!std::filesystem::is_regular_file(xclbin)) {
    if (!options.xclbin.empty()) throw InputError(xclbin, "--xclbin", "there is no such file");
    throw InputError("", "--engine " + options.engine,
                     fmt::format("the build has made no xclbin file for it: {} is not there", xclbin));
  }
  if (!engine_options.empty()) give_card_options(options);
  const auto units = units_of(xclbin);
  if (options.first_unit + options.compute_units > units.size()) {
    throw InputError("", "--compute-units",
                     fmt::format("{}, but {} has {}", options.first_unit + options.compute_units, xclbin, units.size()));
  }
  for (const auto card : options.devices) {
    for (unsigned n = 0; n < options.compute_units; ++n) {
      const auto& unit = units[options.first_unit + n];
      devices.push_back(guarded(fmt::format("--device {}, {}", card, unit),
                                [&] { return driver::open_xrt({.device = card, .xclbin = xclbin, .compute_unit = unit}); }));
    }
  }
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
