// SPDX-License-Identifier: Apache-2.0
/// Everything: networks that learn on the chip, run on a model of it, on its RTL, or on a card.
#pragma once

#include "phasic/data.hpp"     // IWYU pragma: export
#include "phasic/error.hpp"    // IWYU pragma: export
#include "phasic/network.hpp"  // IWYU pragma: export
#include "phasic/results.hpp"  // IWYU pragma: export
#include "phasic/session.hpp"  // IWYU pragma: export
