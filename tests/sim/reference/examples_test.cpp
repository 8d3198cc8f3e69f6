// SPDX-License-Identifier: Apache-2.0
// The worked examples of docs/specification.md hold for the reference. Those of the level tables are the runtime's.
#include "tests/common/examples.hpp"

#include <gtest/gtest.h>

#include <cstring>
#include <sstream>
#include <string>
#include <vector>

#include "driver/discriminant/solve.hpp"
#include "driver/shell/memory_rows.hpp"
#include "driver/shell/weight_rows.hpp"
#include "sim/reference/arithmetic.hpp"
#include "sim/reference/cores.hpp"
#include "sim/reference/drawn_levels.hpp"
#include "sim/reference/kernels/fast_kernels.hpp"
#include "sim/reference/random.hpp"

namespace phasic::reference::test {
namespace {

using testing::Example;
using testing::Values;

std::string hexadecimal(std::uint16_t word) {
  std::ostringstream text;
  text << "0x" << std::hex;
  text.width(4);
  text.fill('0');
  text << word;
  return text.str();
}

template <class Numbers>
std::string joined(const Numbers& numbers) {
  std::string text;
  for (const auto number : numbers) {
    if (!text.empty()) text += ',';
    text += std::to_string(number);
  }
  return text;
}

std::string flag(bool value) { return value ? "1" : "0"; }

contract::Reset reset_of(const Example& e) {
  for (const auto value : contract::kAllReset)
    if (e.given.contains("reset") && name(value) == e.text("reset")) return value;
  return contract::Reset::kZero;
}

Values neuron(const Example& e) {
  const bool spiked = e.number("spiked") != 0;
  const auto after = after_spike(static_cast<std::int32_t>(e.number("potential")), spiked, reset_of(e),
                                 static_cast<std::int32_t>(e.number("threshold")));
  const auto before = leaked(after, static_cast<std::uint32_t>(e.number("leak")));
  const bool lasts = e.given.contains("synaptic_leak");
  std::int64_t drive = e.number("sum");
  if (lasts) {
    drive = synaptic_current(static_cast<std::int32_t>(e.number("current")),
                             static_cast<std::uint32_t>(e.number("synaptic_leak")), drive);
  }
  const auto unlimited = unlimited_potential(before, current(drive, static_cast<unsigned>(e.number("input_shift"))));
  const auto potential = static_cast<std::int32_t>(saturate(unlimited, contract::kPotentialWidth));
  Values told{{"potential", std::to_string(potential)},
              {"spike", flag(potential > e.number("threshold"))},
              {"trit", std::to_string(trit(potential, static_cast<std::int32_t>(e.number("window")), spiked))},
              {"saturated", flag(potential != unlimited)}};
  if (lasts) told["current"] = std::to_string(drive);
  return told;
}

Values factor(const Example& e) {
  return {{"factor", std::to_string(postsynaptic_factor(static_cast<std::int32_t>(e.number("signal")),
                                                        static_cast<std::uint32_t>(e.number("rate")),
                                                        static_cast<unsigned>(e.number("factor_shift"))))}};
}

Values signal(const Example& e) {
  return {{"signal", std::to_string(error_signal(static_cast<std::uint32_t>(e.number("steps")), e.number("expected") != 0,
                                                 static_cast<std::uint32_t>(e.number("count"))))}};
}

Values update(const Example& e) {
  const auto width = static_cast<unsigned>(e.number("weight_width"));
  const unsigned fraction = fraction_bits(width);
  const std::int32_t rounding = e.text("rounding") == "stochastic"
                                    ? stochastic_rounding(static_cast<std::uint16_t>(e.number("random")), fraction)
                                    : nearest_rounding(fraction);
  const auto unlimited =
      unlimited_weight(static_cast<std::int32_t>(e.number("weight")),
                       static_cast<std::int32_t>(e.number("correlation") * e.number("factor")), rounding, fraction);
  const std::int64_t weight = saturate(unlimited, width);
  return {{"weight", std::to_string(weight)}, {"saturated", flag(weight != unlimited)}};
}

Values postsynaptic_part(const Example& e) {
  contract::Post post{};
  for (const auto value : contract::kAllPost)
    if (name(value) == e.text("post")) post = value;
  return {{"post", std::to_string(postsynaptic(post, static_cast<std::int32_t>(e.number("potential")),
                                               static_cast<std::int32_t>(e.number("threshold")),
                                               static_cast<std::int32_t>(e.number("window")), e.number("spiked") != 0))}};
}

Values presynaptic_part(const Example& e) {
  return {{"pre", std::to_string(presynaptic(e.number("spike") != 0, e.number("spiked") != 0,
                                             static_cast<unsigned>(e.number("trace_shift"))))}};
}

/// A neuron's answer to a graded sample.
Values answer(const Example& e) {
  const auto shift = static_cast<unsigned>(e.number("input_shift")) + contract::kGradedShift;
  const std::int64_t unlimited = current(e.number("sum"), shift);
  const std::int64_t potential = saturate(unlimited, contract::kPotentialWidth);
  const auto window = static_cast<std::int32_t>(e.number("window"));
  return {{"potential", std::to_string(potential)},
          {"value", std::to_string(graded_value(static_cast<std::int32_t>(potential), window))},
          {"saturated", flag(potential != unlimited)}};
}

/// Both sides of a filter at a position.
Values side(const Example& e) {
  const std::int64_t unlimited =
      current(e.number("sum"), static_cast<unsigned>(e.number("input_shift")) + contract::kGradedShift);
  const auto potential = static_cast<std::int32_t>(saturate(unlimited, contract::kPotentialWidth));
  const auto threshold = static_cast<std::int32_t>(e.number("threshold"));
  return {{"potential", std::to_string(potential)},
          {"up", std::to_string(excess(potential, threshold))},
          {"down", std::to_string(excess(-potential, threshold))},
          {"saturated", flag(potential != unlimited)}};
}

/// A neuron of a grid.
Values root(const Example& e) {
  const std::int32_t potential =
      pooled_potential(static_cast<std::uint32_t>(e.number("sum")), static_cast<std::uint32_t>(e.number("answer_scale")),
                       static_cast<unsigned>(e.number("answer_shift")));
  return {{"potential", std::to_string(potential)}, {"value", std::to_string(graded_value(potential, 0))}};
}

Values cell(const Example& e) {
  const auto grid = static_cast<std::uint32_t>(e.number("grid"));
  const auto along = [&](std::size_t side) {
    return cell_along(static_cast<std::uint32_t>(e.list("position").at(side)),
                      static_cast<std::uint32_t>(e.list("positions").at(side)), grid);
  };
  return {{"cell", std::to_string(along(0) * grid + along(1))}};
}

/// The target of a weight of a filter.
Values aim(const Example& e) {
  const std::int32_t target =
      feature_target(e.number("product"), static_cast<std::int32_t>(e.number("offset")),
                     static_cast<unsigned>(e.number("target_shift")), static_cast<unsigned>(e.number("weight_width")));
  return {{"target", std::to_string(target)}};
}

Values match_of(const Example& e) {
  const std::int64_t matched = match(e.number("product"), static_cast<unsigned>(e.number("input_shift")),
                                     static_cast<std::uint32_t>(e.number("squares")));
  return {{"match", std::to_string(matched)}, {"score", std::to_string(competition_score(matched))}};
}

Values pull(const Example& e) {
  const auto width = static_cast<unsigned>(e.number("weight_width"));
  const unsigned fraction = fraction_bits(width);
  const auto weight = static_cast<std::int32_t>(e.number("weight"));
  const std::int32_t rounding = e.text("rounding") == "stochastic"
                                    ? stochastic_rounding(static_cast<std::uint16_t>(e.number("random")), fraction)
                                    : nearest_rounding(fraction);
  const std::int32_t target =
      competition_target(static_cast<std::uint32_t>(e.number("count")), static_cast<unsigned>(e.number("input_shift")));
  const unsigned shift =
      competition_shift(static_cast<std::uint32_t>(e.number("wins")), static_cast<unsigned>(e.number("factor_shift")));
  const std::int64_t unlimited = unlimited_weight(weight, (target - weight) << (fraction - shift), rounding, fraction);
  const std::int64_t limited = saturate(unlimited, width);
  return {{"weight", std::to_string(limited)}, {"saturated", flag(limited != unlimited)}};
}

Values permute_words(const Example& e) {
  const auto k = e.list("k");
  Key key;
  for (std::size_t word = 0; word < key.size(); ++word) key[word] = static_cast<std::uint16_t>(k.at(word));
  const WordPair out = permute(key, {static_cast<std::uint16_t>(e.number("x")), static_cast<std::uint16_t>(e.number("y"))});
  return {{"x", hexadecimal(out.x)}, {"y", hexadecimal(out.y)}};
}

Key key_of(const Example& e, contract::Purpose purpose, unsigned layer) {
  return sample_key(purpose_key(static_cast<std::uint64_t>(e.number("seed")), purpose, layer),
                    static_cast<std::uint32_t>(e.number("sample")));
}

Values key_of_sample(const Example& e) {
  const Key key = key_of(e, static_cast<contract::Purpose>(e.number("purpose")), static_cast<unsigned>(e.number("layer")));
  return {{"q", hexadecimal(key[0]) + "," + hexadecimal(key[1]) + "," + hexadecimal(key[2]) + "," + hexadecimal(key[3])}};
}

/// Where a draw finds a patch.
Values patch(const Example& e) {
  const Key key = key_of(e, contract::Purpose::kPatch, static_cast<unsigned>(e.number("layer")));
  const auto positions = e.list("positions");
  const PatchPosition at =
      patch_position(key, static_cast<unsigned>(e.number("draw")), static_cast<std::uint32_t>(positions.at(0)),
                     static_cast<std::uint32_t>(positions.at(1)));
  return {{"position", std::to_string(at.row) + "," + std::to_string(at.column)}};
}

/// With the uniform recipe of section 2.
Values drawn(const Example& e) {
  const auto layer = static_cast<std::uint32_t>(e.number("layer")), number = static_cast<std::uint32_t>(e.number("number"));
  const auto listed = e.list("places");
  const std::uint16_t places[2]{static_cast<std::uint16_t>(listed.at(0)), static_cast<std::uint16_t>(listed.at(1))};
  contract::Recipe recipe{};
  for (int k = 0; k < 256; ++k) recipe.quantiles[k] = static_cast<std::uint8_t>(k);
  for (int sum = 0; sum <= 510; ++sum) recipe.curve[sum] = static_cast<std::int8_t>(129 * (sum + 1) / 512 - 64);
  Program program{.seed = static_cast<std::uint64_t>(e.number("seed")), .classes = 1};
  program.layers.resize(layer + 1);
  program.layers[layer].neurons = number + 1;
  program.layers[layer].factor = contract::Factor::kLevel;
  std::vector<std::byte> bytes(shell::recipe_bytes(program));
  std::memcpy(bytes.data(), &recipe, sizeof recipe);
  std::memcpy(bytes.data() + sizeof recipe, places, sizeof places);
  const Key key = purpose_key(program.seed, contract::Purpose::kLevel, layer);
  const auto n = static_cast<std::uint16_t>(number);
  return {{"words", std::to_string(level_word(key, places[0], n)) + "," + std::to_string(level_word(key, places[1], n))},
          {"level", std::to_string(static_cast<std::int8_t>(drawn_levels(program, layer, bytes)[number]))}};
}

std::uint8_t byte_of(const Example& e) {
  return encoding_byte(key_of(e, contract::Purpose::kEncoding, 0), static_cast<unsigned>(e.number("step")),
                       static_cast<unsigned>(e.number("input")));
}

Values rounding(const Example& e) {
  const Key key = key_of(e, contract::Purpose::kRounding, static_cast<unsigned>(e.number("layer")));
  const WordPair row = row_words(key, static_cast<unsigned>(e.number("row")));
  return {{"random", std::to_string(rounding_word(row, static_cast<unsigned>(e.number("neuron"))))}};
}

std::vector<std::uint32_t> events_of(const Example& e) {
  std::vector<std::uint32_t> events;
  std::istringstream list(e.text("events"));
  for (std::string item; std::getline(list, item, ',');) {
    events.push_back(static_cast<std::uint32_t>(std::stoul(item) << 16 | std::stoul(item.substr(item.find(':') + 1))));
  }
  return events;
}

/// The weights of the only layer, and a place for the state that follows them.
std::vector<std::byte> weights_of(const Core& network) {
  std::vector<std::byte> rows(weight_bytes(network.program(), network.program().layers[0]));
  network.get_weights(0, rows);
  return rows;
}

/// Potential and spike of each neuron, and its synaptic current if that lasts.
void set_kept(Core& network, const std::vector<std::int64_t>& kept) {
  const LayerProgram& layer = network.program().layers[0];
  const std::size_t row_bytes = weight_row_bytes(network.program(), layer);
  std::vector<std::byte> rows = weights_of(network);
  const bool lasts = layer.synaptic_leak != 0;
  auto next = kept.begin();
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    KeptNeuron state;
    state.potential = static_cast<std::int16_t>(*next++);
    state.spiked = *next++ != 0;
    if (lasts) state.current = static_cast<std::int32_t>(*next++);
    KeptRows(network.program(), layer).store(rows.data() + layer.rows * row_bytes, neuron, state);
  }
  network.set_weights(0, rows);
}

std::vector<std::int32_t> kept_of(const Core& network) {
  const LayerProgram& layer = network.program().layers[0];
  const std::size_t row_bytes = weight_row_bytes(network.program(), layer);
  const std::vector<std::byte> rows = weights_of(network);
  std::vector<std::int32_t> kept;
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    const KeptNeuron state = KeptRows(network.program(), layer).load(rows.data() + layer.rows * row_bytes, neuron);
    kept.insert(kept.end(), {state.potential, state.spiked ? 1 : 0});
    if (layer.synaptic_leak != 0) kept.push_back(state.current);
  }
  return kept;
}

void take_convolution(const Example& e, LayerProgram& layer) {
  const auto unsigned_of = [&](const char* key) { return static_cast<std::uint32_t>(e.number(key)); };
  const auto source = e.list("source");
  const auto kernel = e.list("kernel");
  layer.connection = contract::Connection::kConvolution;
  layer.first = true;
  layer.shape = {.source_rows = static_cast<std::uint32_t>(source.at(0)),
                 .source_columns = static_cast<std::uint32_t>(source.at(1)),
                 .source_channels = static_cast<std::uint32_t>(source.at(2)),
                 .pool = unsigned_of("pool"),
                 .padding = unsigned_of("padding"),
                 .stride = unsigned_of("stride"),
                 .kernel_rows = static_cast<std::uint32_t>(kernel.at(0)),
                 .kernel_columns = static_cast<std::uint32_t>(kernel.at(1)),
                 .channels = unsigned_of("channels")};
  layer.rows = layer.shape.kernel_rows * layer.shape.kernel_columns * layer.shape.source_channels + (layer.bias ? 1 : 0);
}

void take_grid(const Example& e, LayerProgram& layer) {
  const auto unsigned_of = [&](const char* key) { return static_cast<std::uint32_t>(e.number(key)); };
  layer.grid = unsigned_of("grid");
  layer.two_sided = e.number("two_sided") != 0;
  layer.answer_scale = unsigned_of("answer_scale");
  layer.answer_shift = unsigned_of("answer_shift");
}

/// What filters that compete keep: wins behind the rows of weights, and the table of targets with its offsets.
void set_filters(const Example& e, Core& network) {
  const Program& program = network.program();
  const LayerProgram& layer = program.layers[0];
  const std::size_t row_bytes = weight_row_bytes(program, layer);
  std::vector<std::byte> rows = weights_of(network);
  const auto wins = e.list("wins");
  for (std::size_t k = 0; k < wins.size(); ++k) {
    shell::store_wins(rows.data() + layer.rows * row_bytes, row_bytes, k, program.weight_width,
                      static_cast<std::uint32_t>(wins[k]));
  }
  network.set_weights(0, rows);
  std::vector<std::byte> memory(memory_bytes(layer));
  const auto table = e.list("table"), offsets = e.list("offsets");
  for (std::size_t row = 0; row < layer.rows; ++row) {
    for (std::size_t r = 0; r < layer.rows; ++r)
      memory[row * align(layer.rows) + r] = static_cast<std::byte>(table.at(row * layer.rows + r));
    const auto offset = static_cast<std::int32_t>(offsets.at(row));
    std::memcpy(memory.data() + layer.rows * align(layer.rows) + 4 * row, &offset, sizeof offset);
  }
  network.set_memory(0, memory);
}

std::vector<std::uint32_t> wins_of(const Core& network) {
  const LayerProgram& layer = network.program().layers[0];
  const std::size_t row_bytes = weight_row_bytes(network.program(), layer);
  const std::vector<std::byte> rows = weights_of(network);
  std::vector<std::uint32_t> wins;
  for (std::size_t k = 0; k < layer.shape.channels; ++k) {
    wins.push_back(shell::load_wins(rows.data() + layer.rows * row_bytes, row_bytes, k, network.program().weight_width));
  }
  return wins;
}

/// One layer and one sample, on the plain network or on a fast one.
Values sample(const Example& e, const FastKernels* kernels) {
  Program program;
  program.keep = e.given.contains("kept");
  const auto unsigned_of = [&](const char* key) { return static_cast<std::uint32_t>(e.number(key)); };
  program.weight_width = unsigned_of("weight_width");
  program.seed = static_cast<std::uint64_t>(e.number("seed"));
  program.inputs = unsigned_of("inputs");
  program.steps = unsigned_of("steps");
  program.classes = unsigned_of("neurons");
  const bool graded = e.given.contains("values");
  program.sample_kind = graded ? contract::SampleKind::kGraded : contract::SampleKind::kEvent;
  program.learn = true;
  LayerProgram layer;
  layer.bias = e.number("bias") != 0;
  layer.rows = program.inputs + (layer.bias ? 1 : 0);
  layer.neurons = unsigned_of("neurons");
  layer.threshold = static_cast<std::int32_t>(e.number("threshold"));
  layer.window = static_cast<std::int32_t>(e.number("window"));
  layer.leak = unsigned_of("leak");
  if (e.given.contains("synaptic_leak")) layer.synaptic_leak = unsigned_of("synaptic_leak");
  layer.reset = reset_of(e);
  layer.input_shift = unsigned_of("input_shift");
  for (const auto value : contract::kAllFactor)
    if (name(value) == e.text("factor")) layer.factor = value;
  for (const auto value : contract::kAllSpan)
    if (name(value) == e.text("span")) layer.span = value;
  for (const auto value : contract::kAllRounding)
    if (name(value) == e.text("rounding")) layer.rounding = value;
  layer.rate = unsigned_of("rate");
  layer.factor_shift = unsigned_of("factor_shift");
  for (const auto value : contract::kAllPost)
    if (e.given.contains("post") && name(value) == e.text("post")) layer.post = value;
  if (e.given.contains("kernel")) take_convolution(e, layer);
  if (e.given.contains("grid")) take_grid(e, layer);
  if (e.given.contains("homeostasis")) layer.homeostasis = unsigned_of("homeostasis");
  if (e.given.contains("target_shift")) layer.target_shift = unsigned_of("target_shift");
  program.layers = {layer};

  const auto network = kernels == nullptr ? make_plain_core(program) : make_fast_core(program, *kernels);
  const auto weights = e.list("weights");
  set_weight_values(*network, 0, std::vector<std::int16_t>(weights.begin(), weights.end()));
  if (program.keep) set_kept(*network, e.list("kept"));
  if (moves_filters(layer)) set_filters(e, *network);
  const std::uint32_t label = unsigned_of("label");
  if (e.given.contains("levels")) {
    std::vector<std::byte> table(level_bytes(program, layer));
    const auto levels = e.list("levels");
    for (std::size_t neuron = 0; neuron < levels.size(); ++neuron) {
      table[label * align(layer.neurons) + neuron] = static_cast<std::byte>(levels[neuron]);
    }
    network->set_levels(0, table);
  }
  const auto listed = [&](const char* key) { return e.given.contains(key) ? e.list(key) : std::vector<std::int64_t>(); };
  const auto values = listed("values");
  const auto opened = listed("open");
  const std::vector<std::uint8_t> intensities(values.begin(), values.end());
  const std::vector<std::uint32_t> open(opened.begin(), opened.end());
  const std::vector<std::uint32_t> events = graded ? std::vector<std::uint32_t>() : events_of(e);
  SampleResult result;
  Potentials potentials;
  network->run({.label = label,
                .learn = true,
                .intensities = intensities,
                .events = events,
                .gated = e.given.contains("open"),
                .open = open},
               unsigned_of("sample"), result, &potentials);
  std::vector<int> spikes;
  for (const std::int16_t potential : potentials[0]) {
    spikes.push_back(potential > (layer.grid != 0 ? 0 : graded ? layer.window : layer.threshold) ? 1 : 0);
  }
  std::vector<std::uint32_t> counts;
  for (const std::uint32_t value : result.scores) counts.push_back(value / 65536);
  Values told{{"potentials", joined(potentials[0])},
              {"spikes", joined(spikes)},
              {"counts", joined(counts)},
              {"scores", joined(result.scores)},
              {"prediction", std::to_string(result.prediction)},
              {"update_rows", std::to_string(network->counts().layers[0].update_rows)},
              {"weights", joined(weight_values(*network, 0))}};
  if (program.keep) told["kept"] = joined(kept_of(*network));
  if (moves_filters(layer)) told["wins"] = joined(wins_of(*network));
  return told;
}

/// One layer that competes and one sample.
Values contest(const Example& e, const FastKernels* kernels) {
  Program program;
  const auto unsigned_of = [&](const char* key) { return static_cast<std::uint32_t>(e.number(key)); };
  program.weight_width = unsigned_of("weight_width");
  program.seed = static_cast<std::uint64_t>(e.number("seed"));
  program.inputs = unsigned_of("inputs");
  program.steps = unsigned_of("steps");
  program.classes = unsigned_of("label") + 1;
  program.sample_kind = contract::SampleKind::kEvent;
  program.learn = true;
  LayerProgram layer;
  layer.rows = program.inputs;
  layer.neurons = unsigned_of("neurons");
  layer.factor = contract::Factor::kCompetition;
  layer.input_shift = unsigned_of("input_shift");
  layer.factor_shift = unsigned_of("factor_shift");
  layer.homeostasis = unsigned_of("homeostasis");
  layer.rounding = e.text("rounding") == "nearest" ? contract::Rounding::kNearest : contract::Rounding::kStochastic;
  program.layers = {layer};
  const auto network = kernels == nullptr ? make_plain_core(program) : make_fast_core(program, *kernels);

  const std::size_t row_bytes = weight_row_bytes(program, layer);
  std::vector<std::byte> rows(weight_bytes(program, layer));
  const auto given = e.list("weights");
  for (std::size_t k = 0; k < given.size(); ++k) {
    store_weight(rows.data() + k / layer.neurons * row_bytes, k % layer.neurons, program.weight_width,
                 static_cast<std::int16_t>(given[k]));
  }
  std::byte* const state = rows.data() + layer.rows * row_bytes;
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    const Competitor competitor{static_cast<std::uint32_t>(e.list("squares").at(neuron)),
                                static_cast<std::uint32_t>(e.list("wins").at(neuron))};
    store_competitor(state, row_bytes, neuron, program.weight_width, competitor);
  }
  network->set_weights(0, rows);
  std::vector<std::byte> levels(level_bytes(program, layer));
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    levels[unsigned_of("label") * align(layer.neurons) + neuron] = static_cast<std::byte>(e.list("levels").at(neuron));
  }
  network->set_levels(0, levels);
  const std::vector<std::uint32_t> events = events_of(e);
  SampleResult result;
  network->run({.label = unsigned_of("label"), .learn = true, .intensities = {}, .events = events}, unsigned_of("sample"),
               result);
  network->get_weights(0, rows);
  std::vector<std::uint32_t> squares;
  std::vector<std::uint32_t> wins;
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron) {
    const Competitor competitor = load_competitor(state, row_bytes, neuron, program.weight_width);
    squares.push_back(competitor.squares);
    wins.push_back(competitor.wins);
  }
  return {{"scores", joined(result.scores)},
          {"prediction", std::to_string(result.prediction)},
          {"update_rows", std::to_string(network->counts().layers[0].update_rows)},
          {"weights", joined(weight_values(*network, 0))},
          {"squares", joined(squares)},
          {"wins", joined(wins)}};
}

std::vector<std::int32_t> small_list(const Example& e, const char* key) {
  const auto numbers = e.list(key);
  return {numbers.begin(), numbers.end()};
}

/// One layer that is a discriminant and one sample.
Values discriminant_of(const Example& e, const FastKernels* kernels) {
  Program program;
  const auto unsigned_of = [&](const char* key) { return static_cast<std::uint32_t>(e.number(key)); };
  program.weight_width = unsigned_of("weight_width");
  program.inputs = unsigned_of("inputs");
  program.steps = 1;
  program.classes = unsigned_of("neurons");
  program.sample_kind = contract::SampleKind::kGraded;
  program.learn = true;
  LayerProgram layer;
  layer.rows = program.inputs;
  layer.neurons = unsigned_of("neurons");
  layer.factor = contract::Factor::kDiscriminant;
  program.layers = {layer};
  const auto network = kernels == nullptr ? make_plain_core(program) : make_fast_core(program, *kernels);

  const auto given = e.list("weights");
  set_weight_values(*network, 0, std::vector<std::int16_t>(given.begin(), given.end()));
  std::vector<std::byte> rows = weights_of(*network);
  const std::size_t row_bytes = weight_row_bytes(program, layer);
  const auto offsets = small_list(e, "offsets");
  for (std::size_t neuron = 0; neuron < layer.neurons; ++neuron)
    store_offset(rows.data() + layer.rows * row_bytes, row_bytes, neuron, program.weight_width, offsets[neuron]);
  network->set_weights(0, rows);

  std::vector<std::byte> memory(memory_bytes(layer));
  const shell::DiscriminantPlaces places(layer);
  const auto scatter = small_list(e, "scatter"), sums = small_list(e, "sums"), counts = small_list(e, "samples");
  const auto place_of = [&](std::size_t row, bool of_scatter) {
    return memory.data() + (of_scatter ? places.scatter(row) : places.sums(row));
  };
  for (std::size_t k = 0; k < scatter.size(); ++k)
    shell::store_value(place_of(k / layer.rows, true), k % layer.rows, scatter[k]);
  for (std::size_t k = 0; k < sums.size(); ++k) shell::store_value(place_of(k / layer.rows, false), k % layer.rows, sums[k]);
  for (std::size_t k = 0; k < counts.size(); ++k) shell::store_value(&memory[places.counts()], k, counts[k]);
  network->set_memory(0, memory);

  const auto values = e.list("values");
  const std::vector<std::uint8_t> intensities(values.begin(), values.end());
  SampleResult result;
  network->run({.label = unsigned_of("label"), .learn = true, .intensities = intensities}, 0, result);
  network->get_memory(0, memory);
  std::vector<std::int32_t> new_scatter, new_sums, new_counts;
  for (std::size_t k = 0; k < scatter.size(); ++k)
    new_scatter.push_back(shell::load_value(place_of(k / layer.rows, true), k % layer.rows));
  for (std::size_t k = 0; k < sums.size(); ++k)
    new_sums.push_back(shell::load_value(place_of(k / layer.rows, false), k % layer.rows));
  for (std::size_t k = 0; k < counts.size(); ++k) new_counts.push_back(shell::load_value(&memory[places.counts()], k));
  const LayerCounts& counted = network->counts().layers[0];
  return {{"scores", joined(result.scores)},
          {"prediction", std::to_string(result.prediction)},
          {"update_rows", std::to_string(counted.update_rows)},
          {"update_operations", std::to_string(counted.update_operations)},
          {"weight_saturations", std::to_string(counted.weight_saturations)},
          {"scatter", joined(new_scatter)},
          {"sums", joined(new_sums)},
          {"samples", joined(new_counts)}};
}

Values solve_of(const Example& e, bool plainly) {
  const auto scatter = small_list(e, "scatter"), sums = small_list(e, "sums"), counts = small_list(e, "samples");
  const discriminant::Statistics statistics{.sources = static_cast<std::uint32_t>(e.number("inputs")),
                                            .classes = static_cast<std::uint32_t>(e.number("neurons")),
                                            .stride = static_cast<std::size_t>(e.number("inputs")),
                                            .scatter = scatter.data(),
                                            .sums = sums.data(),
                                            .counts = counts.data()};
  const auto regularization = static_cast<std::uint32_t>(e.number("regularization"));
  const auto width = static_cast<unsigned>(e.number("weight_width"));
  const auto method = e.text("solve") == "elimination" ? discriminant::Method::kElimination : discriminant::Method::kSweeps;
  const auto readout = plainly ? discriminant::solve_plainly(statistics, regularization, width, method)
                               : discriminant::solve(statistics, regularization, width, method);
  return {{"weights", joined(readout.weights)}, {"offsets", joined(readout.offsets)}};
}

TEST(SpecificationExamples, HoldForTheReference) {
  std::map<std::string, int> checked;
  for (const Example& e : testing::read_examples(PHASIC_SPECIFICATION)) {
    SCOPED_TRACE(e.line);
    ++checked[e.kind];
    if (e.kind == "neuron") {
      EXPECT_EQ(neuron(e), e.expected);
    } else if (e.kind == "factor") {
      EXPECT_EQ(factor(e), e.expected);
    } else if (e.kind == "signal") {
      EXPECT_EQ(signal(e), e.expected);
    } else if (e.kind == "update") {
      EXPECT_EQ(update(e), e.expected);
    } else if (e.kind == "postsynaptic") {
      EXPECT_EQ(postsynaptic_part(e), e.expected);
    } else if (e.kind == "presynaptic") {
      EXPECT_EQ(presynaptic_part(e), e.expected);
    } else if (e.kind == "answer") {
      EXPECT_EQ(answer(e), e.expected);
    } else if (e.kind == "aim") {
      EXPECT_EQ(aim(e), e.expected);
    } else if (e.kind == "patch") {
      EXPECT_EQ(patch(e), e.expected);
    } else if (e.kind == "side") {
      EXPECT_EQ(side(e), e.expected);
    } else if (e.kind == "root") {
      EXPECT_EQ(root(e), e.expected);
    } else if (e.kind == "cell") {
      EXPECT_EQ(cell(e), e.expected);
    } else if (e.kind == "match") {
      EXPECT_EQ(match_of(e), e.expected);
    } else if (e.kind == "pull") {
      EXPECT_EQ(pull(e), e.expected);
    } else if (e.kind == "contest") {
      EXPECT_EQ(contest(e, nullptr), e.expected);
      const FastKernels* kernels[kMostFastKernels];
      const std::size_t count = all_fast_kernels(kernels);
      for (std::size_t k = 0; k < count; ++k) EXPECT_EQ(contest(e, kernels[k]), e.expected) << kernels[k]->name;
    } else if (e.kind == "discriminant") {
      EXPECT_EQ(discriminant_of(e, nullptr), e.expected);
      const FastKernels* kernels[kMostFastKernels];
      const std::size_t count = all_fast_kernels(kernels);
      for (std::size_t k = 0; k < count; ++k) EXPECT_EQ(discriminant_of(e, kernels[k]), e.expected) << kernels[k]->name;
    } else if (e.kind == "solve") {
      EXPECT_EQ(solve_of(e, true), e.expected);
      EXPECT_EQ(solve_of(e, false), e.expected);
    } else if (e.kind == "permute") {
      EXPECT_EQ(permute_words(e), e.expected);
    } else if (e.kind == "sample_key") {
      EXPECT_EQ(key_of_sample(e), e.expected);
    } else if (e.kind == "encoding") {
      EXPECT_EQ((Values{{"byte", std::to_string(byte_of(e))}}), e.expected);
    } else if (e.kind == "spike") {
      EXPECT_EQ((Values{{"spike", flag(e.number("intensity") > byte_of(e))}}), e.expected);
    } else if (e.kind == "rounding") {
      EXPECT_EQ(rounding(e), e.expected);
    } else if (e.kind == "drawn") {
      EXPECT_EQ(drawn(e), e.expected);
    } else if (e.kind == "sample") {
      EXPECT_EQ(sample(e, nullptr), e.expected);
      const FastKernels* kernels[kMostFastKernels];
      const std::size_t count = all_fast_kernels(kernels);
      for (std::size_t k = 0; k < count; ++k) EXPECT_EQ(sample(e, kernels[k]), e.expected) << kernels[k]->name;
    } else {
      EXPECT_TRUE(e.kind == "expectation" || e.kind == "level") << "no test for this kind";
    }
  }
  for (const char* kind :
       {"neuron", "factor",  "signal",     "postsynaptic", "presynaptic", "answer",   "side",         "root",
        "cell",   "aim",     "patch",      "match",        "pull",        "contest",  "discriminant", "solve",
        "update", "permute", "sample_key", "encoding",     "spike",       "rounding", "sample",       "drawn"}) {
    EXPECT_GT(checked[kind], 0) << kind;
  }
}

}  // namespace
}  // namespace phasic::reference::test
