// SPDX-License-Identifier: Apache-2.0
#include "runtime/nir/stage.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <span>

#include "runtime/base/error.hpp"
#include "runtime/nir/order.hpp"
#include "runtime/nir/parameters.hpp"

namespace phasic::runtime::nir {
namespace {

/// Reads a node whose input has known extents; sets what goes out.
using Reader = std::function<void(const Parameters&, Stage&)>;

Extents extents_in(const Parameters& node, const std::string& field) {
  Extents extents;
  for (const double value : node.array(field).values) {
    if (value < 1 || value > 1e9 || value != static_cast<double>(static_cast<std::size_t>(value)))
      node.refuse(field, fmt::format("{} is no number of elements", value));
    extents.push_back(static_cast<std::size_t>(value));
  }
  return extents.empty() ? Extents{1} : extents;
}

/// Input and Output.
void read_end(const Parameters& node, Stage& stage) {
  const auto extents = extents_in(node, "shape");
  if (stage.from.empty()) stage.from = extents;
  if (count_of(extents) != count_of(stage.from))
    node.refuse("shape", fmt::format("is {}, but {} goes in", text_of(extents), text_of(stage.from)));
  // Files are there whose Output has sides of 1 that nothing before it has.
  stage.to = stage.from;
}

void read_flatten(const Parameters& node, Stage& stage) {
  const auto extent = static_cast<double>(stage.from.size());
  const auto dimension = [&](const char* field, double usual) {
    const double given = node.has(field) ? node.whole(field) : usual;
    const double place = given < 0 ? given + extent : given;
    // A batch may have been counted as the first side.
    return static_cast<std::size_t>(std::clamp(place, 0.0, extent - 1));
  };
  const auto first = dimension("start_dim", 1), last = std::max(first, dimension("end_dim", -1));
  stage.to.assign(stage.from.begin(), stage.from.begin() + static_cast<std::ptrdiff_t>(first));
  std::size_t together = 1;
  for (std::size_t n = first; n <= last; ++n) together *= stage.from[n];
  stage.to.push_back(together);
  stage.to.insert(stage.to.end(), stage.from.begin() + static_cast<std::ptrdiff_t>(last + 1), stage.from.end());
}

void read_scale(const Parameters& node, Stage& stage) {
  stage.to = stage.from;
  stage.what = Scale{node.each("scale", stage.from)};
}

void read_dense(const Parameters& node, Stage& stage, bool bias) {
  const auto& weight = node.array("weight");
  if (weight.shape.size() != 2)
    node.refuse("weight", fmt::format("has the shape {}; [outputs, inputs] is right", text_of(weight.shape)));
  Dense dense{weight.shape[1], weight.shape[0], weight.values, {}};
  if (dense.outputs == 0) node.refuse("weight", "has no rows");
  if (dense.inputs != count_of(stage.from))
    node.refuse("weight", fmt::format("has {} columns, but {} goes in", dense.inputs, text_of(stage.from)));
  stage.to = {dense.outputs};
  dense.bias = bias ? node.each("bias", stage.to) : std::vector<double>(dense.outputs, 0.0);
  stage.what = std::move(dense);
}

/// Channels, rows and columns of what goes into a node.
std::array<std::size_t, 3> picture(const Parameters& node, const Extents& from, std::size_t sides) {
  if (from.size() != sides)
    node.refuse("", fmt::format("gets {}; {} is needed", text_of(from),
                                sides == 3 ? "[channels, rows, columns]" : "[channels, places]"));
  return {from[0], sides == 3 ? from[1] : 1, from.back()};
}

/// Zeros before and after, along one side.
std::pair<std::size_t, std::size_t> padding_of(const Parameters& node, std::size_t side, std::size_t reach,
                                               std::size_t stride) {
  const auto text = node.text("padding");
  if (!text) {
    const auto given = node.pair("padding")[side];
    return {given, given};
  }
  if (*text == "valid") return {0, 0};
  if (*text != "same") node.refuse("padding", fmt::format("\"{}\" is neither \"same\" nor \"valid\"", *text));
  if (stride != 1) node.refuse("padding", "\"same\" goes with a stride of 1 alone");
  return {(reach - 1) / 2, reach - 1 - (reach - 1) / 2};
}

void read_convolution(const Parameters& node, Stage& stage, std::size_t sides) {
  const auto& weight = node.array("weight");
  if (weight.shape.size() != sides + 1)
    node.refuse("weight", fmt::format("has the shape {}, not {} sides", text_of(weight.shape), sides + 1));
  Convolution made;
  made.from = picture(node, stage.from, sides);
  made.groups = node.has("groups") ? node.pair("groups")[0] : 1;
  const bool plane = sides == 3;
  made.kernel = {plane ? weight.shape[2] : 1, weight.shape.back()};
  const auto along = [&](const char* field) {
    const auto pair = node.has(field) ? node.pair(field) : Pair{1, 1};
    return plane ? pair : Pair{1, pair[1]};
  };
  made.stride = along("stride");
  made.dilation = along("dilation");
  made.weights = weight.values;
  const auto outputs = weight.shape[0];
  if (outputs == 0) node.refuse("weight", "has no output channels");
  if (made.groups == 0 || made.from[0] % made.groups != 0 || outputs % made.groups != 0)
    node.refuse("groups", fmt::format("{} do not share {} channels and {} evenly", made.groups, made.from[0], outputs));
  if (weight.shape[1] * made.groups != made.from[0])
    node.refuse("weight", fmt::format("reads {} channels in {} groups, but {} goes in", weight.shape[1], made.groups,
                                      text_of(stage.from)));
  made.to[0] = outputs;
  for (std::size_t side = 0; side < 2; ++side) {
    if (made.stride[side] == 0) node.refuse("stride", "is 0");
    if (made.dilation[side] == 0) node.refuse("dilation", "is 0");
    if (made.kernel[side] == 0) node.refuse("weight", "has no elements");
    const auto reach = (made.kernel[side] - 1) * made.dilation[side] + 1;
    if (plane || side == 1) std::tie(made.before[side], made.after[side]) = padding_of(node, side, reach, made.stride[side]);
    const auto room = made.from[side + 1] + made.before[side] + made.after[side];
    if (reach > room) node.refuse("weight", fmt::format("its kernel does not fit {}", text_of(stage.from)));
    made.to[side + 1] = (room - reach) / made.stride[side] + 1;
  }
  if (node.has("input_shape")) {
    const auto stated = extents_in(node, "input_shape");
    if (!std::ranges::equal(stated, std::span(stage.from).subspan(1)))
      node.refuse("input_shape", fmt::format("is {}, but {} goes in", text_of(stated), text_of(stage.from)));
  }
  made.bias = node.each_or("bias", {outputs}, 0.0);
  stage.to = plane ? Extents{made.to[0], made.to[1], made.to[2]} : Extents{made.to[0], made.to[2]};
  stage.what = std::move(made);
}

void read_pool(const Parameters& node, Stage& stage, bool mean) {
  Pool pool{.from = picture(node, stage.from, 3),
            .kernel = node.pair("kernel_size"),
            .stride = node.pair("stride"),
            .padding = node.has("padding") ? node.pair("padding") : Pair{},
            .mean = mean};
  pool.to[0] = pool.from[0];
  for (std::size_t side = 0; side < 2; ++side) {
    const auto room = pool.from[side + 1] + 2 * pool.padding[side];
    if (pool.kernel[side] == 0 || pool.kernel[side] > room)
      node.refuse("kernel_size", fmt::format("does not fit {}", text_of(stage.from)));
    if (pool.stride[side] == 0) node.refuse("stride", "is 0");
    pool.to[side + 1] = (room - pool.kernel[side]) / pool.stride[side] + 1;
  }
  stage.to = {pool.to[0], pool.to[1], pool.to[2]};
  stage.what = pool;
}

void read_neuron(const Parameters& node, Stage& stage, Neuron neuron) {
  const auto& extents = stage.to = stage.from;
  if (neuron.leak == Neuron::Leak::kStateless) {
    neuron.resistance.assign(count_of(extents), 1.0);
    neuron.threshold = node.each("threshold", extents);
    neuron.reset.assign(count_of(extents), 0.0);
  } else {
    neuron.resistance = node.each("r", extents);
    if (neuron.leak == Neuron::Leak::kTau) {
      neuron.tau = node.each(neuron.current ? "tau_mem" : "tau", extents);
      neuron.leak_potential = node.each("v_leak", extents);
    }
    if (neuron.current) {
      neuron.tau_synapse = node.each("tau_syn", extents);
      neuron.input_weight = node.each_or("w_in", extents, 1.0);
    }
    if (neuron.fires) {
      neuron.threshold = node.each("v_threshold", extents);
      neuron.reset = node.each_or("v_reset", extents, 0.0);
    }
  }
  for (const auto& [field, times] :
       {std::pair{neuron.current ? "tau_mem" : "tau", &neuron.tau}, {"tau_syn", &neuron.tau_synapse}})
    for (const double time : *times)
      if (time <= 0) node.refuse(field, fmt::format("{} s is no time constant", time));
  for (std::size_t n = 0; n < neuron.threshold.size(); ++n) {
    if (neuron.threshold[n] <= neuron.reset[n])
      node.refuse(neuron.leak == Neuron::Leak::kStateless ? "threshold" : "v_threshold",
                  fmt::format("{} is not above the potential after a spike, {}: the neuron would always fire",
                              neuron.threshold[n], neuron.reset[n]));
  }
  stage.what = std::move(neuron);
}

Reader neuron_reader(Neuron::Leak leak, bool fires, bool current) {
  return [=](const Parameters& node, Stage& stage) {
    Neuron neuron;
    neuron.leak = leak;
    neuron.fires = fires;
    neuron.current = current;
    read_neuron(node, stage, std::move(neuron));
  };
}

const std::vector<std::pair<std::string, Reader>>& readers() {
  using Leak = Neuron::Leak;
  static const std::vector<std::pair<std::string, Reader>> list = {
      {"Input", read_end},
      {"Output", read_end},
      {"Flatten", read_flatten},
      {"Scale", read_scale},
      {"Linear", [](const Parameters& node, Stage& stage) { read_dense(node, stage, false); }},
      {"Affine", [](const Parameters& node, Stage& stage) { read_dense(node, stage, true); }},
      {"Conv1d", [](const Parameters& node, Stage& stage) { read_convolution(node, stage, 2); }},
      {"Conv2d", [](const Parameters& node, Stage& stage) { read_convolution(node, stage, 3); }},
      {"SumPool2d", [](const Parameters& node, Stage& stage) { read_pool(node, stage, false); }},
      {"AvgPool2d", [](const Parameters& node, Stage& stage) { read_pool(node, stage, true); }},
      {"I", neuron_reader(Leak::kNone, false, false)},
      {"IF", neuron_reader(Leak::kNone, true, false)},
      {"LI", neuron_reader(Leak::kTau, false, false)},
      {"LIF", neuron_reader(Leak::kTau, true, false)},
      {"CubaLI", neuron_reader(Leak::kTau, false, true)},
      {"CubaLIF", neuron_reader(Leak::kTau, true, true)},
      {"Threshold", neuron_reader(Leak::kStateless, true, false)},
      {"Delay", [](const Parameters& node,
                   Stage&) { node.refuse("", "events are not delayed: a spike is felt in the step that it is fired in"); }},
  };
  return list;
}

void read_stage(const Graph& graph, const Node& node, Stage& stage) {
  const Parameters parameters(graph, node);
  const auto reader = std::ranges::find(readers(), node.type, &std::pair<std::string, Reader>::first);
  if (reader == readers().end()) parameters.refuse("", "is of a type that is not known");
  reader->second(parameters, stage);
  if (count_of(stage.to) > kMostElements)
    parameters.refuse("", fmt::format("{} elements come out; {} are the most", text_of(stage.to), kMostElements));
}

/// What does not fire can be read at the end alone.
void refuse_potentials_between(const Chain& chain) {
  for (auto stage = chain.stages.begin(); stage != chain.stages.end(); ++stage) {
    const auto* neuron = std::get_if<Neuron>(&stage->what);
    if (neuron == nullptr || neuron->fires) continue;
    const auto next = std::find_if(stage + 1, chain.stages.end(),
                                   [](const Stage& later) { return !std::holds_alternative<Pass>(later.what); });
    if (next != chain.stages.end())
      throw InputError(
          chain.file, fmt::format("{} ({})", stage->name, stage->type),
          fmt::format("hands potentials on to \"{}\"; layers hand on spikes, so it can be the last one alone", next->name));
  }
}

}  // namespace

Chain chain_of(const Graph& graph) {
  Chain chain;
  chain.file = graph.file;
  for (const auto* node : nodes_in_order(graph)) {
    Stage stage;
    stage.name = node->name;
    stage.type = node->type;
    if (!chain.stages.empty()) {
      stage.from = chain.stages.back().to;
    }
    read_stage(graph, *node, stage);
    chain.stages.push_back(std::move(stage));
  }
  refuse_potentials_between(chain);
  std::size_t last = chain.stages.size() - 1;
  while (last > 0 && std::holds_alternative<Pass>(chain.stages[last].what)) --last;
  if (!std::holds_alternative<Neuron>(chain.stages[last].what)) {
    if (last == 0) throw InputError(graph.file, "nodes", "none has weights or neurons");
    const auto& before = chain.stages[last];
    Neuron sum;
    sum.resistance.assign(count_of(before.to), 1.0);
    chain.notes.push_back(fmt::format("{} ({}): no neurons come before the output; its values are added up over the steps",
                                      before.name, before.type));
    chain.stages.insert(chain.stages.begin() + static_cast<std::ptrdiff_t>(last) + 1,
                        {before.name + ".sum", "I", before.to, before.to, std::move(sum)});
  }
  return chain;
}

}  // namespace phasic::runtime::nir
