// SPDX-License-Identifier: Apache-2.0
namespace phasic::hls::planted {

unsigned factorial(unsigned n) { return n == 0 ? 1 : n * factorial(n - 1); }  // finding: recursion

bool odd(unsigned n);
bool even(unsigned n) { return n == 0 || odd(n - 1); }  // finding: recursion
bool odd(unsigned n) { return n != 0 && even(n - 1); }  // finding: recursion

// Through a template: each instantiation reaches itself by way of the other function.
template <class Value>
Value bounce(Value value);  // finding: recursion
template <class Value>
Value halve(Value value) {  // finding: recursion
  return value == 0 ? value : bounce(value / 2);
}
template <class Value>
Value bounce(Value value) {
  return halve(value);
}
unsigned settle(unsigned value) { return halve(value); }

// Each depth is another function, and the last one calls none: that ends when the program is compiled.
template <unsigned Depth>
unsigned nested(unsigned value) {
  return nested<Depth - 1>(value) + 1;
}
template <>
unsigned nested<0>(unsigned value) {
  return value;
}
unsigned three(unsigned value) { return nested<3>(value); }

struct Chain {
  explicit Chain(unsigned length);
  unsigned total;
};
unsigned chained(unsigned length) { return length == 0 ? 0 : Chain(length - 1).total; }  // finding: recursion
Chain::Chain(unsigned length) : total(chained(length)) {}                                // finding: recursion

}  // namespace phasic::hls::planted
