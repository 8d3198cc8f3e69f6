// SPDX-License-Identifier: Apache-2.0
// The dopamine broadcast: every combination of engines in use, ready engines and a waiting message.
#include <string>

#include "Vdopamine_1.h"
#include "Vdopamine_3.h"
#include "Vdopamine_4.h"
#include "tests/rtl/core/bits.hpp"

namespace phasic::testing::dopamine_test {
namespace {

template <class Model, unsigned Engines>
struct Shape {
  using model = Model;
  static constexpr unsigned engines = Engines;
};

template <class T>
class RtlDopamine : public ::testing::Test {};
using Shapes = ::testing::Types<Shape<Vdopamine_1, 1>, Shape<Vdopamine_3, 3>, Shape<Vdopamine_4, 4>>;
TYPED_TEST_SUITE(RtlDopamine, Shapes);

TYPED_TEST(RtlDopamine, GivesAMessageToAllEnginesInUseAtOnceOrToNone) {
  VerilatedContext context;
  typename TypeParam::model module{&context};
  constexpr unsigned engines = TypeParam::engines;
  unsigned broadcasts = 0;
  for (unsigned in_use = 1; in_use < 1U << engines; ++in_use) {
    for (unsigned ready = 0; ready < 1U << engines; ++ready) {
      bool taken = true;  // by all engines in use
      for (unsigned e = 0; e < engines; ++e) taken = taken && ((in_use >> e & 1) == 0 || (ready >> e & 1) != 0);
      for (const bool valid : {false, true}) {
        SCOPED_TRACE("in use " + std::to_string(in_use) + ", ready " + std::to_string(ready) + ", valid " +
                     std::to_string(valid));
        module.in_use_i = static_cast<unsigned char>(in_use);
        module.engine_ready_i = static_cast<unsigned char>(ready);
        module.message_valid_i = valid;
        module.eval();
        ASSERT_EQ(module.message_ready_o != 0, taken);
        for (unsigned e = 0; e < engines; ++e) {
          ASSERT_EQ(get_bits(module.engine_valid_o, e, 1) != 0, valid && taken && (in_use >> e & 1) != 0) << "engine " << e;
        }
        broadcasts += valid && taken ? 1 : 0;
      }
    }
  }
  EXPECT_GT(broadcasts, 0U);
  module.final();
}

}  // namespace
}  // namespace phasic::testing::dopamine_test
