// SPDX-License-Identifier: Apache-2.0
/// A network with its weights on an engine: it answers, and it learns.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "phasic/network.hpp"
#include "phasic/results.hpp"

namespace phasic {

inline constexpr std::uint32_t kUnlabelled = 0xffff;  ///< label of a sample whose class is not known

/// What runs the network.
struct Target {
  std::string engine = "reference";            ///< "reference", "rtl64", "hls64", ... (docs/command-line.md)
  std::string engine_options = "{}";           ///< JSON object for the engine
  std::string transport = "local";             ///< "local": in this process; "xrt": a card, or the simulated one
  std::string xclbin = {};                     ///< of a card; empty: the one that was built for the engine
  unsigned device = 0;                         ///< card, with XRT
  unsigned compute_unit = 0;                   ///< of the card, with XRT; a unit has one user at a time
  std::chrono::milliseconds timeout{600'000};  ///< of a launch
};

/// A spike of an input.
struct AddressEvent {
  std::uint32_t step = 0, input = 0;
};

/// What is shown to the network. What it points to must live until the call that takes it returns.
struct Sample {
  std::span<const std::uint8_t> intensities = {};  ///< one an input; empty for events
  std::span<const AddressEvent> events = {};       ///< ascending in step, then input; only for networks that take events
  std::uint32_t label = kUnlabelled;
  bool restart = false;  ///< begins with no state, in a network that keeps it from sample to sample
};

/// The weights of a layer in the session's own memory: what is written here is there in the next run, and what is learned shows
/// here afterwards. Valid as long as the session, moved or not; not to be used while it works.
struct WeightsView {
  std::byte* data = nullptr;   ///< first weight of the first row
  std::uint32_t rows = 0;      ///< Layer::weight_rows
  std::uint32_t columns = 0;   ///< Layer::row_width
  std::size_t row_stride = 0;  ///< bytes from a row to the next
  std::uint32_t bits = 8;      ///< of a weight, two's complement, little endian: 8 or 16

  /// Throws InputError for a row or column that is not there.
  [[nodiscard]] std::int32_t get(std::uint32_t row, std::uint32_t column) const;
  /// Also for a value that does not fit the bits.
  void set(std::uint32_t row, std::uint32_t column, std::int32_t value) const;
};

struct RunOptions {
  bool trace = false;
  std::uint32_t launch_samples = 500;  ///< of a launch of the kernel, at most; changes no result
};

/// What a NIR file does not say, or is to be taken otherwise (docs/nir.md). Empty, 0 or none: what the metadata of the file
/// have, or what is usual.
struct NirOptions {
  std::optional<double> dt = {};             ///< seconds of a time step; no usual value
  std::string reset = {};                    ///< "zero", or "subtract"; no usual value
  std::string decay = "euler";               ///< or "exact"
  std::string input = {};                    ///< "event", or "intensity"
  std::uint32_t weight_bits = 0;             ///< 8, or 16
  std::uint32_t steps = 0;                   ///< time steps of a sample; 32
  std::optional<double> learning_rate = {};  ///< the last layer learns from its own errors; none: all are frozen
};

/// Used by one thread at a time. A move leaves a value that can only be assigned to or go.
class Session {
 public:
  /// Opens the engine and draws the initial weights. Throws InputError for what does not fit the engine and DeviceError for
  /// what cannot be opened.
  explicit Session(Network network, const Target& target = {});
  /// Goes on from a checkpoint file, of this class or of `phasic learn`: its network, weights, and place in the stream.
  [[nodiscard]] static Session from_checkpoint(const std::filesystem::path& file, const Target& target = {});
  /// A network and its weights from a NIR file. Throws InputError naming the file, the node and the reason.
  [[nodiscard]] static Session from_nir(const std::filesystem::path& file, const NirOptions& options = {},
                                        const Target& target = {});
  Session(Session&& other) noexcept;
  Session& operator=(Session&& other) noexcept;
  ~Session();

  [[nodiscard]] const Network& network() const;
  /// A line about the engine, for people.
  [[nodiscard]] std::string describe() const;
  /// Samples learned so far: the place in the learning stream, which rates of schedules follow.
  [[nodiscard]] std::uint64_t position() const;

  /// For networks that need it: filters, bias, threshold and scale come from these samples, which will be the first ones that
  /// are learned. Throws InputError if they allow none.
  void prepare(std::span<const Sample> samples);

  /// Learns the samples in their order. Their answers are those before each was learned. Throws InputError for a sample that
  /// does not fit, before any is learned, and DeviceError, after which the weights are those of the last launch that ended
  /// well.
  Results learn(std::span<const Sample> samples, const RunOptions& options = {});
  /// Answers without learning. The same samples get the same answers, however often they are shown. In a network that keeps
  /// state the first sample begins with none, and the others go on.
  [[nodiscard]] Results run(std::span<const Sample> samples, const RunOptions& options = {});

  /// Of layer 0, 1, ... Throws InputError for a layer that is not there.
  [[nodiscard]] WeightsView weights(std::size_t layer);

  /// Writes beside the file and renames. Throws InputError.
  void save(const std::filesystem::path& file) const;
  /// Writes network and weights as NIR, a time step as `dt` seconds. Throws InputError, also for what NIR has no node for.
  void save_nir(const std::filesystem::path& file, double dt = 1e-3) const;

 private:
  struct Inner;
  explicit Session(std::unique_ptr<Inner> inner);
  std::unique_ptr<Inner> inner_;
};

}  // namespace phasic
