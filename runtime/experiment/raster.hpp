// SPDX-License-Identifier: Apache-2.0
/// Spikes of one sample, for a row of results.
#pragma once

#include <cstdint>
#include <nlohmann/json_fwd.hpp>
#include <span>

#include "runtime/run/session.hpp"

namespace phasic::runtime {

/// Spikes of the input and of each layer while the sample is shown without learning, as the sample of number `number` in the
/// stream of random numbers: for each a `name`, `neurons`, `steps`, `every` and `spikes`, pairs of step and neuron. Where there
/// are more than 300 spikes only every second, third, ... neuron is listed, of which `every` tells. A spike is a potential
/// above the threshold (docs/specification.md, section 1) of a neuron that no gate shuts. Networks that compete cannot be
/// traced and have the input alone; graded samples have no spikes, and the list is empty.
[[nodiscard]] nlohmann::json raster_of(const Fixed& fixed, const Sample& sample, std::uint32_t number,
                                       std::span<const std::byte> weights, const Launcher& launcher);

}  // namespace phasic::runtime
