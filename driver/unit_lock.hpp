// SPDX-License-Identifier: Apache-2.0
/// Keeps two processes from sharing a compute unit.
#pragma once

#include <string>

namespace phasic::driver {

/// Holds a compute unit, from the making of the value to its end. The lock is the system's (flock): it ends with the process,
/// however that ends. Its file stays, has the number of the process that held it last, and is in the folder
/// PHASIC_LOCK_FOLDER or, if that is not set, in /run/lock or else /tmp, which all users of a machine share:
/// phasic-CARD-UNIT.lock, with "_" for what is no letter, digit, point or dash.
class UnitLock {
 public:
  UnitLock() = default;
  /// `card` is a name that every process has for the card, such as its address on the bus. Throws std::runtime_error, which
  /// names the process that holds the unit, or the lock file and why it cannot be locked.
  UnitLock(const std::string& card, const std::string& unit);
  UnitLock(UnitLock&& other) noexcept;
  UnitLock& operator=(UnitLock&& other) noexcept;
  ~UnitLock();

 private:
  int file_ = -1;
};

/// Whether PHASIC_LOCK_FOLDER is set.
[[nodiscard]] bool lock_folder_is_named();

}  // namespace phasic::driver
