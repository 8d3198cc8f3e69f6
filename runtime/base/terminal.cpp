// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/terminal.hpp"

#include <sys/ioctl.h>

#include <algorithm>

namespace phasic::runtime {
namespace {

bool begins_character(char byte) { return (static_cast<unsigned char>(byte) & 0xC0) != 0x80; }

}  // namespace

std::optional<std::size_t> terminal_columns(int file) {
  winsize size{};
  if (::ioctl(file, TIOCGWINSZ, &size) != 0 || size.ws_col == 0) return std::nullopt;
  return size.ws_col;
}

std::string_view first_characters(std::string_view text, std::size_t count) {
  std::size_t end = 0;
  for (; end < text.size(); ++end) {
    if (!begins_character(text[end])) continue;
    if (count == 0) break;
    --count;
  }
  return text.substr(0, end);
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), begins_character));
}

void rewrite_line(std::FILE* stream, std::string_view line) {
  // A cursor behind the last column would erase the character there.
  if (const auto columns = terminal_columns(::fileno(stream))) line = first_characters(line, *columns - 1);
  // The text may be shorter than the one before: the rest of the line is erased. What cannot be written is lost, and nothing
  // else is.
  std::string text = "\r";
  text += line;
  text += "\x1b[K";
  (void)std::fwrite(text.data(), 1, text.size(), stream);
  (void)std::fflush(stream);
}

}  // namespace phasic::runtime
