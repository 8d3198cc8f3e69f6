// SPDX-License-Identifier: Apache-2.0
/// Events in arrays of numpy.
#include "runtime/data/recording.hpp"
#include "tests/runtime/data/made_cameras.hpp"

namespace phasic::runtime {
namespace {

using test::Bytes;
using test::expect_all_in;
using test::little_endian;
using test::refusal;
using test::stored;

Bytes numbers(const std::vector<std::int64_t>& values, unsigned bytes) {
  Bytes all;
  for (const auto value : values) test::append(all, little_endian(static_cast<std::uint64_t>(value), bytes));
  return all;
}

/// Two events in arrays of several kinds of numbers, and an array that is none of events.
test::Files two_events() {
  return {{"x.npy", test::npy("'<u2'", "(2,)", numbers({3, 0}, 2))},
          {"y.npy", test::npy("'|u1'", "(2,)", numbers({1, 2}, 1))},
          {"t.npy", test::npy("'<i8'", "(2,)", numbers({-5, 9}, 8))},
          {"note.npy", test::npy("'<f4'", "(2, 2)", Bytes(16))},
          {"p.npy", test::npy("'<i4'", "(2,)", numbers({1, -1}, 4))}};
}
const std::vector<CameraEvent> kTwo{{-5, 3, 1, true}, {9, 0, 2, false}};

/// The same as fields of elements with filling between.
Bytes fields() {
  Bytes elements;
  for (const auto& event : kTwo) {
    test::append(elements, little_endian(static_cast<std::uint64_t>(event.time), 8));
    test::append(elements, little_endian(event.column, 2));
    test::append(elements, {0xaa, 0xbb});
    test::append(elements, little_endian(event.row, 2));
    elements.push_back(event.on ? 1 : 0);
  }
  return test::npy("[('timestamp', '<i8'), ('x', '<i2'), ('', '|V2'), ('y', '<i2'), ('pol', '|b1')]", "(2,)", elements);
}

TEST(NumpyEvents, ArraysAndFieldsAreRead) {
  const auto arrays = read_recording(stored(test::npz(two_events()), "A.NPZ"), "4x8");
  EXPECT_EQ(arrays.rows, 4u);
  EXPECT_EQ(arrays.columns, 8u);
  EXPECT_EQ(arrays.events, kTwo);
  EXPECT_EQ(read_recording(stored(fields(), "a.npy"), "4x8").events, kTwo);
  EXPECT_EQ(read_recording(stored(test::npz({{"arr_0.npy", fields()}}), "a.npz"), "4x8").events, kTwo);
}

void expect_numpy_refused(const Bytes& bytes, const std::string& name, std::vector<std::string> parts,
                          const std::string& camera = "4x8") {
  parts.push_back(name);
  expect_all_in(refusal([&] { (void)read_recording(stored(bytes, name), camera); }), parts);
}

Bytes with(std::size_t file, const Bytes& bytes) {
  auto files = two_events();
  files[file].second = bytes;
  return test::npz(files);
}

TEST(NumpyEvents, FaultsAreNamed) {
  expect_numpy_refused(test::npz(two_events()), "a.npz", {"camera", "480x640"}, "");
  expect_numpy_refused(test::npz(two_events()), "a.npz", {"event 1", "row 2", "2 x 8"}, "2x8");
  expect_numpy_refused(with(0, test::npy("'<u2'", "(1,)", numbers({3}, 2))), "a.npz", {"y: 2 elements, but x has 1"});
  expect_numpy_refused(with(2, test::npy("'<i8'", "(2,)", numbers({9, 8}, 8))), "a.npz",
                       {"event 1: t", "8 after 9", "goes back"});
  expect_numpy_refused(with(2, test::npy("'<f8'", "(2,)", Bytes(16))), "a.npz", {"t.npy", "descr", "<f8", "whole numbers"});
  expect_numpy_refused(with(2, test::npy("'>i8'", "(2,)", Bytes(16))), "a.npz", {"t.npy", "descr", ">i8"});
  expect_numpy_refused(with(0, test::npy("'<u2'", "(2, 1)", Bytes(4))), "a.npz", {"x.npy", "shape", "several dimensions"});
  expect_numpy_refused(with(0, test::npy("'<u2'", "(3,)", Bytes(4))), "a.npz",
                       {"x.npy", "shape", "3 elements of 2 bytes", "4 bytes"});
  expect_numpy_refused(with(0, test::npy("'<u2'", "(9223372036854775809,)", Bytes(2))), "a.npz", {"x.npy", "shape"});
  expect_numpy_refused(with(0, {1, 2, 3}), "a.npz", {"x.npy", "magic"});
  expect_numpy_refused(test::npz({{"x.npy", two_events()[0].second}}), "a.npz", {"y", "no array"});
  expect_numpy_refused(test::npz({{"notes.txt", {1}}}), "a.npz", {"x", "no array"});
  expect_numpy_refused(test::npy("[('x', '<i2', (2,))]", "(1,)", Bytes(4)), "a.npy", {"header", "'x'", "array in an array"});
  expect_numpy_refused(test::npy("[('', '|V2')]", "(1,)", Bytes(2)), "a.npy", {"header", "no numbers"});
  expect_numpy_refused(test::npy("'<i2'", "(1,)", Bytes(2)), "a.npy", {"x", "no array or field"});
  auto version = fields();
  version[6] = 9;
  expect_numpy_refused(version, "a.npy", {"version", "9"});
}

TEST(NumpyEvents, DamagedFilesAreRefused) {
  const auto read = [](const Bytes& bytes) { (void)read_recording(stored(bytes, "a.npy"), "4x8"); };
  EXPECT_GT(test::refuses_what_is_damaged(fields(), read), 200);
  const auto read_zip = [](const Bytes& bytes) { (void)read_recording(stored(bytes, "a.npz"), "4x8"); };
  EXPECT_GT(test::refuses_what_is_damaged(test::npz(two_events()), read_zip, false), 500);
}

}  // namespace
}  // namespace phasic::runtime
