// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

int checked(int value) {
  if (value < 0) throw 1;  // finding: exception
  return value;
}
int caught(int value) {
  try {  // finding: exception
    return checked(value);
  } catch (int) {
    return 0;
  }
}

}  // namespace phasic::hls::planted
