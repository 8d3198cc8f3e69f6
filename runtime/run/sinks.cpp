// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/sinks.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <charconv>
#include <fstream>
#include <iterator>
#include <utility>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

std::string results_header(const Network& network) {
  std::string header = "place,number,label,prediction,spikes";
  for (std::uint32_t j = 0; j < network.outputs(); ++j) header += fmt::format(",score_{}", j);
  return header + '\n';
}

/// Place and number of the sample before a position.
std::string last_sample(SinkStart start) {
  return start.position == 0 ? "" : fmt::format("{},{},", start.position - 1, static_cast<std::uint32_t>(start.number - 1));
}

std::string last_traced(const Network& network, SinkStart start) {
  return start.position == 0 ? "" : last_sample(start) + fmt::format("{},{},", network.layers.size() - 1, network.steps - 1);
}

/// Bytes of the header and of the rows before a position. Refuses what does not lead up to it.
std::uint64_t bytes_before(const std::string& file, const std::string& header, std::uint64_t position, std::string_view last) {
  std::ifstream stream(file, std::ios::binary);
  std::string row, before;
  std::getline(stream, row);
  // What a process leaves that is killed as it begins is the beginning of the header.
  const bool cut_off = stream.eof() && header.starts_with(row);
  if (!cut_off && (stream.eof() || row + '\n' != header))
    throw InputError(file, "line 1", "is not the header of what would be written; the run cannot go on with this file");
  std::uint64_t bytes = cut_off ? 0 : header.size();
  for (std::uint64_t line = 2; std::getline(stream, row) && !stream.eof(); ++line) {
    std::uint64_t place = 0;
    const auto [end, failure] = std::from_chars(row.data(), row.data() + row.size(), place);
    if (failure != std::errc() || end == row.data() + row.size() || *end != ',')
      throw InputError(file, fmt::format("line {}", line), "does not begin with the place of a sample");
    if (place >= position) break;
    bytes += row.size() + 1;
    before = std::move(row);
  }
  if (!before.starts_with(last)) {
    const auto found = before.empty() ? "there are none before that"
                                      : fmt::format("the last one before that begins {}", before.substr(0, last.size()));
    throw InputError(file, "rows", fmt::format("do not lead up to sample {}, where the run goes on: {}", position, found));
  }
  return bytes;
}

}  // namespace

SampleRows::SampleRows(const std::filesystem::path& file, std::string header, SinkStart start, std::string_view last)
    : path_(file), name_(file.string()), header_(std::move(header)) {
  file_ = Descriptor(::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666));
  made_ = file_.is_open();
  if (!made_) file_ = Descriptor(::open(file.c_str(), O_WRONLY | O_CLOEXEC));
  if (!file_.is_open()) fail_to_write(name_, "open");
  struct stat about {};
  if (::fstat(file_.number(), &about) != 0) fail_to_write(name_, "stat");
  regular_ = S_ISREG(about.st_mode);
  if (!regular_) return;
  if (lock(file_) == Lock::kHeldByAnother) throw InputError(name_, "", "another process is writing it");
  if (start.old_rows == OldRows::kReplaced || about.st_size == 0) return;
  kept_ = bytes_before(name_, header_, start.position, last);
  if (start.old_rows == OldRows::kRefused && static_cast<std::uint64_t>(about.st_size) > kept_)
    throw InputError(name_, "rows", "are there already, but there is no checkpoint to go on from: they would be lost");
}

SampleRows::~SampleRows() {
  if (made_ && kept_ == 0) (void)::unlink(path_.c_str());
}

void SampleRows::begin() {
  if (regular_ && (::ftruncate(file_.number(), static_cast<off_t>(kept_)) != 0 ||
                   ::lseek(file_.number(), static_cast<off_t>(kept_), SEEK_SET) < 0)) {
    fail_to_write(name_, "truncate");
  }
  if (kept_ == 0) append(header_);
}

void SampleRows::append(std::string_view rows) {
  try {
    write_all(file_, rows, name_);
  } catch (...) {
    if (regular_) (void)!::ftruncate(file_.number(), static_cast<off_t>(kept_));
    throw;
  }
  kept_ += rows.size();
}

void SampleRows::flush() {
  if (regular_ && ::fsync(file_.number()) != 0) fail_to_write(name_, "fsync");
}

ResultRows::ResultRows(const std::filesystem::path& file, const Network& network, SinkStart start)
    : rows_(file, results_header(network), start, last_sample(start)), outputs_(network.outputs()) {}

void ResultRows::write(const Launched& launch) {
  fmt::memory_buffer text;
  auto out = std::back_inserter(text);
  for (std::size_t n = 0; n < launch.answers.size(); ++n) {
    const auto& answer = launch.answers.answers[n];
    fmt::format_to(out, "{},{},{},{},{}", launch.first + n, answer.number, answer.label, answer.prediction, answer.spikes);
    for (std::uint32_t j = 0; j < outputs_; ++j) fmt::format_to(out, ",{}", launch.answers.scores[n * outputs_ + j]);
    text.push_back('\n');
  }
  rows_.append({text.data(), text.size()});
}

TraceRows::TraceRows(const std::filesystem::path& file, const Network& network, SinkStart start)
    : rows_(file, "place,number,layer,step,potentials of neurons 0 on\n", start, last_traced(network, start)),
      network_(&network) {}

void TraceRows::write(const Launched& launch) {
  const auto& result = launch.result;
  fmt::memory_buffer text;
  auto out = std::back_inserter(text);
  auto place = launch.first;
  for (std::size_t n = 0; n < result.records.size(); ++n) {
    for (std::size_t layer = 0; layer < network_->layers.size(); ++layer) {
      for (std::uint32_t step = 0; step < network_->steps; ++step) {
        fmt::format_to(out, "{},{},{},{}", place, result.records[n].sample, layer, step);
        for (std::uint32_t j = 0; j < network_->layers[layer].neurons; ++j) {
          fmt::format_to(out, ",{}", traced_potential(*network_, result.trace, n, layer, step, j));
        }
        text.push_back('\n');
      }
    }
    if (!launch.samples[n].goes_on) ++place;
  }
  rows_.append({text.data(), text.size()});
}

void Sinks::open(const std::string& results_file, const std::string& trace_file, const Network& network, SinkStart start) {
  if (!results_file.empty()) results.emplace(results_file, network, start);
  if (!trace_file.empty()) trace.emplace(trace_file, network, start);
}

void Sinks::begin() {
  if (results) results->begin();
  if (trace) trace->begin();
}

void Sinks::write(const Launched& launch) {
  if (results) results->write(launch);
  if (trace) trace->write(launch);
}

void Sinks::flush() {
  if (results) results->flush();
  if (trace) trace->flush();
}

}  // namespace phasic::runtime
