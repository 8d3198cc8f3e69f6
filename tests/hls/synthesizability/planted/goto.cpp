// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

int count(int end) {
  int at = 0;
again:
  ++at;
  if (at < end) goto again;  // finding: goto
  return at;
}

}  // namespace phasic::hls::planted
