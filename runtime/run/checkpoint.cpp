// SPDX-License-Identifier: Apache-2.0
#include "runtime/run/checkpoint.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>
#include <zlib.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <nlohmann/json.hpp>

#include "runtime/base/error.hpp"
#include "runtime/base/json_node.hpp"
#include "runtime/network/program.hpp"

namespace phasic::runtime {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

constexpr char kMagic[9] = "PHASICCK";
constexpr auto kOrders = std::to_array<std::string_view>({"file", "shuffled"});
constexpr std::size_t kVersionAt = 8, kChecksumAt = 12, kCheckedFrom = 16, kDescriptionBytesAt = 16, kWeightsBytesAt = 24,
                      kHeaderBytes = 32;

template <class T>
void put(std::vector<char>& bytes, std::size_t at, T value) {
  std::memcpy(bytes.data() + at, &value, sizeof value);
}

template <class T>
T get(const std::vector<char>& bytes, std::size_t at) {
  T value;
  std::memcpy(&value, bytes.data() + at, sizeof value);
  return value;
}

std::uint32_t checksum_of(const std::vector<char>& bytes) {
  return static_cast<std::uint32_t>(
      crc32_z(0, reinterpret_cast<const Bytef*>(bytes.data()) + kCheckedFrom, bytes.size() - kCheckedFrom));
}

/// A file descriptor that is closed on every path.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : number_(::open(path.c_str(), flags, 0666)) {}
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  ~Descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

void replace_file(const fs::path& file, const std::vector<char>& bytes) {
  const auto beside = fs::path(file.string() + ".partial");
  const auto fail = [&](std::string_view what) {
    const auto reason = errno;
    throw InputError(file.string(), "", fmt::format("cannot be written: {}: {}", what, std::strerror(reason)));
  };
  {
    const Descriptor out(beside, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC);
    if (out.number() < 0) fail("open " + beside.string());
    for (std::size_t done = 0; done < bytes.size();) {
      const auto part = ::write(out.number(), bytes.data() + done, bytes.size() - done);
      if (part < 0 && errno == EINTR) continue;
      if (part < 0) fail("write");
      done += static_cast<std::size_t>(part);
    }
    if (::fsync(out.number()) != 0) fail("fsync");
  }
  if (::rename(beside.c_str(), file.c_str()) != 0) fail("rename");
  // The rename itself is safe only when the folder is on disk too.
  const auto folder = file.has_parent_path() ? file.parent_path() : fs::path(".");
  if (const Descriptor directory(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC); directory.number() >= 0)
    (void)::fsync(directory.number());
}

}  // namespace

void write_checkpoint(const fs::path& file, const Checkpoint& checkpoint) {
  const json description = {{"network", canonical(checkpoint.network)},
                            {"data",
                             {{"name", checkpoint.data_name},
                              {"samples", checkpoint.data_samples},
                              {"checksum", checkpoint.data_checksum},
                              {"order", name(checkpoint.order)}}},
                            {"position", checkpoint.position},
                            {"curve", checkpoint.curve.correct}};
  const auto text = description.dump();
  std::vector<char> bytes(kHeaderBytes + text.size() + checkpoint.weights.size());
  std::memcpy(bytes.data(), kMagic, 8);
  put(bytes, kVersionAt, kCheckpointVersion);
  put(bytes, kDescriptionBytesAt, std::uint64_t{text.size()});
  put(bytes, kWeightsBytesAt, std::uint64_t{checkpoint.weights.size()});
  std::memcpy(bytes.data() + kHeaderBytes, text.data(), text.size());
  std::memcpy(bytes.data() + kHeaderBytes + text.size(), checkpoint.weights.data(), checkpoint.weights.size());
  put(bytes, kChecksumAt, checksum_of(bytes));
  replace_file(file, bytes);
}

Checkpoint read_checkpoint(const fs::path& file) {
  const auto path = file.string();
  std::error_code failure;
  if (fs::is_directory(file, failure)) throw InputError(path, "", "is a folder, not a checkpoint");
  // Everything comes from one open file: another process may replace the name between two looks at it.
  std::ifstream stream(file, std::ios::binary | std::ios::ate);
  if (!stream) throw InputError(path, "", fmt::format("cannot be read: {}", std::strerror(errno)));
  const auto size = static_cast<std::uint64_t>(stream.tellg());
  if (size > (std::uint64_t{1} << 32))
    throw InputError(path, "size", fmt::format("{} bytes are too many for a checkpoint", size));
  std::vector<char> bytes(size);
  stream.seekg(0);
  stream.read(bytes.data(), static_cast<std::streamsize>(size));
  if (!stream) throw InputError(path, "", "cannot be read");

  if (size < 8 || std::memcmp(bytes.data(), kMagic, 8) != 0)
    throw InputError(path, "magic", "the file is not a phasic checkpoint");
  if (size < kHeaderBytes)
    throw InputError(path, "size", fmt::format("{} bytes; the header alone has {}: the file is truncated", size, kHeaderBytes));
  if (const auto version = get<std::uint32_t>(bytes, kVersionAt); version != kCheckpointVersion) {
    throw InputError(path, "version", fmt::format("{}; this program reads version {}", version, kCheckpointVersion));
  }
  const auto description_bytes = get<std::uint64_t>(bytes, kDescriptionBytesAt),
             weights_bytes = get<std::uint64_t>(bytes, kWeightsBytesAt);
  if (description_bytes > size || weights_bytes > size || kHeaderBytes + description_bytes + weights_bytes != size) {
    throw InputError(path, "size",
                     fmt::format("{} bytes; its header asks for {} + {} + {}: the file is truncated or damaged", size,
                                 kHeaderBytes, description_bytes, weights_bytes));
  }
  if (const auto stored = get<std::uint32_t>(bytes, kChecksumAt), found = checksum_of(bytes); stored != found) {
    throw InputError(path, "checksum",
                     fmt::format("{:#010x} is stored, the content gives {:#010x}: the file is damaged", stored, found));
  }

  const auto document = parse_json(std::string_view(bytes.data() + kHeaderBytes, description_bytes), path);
  const JsonNode root(document, path, "");
  root.expect_object({"network", "data", "position", "curve"});
  Checkpoint checkpoint;
  checkpoint.network = parse_network(root.at("network").value(), path);
  const auto data = root.at("data");
  data.expect_object({"name", "samples", "checksum", "order"});
  checkpoint.data_name = data.at("name").text();
  checkpoint.data_samples = static_cast<std::uint64_t>(data.at("samples").integer(1, INT64_MAX));
  checkpoint.data_checksum = static_cast<std::uint32_t>(data.at("checksum").integer(0, UINT32_MAX));
  checkpoint.order = static_cast<Order>(data.at("order").one_of(kOrders));
  checkpoint.position = static_cast<std::uint64_t>(root.at("position").integer(0, INT64_MAX));
  const auto curve = root.at("curve");
  const auto blocks = checkpoint.position / Curve::kBlock + (checkpoint.position % Curve::kBlock != 0 ? 1 : 0);
  curve.expect_array(blocks, blocks);
  for (std::size_t n = 0; n < curve.value().size(); ++n) {
    checkpoint.curve.correct.push_back(static_cast<std::uint32_t>(curve.at(n).integer(0, Curve::kBlock)));
  }
  checkpoint.curve.samples = checkpoint.position;
  if (const auto wanted = layout_of(checkpoint.network).weights_bytes; wanted != weights_bytes) {
    throw InputError(path, "weights", fmt::format("{} bytes; the network needs {}", weights_bytes, wanted));
  }
  const auto* weights = reinterpret_cast<const std::byte*>(bytes.data() + kHeaderBytes + description_bytes);
  checkpoint.weights.assign(weights, weights + weights_bytes);
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
