// SPDX-License-Identifier: Apache-2.0
/// Makes xclbin files for the simulated card, with everything that XRT asks of one and no bitstream.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace phasic::driver {

struct XclbinPlan {
  std::string kernel_xml;            ///< text of the kernel.xml that is made from the contract
  unsigned compute_units = 1;        ///< 1 to 16, named <kernel>_1, <kernel>_2, ...
  std::string engine = "reference";  ///< stands for the kernel on a simulated card
  unsigned banks = 2;                ///< memory banks, 1 to 32
  std::uint64_t bank_mib = std::uint64_t{16} * 1024;
  std::map<std::string, std::uint32_t> limits;  ///< told in the file, for a kernel without status registers
};

/// The bytes of the file. The same plan always gives the same bytes, the UUID included. Inputs of a compute unit are connected
/// to one bank, outputs to the next, and units start at different banks. Throws std::runtime_error that names what is wrong.
[[nodiscard]] std::vector<std::byte> pack_xclbin(const XclbinPlan& plan);

}  // namespace phasic::driver
