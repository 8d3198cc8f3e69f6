// SPDX-License-Identifier: Apache-2.0
#include "tests/fuzz/targets.hpp"

#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cstdlib>
#include <cstring>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>

#include "driver/xclbin.hpp"
#include "generator/model.hpp"
#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/data/event_picture.hpp"
#include "runtime/data/idx.hpp"
#include "runtime/data/nettalk.hpp"
#include "runtime/data/picture.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/data/sound.hpp"
#include "runtime/data/stored_files.hpp"
#include "runtime/experiment/experiment.hpp"
#include "runtime/experiment/rows.hpp"
#include "runtime/live/records.hpp"
#include "runtime/network/network.hpp"
#include "runtime/run/checkpoint.hpp"

namespace phasic::fuzz {
namespace {

using namespace phasic::runtime;

/// A file in memory that has the bytes.
std::string file_of(const Bytes& bytes) {
  static const int memory = ::memfd_create("fuzz", MFD_CLOEXEC);
  if (memory < 0 || ::ftruncate(memory, 0) != 0 ||
      ::pwrite(memory, bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size())) {
    std::abort();
  }
  return fmt::format("/proc/self/fd/{}", memory);
}

std::string_view text_of(const Bytes& bytes) { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }

/// Refusals of the runtime are InputErrors.
template <class Read>
void guarded(Read read) {
  try {
    read();
  } catch (const InputError&) {
  }
}

void fail(std::string_view what) {
  fmt::print(stderr, "fuzz: {}\n", what);
  std::abort();
}

void read_idx_file(const Bytes& bytes) {
  const auto file = file_of(bytes);
  for (const unsigned rank : {1u, 3u}) guarded([&] { (void)read_idx(file, rank); });
}

void read_archive(const Bytes& bytes) {
  guarded([&] { (void)read_stored_files(file_of(bytes), [](std::string_view path) { return !path.ends_with(".skip"); }); });
}

void read_picture(const Bytes& bytes) {
  guarded([&] { (void)resized(to_gray(decode_picture({"p", "p", bytes})), 4, 4); });
}

void read_recording_named(const Bytes& bytes, const char* name, const char* camera = "") {
  guarded([&] {
    const auto recording = read_recording({name, name, bytes}, camera);
    (void)bin_events(recording, {20, 0, 8}, name);
    (void)bin_events(recording, {7, 1000, 8}, name);
    (void)chunk_events(recording, {7, 1000, 8, 100}, name);
    (void)event_picture(recording, {EventPicture::Kind::kCounts, 3, 4, 1}, 0, 16, name);
    (void)event_picture(recording, {EventPicture::Kind::kSurface, 3, 1, 500}, 1000, 16, name);
  });
}
void read_aedat(const Bytes& bytes) { read_recording_named(bytes, "r.aedat"); }
void read_bin(const Bytes& bytes) { read_recording_named(bytes, "r.bin"); }
void read_raw(const Bytes& bytes) { read_recording_named(bytes, "r.dat"); }
void read_mat_file(const Bytes& bytes) {
  read_recording_named(bytes, "r.mat");
  read_recording_named(bytes, "r.mat", "2x3");
}
void read_numpy(const Bytes& bytes) { read_recording_named(bytes, "r.npz", "16x16"); }

void read_live_records(const Bytes& bytes) {
  guarded([&] {
    std::vector<LiveRecord> records;
    RecordReader({34, 34}, 10, "stream").read(bytes, records);
  });
}

void read_words(const Bytes& bytes) {
  guarded([&] {
    for (const auto& word : read_nettalk({"n", "n", bytes}).words) (void)letter_window(word.letters, 0);
  });
}

void read_wav(const Bytes& bytes) {
  guarded([&] { (void)decode_wav({"s.wav", "s.wav", bytes}); });
}

void read_network(const Bytes& bytes) {
  guarded([&] {
    const auto network = parse_network(parse_json(text_of(bytes), "network"), "network");
    const auto again = parse_network(canonical(network), "canonical");
    if (const auto difference = first_difference(network, again); !difference.empty())
      fail("canonical form differs: " + difference);
  });
}

void read_experiment(const Bytes& bytes) {
  guarded([&] { (void)plan_runs(parse_experiment(parse_json(text_of(bytes), "experiment"), "experiment")); });
}

void read_result_rows(const Bytes& bytes) {
  const auto file = file_of(bytes);
  guarded([&] { (void)read_rows(file); });
  guarded([&] { RowFile(file).append({{"run", "fuzz"}}); });
}

/// With the sums put right, so that what lies behind them is reached.
void read_checkpoint_file(Bytes bytes) {
  constexpr std::size_t kChecksumAt = 12, kCheckedFrom = 16, kDescriptionBytesAt = 16, kWeightsBytesAt = 24, kHeaderBytes = 32;
  const auto read = [&] { guarded([&] { (void)read_checkpoint(file_of(bytes)); }); };
  read();
  if (bytes.size() < kHeaderBytes) return;
  std::uint64_t description = 0;
  std::memcpy(&description, &bytes[kDescriptionBytesAt], sizeof description);
  const auto rest = bytes.size() - kHeaderBytes;
  if (description > rest) std::memcpy(&bytes[kDescriptionBytesAt], &(description = rest), sizeof description);
  const auto weights = std::uint64_t{rest - description};
  std::memcpy(&bytes[kWeightsBytesAt], &weights, sizeof weights);
  const auto sum = static_cast<std::uint32_t>(crc32_z(0, &bytes[kCheckedFrom], bytes.size() - kCheckedFrom));
  std::memcpy(&bytes[kChecksumAt], &sum, sizeof sum);
  read();
}
void read_checkpoint_bytes(const Bytes& bytes) { read_checkpoint_file(bytes); }

void read_xclbin_file(const Bytes& bytes) {
  try {
    (void)driver::read_xclbin(file_of(bytes));
  } catch (const std::runtime_error& error) {
    if (std::string_view(error.what()).find("xclbin '/proc/") == std::string_view::npos) throw;
  }
}

void read_contract(const Bytes& bytes) {
  try {
    (void)contract_generator::load(file_of(bytes));
  } catch (const contract_generator::ContractError&) {
  }
}

constexpr auto kTargets = std::to_array<Target>({{"idx", read_idx_file, idx_seeds},
                                                 {"archive", read_archive, archive_seeds},
                                                 {"picture", read_picture, picture_seeds},
                                                 {"aedat", read_aedat, recording_seeds},
                                                 {"nmnist", read_bin, nmnist_seeds},
                                                 {"prophesee", read_raw, prophesee_seeds},
                                                 {"numpy", read_numpy, numpy_seeds},
                                                 {"mat", read_mat_file, mat_seeds},
                                                 {"records", read_live_records, live_seeds},
                                                 {"nettalk", read_words, nettalk_seeds},
                                                 {"wav", read_wav, wav_seeds},
                                                 {"network", read_network, network_seeds},
                                                 {"experiment", read_experiment, experiment_seeds},
                                                 {"rows", read_result_rows, rows_seeds},
                                                 {"checkpoint", read_checkpoint_bytes, checkpoint_seeds},
                                                 {"xclbin", read_xclbin_file, xclbin_seeds},
                                                 {"contract", read_contract, contract_seeds},
                                                 {"nir", read_nir_tree, nir_seeds}});

}  // namespace

std::span<const Target> targets() { return kTargets; }

}  // namespace phasic::fuzz
