// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

float scaled(float value) {  // finding: float
  return value * 2;          // finding: float
}
int rounded(int value) {
  return static_cast<int>(value * 0.5);  // finding: float
}

}  // namespace phasic::hls::planted
