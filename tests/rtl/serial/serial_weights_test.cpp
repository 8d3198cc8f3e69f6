// SPDX-License-Identifier: Apache-2.0
// The synapse memory of one port against an array of bytes.
#include <array>
#include <random>
#include <string>

#include "Vserial_weights_2.h"
#include "Vserial_weights_8.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::serial_weights_test {
namespace {

template <class Model, std::size_t Bytes>
struct Shape {
  using model = Model;
  static constexpr std::size_t bytes = Bytes;
};

template <class T>
class RtlSerialWeights : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vserial_weights_2, 2>, Shape<Vserial_weights_8, 8>>;
TYPED_TEST_SUITE(RtlSerialWeights, Shapes);

TYPED_TEST(RtlSerialWeights, WriteTheBytesThatAreMeantAndHoldWhatWasRead) {
  constexpr std::size_t bytes = TypeParam::bytes, depth = 32;
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random{seed};
    Clocked<typename TypeParam::model> module{seed};
    std::array<std::array<std::uint8_t, bytes>, depth> words{};
    std::array<std::uint8_t, bytes> read{};
    for (unsigned cycle = 0; cycle < 3000; ++cycle) {
      // First every word as a whole.
      const bool fill = cycle < depth;
      const std::size_t address = fill ? cycle : random() % depth;
      const std::uint64_t chosen = fill ? ~std::uint64_t{0} : random();
      module->write_i = fill || random() % 2 == 0;
      module->read_i = module->write_i == 0 && random() % 2 == 0;
      module->address_i = static_cast<unsigned char>(address);
      set_bits(module->write_bytes_i, 0, bytes, chosen);
      for (std::size_t k = 0; k < bytes; ++k) {
        const auto byte = static_cast<std::uint8_t>(random());
        set_bits(module->write_data_i, 8 * k, 8, byte);
        if (module->write_i != 0 && (chosen >> k & 1) != 0) words[address][k] = byte;
      }
      const bool first = fill && address + 1 == depth;
      if (module->read_i != 0) read = words[address];
      module.edge();
      if (first) {
        // A word that is known, before anything is expected to hold.
        module->write_i = 0;
        module->read_i = 1;
        read = words[address];
        module.edge();
      }
      for (std::size_t k = 0; (first || !fill) && k < bytes; ++k) {
        ASSERT_EQ(get_bits(module->read_data_o, 8 * k, 8), read[k]) << "cycle " << cycle << " byte " << k;
      }
    }
  }
}

}  // namespace
}  // namespace phasic::testing::serial_weights_test
