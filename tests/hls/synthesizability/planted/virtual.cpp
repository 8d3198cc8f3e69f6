// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

struct Rule {
  virtual int change(int value) = 0;  // finding: virtual
};
struct Doubling : Rule {
  int change(int value) override { return 2 * value; }  // finding: virtual
};
int apply(Rule& rule) { return rule.change(1); }

}  // namespace phasic::hls::planted
