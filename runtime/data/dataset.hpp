// SPDX-License-Identifier: Apache-2.0
/// Labelled samples, and where they are found: images, or what else comes as one intensity an input, or address events.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace phasic::runtime {

struct Network;

struct Dataset {
  std::string name;  ///< such as "fashion-mnist, training"
  std::string images_file, labels_file;
  std::uint32_t rows = 0, columns = 0;
  std::uint32_t channels = 1;        ///< input = (channel * rows + row) * columns + column; polarities of events are channels
  std::vector<std::uint8_t> pixels;  ///< inputs() bytes a sample; empty if the samples are events
  std::vector<std::uint8_t> labels;
  std::uint32_t checksum = 0;  ///< crc32 over pixels, labels, events and chunks

  /// Samples that are address events: the kernel's words (step << 16 | input) of all samples, one after the other, ascending
  /// within each; sample n has those from event_starts[n] up to event_starts[n + 1]. Both are empty for intensities.
  std::vector<std::uint32_t> events;
  std::vector<std::size_t> event_starts;
  std::uint32_t steps = 0;  ///< time steps that the events are binned to, or those of a chunk

  /// Recordings in chunks: each is several samples of the kernel, and its state goes on from one to the next. Recording n has
  /// those from chunk_starts[n] up to chunk_starts[n + 1], at least one; its words are those of its chunks, one after the
  /// other, ascending within each. All are empty or 0 where a sample is one sample of the kernel.
  std::vector<std::uint32_t> chunk_words;  ///< words of each chunk of all recordings
  std::vector<std::size_t> chunk_starts;
  std::int64_t step_microseconds = 0;

  /// What was left out of the set and why, a line each, for people.
  std::vector<std::string> notes;

  [[nodiscard]] std::size_t size() const { return labels.size(); }
  [[nodiscard]] std::uint32_t inputs() const { return channels * rows * columns; }
  [[nodiscard]] bool has_events() const { return !event_starts.empty(); }
  [[nodiscard]] bool has_chunks() const { return !chunk_starts.empty(); }
  [[nodiscard]] std::span<const std::uint8_t> image(std::size_t n) const {
    return has_events() ? std::span<const std::uint8_t>() : std::span(pixels).subspan(n * inputs(), inputs());
  }
  [[nodiscard]] std::span<const std::uint32_t> events_of(std::size_t n) const {
    if (!has_events()) return {};
    return std::span(events).subspan(event_starts[n], event_starts[n + 1] - event_starts[n]);
  }
  /// Words of each chunk of a recording; empty if it is none.
  [[nodiscard]] std::span<const std::uint32_t> chunks_of(std::size_t n) const {
    if (!has_chunks()) return {};
    return std::span(chunk_words).subspan(chunk_starts[n], chunk_starts[n + 1] - chunk_starts[n]);
  }
  /// Samples of the kernel that sample n is.
  [[nodiscard]] std::size_t kernel_samples(std::size_t n) const { return has_chunks() ? chunks_of(n).size() : 1; }
};

/// crc32 over pixels, labels, events and chunks.
[[nodiscard]] std::uint32_t checksum_of(const Dataset& data);

/// Reads images and labels; refuses counts that differ.
[[nodiscard]] Dataset read_dataset(const std::string& name, const std::filesystem::path& images,
                                   const std::filesystem::path& labels);

/// What the user said about the data.
struct DataOptions {
  std::string data = "fashion-mnist";  ///< a name, a folder, or a JSON object (docs/data.md)
  std::string images, labels;          ///< explicit files instead (both or none)
  std::uint32_t steps = 0;             ///< time steps that event recordings are binned to; 0: the set's usual number
};
enum class Part { kTraining, kTest };

/// Folders where a named data set is looked for, in order: $PHASIC_DATA/<name>, <build>/data/<name>, the system's.
[[nodiscard]] std::vector<std::filesystem::path> data_roots_of(const std::string& name);
/// The same, but a name that is a folder, or has a slash, stands for that folder alone.
[[nodiscard]] std::vector<std::filesystem::path> data_folders(const std::string& name);

/// The files of a part, if they are there.
struct DataFiles {
  std::filesystem::path images, labels;
};
/// <stem>-images-idx3-ubyte and <stem>-labels-idx1-ubyte in a folder, with '.' for the second '-' or .gz at the end, too.
[[nodiscard]] std::optional<DataFiles> find_idx_files(const std::filesystem::path& folder, const std::string& stem);
[[nodiscard]] std::optional<DataFiles> find_data(const std::string& name, Part part);

/// Finds and reads. Throws InputError that lists the folders tried.
[[nodiscard]] Dataset load_data(const DataOptions& options, Part part);

/// Refuses a data set whose images are not `inputs` pixels, or with a label that is not less than `classes`.
void check_fits(const Dataset& data, std::uint32_t inputs, std::uint32_t classes, const std::string& network_file);

/// The same, and refuses event recordings for a network that takes intensities or has other steps, and those in chunks for one
/// that keeps no state.
void check_fits(const Dataset& data, const Network& network);

/// The samples of these indices, in their order, as a data set of its own.
[[nodiscard]] Dataset pick(const Dataset& data, std::span<const std::uint32_t> indices, const std::string& name);

/// Samples [first, first + count) as a data set of its own.
[[nodiscard]] Dataset slice(const Dataset& data, std::size_t first, std::size_t count, const std::string& name);

}  // namespace phasic::runtime
