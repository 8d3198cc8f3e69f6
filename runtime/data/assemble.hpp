// SPDX-License-Identifier: Apache-2.0
/// From samples with names of classes to training and test sets.
#pragma once

#include "runtime/base/error.hpp"
#include "runtime/data/load.hpp"

namespace phasic::runtime {

/// Pictures of a set differ in size, and none was asked for.
class SizesDiffer : public InputError {
 public:
  using InputError::InputError;
};

/// The size that all samples share; where colours and gray stand side by side, gray becomes colour. Throws InputError naming
/// two samples that differ in size. There is at least one sample.
[[nodiscard]] Shape common_shape(std::vector<RawSample>& samples);

/// Keeps one of equal samples: of several in the test part the first, else the first of the training part. Returns how many
/// went.
std::size_t drop_repeats(std::vector<RawSample>& samples);

/// Throws InputError that names the place of a set, and the set unless the place has its name.
[[noreturn]] void refuse_files_of(const NamedData& about, const std::string& problem);

/// Takes the samples of a part out of `raw`. `about` has name, classes, shape and steps. Throws InputError: a class that the
/// set has not, no samples.
[[nodiscard]] Dataset assemble(RawSet& raw, Part part, const NamedData& about);

}  // namespace phasic::runtime
