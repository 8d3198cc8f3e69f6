// SPDX-License-Identifier: Apache-2.0
/// The loops themselves, which each instruction set's file compiles in a namespace of its own (PHASIC_SETTLING).
#include "runtime/baseline/settling_blocks.hpp"

// Each file that includes this compiles it in a namespace of its own.
// NOLINTBEGIN(misc-definitions-in-headers,google-build-namespaces,cert-dcl59-cpp)
namespace phasic::baseline::PHASIC_SETTLING {
namespace {

// Milliseconds, and the published code's units of potential and conductance.
constexpr float kStep = 0.1F, kSynapse = 2, kMembrane = 10;
constexpr float kExcitation = 0.2F, kThreshold = 0.05F, kLeakConductance = 5;

/// Blocks of neurons at a time: a step waits for the one before, so some have to go beside each other.
constexpr std::size_t kTogether = kParts == 1 ? 4 : 1;
/// Sums at a time, as many as registers hold with what they are made of.
constexpr std::size_t kSums = 8 / kParts;

void squash(const float* values, std::size_t blocks, float* squashed) {
  for (std::size_t n = 0; n < blocks * kBlock; n += kBlock) store(squashed + n, phi(load(values + n)));
}

template <std::size_t Count>
PHASIC_INLINE void run_some(const MembraneRun& run, std::size_t first) {
  Block potentials[Count], conductances[Count], kept[Count];
  for_each_place<Count>([&](auto place) __attribute__((always_inline)) {
    constexpr std::size_t kPlace = decltype(place)::kValue;
    potentials[kPlace] = load(run.potentials + first + kPlace * kBlock);
    conductances[kPlace] = load(run.conductances + first + kPlace * kBlock);
    kept[kPlace] = load(run.kept + first + kPlace * kBlock);
  });
  const float* currents = run.currents + first;
  float* values = run.values + first;
  const Block reset = all(run.reset), threshold = all(kThreshold);
  for (std::size_t step = 0; step < run.steps; ++step) {
    const Block influence = all(run.influences[step]), rest = all(1 - run.influences[step]);
    for_each_place<Count>([&](auto place) __attribute__((always_inline)) {
      constexpr std::size_t kPlace = decltype(place)::kValue;
      const Block conductance =
          conductances[kPlace] +
          kStep / kSynapse * (all(kLeakConductance) + load(currents + kPlace * kBlock) - conductances[kPlace]);
      conductances[kPlace] = conductance;
      Block potential = potentials[kPlace];
      potential =
          potential - kStep / kMembrane * (potential + 1 / kLeakConductance * conductance * (potential - all(kExcitation)));
      potential = where_greater(potential, threshold, reset, potential);
      potential = influence * potential + rest * kept[kPlace];
      potentials[kPlace] = potential;
      store(values + kPlace * kBlock, phi(potential));
    });
    currents += run.current_stride;
    values += run.value_stride;
  }
  for_each_place<Count>([&](auto place) __attribute__((always_inline)) {
    constexpr std::size_t kPlace = decltype(place)::kValue;
    store(run.potentials + first + kPlace * kBlock, potentials[kPlace]);
    store(run.conductances + first + kPlace * kBlock, conductances[kPlace]);
  });
}

void run_membranes(const MembraneRun& run) {
  std::size_t block = 0;
  for (; block + kTogether <= run.blocks; block += kTogether) run_some<kTogether>(run, block * kBlock);
  for (; block < run.blocks; ++block) run_some<1>(run, block * kBlock);
}

template <std::size_t Blocks, std::size_t Columns>
PHASIC_INLINE void weigh_some(const WeightedSums& sums, std::size_t block, std::size_t column) {
  Block results[Blocks * Columns];
  for_each_place<Blocks * Columns>([&](auto place) __attribute__((always_inline)) { results[place.kValue] = all(0); });
  const float* const weights = sums.weights + block * sums.inputs * kBlock;
  const float* const values = sums.values + column * sums.value_stride;
  for (std::size_t input = 0; input < sums.inputs; ++input) {
    for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) {
      constexpr std::size_t kPlace = decltype(place)::kValue;
      const Block of_input = load(weights + (kPlace * sums.inputs + input) * kBlock);
      for_each_place<Columns>([&](auto other) __attribute__((always_inline)) {
        constexpr std::size_t kOther = decltype(other)::kValue;
        results[kPlace * Columns + kOther] =
            results[kPlace * Columns + kOther] + values[kOther * sums.value_stride + input] * of_input;
      });
    });
  }
  for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) {
    constexpr std::size_t kPlace = decltype(place)::kValue;
    const Block bias = load(sums.bias + (block + kPlace) * kBlock);
    for_each_place<Columns>([&](auto other) __attribute__((always_inline)) {
      constexpr std::size_t kOther = decltype(other)::kValue;
      store(sums.sums + ((column + kOther) * sums.blocks + block + kPlace) * kBlock, results[kPlace * Columns + kOther] + bias);
    });
  });
}

void weigh(const WeightedSums& sums) {
  std::size_t column = 0;
  for (; column + kSums <= sums.columns; column += kSums)
    for (std::size_t block = 0; block < sums.blocks; ++block) weigh_some<1, kSums>(sums, block, column);
  for (; column + kSums / 2 <= sums.columns; column += kSums / 2)
    for (std::size_t block = 0; block < sums.blocks; ++block) weigh_some<1, kSums / 2>(sums, block, column);
  // Fewer columns: blocks of classes beside each other instead.
  for (; column < sums.columns; ++column) {
    std::size_t block = 0;
    for (; block + kSums / 2 <= sums.blocks; block += kSums / 2) weigh_some<kSums / 2, 1>(sums, block, column);
    for (; block < sums.blocks; ++block) weigh_some<1, 1>(sums, block, column);
  }
}

template <std::size_t Blocks>
PHASIC_INLINE void drive_some(const InputCurrents& currents, std::size_t first) {
  for (std::size_t column = 0; column < currents.columns; ++column) {
    Block results[Blocks];
    for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) { results[place.kValue] = all(0); });
    for (std::size_t n = currents.begins[column]; n < currents.begins[column + 1]; ++n) {
      const float* const weights = currents.weights + currents.inputs[n] * currents.neurons + first;
      const Block value = all(currents.values[n]);
      for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) {
        results[place.kValue] = results[place.kValue] + value * load(weights + place.kValue * kBlock);
      });
    }
    float* const sums = currents.currents + column * currents.current_stride + first;
    for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) {
      const std::size_t at = place.kValue * kBlock;
      store(sums + at, results[place.kValue] + load(currents.bias + first + at));
    });
  }
}

void drive(const InputCurrents& currents) {
  std::size_t first = 0;
  for (; first + kSums * kBlock <= currents.neurons; first += kSums * kBlock) drive_some<kSums>(currents, first);
  for (; first + kSums / 2 * kBlock <= currents.neurons; first += kSums / 2 * kBlock) drive_some<kSums / 2>(currents, first);
  for (; first + kBlock <= currents.neurons; first += kBlock) drive_some<1>(currents, first);
  // Columns of weights are not padded.
  const std::size_t rest = currents.neurons - first;
  if (rest == 0) return;
  for (std::size_t column = 0; column < currents.columns; ++column) {
    float sums[kBlock] = {};
    for (std::size_t n = currents.begins[column]; n < currents.begins[column + 1]; ++n) {
      const float* const weights = currents.weights + currents.inputs[n] * currents.neurons + first;
      for (std::size_t k = 0; k < rest; ++k) sums[k] += currents.values[n] * weights[k];
    }
    store(currents.currents + column * currents.current_stride + first, load(sums) + load(currents.bias + first));
  }
}

void relax_hidden(const HiddenRelaxation& relaxation) {
  const Block step = all(relaxation.step), rest = all(1 - relaxation.step);
  for (std::size_t at = 0; at < relaxation.blocks * kBlock; at += kBlock) {
    Block driven = load(relaxation.currents + at);
    for (std::size_t n = 0; n < relaxation.count; ++n)
      driven = driven + relaxation.values[n] * load(relaxation.weights[n] + at);
    store(relaxation.hidden + at, phi(rest * load(relaxation.hidden + at) + step * driven));
  }
}

void relax_outputs(const OutputRelaxation& relaxation) {
  for (std::size_t at = 0; at < relaxation.blocks * kBlock; at += kBlock) {
    const Block outputs = load(relaxation.outputs + at);
    Block wanted = load(relaxation.driven + at) - outputs;
    if (relaxation.targets != nullptr) wanted = wanted - relaxation.nudge * (outputs - load(relaxation.targets + at));
    const Block moved = outputs + relaxation.step * wanted;
    store(relaxation.outputs + at, at_least(moved, all(0)));
  }
}

struct Counts {
  Flags parts[kParts];
};

std::uint64_t count(const float* values, std::size_t rows, std::size_t stride, std::size_t columns) {
  std::uint64_t nonzero = 0;
  for (std::size_t first = 0; first < rows; first += kBlock) {
    Counts counts = {};
    for (std::size_t column = 0; column < columns; ++column) {
      const Block block = load(values + column * stride + first);
      for_each_place<kParts>([&](auto place) __attribute__((always_inline)) {
        counts.parts[place.kValue] -= block.parts[place.kValue] != 0;
      });
    }
    std::int32_t lanes[kBlock];
    __builtin_memcpy(lanes, &counts, sizeof lanes);
    for (std::size_t n = 0; n < kBlock && first + n < rows; ++n) nonzero += static_cast<std::uint64_t>(lanes[n]);
  }
  return nonzero;
}

/// Columns may not be padded: the last numbers go one by one.
PHASIC_INLINE void put(float* to, std::size_t numbers, const Block& block) {
  if (numbers >= kBlock) {
    store(to, block);
    return;
  }
  float lanes[kBlock];
  store(lanes, block);
  for (std::size_t n = 0; n < numbers; ++n) to[n] = lanes[n];
}
PHASIC_INLINE Block take(const float* from, std::size_t numbers) {
  if (numbers >= kBlock) return load(from);
  float lanes[kBlock] = {};
  for (std::size_t n = 0; n < numbers; ++n) lanes[n] = from[n];
  return load(lanes);
}

template <std::size_t Blocks>
PHASIC_INLINE void add_some(const OuterProducts& products, std::size_t first) {
  for (std::size_t column = 0; column < products.columns; ++column) {
    const std::size_t begin = products.begins[column], end = products.begins[column + 1];
    if (begin == end) continue;
    Block results[Blocks];
    for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) { results[place.kValue] = all(0); });
    for (std::size_t n = begin; n < end; ++n) {
      const float* const left = products.left + products.sources[n] * products.left_stride + first;
      const Block value = all(products.values[n]);
      for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) {
        results[place.kValue] = results[place.kValue] + value * load(left + place.kValue * kBlock);
      });
    }
    float* const target = products.target + column * products.target_stride + first;
    for_each_place<Blocks>([&](auto place) __attribute__((always_inline)) {
      const std::size_t at = place.kValue * kBlock, numbers = products.rows - first - at;
      const Block scaled = products.scale * results[place.kValue];
      put(target + at, numbers, products.adds ? take(target + at, numbers) + products.rate * scaled : scaled);
    });
  }
}

void add_outer(const OuterProducts& products) {
  std::size_t first = 0;
  const std::size_t padded = (products.rows + kBlock - 1) / kBlock * kBlock;
  for (; first + kSums * kBlock <= padded; first += kSums * kBlock) add_some<kSums>(products, first);
  for (; first + kSums / 2 * kBlock <= padded; first += kSums / 2 * kBlock) add_some<kSums / 2>(products, first);
  for (; first < padded; first += kBlock) add_some<1>(products, first);
}

ColumnSums sum_column(const float* column, std::size_t blocks, float* decreases) {
  Block up = all(0), down = all(0);
  const Block zero = all(0);
  for (std::size_t at = 0; at < blocks * kBlock; at += kBlock) {
    const Block values = load(column + at);
    const Block less = at_most(values, zero);
    up = up + at_least(values, zero);
    down = down + less;
    store(decreases + at, load(decreases + at) + less);
  }
  return {.increases = sum_of(up), .decreases = sum_of(down)};
}

SpreadSquares spread_column(const SpreadColumn& column) {
  Block before = all(0), added = all(0);
  const Block up = all(column.up), down = all(column.down), up_share = all(column.up_share),
              down_share = all(column.down_share);
  for (std::size_t at = 0; at < column.rows; at += kBlock) {
    const Block values = load(column.change + at);
    const Block more = values * ((up + load(column.ups + at)) * up_share);
    const Block less = values * ((down + load(column.downs + at)) * down_share);
    const Block spread = where_greater(values, all(0), more, less);
    const std::size_t numbers = column.rows - at;
    put(column.weights + at, numbers, take(column.weights + at, numbers) + column.rate * spread);
    before = before + values * values;
    const Block difference = spread - values;
    added = added + difference * difference;
  }
  return {.before = sum_of(before), .added = sum_of(added)};
}

}  // namespace

extern const SettlingKernels kKernels;
const SettlingKernels kKernels{.name = PHASIC_SETTLING_NAME,
                               .squash = squash,
                               .run_membranes = run_membranes,
                               .weigh = weigh,
                               .drive = drive,
                               .relax_hidden = relax_hidden,
                               .relax_outputs = relax_outputs,
                               .count = count,
                               .add_outer = add_outer,
                               .sum_column = sum_column,
                               .spread_column = spread_column};

}  // namespace phasic::baseline::PHASIC_SETTLING
// NOLINTEND(misc-definitions-in-headers,google-build-namespaces,cert-dcl59-cpp)
