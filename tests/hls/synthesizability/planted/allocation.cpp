// SPDX-License-Identifier: Apache-2.0
#include <cstdint>
#include <cstdlib>  // finding: include
#include <vector>   // finding: include

namespace phasic::hls::planted {

int* grow(int count) {
  int* values = new int[16];                               // finding: allocation
  void* more = std::malloc(static_cast<unsigned>(count));  // finding: allocation
  std::free(more);                                         // finding: allocation
  return values;
}
void shrink(int* values) {
  delete[] values;  // finding: allocation
}
unsigned listed() {
  std::vector<int> values;  // finding: allocation
  return 0;
}

}  // namespace phasic::hls::planted
