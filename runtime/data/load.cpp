// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/load.hpp"

#include <fmt/format.h>

#include <chrono>

#include "runtime/base/error.hpp"
#include "runtime/base/log.hpp"
#include "runtime/data/assemble.hpp"
#include "runtime/data/own_folder.hpp"
#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

constexpr std::size_t kMostClasses = 256;  // labels are bytes

Dataset mixed(const Dataset& data, const Preprocessing& how) {
  return how.mixed ? pick(data, mixed_order(data.size(), how.seed, Mixing::kOrder), data.name) : data;
}

/// Where a set of the catalogue lies; says where to get it if it is not there.
Located find_files_of(const KnownSet& known, Wanted wanted) {
  if (auto found = locate(known, wanted)) return *found;
  std::string tried;
  for (const auto& folder : places_of(known)) tried += (tried.empty() ? "" : ", ") + folder.string();
  throw InputError(
      "", "data " + known.name,
      fmt::format("is in none of {} (needed there: {}). It comes from: {}", tried, needed_files(known), known.source));
}

OwnFolder find_set(const DataRequest& request, Wanted wanted) {
  if (!request.folder.empty()) return look_into(request, wanted);
  const auto* known = find_known(request.set);
  if (known == nullptr) throw InputError("", "data " + request.set, unknown_set(request.set));
  return {*known, find_files_of(*known, wanted), {}};
}

/// Parts that their files hold as they are.
void read_parts(const SetSource& source, NamedData& data) {
  data.classes = source.known.classes;
  for (const auto part : {Part::kTraining, Part::kTest}) {
    if (source.wanted.has(part))
      (part == Part::kTraining ? data.training : data.test) = source.known.form->read_part(source, part);
  }
  const auto& any = source.wanted.training ? data.training : data.test;
  data.shape = {any.channels, any.rows, any.columns};
  if (source.wanted.training && source.wanted.test && (data.test.rows != any.rows || data.test.columns != any.columns)) {
    throw InputError(
        data.test.images_file, "dimensions",
        fmt::format("{} x {}, but the training images have {} x {}", data.test.rows, data.test.columns, any.rows, any.columns));
  }
  if (source.wanted.training) data.training = mixed(data.training, data.preprocessing);
}

/// Parts that are made of samples.
void read_samples(const SetSource& source, bool own, NamedData& data) {
  const auto& [known, located, how, wanted] = source;
  // Which training samples stay depends on the test samples. In a folder of the user's, whether gray pictures become colours
  // depends on all of them.
  const bool may_mix_colours = own && known.form->images && !how.gray;
  auto raw = known.form->read({known, located, how, how.unique || may_mix_colours ? Wanted{} : wanted});
  settle_damaged(raw, known.name, how);
  data.recordings = raw.recordings;
  data.steps = raw.recordings ? how.steps : 0;
  data.notes.insert(data.notes.end(), raw.notes.begin(), raw.notes.end());
  for (const auto& note : raw.left_out.notes()) data.notes.push_back(note);
  data.classes = known.classes.empty() ? raw.labels : known.classes;
  if (data.classes.size() > kMostClasses)
    throw InputError(data.found, "classes", fmt::format("{}; at most {} are possible", data.classes.size(), kMostClasses));
  if (raw.samples.empty()) refuse_files_of(data, "there are no samples");
  data.shape = common_shape(raw.samples);
  if (how.unique) {
    const auto all = raw.samples.size();
    const auto gone = drop_repeats(raw.samples);
    const bool learnable = std::any_of(raw.samples.begin(), raw.samples.end(),
                                       [](const RawSample& sample) { return sample.part == Part::kTraining; });
    if (gone > 0 && wanted.training && !learnable)
      throw InputError(data.found, "unique",
                       fmt::format("{} of {} samples equal others in every byte, and none is left to learn from", gone, all));
    if (gone > 0) data.notes.push_back(fmt::format("{} repeated samples left out", gone));
  }
  if (wanted.training) data.training = mixed(assemble(raw, Part::kTraining, data), how);
  if (wanted.test) data.test = assemble(raw, Part::kTest, data);
}

}  // namespace

NamedData load_named(const DataRequest& request, Wanted wanted) {
  // What a request may ask for is known before the files of a named set are looked for.
  if (const auto* known = request.folder.empty() ? find_known(request.set) : nullptr; known != nullptr)
    (void)preprocessing_of(request, known->usual, *known->form);
  const auto begin = std::chrono::steady_clock::now();
  const auto set = find_set(request, wanted);
  NamedData data;
  data.preprocessing = preprocessing_of(request, set.known.usual, *set.known.form);
  data.name = set.known.name;
  data.found = set.located.folder.string();
  data.licence = set.known.licence;
  data.source = set.known.source;
  data.notes = set.left_out.notes();
  const SetSource source{set.known, set.located, data.preprocessing, wanted};
  if (set.known.form->read_part != nullptr) {
    read_parts(source, data);
  } else {
    read_samples(source, !request.folder.empty(), data);
  }
  const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - begin;
  log_as(LogLevel::kDebug, "data {}: {} training and {} test samples from {} in {:.3f} s", data.name, data.training.size(),
         data.test.size(), data.found, taken.count());
  return data;
}

DataParts load_parts(const DataOptions& options, Wanted wanted) {
  DataParts parts;
  if (!wanted.training && !wanted.test) return parts;
  if (!options.images.empty() || !options.labels.empty()) {
    if (options.images.empty()) throw InputError("", "--images", "is needed together with --labels");
    if (options.labels.empty()) throw InputError("", "--labels", "is needed together with --images");
    const auto name = std::filesystem::path(options.images).filename().string();
    if (wanted.training) parts.training = read_dataset(name, options.images, options.labels);
    if (wanted.test) parts.test = wanted.training ? parts.training : read_dataset(name, options.images, options.labels);
    return parts;
  }
  auto request = parse_data_text(options.data);
  if (!request.steps && !request.picture && options.steps > 0) request.steps = options.steps;
  auto data = load_named(request, wanted);
  for (auto* const part : {&data.training, &data.test}) part->notes = data.notes;
  return {std::move(data.training), std::move(data.test)};
}

Dataset load_data(const DataOptions& options, Part part) {
  auto parts = load_parts(options, {part == Part::kTraining, part == Part::kTest});
  return part == Part::kTraining ? std::move(parts.training) : std::move(parts.test);
}

}  // namespace phasic::runtime
