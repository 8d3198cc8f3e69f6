// SPDX-License-Identifier: Apache-2.0
#include "phasic/data.hpp"

#include "runtime/api/inner.hpp"
#include "runtime/data/load.hpp"

namespace phasic {
namespace {

/// A part, and the events of its samples.
struct HeldPart {
  std::vector<AddressEvent> events;
  std::vector<Sample> samples;
  DataPart part;
};

void hold(HeldPart& held, const runtime::Dataset& from) {
  held.events.reserve(from.events.size());  // samples point into it
  held.samples.reserve(from.size());
  for (std::size_t n = 0; n < from.size(); ++n) {
    const auto first = held.events.size();
    for (const auto word : from.events_of(n)) held.events.push_back({.step = word >> 16, .input = word & 0xffffu});
    held.samples.push_back(
        {.intensities = from.image(n), .events = std::span(held.events).subspan(first), .label = from.labels[n]});
  }
  held.part = {.samples = held.samples, .intensities = from.pixels, .labels = from.labels};
}

}  // namespace

struct Data::Inner {
  runtime::NamedData data;
  std::filesystem::path folder;
  HeldPart training, test;
};

Data Data::load(const std::string& what, const DataWanted& wanted) {
  auto inner = std::make_shared<Inner>();
  translated([&] {
    inner->data = runtime::load_named(runtime::parse_data_text(what), {.training = wanted.training, .test = wanted.test});
    for (const auto* part : {&inner->data.training, &inner->data.test}) {
      if (part->has_chunks())
        throw runtime::InputError(inner->data.name, "step_microseconds",
                                  "recordings in chunks are several samples each; `phasic learn` takes them");
    }
  });
  inner->folder = inner->data.found;
  hold(inner->training, inner->data.training);
  hold(inner->test, inner->data.test);
  return Data(std::move(inner));
}

const std::string& Data::name() const { return inner_->data.name; }
const DataPart& Data::training() const { return inner_->training.part; }
const DataPart& Data::test() const { return inner_->test.part; }
const std::vector<std::string>& Data::classes() const { return inner_->data.classes; }
bool Data::has_events() const { return inner_->data.recordings; }
std::uint32_t Data::channels() const { return inner_->data.shape.channels; }
std::uint32_t Data::rows() const { return inner_->data.shape.rows; }
std::uint32_t Data::columns() const { return inner_->data.shape.columns; }
std::uint32_t Data::steps() const { return inner_->data.steps; }
const std::filesystem::path& Data::folder() const { return inner_->folder; }
const std::string& Data::licence() const { return inner_->data.licence; }
const std::vector<std::string>& Data::notes() const { return inner_->data.notes; }

}  // namespace phasic
