// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/rows.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>

#include "runtime/base/error.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/experiment/row_fields.hpp"

namespace phasic::runtime {
namespace {

std::string contents(const std::filesystem::path& file) {
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

/// Whether a line without an end is what a crash may leave of a row: its beginning, zeros, or all of it but the end.
bool may_be_cut_off(std::string_view line) {
  if (line.empty()) return true;
  if (line.front() != '{' && line.front() != '\0') return false;
  const auto whole = nlohmann::json::parse(line, nullptr, false);
  return !whole.is_object() || whole.contains("run");
}

[[noreturn]] void fail(const std::filesystem::path& file, const char* what) {
  throw InputError(file.string(), "", fmt::format("cannot {}: {}", what, std::strerror(errno)));
}

}  // namespace

std::vector<nlohmann::json> read_rows(const std::filesystem::path& file) {
  std::vector<nlohmann::json> rows;
  const std::string text = contents(file);
  std::size_t line = 1;
  for (std::size_t begin = 0; begin < text.size(); ++line) {
    const std::size_t end = text.find('\n', begin);
    if (end == std::string::npos) break;
    auto row = nlohmann::json::parse(text.begin() + static_cast<std::ptrdiff_t>(begin),
                                     text.begin() + static_cast<std::ptrdiff_t>(end), nullptr, false);
    if (!row.is_object()) throw InputError(file.string(), fmt::format("line {}", line), "is not a JSON object");
    rows.push_back(std::move(row));
    begin = end + 1;
  }
  return rows;
}

std::vector<nlohmann::json> read_checked_rows(const std::filesystem::path& file) {
  auto rows = read_rows(file);
  for (std::size_t n = 0; n < rows.size(); ++n) check_row(rows[n], file.string(), n + 1);
  return rows;
}

RowFile::RowFile(const std::filesystem::path& file)
    : name_(file), descriptor_(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (descriptor_ < 0) fail(file, "open it");
  const std::string text = contents(file);
  const std::size_t end = text.rfind('\n');
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  if (!may_be_cut_off(std::string_view(text).substr(whole))) {
    ::close(descriptor_);
    throw InputError(file.string(), "", "its last line has no end and is not the beginning of a row: it is no file of results");
  }
  if (whole != text.size() && ::ftruncate(descriptor_, static_cast<off_t>(whole)) != 0) fail(file, "cut off its last line");
}

RowFile::~RowFile() { ::close(descriptor_); }

void RowFile::append(const nlohmann::json& row) {
  const std::string line = json_text(row) + '\n';
  for (std::size_t written = 0; written < line.size();) {
    const ssize_t count = ::write(descriptor_, line.data() + written, line.size() - written);
    if (count < 0 && errno == EINTR) continue;
    if (count <= 0) fail(name_, "write a row");
    written += static_cast<std::size_t>(count);
  }
  if (::fsync(descriptor_) != 0) fail(name_, "write a row");
}

}  // namespace phasic::runtime
