// SPDX-License-Identifier: Apache-2.0
/// What can go wrong in the runtime, and the exit codes of the command `phasic`.
#pragma once

#include <stdexcept>
#include <string>
#include <string_view>

namespace phasic::runtime {

/// Exit codes of the command.
enum ExitCode : int {
  kSuccess = 0,
  kInputFailure = 1,   ///< a wrong option, file, field or value
  kMismatch = 2,       ///< two engines differ
  kDeviceFailure = 3,  ///< an engine, a card or a run failed
  kNotReady = 4,       ///< `doctor` found something missing
  kInterrupted = 130,  ///< ended by SIGINT after the current launch
};

/// Something that the user gave is wrong: the text names the file, the field and the value.
class InputError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
  /// "file: field: problem". Empty parts are left out.
  InputError(std::string_view file, std::string_view field, std::string_view problem);
};

/// An engine, a card or a run failed.
class DeviceError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

}  // namespace phasic::runtime
