// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/sinks.hpp"

#include <fmt/format.h>

#include <iterator>

#include "runtime/base/error.hpp"

namespace phasic::runtime {
namespace {

std::ofstream open(const std::filesystem::path& file) {
  std::ofstream stream(file, std::ios::binary | std::ios::trunc);
  if (!stream) throw InputError(file.string(), "", "cannot be written");
  return stream;
}

void flush(std::ofstream& stream, const fmt::memory_buffer& text, const std::string& name) {
  stream.write(text.data(), static_cast<std::streamsize>(text.size()));
  stream.flush();
  if (!stream) throw InputError(name, "", "cannot be written");
}

}  // namespace

ResultsFile::ResultsFile(const std::filesystem::path& file, const Network& network)
    : name_(file.string()), stream_(open(file)), outputs_(network.outputs()) {
  stream_ << "place,number,label,prediction,spikes";
  for (std::uint32_t j = 0; j < outputs_; ++j) stream_ << ",score_" << j;
  stream_ << '\n';
}

void ResultsFile::write(std::uint64_t first, const LaunchResult& result) {
  fmt::memory_buffer text;
  auto out = std::back_inserter(text);
  for (std::size_t n = 0; n < result.records.size(); ++n) {
    const auto& record = result.records[n];
    fmt::format_to(out, "{},{},{},{},{}", first + n, record.sample, record.label, record.prediction, record.spikes);
    for (std::uint32_t j = 0; j < outputs_; ++j) fmt::format_to(out, ",{}", result.scores[n * outputs_ + j]);
    text.push_back('\n');
  }
  flush(stream_, text, name_);
}

TraceFile::TraceFile(const std::filesystem::path& file, const Network& network)
    : name_(file.string()), stream_(open(file)), network_(&network) {
  stream_ << "place,number,layer,step,potentials of neurons 0 on\n";
}

void TraceFile::write(std::uint64_t first, const LaunchResult& result) {
  fmt::memory_buffer text;
  auto out = std::back_inserter(text);
  for (std::size_t n = 0; n < result.records.size(); ++n) {
    for (std::size_t layer = 0; layer < network_->layers.size(); ++layer) {
      for (std::uint32_t step = 0; step < network_->steps; ++step) {
        fmt::format_to(out, "{},{},{},{}", first + n, result.records[n].sample, layer, step);
        for (std::uint32_t j = 0; j < network_->layers[layer].neurons; ++j) {
          fmt::format_to(out, ",{}", traced_potential(*network_, result.trace, n, layer, step, j));
        }
        text.push_back('\n');
      }
    }
  }
  flush(stream_, text, name_);
}

}  // namespace phasic::runtime
