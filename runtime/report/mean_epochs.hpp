// SPDX-License-Identifier: Apache-2.0
/// Epochs that methods need, by the definition of self-backpropagation's paper (Zhang et al., Science Advances 7, 2021): a
/// number that compares the learning curves of several runs, so that one that learns fast and ends low does not look fast.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <vector>

namespace phasic::runtime {

/// Levels of error between which the paper's definition takes the mean.
inline constexpr int kErrorLevels = 5;

/// For each run the mean over the levels of the epochs until its first look at the validation set with an error (1 - accuracy)
/// of at most the level. Levels are equally spaced, both ends among them, from the largest of the runs' lowest errors to the
/// smallest of their largest errors, so that every run reaches every level. Throws InputError naming the run if one has no
/// looks, and if there are fewer than two runs or no level that lies within all curves. `runs` are rows; an epoch is
/// `training_samples`.
[[nodiscard]] std::vector<double> mean_epochs(const std::vector<const nlohmann::json*>& runs);

}  // namespace phasic::runtime
