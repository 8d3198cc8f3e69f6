// SPDX-License-Identifier: Apache-2.0
/// Events of tactile sensors in a matrix of MATLAB, as ST-MNIST has them.
#include <cmath>

#include "runtime/data/cameras.hpp"
#include "runtime/data/mat_file.hpp"
#include "runtime/data/reader.hpp"
#include "runtime/data/recording.hpp"

namespace phasic::runtime {
namespace {

constexpr double kLatestTouch = 1e9;  // seconds

}  // namespace

Recording read_mat(const StoredFile& file, std::string_view camera) {
  constexpr SensorSize kStMnist{10, 10};
  const std::string name = "spiketrain";
  const auto matrix = read_mat_matrix(file, name);
  const auto size = camera.empty() ? kStMnist : settled_size(std::nullopt, camera, file.origin, name);
  const auto taxels = std::size_t{size.rows} * size.columns;
  if (matrix.rows != taxels + 1)
    throw InputError(file.origin, name + ": rows",
                     fmt::format("{}; {} x {} and one with the times are needed; \"camera\" says rows x columns of a sensor",
                                 matrix.rows, size.rows, size.columns));
  Recording recording{size.rows, size.columns, {}};
  for (std::size_t n = 0; n < matrix.columns; ++n) {
    const auto seconds = matrix.at(taxels, n);
    if (!(std::abs(seconds) <= kLatestTouch))
      throw InputError(file.origin, fmt::format("{}: time {}", name, n),
                       fmt::format("{}; at most {} seconds are read", seconds, kLatestTouch));
    const auto time = std::llround(1e6 * seconds);
    for (std::size_t k = 0; k < taxels; ++k) {
      const auto value = matrix.at(k, n);
      if (value == 0) continue;
      if (value != 1 && value != -1)
        throw InputError(file.origin, fmt::format("{}: row {}, column {}", name, k, n),
                         fmt::format("{}; -1, 0 and 1 are legal", value));
      recording.events.push_back(
          {time, static_cast<std::uint16_t>(k % size.columns), static_cast<std::uint16_t>(k / size.columns), value > 0});
    }
  }
  return recording;
}

}  // namespace phasic::runtime
