// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/checkpoint.hpp"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>
#include <span>
#include <utility>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr char kMagic[] = "PHASICCK";
constexpr std::size_t kMagicBytes = sizeof kMagic - 1;
constexpr auto kCheckpointOrders = std::to_array<std::string_view>({"file", "shuffled"});
constexpr std::size_t kVersionAt = 8, kChecksumAt = 12, kCheckedFrom = 16, kDescriptionBytesAt = 16, kWeightsBytesAt = 24,
                      kHeaderBytes = 32;

using Preamble = std::array<char, kHeaderBytes>;

template <class T>
void put(Preamble& header, std::size_t at, T value) {
  std::memcpy(header.data() + at, &value, sizeof value);
}

template <class T>
T get(const Preamble& header, std::size_t at) {
  T value;
  std::memcpy(&value, header.data() + at, sizeof value);
  return value;
}

std::string_view characters_of(std::span<const std::byte> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Of all that follows the checksum.
std::uint32_t checksum_of(const Preamble& header, std::string_view description, std::string_view weights) {
  uLong sum = 0;
  for (const auto part : {std::string_view(header.data() + kCheckedFrom, kHeaderBytes - kCheckedFrom), description, weights})
    sum = crc32_z(sum, reinterpret_cast<const Bytef*>(part.data()), part.size());
  return static_cast<std::uint32_t>(sum);
}

/// Opened once: another process may replace the name between two looks at it.
struct OpenFile {
  std::string path;
  std::ifstream stream;
  std::uint64_t size = 0;

  explicit OpenFile(const fs::path& file) : path(file.string()) {
    std::error_code failure;
    if (fs::is_directory(file, failure)) throw InputError(path, "", "is a folder, not a checkpoint");
    stream.open(file, std::ios::binary | std::ios::ate);
    if (!stream) throw InputError(path, "", fmt::format("cannot be read: {}", std::strerror(errno)));
    size = static_cast<std::uint64_t>(stream.tellg());
    stream.seekg(0);
  }
  void read(char* to, std::size_t bytes) {
    if (!stream.read(to, static_cast<std::streamsize>(bytes))) throw InputError(path, "", "cannot be read");
  }
};

Preamble read_header(OpenFile& file) {
  Preamble header{};
  file.read(header.data(), std::min<std::uint64_t>(file.size, kHeaderBytes));
  if (!is_checkpoint(std::string_view(header.data(), std::min<std::uint64_t>(file.size, kHeaderBytes))))
    throw InputError(file.path, "magic", "the file is not a phasic checkpoint");
  if (file.size < kHeaderBytes) {
    throw InputError(file.path, "size",
                     fmt::format("{} bytes; the header alone has {}: the file is truncated", file.size, kHeaderBytes));
  }
  if (const auto version = get<std::uint32_t>(header, kVersionAt); version < 1 || version > kCheckpointVersion)
    throw InputError(file.path, "version", fmt::format("{}; this program reads versions 1 to {}", version, kCheckpointVersion));
  const auto description_bytes = get<std::uint64_t>(header, kDescriptionBytesAt),
             weights_bytes = get<std::uint64_t>(header, kWeightsBytesAt);
  if (description_bytes > file.size || weights_bytes > file.size ||
      kHeaderBytes + description_bytes + weights_bytes != file.size) {
    throw InputError(file.path, "size",
                     fmt::format("{} bytes; its header asks for {} + {} + {}: the file is truncated or damaged", file.size,
                                 kHeaderBytes, description_bytes, weights_bytes));
  }
  return header;
}

/// `position` samples in blocks, each full but the last one. Files of version 1 have blocks of 100 samples, however many.
Curve read_curve(const JsonNode& root, std::uint64_t position, std::uint32_t version) {
  Curve curve;
  curve.samples = position;
  if (version > 1) {
    const auto node = root.at("curve_block");
    curve.block = static_cast<std::uint64_t>(node.integer(Curve::kBlock, INT64_MAX));
    if (curve.block % Curve::kBlock != 0 || !std::has_single_bit(curve.block / Curve::kBlock))
      node.refuse(fmt::format("{} times a power of two is needed", Curve::kBlock));
  }
  const auto blocks = position / curve.block + (position % curve.block != 0 ? 1 : 0);
  const auto list = root.at("curve");
  list.expect_array(blocks, blocks);
  curve.correct.reserve(blocks);
  for (std::size_t n = 0; n < blocks; ++n) {
    const auto most = std::min(curve.block, position - n * curve.block);
    curve.correct.push_back(static_cast<std::uint64_t>(list.at(n).integer(0, static_cast<std::int64_t>(most))));
  }
  curve.shorten();
  return curve;
}

Checkpoint read_description(std::string_view text, const std::string& path, std::uint32_t version) {
  const auto document = parse_json(text, path);
  const JsonNode root(document, path, "");
  if (version == 1) {
    root.expect_object({"network", "data", "position", "curve"});
  } else {
    root.expect_object({"network", "data", "position", "curve", "curve_block"});
  }
  Checkpoint checkpoint;
  checkpoint.network = parse_network(root.at("network").value(), path);
  const auto data = root.at("data");
  data.expect_object({"name", "samples", "checksum", "order"});
  checkpoint.data_name = data.at("name").text();
  checkpoint.data_samples = static_cast<std::uint64_t>(data.at("samples").integer(1, INT64_MAX));
  checkpoint.data_checksum = static_cast<std::uint32_t>(data.at("checksum").integer(0, UINT32_MAX));
  checkpoint.order = static_cast<Order>(data.at("order").one_of(kCheckpointOrders));
  checkpoint.position = static_cast<std::uint64_t>(root.at("position").integer(0, INT64_MAX));
  checkpoint.curve = read_curve(root, checkpoint.position, version);
  return checkpoint;
}

}  // namespace

bool is_checkpoint(std::string_view beginning) { return beginning.starts_with(std::string_view(kMagic, kMagicBytes)); }

CheckpointFile::CheckpointFile(const fs::path& file) : file_(file) {}

void CheckpointFile::write(const Checkpoint& checkpoint) {
  json description = {{"network", canonical(checkpoint.network)},
                      {"data",
                       {{"name", checkpoint.data_name},
                        {"samples", checkpoint.data_samples},
                        {"checksum", checkpoint.data_checksum},
                        {"order", name(checkpoint.order)}}},
                      {"position", checkpoint.position},
                      {"curve", checkpoint.curve.correct}};
  // Programs that know version 1 alone take blocks for 100 samples.
  std::uint32_t version = 1;
  if (checkpoint.curve.block != Curve::kBlock) {
    description["curve_block"] = checkpoint.curve.block;
    version = kCheckpointVersion;
  }
  const auto text = description.dump();
  const auto weights = characters_of(checkpoint.weights);
  Preamble header{};
  std::memcpy(header.data(), kMagic, kMagicBytes);
  put(header, kVersionAt, version);
  put(header, kDescriptionBytesAt, std::uint64_t{text.size()});
  put(header, kWeightsBytesAt, std::uint64_t{weights.size()});
  put(header, kChecksumAt, checksum_of(header, text, weights));
  file_.replace(std::to_array<std::string_view>({{header.data(), header.size()}, text, weights}),
                written_ ? HeldFile::Old::kStays : HeldFile::Old::kGoes);
  written_ = true;
}

void write_checkpoint(const fs::path& file, const Checkpoint& checkpoint) { CheckpointFile(file).write(checkpoint); }

Checkpoint read_checkpoint(const fs::path& file) {
  OpenFile open(file);
  const auto header = read_header(open);
  std::string description(get<std::uint64_t>(header, kDescriptionBytesAt), '\0');
  std::vector<std::byte> weights(get<std::uint64_t>(header, kWeightsBytesAt));
  open.read(description.data(), description.size());
  open.read(reinterpret_cast<char*>(weights.data()), weights.size());
  if (const auto stored = get<std::uint32_t>(header, kChecksumAt),
      found = checksum_of(header, description, characters_of(weights));
      stored != found) {
    throw InputError(open.path, "checksum",
                     fmt::format("{:#010x} is stored, the content gives {:#010x}: the file is damaged", stored, found));
  }
  auto checkpoint = read_description(description, open.path, get<std::uint32_t>(header, kVersionAt));
  if (const auto wanted = layout_of(checkpoint.network).weights_bytes; wanted != weights.size()) {
    throw InputError(open.path, "weights", fmt::format("{} bytes; the network needs {}", weights.size(), wanted));
  }
  checkpoint.weights = std::move(weights);
  return checkpoint;
}

void check_same_network(const fs::path& file, const Checkpoint& checkpoint, const Network& network) {
  if (const auto difference = first_difference(checkpoint.network, network); !difference.empty()) {
    throw InputError(file.string(), "network", fmt::format("is not that of {}: {}", network.file, difference));
  }
}

void check_same_data(const fs::path& file, const Checkpoint& checkpoint, const Dataset& data, Order order) {
  if (checkpoint.data_samples != data.size()) {
    throw InputError(file.string(), "data.samples",
                     fmt::format("{}, but {} has {}", checkpoint.data_samples, data.name, data.size()));
  }
  if (checkpoint.data_checksum != data.checksum) {
    throw InputError(file.string(), "data.checksum",
                     fmt::format("{:#010x} of {}, but {} has {:#010x}", checkpoint.data_checksum, checkpoint.data_name,
                                 data.name, data.checksum));
  }
  if (checkpoint.order != order) {
    throw InputError(file.string(), "data.order", fmt::format("{}, but {} was asked for", name(checkpoint.order), name(order)));
  }
}

}  // namespace phasic::runtime
