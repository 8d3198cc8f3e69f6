// SPDX-License-Identifier: Apache-2.0
/// What somebody may have meant who mistyped a name.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace phasic::runtime {

/// Letters to add, leave out, change or swap with the next one until two words are the same; capitals count as small.
[[nodiscard]] std::size_t edits_between(std::string_view one, std::string_view other);

/// The name that is fewest edits from the word, the first of them; empty if none is near: an edit, or one for each four
/// letters.
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> names);

/// " (did you mean \"NAME\"?)", or nothing if no name is near.
[[nodiscard]] std::string did_you_mean(std::string_view word, std::span<const std::string> names);

}  // namespace phasic::runtime
