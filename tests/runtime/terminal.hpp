// SPDX-License-Identifier: Apache-2.0
/// A terminal of a given width, and what is shown on it.
#pragma once

#include <fcntl.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include <stdexcept>
#include <string>

namespace phasic::test {

class Terminal {
 public:
  explicit Terminal(unsigned short columns) : outer_(::posix_openpt(O_RDWR | O_NOCTTY)) {
    if (outer_ < 0 || ::grantpt(outer_) != 0 || ::unlockpt(outer_) != 0) throw std::runtime_error("no terminal");
    inner_ = ::open(::ptsname(outer_), O_RDWR | O_NOCTTY);
    termios how{};
    if (inner_ < 0 || ::tcgetattr(inner_, &how) != 0) throw std::runtime_error("no terminal");
    how.c_oflag &= ~static_cast<tcflag_t>(OPOST);  // bytes come as they are written
    (void)::tcsetattr(inner_, TCSANOW, &how);
    resize(columns);
  }
  Terminal(const Terminal&) = delete;
  Terminal& operator=(const Terminal&) = delete;
  ~Terminal() {
    if (inner_ >= 0) ::close(inner_);
    ::close(outer_);
  }

  void resize(unsigned short columns) {
    winsize size{};
    size.ws_row = 24;
    size.ws_col = columns;
    (void)::ioctl(outer_, TIOCSWINSZ, &size);
  }
  /// The side that programs write to.
  [[nodiscard]] int inner() const { return inner_; }
  /// All that is shown until the last program that has it ends.
  std::string shown() {
    ::close(inner_);
    inner_ = -1;
    std::string text;
    char bytes[4096];
    for (ssize_t count = 0; (count = ::read(outer_, bytes, sizeof bytes)) > 0;)
      text.append(bytes, static_cast<std::size_t>(count));
    return text;
  }

 private:
  int outer_, inner_ = -1;
};

}  // namespace phasic::test
