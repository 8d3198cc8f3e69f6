// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

int last(int count) {
  int values[count];  // finding: array size
  values[count - 1] = 3;
  return values[count - 1];
}

}  // namespace phasic::hls::planted
