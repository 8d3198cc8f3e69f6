// SPDX-License-Identifier: Apache-2.0
#include <hls_stream.h>

namespace phasic::hls::planted {

constexpr unsigned kMost = 8;

// None of these has an end that the tool could see.
int drain(::hls::stream<int>& in) {
  int sum = 0, token = in.read();
  while (token != 0) {  // finding: loop
#pragma HLS PIPELINE II = 1
    sum += token;
    token = in.read();
  }
  return sum;
}
unsigned to_a_variable(unsigned end) {
  unsigned sum = 0;
  for (unsigned at = 0; at < end; ++at) {  // finding: loop
    sum += at;
  }
  return sum;
}
unsigned without_a_condition(unsigned sum) {
  for (;;) {  // finding: loop
    if (++sum > kMost) break;
  }
  return sum;
}
unsigned at_the_end(unsigned end) {
  unsigned at = 0;
  do {  // finding: loop
    ++at;
  } while (at < end);
  return at;
}
unsigned set_back(unsigned sum) {
  for (unsigned at = 0; at < kMost; ++at) {  // finding: loop
    if (--sum > 100) at = 0;
  }
  return sum;
}
unsigned never_stepped(unsigned sum) {
  for (unsigned at = 0; at < kMost; ++sum) {  // finding: loop
    if (sum > at) break;
  }
  return sum;
}
// A trip count without a maximum bounds nothing, and one that stands elsewhere belongs to another loop.
unsigned with_a_minimum(unsigned end) {
  unsigned sum = 0;
  for (unsigned at = 0; at < end; ++at) {  // finding: loop
#pragma HLS LOOP_TRIPCOUNT min = 1
    sum += at;
  }
  return sum;
}
unsigned with_the_inner_loops(unsigned end) {
  unsigned sum = 0;
  for (unsigned at = 0; at < end; ++at) {  // finding: loop
    for (unsigned step = 0; step < end; ++step) {
#pragma HLS LOOP_TRIPCOUNT min = 1 max = 8
      sum += at;
    }
  }
  return sum;
}

}  // namespace phasic::hls::planted
