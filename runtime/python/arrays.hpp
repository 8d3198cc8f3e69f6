// SPDX-License-Identifier: Apache-2.0
/// Arrays of numpy over memory that an object of Python holds.
#pragma once

#include <pybind11/numpy.h>

#include <span>
#include <utility>
#include <vector>

namespace phasic::python {

/// An array of what `owner` holds, which cannot be written.
template <class T>
pybind11::array view_of(const T* values, const pybind11::object& owner, std::vector<pybind11::ssize_t> shape) {
  pybind11::array_t<T> array(std::move(shape), values, owner);
  pybind11::detail::array_proxy(array.ptr())->flags &= ~pybind11::detail::npy_api::NPY_ARRAY_WRITEABLE_;
  return array;
}

template <class T>
pybind11::array view_of(const std::vector<T>& values, const pybind11::object& owner) {
  return view_of(values.data(), owner, {static_cast<pybind11::ssize_t>(values.size())});
}

}  // namespace phasic::python
