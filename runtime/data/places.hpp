// SPDX-License-Identifier: Apache-2.0
/// What a file's path in a data set says: its class, and whether it is for training or testing.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "runtime/data/dataset.hpp"

namespace phasic::runtime {

struct Place {
  std::string label;         ///< name of the class
  std::optional<Part> part;  ///< none: a seed draws it
  bool validation = false;   ///< in a part for validation; what that is the user says
};

/// None for a path that is no sample.
using PlaceRule = std::optional<Place> (*)(std::string_view path);

/// The class is the folder that holds the file; a folder train or training above means training, one of the name test testing,
/// and val, valid or validation a part for validation (capitals or not).
[[nodiscard]] std::optional<Place> place_by_folder(std::string_view path);

/// Hand-written letters as CAP_X_n.png and SMALL_x_n.png: the class is the letter, capital or not. One picture of the set is a
/// broken crop of 1 x 2 pixels and is left out.
[[nodiscard]] std::optional<Place> place_by_hand_letter(std::string_view path);

/// Omniglot: <set>/<Alphabet>/characterNN/XXXX_DD.png; the class is the character, and drawers 17 to 20 are for testing, so
/// that no hand is in both parts.
[[nodiscard]] std::optional<Place> place_in_latin(std::string_view path);
[[nodiscard]] std::optional<Place> place_in_greek(std::string_view path);

/// Spoken digits: {digit}_{speaker}_{index}.wav; indices 0 to 4 are for testing.
[[nodiscard]] std::optional<Place> place_of_spoken_digit(std::string_view path);

/// ST-MNIST: a folder for each digit, and .mat files in it. Tables with LUT in their names are no samples. A seed draws the
/// part.
[[nodiscard]] std::optional<Place> place_of_tactile_digit(std::string_view path);

/// N-CARS: n-cars_train/CLASS/NAME.dat, and n-cars_test. The class is the folder, as with `place_by_folder`.
[[nodiscard]] std::optional<Place> place_in_ncars(std::string_view path);

}  // namespace phasic::runtime
