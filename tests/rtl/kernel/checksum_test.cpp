// SPDX-License-Identifier: Apache-2.0
// The checksum of beats against zlib's.
#include <zlib.h>

#include <random>
#include <string>
#include <vector>

#include "Vchecksum_128.h"
#include "Vchecksum_32.h"
#include "Vchecksum_512.h"
#include "tests/rtl/kernel/clocked.hpp"

namespace phasic::testing::checksum_test {
namespace {

template <class Model>
class RtlChecksum : public ::testing::Test {};
using Models = ::testing::Types<Vchecksum_32, Vchecksum_128, Vchecksum_512>;
TYPED_TEST_SUITE(RtlChecksum, Models);

TYPED_TEST(RtlChecksum, IsTheCrc32OfTheBeats) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<TypeParam> module{seed};
    for (unsigned sum = 0; sum < 3; ++sum) {
      module->start_i = 1;
      module->valid_i = random() % 2;  // a beat that comes with the start is none of it
      module.edge();
      module->start_i = 0;
      std::vector<unsigned char> bytes;
      for (unsigned cycle = 0; cycle < 40; ++cycle) {
        const auto beat = port_bytes(module->data_i);
        for (auto& byte : beat) byte = static_cast<std::byte>(random());
        module->valid_i = random() % 3 != 0;
        if (module->valid_i)
          for (const auto byte : beat) bytes.push_back(std::to_integer<unsigned char>(byte));
        module.edge();
        ASSERT_EQ(module->value_o, ::crc32(0, bytes.data(), static_cast<unsigned>(bytes.size()))) << bytes.size() << " bytes";
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::checksum_test
