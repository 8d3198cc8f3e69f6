// SPDX-License-Identifier: Apache-2.0
#include <typeinfo>  // finding: include

namespace phasic::hls::planted {

struct Base {
  virtual ~Base() = default;  // finding: virtual
};
struct Derived : Base {};

bool is_derived(Base* base) {
  return dynamic_cast<Derived*>(base) != nullptr;  // finding: rtti
}
bool same(int value) {
  return typeid(value) == typeid(int);  // finding: rtti, library
}

}  // namespace phasic::hls::planted
