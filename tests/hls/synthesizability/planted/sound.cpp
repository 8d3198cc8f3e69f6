// SPDX-License-Identifier: Apache-2.0
// Nothing to find: what kernel code may do, at the edge of each rule.
#include <ap_int.h>
#include <hls_stream.h>

#include <cstdint>
#include <type_traits>

namespace phasic::hls::planted {

struct Build {
  static constexpr unsigned kLanes = 8;
};
struct Words {  // the compiler copies it with a function of its own
  std::uint16_t word[Build::kLanes];
};
unsigned first_of(const Words& words) {
  Words copied = {};
  copied = words;
  return copied.word[0];
}
using Value = std::conditional_t<Build::kLanes == 8, std::int8_t, std::int16_t>;
constexpr int kSigns[2] = {1, -1};

template <class Build>
unsigned up_to(unsigned end) {
  unsigned sum = 0;
  for (unsigned lane = 0; lane < Build::kLanes; ++lane) {
    sum += lane;
  }
  for (unsigned lane = 2 * Build::kLanes - 1; lane > 0 && sum < end; lane -= 2) sum += lane;
  for (unsigned lane = 0; lane < end; ++lane) {
    // The pragma may stand behind others.
#pragma HLS PIPELINE II = 1
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 8
    sum += lane;
  }
  for (const int sign : kSigns) sum += static_cast<unsigned>(sign);
  return sum;
}

// Not called anywhere, so no instantiation of it reaches the kernel.
template <class Other>
unsigned never(Other other) {
  while (other.more()) other.step();
  return 0;
}

unsigned drain(::hls::stream<Value>& in) {
  unsigned count = 0;
  while (!in.empty()) {
#pragma HLS LOOP_TRIPCOUNT min = 0 max = 64
    const ap_uint<8> bits = in.read();
    count += bits.range(3, 0).to_uint64() != 0 ? up_to<Build>(count) : 0;
  }
  return count;
}

}  // namespace phasic::hls::planted

extern "C" unsigned phasic_kernel(unsigned value) {
  static unsigned state;
  ::hls::stream<phasic::hls::planted::Value> stream("values");
  return state += value + phasic::hls::planted::drain(stream);
}
