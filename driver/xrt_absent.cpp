// SPDX-License-Identifier: Apache-2.0
/// Stands in for the XRT transport where the build has no XRT.
#include <stdexcept>

#include "driver/device.hpp"

namespace phasic::driver {

std::unique_ptr<Device> open_xrt(const XrtTarget& target) {
  throw std::runtime_error("'" + target.xclbin + "': this program was built without XRT; install libxrt-dev and build again");
}

std::vector<std::string> compute_units(const std::string& xclbin) {
  throw std::runtime_error("'" + xclbin + "': this program was built without XRT; install libxrt-dev and build again");
}

}  // namespace phasic::driver
