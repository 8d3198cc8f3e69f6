// SPDX-License-Identifier: Apache-2.0
#include "runtime/experiment/rows.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string_view>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/base/json_text.hpp"
#include "runtime/base/log.hpp"
#include "runtime/experiment/row_fields.hpp"

namespace phasic::runtime {
namespace {

std::string contents(const std::filesystem::path& file) {
  std::error_code failure;
  if (std::filesystem::is_character_file(file, failure))
    throw InputError(file.string(), "", "is a device, not a file of results");
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

/// What has to be the same in two rows of one run.
nlohmann::json results_of(nlohmann::json row) {
  for (const char* const field : {"seconds", "command", "commit"}) row.erase(field);
  return row;
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
    auto row = parse_json(std::string_view(text).substr(begin, end - begin), file.string(), line);
    if (!row.is_object()) throw InputError(file.string(), fmt::format("line {}", line), "is not a JSON object");
    rows.push_back(std::move(row));
    begin = end + 1;
  }
  return rows;
}

void leave_out_repeats(std::vector<nlohmann::json>& rows, const std::filesystem::path& file) {
  std::map<std::pair<std::string, std::string>, std::size_t> first;  // line of a run's first row
  std::vector<nlohmann::json> kept;
  std::vector<std::size_t> left_out;
  for (std::size_t n = 0; n < rows.size(); ++n) {
    const auto [place, is_new] =
        first.emplace(std::pair{rows[n].at("experiment").get<std::string>(), rows[n].at("run").get<std::string>()}, n);
    if (is_new) continue;
    if (results_of(rows[place->second]) != results_of(rows[n])) {
      throw InputError(file.string(), fmt::format("lines {} and {}", place->second + 1, n + 1),
                       fmt::format("are of one run, \"{}\" of {}, and have other results; one of them has to go",
                                   place->first.second, place->first.first));
    }
    left_out.push_back(n);
  }
  if (left_out.empty()) return;
  log_as(LogLevel::kWarning, "{}: {} row{} of runs that are there already, the first in line {}: left out", file.string(),
         left_out.size(), left_out.size() == 1 ? "" : "s", left_out.front() + 1);
  for (std::size_t n = 0; n < rows.size(); ++n) {
    if (!std::binary_search(left_out.begin(), left_out.end(), n)) kept.push_back(std::move(rows[n]));
  }
  rows = std::move(kept);
}

std::vector<nlohmann::json> read_checked_rows(const std::filesystem::path& file) {
  auto rows = read_rows(file);
  for (std::size_t n = 0; n < rows.size(); ++n) check_row(rows[n], file.string(), n + 1);
  leave_out_repeats(rows, file);
  return rows;
}

RowFile::RowFile(const std::filesystem::path& file)
    : name_(file), file_(::open(file.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644)) {
  if (!file_.is_open()) fail(file, "open it");
  if (lock(file_) == Lock::kHeldByAnother)
    throw InputError(file.string(), "", "another process is running experiments with it; it has to end first");
  const std::string text = contents(file);
  const std::size_t end = text.rfind('\n');
  const std::size_t whole = end == std::string::npos ? 0 : end + 1;
  if (!may_be_cut_off(std::string_view(text).substr(whole)))
    throw InputError(file.string(), "", "its last line has no end and is not the beginning of a row: it is no file of results");
  if (whole != text.size() && ::ftruncate(file_.number(), static_cast<off_t>(whole)) != 0) fail(file, "cut off its last line");
}

void RowFile::append(const nlohmann::json& row) {
  const std::string line = json_text(row) + '\n';
  const auto before = ::lseek(file_.number(), 0, SEEK_END);
  try {
    write_all(file_, line, name_.string());
    if (::fsync(file_.number()) != 0) fail(name_, "write a row");
  } catch (...) {
    if (before >= 0) (void)!::ftruncate(file_.number(), before);
    throw;
  }
}

}  // namespace phasic::runtime
