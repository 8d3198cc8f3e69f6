// SPDX-License-Identifier: Apache-2.0
/// What functions of this library throw.
#pragma once

#include <stdexcept>

namespace phasic {

/// Base of both others.
class Error : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Something that was given is wrong: what() names the file or the sample, the field and the value.
class InputError : public Error {
 public:
  using Error::Error;
};

/// An engine, a card or a run failed.
class DeviceError : public Error {
 public:
  using Error::Error;
};

}  // namespace phasic
