// SPDX-License-Identifier: Apache-2.0
/// NETtalk: a sample for each letter of its words.
#include <fmt/format.h>

#include <set>

#include "runtime/data/nettalk.hpp"
#include "runtime/data/raw_set.hpp"
#include "runtime/data/split.hpp"

namespace phasic::runtime {
namespace {

RawSet read_letters(const SetSource& source) {
  const auto& [known, located, how, wanted] = source;
  const auto list = read_nettalk(read_stored_file(located.files.front()));
  RawSet raw;
  if (!list.damaged.empty()) {
    raw.notes.push_back(fmt::format("{} damaged line{} skipped; {}{}", list.damaged.size(), list.damaged.size() == 1 ? "" : "s",
                                    list.damaged.front(), list.damaged.size() == 1 ? "" : "; ..."));
  }
  if (list.repeated > 0) raw.notes.push_back(fmt::format("{} further pronunciations of words skipped", list.repeated));
  const auto drawn = drawn_for_test(list.words.size(), how.test_share, how.seed);
  std::set<std::string> names;
  std::size_t test_words = 0;
  for (std::size_t n = 0; n < list.words.size(); ++n) {
    const auto& word = list.words[n];
    const auto& labels = how.labels == "stress" ? word.stresses : word.phonemes;
    const auto part = drawn[n] ? Part::kTest : Part::kTraining;
    test_words += drawn[n] ? 1 : 0;
    for (std::size_t at = 0; at < word.letters.size(); ++at) {
      const std::string label(1, labels[at]);
      names.insert(label);
      if (!wanted.has(part)) continue;
      Picture picture{1, kNettalkLetters, kNettalkSymbols, letter_window(word.letters, at)};
      raw.samples.push_back({label, part, fmt::format("{}, letter {}", word.letters, at), std::move(picture), {}});
    }
  }
  raw.notes.push_back(fmt::format("{} words for training, {} for testing", list.words.size() - test_words, test_words));
  raw.labels.assign(names.begin(), names.end());
  return raw;
}

}  // namespace

constinit const Form Form::kNettalk{.words = true, .read = read_letters};

}  // namespace phasic::runtime
