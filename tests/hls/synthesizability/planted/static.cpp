// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

int calls = 0;  // finding: static
const int kStart = 3;
constexpr int kTable[2] = {1, 2};

int count() {
  static int number = 0;  // finding: static
  static const int first = 1;
  return number += first + kTable[1] + kStart;
}
struct Shared {
  static int value;  // finding: static
};

}  // namespace phasic::hls::planted

extern "C" int phasic_kernel(int value) {
  static int state = 0;
  return state += value + phasic::hls::planted::count();
}
