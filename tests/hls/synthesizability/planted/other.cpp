// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

int first(int count, ...) {  // finding: variadic
  return count;
}
int pause(int value) {
  asm volatile("" ::: "memory");  // finding: assembler
  return value;
}
int doubled(int value) {
#pragma HLS PIPELINED II = 1  // finding: pragma
  return 2 * value;
}

}  // namespace phasic::hls::planted
