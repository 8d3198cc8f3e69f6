// SPDX-License-Identifier: Apache-2.0
/// Opens the devices that the command line names.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "driver/device.hpp"

namespace phasic::runtime {

struct DeviceOptions {
  std::string engine = "reference";   ///< "reference", "rtl64", ...
  std::string engine_options = "{}";  ///< JSON, passed on to the engine
  std::string transport = "local";    ///< "local" or "xrt"
  std::string xclbin;                 ///< empty: the one that the build made for the engine
  std::vector<unsigned> devices{0};   ///< cards, XRT only
  unsigned compute_units = 1;         ///< of each card; with the local transport, engines in this process
  unsigned first_unit = 0;            ///< XRT only: compute units before this one are left to others
  std::uint32_t weight_width = contract::kDefaultWeightWidth;  ///< of the network, in bits; for the reference, which has any
};

/// Opens them all, in the order of cards and compute units. Throws InputError for what the user named wrongly and DeviceError
/// for what cannot be opened.
[[nodiscard]] std::vector<std::unique_ptr<driver::Device>> open_devices(const DeviceOptions& options);

/// Where a device is: a compute unit of a card, by their numbers; with the local transport an engine in this process, card 0.
struct UnitPlace {
  unsigned card = 0, unit = 0;
};

/// Of the devices that open_devices opens, in its order.
[[nodiscard]] std::vector<UnitPlace> places_of(const DeviceOptions& options);

/// Of the compute units behind them on the same cards; none with the local transport.
[[nodiscard]] std::vector<UnitPlace> spare_places(const DeviceOptions& options);

/// Opens one of them. Throws DeviceError that names it.
[[nodiscard]] std::unique_ptr<driver::Device> open_unit(const DeviceOptions& options, UnitPlace place);

/// Compute units that a card has beside those that `options` names: after them, for others. With the local transport as many as
/// one likes.
[[nodiscard]] unsigned units_left(const DeviceOptions& options);

/// The xclbin file that open_devices uses.
[[nodiscard]] std::string xclbin_of(const DeviceOptions& options);

/// Points XRT to the simulated card of the build if the environment names no XRT installation, and gives that card the engine's
/// options. Must come before the first use of XRT, and before other threads. Returns the card's folder if it was set, or an
/// empty text.
std::string prepare_xrt(const DeviceOptions& options);

}  // namespace phasic::runtime
