// SPDX-License-Identifier: Apache-2.0
/// The Heidelberg spiking data sets: a file of spikes for each part.
#include <fmt/format.h>

#include "runtime/data/recording_samples.hpp"
#include "runtime/data/spike_file.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

constexpr std::uint32_t kHeidelbergChannels = 700;

class SpikeParts {
 public:
  explicit SpikeParts(const SetSource& source) : source_(source) {}

  void take(const fs::path& path, Part part) {
    const auto name = path.string();
    const SpikeFile file(path, {kHeidelbergChannels, source_.known.class_count});
    if (raw.labels.empty()) raw.labels = file.names();
    if (raw.labels != file.names())
      throw InputError(name, "extra/keys", "the names of classes are not those of the part before");
    file.for_each([&](std::size_t number, const Recording& recording) {
      const auto& label = raw.labels[file.labels()[number]];
      raw.samples.push_back(sample_of(recording, {label, part}, fmt::format("{}: recording {}", name, number), source_.how));
    });
  }

  RawSet raw;

 private:
  const SetSource& source_;
};

/// Files stand in the catalogue as training and test part. One with "valid" in the place of "train" may be beside them.
RawSet read_spikes(const SetSource& source) {
  SpikeParts parts(source);
  auto& raw = parts.raw;
  raw.recordings = !source.how.picture;
  const auto &training = source.located.files.at(0), &test = source.located.files.at(1);
  auto name = training.filename().string();
  name.replace(name.find("train"), std::string_view("train").size(), "valid");
  const auto validation = training.parent_path() / name;
  const auto& meaning = source.how.validation;
  std::error_code ignored;
  if (meaning == "leave_out" && fs::exists(validation, ignored)) raw.left_out.add("a part for validation", name);
  const auto take = [&](const fs::path& file, Part part, const std::string& also) {
    if (!source.wanted.has(part)) return;
    parts.take(file, part);
    if (meaning == also) parts.take(validation, part);
  };
  take(training, Part::kTraining, "training");
  take(test, Part::kTest, "test");
  return std::move(raw);
}

}  // namespace

constinit const Form Form::kSpikeFiles{.recordings = true, .validation = true, .read = read_spikes};

}  // namespace phasic::runtime
