// SPDX-License-Identifier: Apache-2.0
#include <algorithm>  // finding: include
#include <cstdio>     // finding: include
#include <utility>    // finding: include

namespace phasic::hls::planted {

int largest(int a, int b) {
  std::printf("%d\n", a);  // finding: library
  return std::max(a, b);   // finding: library
}
int paired(int a) {
  std::pair<int, int> two(a, a);  // finding: library
  return two.first;
}

}  // namespace phasic::hls::planted

// A function that is no kernel code either, since it is outside the namespace.
inline int outside(int value) { return value; }
namespace phasic::hls::planted {
int reach(int value) {
  return outside(value);  // finding: library
}
}  // namespace phasic::hls::planted
