// SPDX-License-Identifier: Apache-2.0
/// Events of tactile sensors in MATLAB's files, and ST-MNIST in a folder that looks like it.
#include <bit>
#include <limits>
#include <numbers>

#include "runtime/data/load.hpp"
#include "runtime/data/mat_file.hpp"
#include "runtime/data/recording.hpp"
#include "tests/runtime/data/made_mat.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::MadeMat;
using test::refusal;
using test::stored;

const std::vector<test::MadeTouch> kTouches{{0.0000015, {{0, 1}}}, {0.5, {{17, -1}, {99, 1}}}, {1.25, {}}};
/// Rounded to microseconds; taxel 17 is in row 1, column 7.
const std::vector<CameraEvent> kEvents{{2, 0, 0, true}, {500'000, 7, 1, false}, {500'000, 9, 9, true}};

TEST(MatEvents, AreThoseOfTheMatrixPlainAndCompressed) {
  for (const bool packed : {false, true}) {
    const auto recording = read_recording(stored(test::st_mnist(kTouches, packed), "A.MAT"));
    EXPECT_EQ(recording.rows, 10u);
    EXPECT_EQ(recording.columns, 10u);
    EXPECT_EQ(recording.events, kEvents) << packed;
  }
}

TEST(MatEvents, OfAnotherSensorTakeItsSizeFromTheCamera) {
  const MadeMat made;
  const auto file = made.file({made.variable("spiketrain", {7, 1}, made.doubles(test::touches({{0.25, {{4, 1}}}}, 6)))});
  const auto recording = read_recording(stored(file, "a.mat"), "2x3");
  EXPECT_EQ(recording.rows, 2u);
  EXPECT_EQ(recording.columns, 3u);
  EXPECT_EQ(recording.events, (std::vector<CameraEvent>{{250'000, 1, 1, true}}));
  expect_all_in(refusal([&] { (void)read_recording(stored(file, "a.mat")); }),
                {"a.mat: spiketrain: rows: 7; 10 x 10 and one", "camera"});
}

TEST(MatFile, NumbersOfEveryTypeInBothByteOrders) {
  for (const bool big : {false, true}) {
    const MadeMat made(big);
    const auto values_of = [&](const Bytes& numbers) {
      // Before it another variable, and an element that is none.
      const auto file = made.file({made.element(2, {1, 2, 3}), made.compressed(made.variable("b", {1, 1}, made.doubles({7}))),
                                   made.variable("a", {2, 1}, numbers)});
      const auto matrix = read_mat_matrix(stored(file, "a.mat"), "a");
      EXPECT_EQ(matrix.rows, 2u);
      EXPECT_EQ(matrix.columns, 1u);
      return matrix.values;
    };
    const auto both = [&](std::uint64_t first, std::uint64_t second, unsigned bytes) {
      auto all = made.word(first, bytes);
      test::append(all, made.word(second, bytes));
      return all;
    };
    using Values = std::vector<double>;
    const std::uint64_t minus_two = ~std::uint64_t{1};
    EXPECT_EQ(values_of(made.small_element(1, both(minus_two, 127, 1))), (Values{-2, 127})) << big;
    EXPECT_EQ(values_of(made.small_element(2, both(254, 127, 1))), (Values{254, 127})) << big;
    EXPECT_EQ(values_of(made.small_element(3, both(minus_two, 300, 2))), (Values{-2, 300})) << big;
    EXPECT_EQ(values_of(made.element(4, both(65534, 300, 2))), (Values{65534, 300})) << big;
    EXPECT_EQ(values_of(made.element(5, both(minus_two, 70000, 4))), (Values{-2, 70000})) << big;
    EXPECT_EQ(values_of(made.element(6, both(4294967294, 1, 4))), (Values{4294967294, 1})) << big;
    EXPECT_EQ(values_of(made.element(7, both(std::bit_cast<std::uint32_t>(0.5F), 0, 4))), (Values{0.5, 0})) << big;
    EXPECT_EQ(values_of(made.doubles({-0.1, 1e300})), (Values{-0.1, 1e300})) << big;
    EXPECT_EQ(values_of(made.element(12, both(minus_two, 5, 8))), (Values{-2, 5})) << big;
    EXPECT_EQ(values_of(made.element(13, both(minus_two, 5, 8))), (Values{18446744073709551614.0, 5})) << big;
  }
}

/// Files that MATLAB wrote on several machines, in both byte orders, plain and compressed; Debian's python3-scipy has them.
TEST(MatFile, OfMatlabItselfIsReadWhereThereIsOne) {
  const std::filesystem::path folder = "/usr/lib/python3/dist-packages/scipy/io/matlab/tests/data";
  std::size_t read = 0;
  for (const std::string by : {"6.1_SOL2", "6.5.1_GLNX86", "7.1_GLNX86", "7.4_GLNX86"}) {
    const auto file = folder / ("testdouble_" + by + ".mat");
    if (!std::filesystem::exists(file)) continue;
    const auto matrix = read_mat_matrix(read_stored_file(file), "testdouble");
    EXPECT_EQ(matrix.rows, 1u) << file;
    ASSERT_EQ(matrix.columns, 9u) << file;
    for (std::size_t n = 0; n < 9; ++n) EXPECT_DOUBLE_EQ(matrix.at(0, n), static_cast<double>(n) * std::numbers::pi / 4);
    ++read;
  }
  if (read == 0) GTEST_SKIP() << "no files in " << folder;
}

void expect_mat_refused(const Bytes& bytes, std::vector<std::string> parts) {
  parts.emplace_back("a.mat");
  expect_all_in(refusal([&] { (void)read_recording(stored(bytes, "a.mat")); }), parts);
}

TEST(MatEvents, FaultsAreNamed) {
  const MadeMat made;
  const auto numbers = made.doubles(test::touches(kTouches));
  const auto with = [&](const std::vector<std::uint32_t>& sides, const Bytes& stored_numbers, std::uint32_t kind = 6) {
    return made.file({made.variable("spiketrain", sides, stored_numbers, kind)});
  };
  expect_mat_refused(made.file({}), {"spiketrain", "there are no variables"});
  expect_mat_refused(made.file({made.variable("b", {1, 1}, made.doubles({7}))}), {"spiketrain", "not among the variables: b"});
  expect_mat_refused(made.file({}, 0x0200), {"version", "0x0200", "0x0100"});
  expect_mat_refused(with({101, 3}, numbers, 5), {"spiketrain: class", "5"});
  expect_mat_refused(with({101, 3}, numbers, 6 | 0x0800), {"spiketrain: flags", "complex"});
  expect_mat_refused(with({101, 3, 1}, numbers), {"spiketrain: dimensions", "12 bytes"});
  expect_mat_refused(with({101, 4}, numbers), {"spiketrain: numbers", "2424 bytes", "101 x 4 of 8"});
  expect_mat_refused(with({4294967295u, 4294967295u}, numbers), {"dimensions", "4294967295 x 4294967295"});
  expect_mat_refused(with({101, 3}, made.element(16, Bytes(2424))), {"spiketrain: numbers", "type 16"});
  auto values = test::touches(kTouches);
  values[101 + 3] = 0.5;
  expect_mat_refused(with({101, 3}, made.doubles(values)), {"spiketrain: row 3, column 1", "0.5; -1, 0 and 1"});
  values[100] = std::numeric_limits<double>::quiet_NaN();
  expect_mat_refused(with({101, 3}, made.doubles(values)), {"spiketrain: time 0", "nan"});
  auto order = test::st_mnist(kTouches);
  order[126] = 'X';
  expect_mat_refused(order, {"byte order", "0x58"});
  expect_mat_refused(made.file({{0x0e, 0, 5, 0, 0, 0, 0, 0}}), {"variable", "small element of 5 bytes"});
}

TEST(MatEvents, DamagedFilesAreRefused) {
  const auto read = [](const Bytes& bytes) { (void)read_recording(stored(bytes, "a.mat")); };
  EXPECT_GT(test::refuses_what_is_damaged(test::st_mnist(kTouches, true), read), 500);
  EXPECT_GT(test::refuses_what_is_damaged(test::st_mnist({{0.5, {{17, -1}}}}, false), read), 1000);
}

TEST(StMnist, FoldersByDigitAreReadAndASeedDrawsTheTest) {
  const test::TemporaryFolder folder;
  const test::Environment places{"PHASIC_DATA", folder.path().string()};
  test::Files files{{"Set/LUT.mat", {1}}, {"Set/3/LUT_3.mat", {1}}, {"Set/readme.txt", {1}}};
  for (std::size_t n = 0; n < 50; ++n)
    files.emplace_back("Set/" + std::to_string(n % 10) + "/" + std::to_string(n) + ".mat",
                       test::st_mnist({{0.1, {{n, 1}}}, {0.2, {{n, -1}}}}));
  std::filesystem::create_directories(folder / "STMNIST");
  test::write_archive(folder.path() / "STMNIST" / "STMNIST dataset NUS Tee Research Group.zip", files, "zip", "none");
  const auto data = load_named(parse_data_text("st-mnist"));
  EXPECT_EQ(data.training.size(), 40u);
  EXPECT_EQ(data.test.size(), 10u);
  EXPECT_EQ(data.shape, (Shape{2, 10, 10}));
  EXPECT_EQ(data.classes.size(), 10u);
  for (const auto* const part : {&data.training, &data.test}) {
    for (std::size_t n = 0; n < part->size(); ++n) {
      const auto events = part->events_of(n);
      ASSERT_EQ(events.size(), 2u);
      // Brighter at first, then darker, at the same taxel, whose last digit is the label.
      EXPECT_EQ(events[0] & contract::kEntryInput, (events[1] & contract::kEntryInput) + 100);
      EXPECT_EQ((events[1] & contract::kEntryInput) % 10, part->labels[n]);
    }
  }
}

}  // namespace
}  // namespace phasic::runtime
