// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/request.hpp"

#include "tests/runtime/support.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
using test::expect_all_in;
using test::refusal;

DataRequest parsed(const json& document) { return parse_data_request(JsonNode(document, "experiment.json", "data")); }

TEST(DataRequest, ATextIsAName) {
  EXPECT_EQ(parsed("letters26").set, "letters26");
  expect_all_in(refusal([] { (void)parsed("letters"); }), {"experiment.json", "data", "\"letters\"", "letters26", "nettalk"});
  expect_all_in(refusal([] { (void)parsed(7); }), {"experiment.json", "data", "object"});
}

TEST(DataRequest, AnObjectHasTheFieldsOfDocumentation) {
  const auto request = parsed({{"set", "letters26"},
                               {"size", {28, 20}},
                               {"invert", false},
                               {"gray", true},
                               {"unique", true},
                               {"order", "file"},
                               {"seed", 9},
                               {"test_share", 0.3},
                               {"labels", "stress"},
                               {"steps", 16},
                               {"window_ms", 1.5},
                               {"step_ms", 0.25},
                               {"downsample", 2},
                               {"camera", "davis240"},
                               {"validation", "leave_out"},
                               {"leave_out_damaged", true}});
  EXPECT_EQ(request.rows, 28u);
  EXPECT_EQ(request.columns, 20u);
  EXPECT_EQ(request.invert, false);
  EXPECT_EQ(request.gray, true);
  EXPECT_EQ(request.unique, true);
  EXPECT_EQ(request.mixed, false);
  EXPECT_EQ(request.seed, 9u);
  EXPECT_EQ(request.test_share, 0.3);
  EXPECT_EQ(request.labels, "stress");
  EXPECT_EQ(request.steps, 16u);
  EXPECT_EQ(request.window_microseconds, 1500);
  EXPECT_EQ(request.step_microseconds, 250);
  EXPECT_EQ(request.downsample, 2u);
  EXPECT_EQ(request.camera, "davis240");
  EXPECT_EQ(request.validation, "leave_out");
  EXPECT_EQ(request.leave_out_damaged, true);
  EXPECT_EQ(parsed({{"folder", "/x"}, {"size", 28}}).columns, 28u);
}

TEST(DataRequest, APictureOfEventsHasAKindAndItsFields) {
  const auto counted = parsed({{"set", "nmnist"}, {"picture", {{"kind", "counts"}, {"bins", 4}, {"full", 9}}}}).picture;
  EXPECT_EQ(counted, (EventPicture{EventPicture::Kind::kCounts, 4, 9, 100'000}));
  const auto faded = parsed({{"set", "nmnist"}, {"picture", {{"kind", "surface"}, {"decay_ms", 1.5}}}}).picture;
  EXPECT_EQ(faded, (EventPicture{EventPicture::Kind::kSurface, 1, 16, 1500}));
  EXPECT_EQ(parsed({{"set", "nmnist"}, {"picture", {{"kind", "counts"}}}}).picture, EventPicture{});
}

TEST(DataRequest, WrongPicturesOfEventsAreNamedWithTheirValues) {
  const auto refused = [](const json& picture, const json& more = json::object()) {
    json document{{"set", "nmnist"}, {"picture", picture}};
    document.update(more);
    return refusal([&] { (void)parsed(document); });
  };
  expect_all_in(refused("counts"), {"data.picture", "object"});
  expect_all_in(refused(json::object()), {"data.picture.kind", "missing"});
  expect_all_in(refused({{"kind", "sums"}}), {"data.picture.kind", "sums", "counts", "surface"});
  expect_all_in(refused({{"kind", "counts"}, {"bin", 2}}), {"data.picture.bin", "unknown", "bins"});
  expect_all_in(refused({{"kind", "counts"}, {"bins", 0}}), {"data.picture.bins", "0", "1 to 255"});
  expect_all_in(refused({{"kind", "counts"}, {"bins", 256}}), {"data.picture.bins", "256", "1 to 255"});
  expect_all_in(refused({{"kind", "counts"}, {"full", 0}}), {"data.picture.full", "0", "1 to 65535"});
  expect_all_in(refused({{"kind", "counts"}, {"full", 65536}}), {"data.picture.full", "65536"});
  expect_all_in(refused({{"kind", "counts"}, {"decay_ms", 5}}), {"data.picture.decay_ms", "surface"});
  expect_all_in(refused({{"kind", "surface"}, {"full", 5}}), {"data.picture.full", "counts"});
  expect_all_in(refused({{"kind", "surface"}, {"decay_ms", 0}}), {"data.picture.decay_ms", "0", "0.001 to"});
  expect_all_in(refused({{"kind", "counts"}}, {{"steps", 4}}), {"data.steps", "4", "picture"});
  expect_all_in(refused({{"kind", "counts"}}, {{"step_ms", 1}}), {"data.step_ms", "1", "picture"});
}

TEST(DataRequest, WrongFieldsAreNamedWithTheirValues) {
  const auto refused = [](const json& document) { return refusal([&] { (void)parsed(document); }); };
  expect_all_in(refused({{"set", "mnist"}, {"sise", 28}}), {"data.sise", "unknown", "size"});
  expect_all_in(refused({{"set", "mnist"}, {"size", 0}}), {"data.size", "0", "1 to"});
  expect_all_in(refused({{"set", "mnist"}, {"size", {28}}}), {"data.size", "1 elements"});
  expect_all_in(refused({{"set", "mnist"}, {"size", {28, "x"}}}), {"data.size[1]", "x"});
  expect_all_in(refused({{"set", "mnist"}, {"folder", "/x"}}), {"data.folder", "exclude"});
  expect_all_in(refused(json::object()), {"data.folder", "missing"});
  expect_all_in(refused({{"set", "mnist"}, {"order", "sorted"}}), {"data.order", "sorted", "mixed"});
  expect_all_in(refused({{"set", "mnist"}, {"test_share", 1.5}}), {"data.test_share", "1.5"});
  expect_all_in(refused({{"set", "nettalk"}, {"labels", "tone"}}), {"data.labels", "tone", "stress"});
  expect_all_in(refused({{"set", "nmnist"}, {"camera", "eye"}}), {"data.camera", "eye", "dvs128", "davis346"});
  expect_all_in(refused({{"set", "nmnist"}, {"step_ms", 0}}), {"data.step_ms", "0", "0.001 to"});
  expect_all_in(refused({{"set", "nmnist"}, {"step_ms", "1"}}), {"data.step_ms", "number"});
  expect_all_in(refused({{"folder", "/x"}, {"validation", "yes"}}), {"data.validation", "yes", "leave_out"});
}

TEST(DataRequest, WhatHasNoMeaningForASetIsRefused) {
  const auto refused = [](const json& document, const Form& form) {
    return refusal([&] { (void)preprocessing_of(parsed(document), {}, form); });
  };
  expect_all_in(refused({{"set", "fsdd"}, {"size", 28}}, Form::kSounds), {"data fsdd", "size", "images"});
  expect_all_in(refused({{"set", "mnist"}, {"downsample", 2}}, Form::kIdx), {"data mnist", "downsample", "recordings"});
  expect_all_in(refused({{"set", "mnist"}, {"labels", "stress"}}, Form::kIdx), {"labels", "nettalk"});
  expect_all_in(refused({{"set", "nmnist"}, {"invert", true}}, Form::kRecordings), {"invert", "images"});
  expect_all_in(refused({{"set", "mnist"}, {"range_db", 40}}, Form::kIdx), {"range_db", "sounds"});
  expect_all_in(refused({{"set", "mnist"}, {"unique", true}}, Form::kIdx), {"unique"});
  expect_all_in(refused({{"set", "fsdd"}, {"camera", "dvs128"}}, Form::kSounds), {"camera", "recordings"});
  expect_all_in(refused({{"set", "mnist"}, {"step_ms", 1}}, Form::kIdx), {"data mnist", "step_ms", "recordings"});
  expect_all_in(refused({{"set", "mnist"}, {"picture", {{"kind", "counts"}}}}, Form::kIdx),
                {"data mnist", "picture", "event recordings"});
  expect_all_in(refused({{"set", "cifar10"}, {"leave_out_damaged", true}}, Form::kCifarBatches),
                {"leave_out_damaged", "file a sample"});
  expect_all_in(refused({{"set", "mnist"}, {"validation", "test"}}, Form::kIdx), {"validation", "files by class"});
  Preprocessing usual;
  usual.rows = usual.columns = 28;
  usual.invert = true;
  const auto result = preprocessing_of(parsed({{"set", "hand-letters"}, {"invert", false}}), usual, Form::kPictures);
  EXPECT_EQ(result.rows, 28u);
  EXPECT_FALSE(result.invert);
}

}  // namespace
}  // namespace phasic::runtime
