// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

using Step = int (*)(int);

int twice(int value) { return 2 * value; }
int call(Step step, int value) { return step(value); }  // finding: function pointer
int both() {
  return call(twice, 3);  // finding: function pointer
}
int chosen(bool other) {
  Step step = other ? twice : nullptr;  // finding: function pointer
  return step == nullptr ? 0 : 1;
}
struct Unit {
  int run(int value) { return value; }
};
int by_member(Unit& unit) {
  int (Unit::*member)(int) = nullptr;  // finding: function pointer
  return unit.run(member == nullptr ? 0 : 1);
}

}  // namespace phasic::hls::planted
