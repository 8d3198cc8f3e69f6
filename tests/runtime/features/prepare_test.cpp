// SPDX-License-Identifier: Apache-2.0
/// Layers that the host makes ready, on the reference engine.
#include "runtime/features/prepare.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "runtime/features/answers.hpp"
#include "runtime/run/devices.hpp"
#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;

json prepared_document(std::uint32_t weight_width = 16) {
  return {{"phasic_network", 1},
          {"inputs", 64},
          {"shape", {8, 8}},
          {"classes", 4},
          {"steps", 1},
          {"weight_width", weight_width},
          {"samples", "graded"},
          {"layers",
           {{{"kind", "convolution"},
             {"channels", 6},
             {"kernel", 3},
             {"grid", 2},
             {"two_sided", true},
             {"threshold", {{"raw", 1}}},
             {"input_shift", weight_width == 16 ? 5 : 0},
             {"rule", "frozen"},
             {"initial_amplitude", {{"raw", 100}}}},
            {{"neurons", 4}, {"rule", "discriminant"}}}},
          {"preparation", {{"samples", 60}, {"measured", 30}}}};
}

/// The same with another layer of filters behind the first one.
json deeper_document(std::uint32_t layers) {
  json document = prepared_document();
  document["layers"][0]["grid"] = 4;
  json second = document["layers"][0];
  second.update({{"channels", 5}, {"kernel", 2}, {"grid", 2}, {"two_sided", false}});
  document["layers"].insert(document["layers"].begin() + 1, second);
  document["preparation"]["layers"] = layers;
  return document;
}

class Prepare : public ::testing::Test {
 protected:
  Prepared made(const json& document, std::uint64_t available = 200) {
    const auto network = parse_network(document, "net.json");
    DeviceOptions options;
    options.weight_width = network.weight_width;
    const auto devices = open_devices(options);
    const SampleSource source = [this](std::uint64_t n, std::vector<Sample>& to) { append_samples(data_, n, to); };
    return prepare(network, source, available, launches_on(*devices.front()));
  }
  static std::vector<std::int32_t> filters(const Prepared& prepared) {
    const Layout layout = layout_of(prepared.network);
    std::vector<std::int32_t> rows;
    for (std::uint32_t row = 0; row < 9; ++row)
      for (std::uint32_t filter = 0; filter < 6; ++filter)
        rows.push_back(weight(prepared.network, layout, prepared.weights, 0, row, filter));
    return rows;
  }
  Dataset data_ = test::make_dataset(200, 8, 4, 3);
};

TEST_F(Prepare, GivesFiltersAndWhatTheyNeedAndNothingElse) {
  for (const std::uint32_t width : {8U, 16U}) {
    const auto document = prepared_document(width);
    const auto network = parse_network(document, "net.json");
    const auto prepared = made(document);
    EXPECT_FALSE(prepared.network.preparation);
    std::vector<Sample> measured;
    for (std::size_t n = 0; n < 30; ++n) append_samples(data_, n, measured);
    const auto settings = answer_settings(network.layers[0], width, filters(prepared), measured, {.threshold = 0.5, .full = 5});
    EXPECT_EQ(prepared.network.layers[0].threshold, settings.threshold);
    EXPECT_GT(settings.threshold, 0);
    EXPECT_EQ(prepared.network.layers[0].answer_scale, settings.answer_scale);
    EXPECT_EQ(prepared.network.layers[0].answer_shift, settings.answer_shift);
    const Layout layout = layout_of(prepared.network);
    for (std::uint32_t filter = 0; filter < 6; ++filter)
      EXPECT_EQ(weight(prepared.network, layout, prepared.weights, 0, 9, filter), settings.bias[filter]);
    const auto initial = initial_weights(prepared.network, layout);
    EXPECT_TRUE(std::equal(initial.begin() + static_cast<std::ptrdiff_t>(layout.layers[1].weights_offset), initial.end(),
                           prepared.weights.begin() + static_cast<std::ptrdiff_t>(layout.layers[1].weights_offset)))
        << "other layers are as they were";
    EXPECT_EQ(first_difference(prepared.network, prepared_like(network, prepared.network)), "");
  }
}

TEST_F(Prepare, GivesTheSameEveryTimeFromTheSamplesThatItSays) {
  const auto once = made(prepared_document()), again = made(prepared_document());
  EXPECT_EQ(once.weights, again.weights);
  EXPECT_EQ(first_difference(once.network, again.network), "");
  for (std::size_t k = std::size_t{64} * 60; k < data_.pixels.size(); ++k)
    data_.pixels[k] = static_cast<std::uint8_t>(255 - data_.pixels[k]);
  EXPECT_EQ(made(prepared_document()).weights, once.weights) << "samples behind the first 60 do not count";
  for (std::size_t k = 0; k < 64; ++k) data_.pixels[std::size_t{59} * 64 + k] = static_cast<std::uint8_t>(4 * k);
  EXPECT_NE(made(prepared_document()).weights, once.weights) << "the 60th does";
}

TEST_F(Prepare, FiltersLearnUnlessTheyAreRandom) {
  auto document = prepared_document();
  const auto learned = filters(made(document));
  document["preparation"]["filters"] = "random";
  const auto random = filters(made(document));
  EXPECT_NE(learned, random);
  for (std::size_t filter = 0; filter < 6; ++filter) {
    std::int64_t sum = 0;
    for (std::size_t row = 0; row < 9; ++row) {
      sum += random[row * 6 + filter];
      EXPECT_LE(std::abs(random[row * 6 + filter]), 250);
    }
    EXPECT_EQ(sum, 0);
  }
  document["seed"] = 2;
  EXPECT_NE(filters(made(document)), random);
}

TEST_F(Prepare, AnotherLayerIsMadeReadyBehindTheFirst) {
  const auto one = made(deeper_document(1)), two = made(deeper_document(2));
  const Layout layout = layout_of(two.network);
  const auto weights_of = [&](const Prepared& prepared, std::uint32_t layer) {
    std::vector<std::int32_t> rows;
    const auto& spec = prepared.network.layers[layer];
    for (std::uint32_t row = 0; row <= spec.shape.weight_rows(); ++row)
      for (std::uint32_t filter = 0; filter < spec.shape.channels; ++filter)
        rows.push_back(weight(prepared.network, layout, prepared.weights, layer, row, filter));
    return rows;
  };
  EXPECT_EQ(weights_of(one, 0), weights_of(two, 0));
  EXPECT_EQ(one.network.layers[0].threshold, two.network.layers[0].threshold);
  EXPECT_EQ(one.network.layers[1].threshold, 1) << "as the network has it";
  EXPECT_NE(weights_of(one, 1), weights_of(two, 1));
  EXPECT_EQ(first_difference(two.network, prepared_like(parse_network(deeper_document(2), "net.json"), two.network)), "");

  std::vector<std::vector<std::uint8_t>> answers;
  std::vector<Sample> inputs;
  for (std::size_t n = 0; n < 30; ++n) {
    const auto image = data_.image(n);
    answers.push_back(answers_to(two.network.layers[0], weights_of(two, 0), image));
  }
  for (const auto& answer : answers) inputs.push_back({.intensities = answer});
  auto filters = weights_of(two, 1);
  filters.resize(filters.size() - 5);
  const auto settings = answer_settings(two.network.layers[1], 16, filters, inputs, {.threshold = 0.5, .full = 5});
  EXPECT_EQ(two.network.layers[1].threshold, settings.threshold);
  EXPECT_GT(settings.threshold, 0);
  EXPECT_EQ(two.network.layers[1].answer_scale, settings.answer_scale);
  EXPECT_GT(settings.answer_scale, 1U);
}

TEST_F(Prepare, AnswersAreThoseOfTheEngine) {
  auto prepared = made(deeper_document(2));
  // A discriminant cannot be traced.
  LayerSpec& last = prepared.network.layers.back();
  last.rule = Rule::kFrozen;
  const Fixed fixed = make_fixed(prepared.network);
  auto weights = initial_weights(fixed.network, fixed.layout);
  const Layout prepared_layout = layout_of(prepared.network);
  std::vector<std::vector<std::int32_t>> filters(2);
  for (std::uint32_t layer = 0; layer < 2; ++layer) {
    const auto& shape = prepared.network.layers[layer].shape;
    for (std::uint32_t row = 0; row <= shape.weight_rows(); ++row)
      for (std::uint32_t filter = 0; filter < shape.channels; ++filter) {
        filters[layer].push_back(weight(prepared.network, prepared_layout, prepared.weights, layer, row, filter));
        put_weight(fixed.network, fixed.layout, weights, layer, row, filter, filters[layer].back());
      }
  }
  DeviceOptions options;
  options.weight_width = 16;
  const auto devices = open_devices(options);
  std::vector<Sample> samples;
  for (std::size_t n = 0; n < 20; ++n) append_samples(data_, n, samples);
  const auto launched = run_launch(*devices.front(), fixed, weights, samples, {.trace = true});
  for (std::size_t n = 0; n < samples.size(); ++n) {
    auto values = std::vector<std::uint8_t>(samples[n].intensities.begin(), samples[n].intensities.end());
    for (std::uint32_t layer = 0; layer < 2; ++layer) {
      SCOPED_TRACE(fmt::format("sample {}, layer {}", n, layer));
      const auto neurons = prepared.network.layers[layer].shape.neurons();
      values = answers_to(prepared.network.layers[layer], filters[layer], values);
      ASSERT_EQ(values.size(), neurons.count());
      for (std::uint32_t cell = 0; cell < neurons.rows * neurons.columns; ++cell)
        for (std::uint32_t channel = 0; channel < neurons.channels; ++channel) {
          const auto potential =
              traced_potential(fixed.network, launched.trace, n, layer, 0, cell * neurons.channels + channel);
          ASSERT_EQ(values[channel * neurons.rows * neurons.columns + cell], std::min<int>(potential, 255)) << cell;
        }
    }
  }
}

TEST_F(Prepare, TakesWhatThereIsOfFewSamples) {
  const auto few = made(prepared_document(), 20);
  for (std::size_t n = 0; n < 20; ++n) data_.labels[n] = 0;
  EXPECT_EQ(made(prepared_document(), 20).weights, few.weights) << "labels do not matter";
  EXPECT_THROW((void)made(prepared_document(), 0), InputError);
}

TEST_F(Prepare, SaysWhenNoPatchHasContrast) {
  auto document = prepared_document();
  document["preparation"]["contrast"] = 300;
  const auto text = test::refusal([&] { (void)made(document); });
  test::expect_all_in(text, {"net.json", "preparation", "contrast"});
}

TEST_F(Prepare, RefusesNetworksThatItCannotMakeReady) {
  const auto refused = [](const std::function<void(json&)>& change, const std::vector<std::string>& parts) {
    auto document = prepared_document();
    change(document);
    test::expect_all_in(test::refusal([&] { (void)parse_network(document, "net.json"); }), parts);
  };
  refused([](json& d) { d["layers"][0]["bias"] = false; }, {"net.json", "preparation", "bias"});
  refused([](json& d) { d["layers"].erase(0); }, {"net.json", "preparation", "grid"});
  refused([](json& d) { d["preparation"]["layers"] = 2; }, {"net.json", "preparation", "layer 2", "grid"});
  refused([](json& d) { d["preparation"]["layers"] = 3; }, {"net.json", "preparation.layers", "2 layers"});
  refused([](json& d) { d["preparation"]["samples"] = 0; }, {"net.json", "preparation.samples", "0"});
  refused([](json& d) { d["preparation"]["filters"] = "many"; }, {"net.json", "preparation.filters", "many"});
  refused([](json& d) { d["preparation"]["fast"] = true; }, {"net.json", "preparation", "fast"});
  expect_prepared(parse_network(json::parse(R"({"phasic_network":1,"inputs":4,"classes":2,"steps":1,"samples":"graded",
    "layers":[{"neurons":2,"rule":"discriminant"}]})"),
                                "net.json"));
  test::expect_all_in(test::refusal([] { expect_prepared(parse_network(prepared_document(), "net.json")); }),
                      {"net.json", "preparation", "checkpoint"});
}

}  // namespace
}  // namespace phasic::runtime
