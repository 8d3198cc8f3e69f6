// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/spike_file.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <set>

#include "runtime/base/error.hpp"
#include "runtime/base/files.hpp"
#include "runtime/base/hdf5_file.hpp"
#include "runtime/data/packed_file.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;
using hdf5::Handle;

constexpr std::size_t kMostRecordings = std::size_t{1} << 24, kLongestList = std::size_t{1} << 24;
constexpr std::size_t kMostNameCharacters = std::size_t{1} << 20;
constexpr std::uint64_t kLargestSpikeFile = std::uint64_t{1} << 36;
constexpr std::size_t kRecordingsAtOnce = 32;  ///< recordings that are read at a time
constexpr double kLatestSpike = 1e6;           ///< seconds

/// A name in the folder for temporary files that is removed on every path; empty: none.
struct TemporaryName {
  TemporaryName() = default;
  TemporaryName(const TemporaryName&) = delete;
  TemporaryName& operator=(const TemporaryName&) = delete;
  ~TemporaryName() { remove(); }
  void remove() {
    if (!name.empty()) (void)::unlink(name.c_str());
    name.clear();
  }
  std::string name;
};

/// The file, or what it unpacks to if it is a gzip stream. The library opens files by name only.
class Unpacked {
 public:
  explicit Unpacked(const fs::path& file) : path_(file) {
    PackedFile from(file);
    if (!from.is_packed()) return;
    auto name = (fs::temp_directory_path() / "phasic-spikes-XXXXXX").string();
    const Descriptor to(::mkostemp(name.data(), O_CLOEXEC));
    if (!to.is_open()) fail_to_write(name, "open");
    copy_.name = name;
    path_ = name;
    std::vector<std::uint8_t> piece(std::size_t{1} << 20);
    std::uint64_t sum = 0;
    while (const auto got = from.read(piece)) {
      sum += got;
      if (sum > kLargestSpikeFile)
        throw InputError(file.string(), "gzip", fmt::format("unpacks to more than {} bytes", kLargestSpikeFile));
      write_all(to, {reinterpret_cast<const char*>(piece.data()), got}, name);
    }
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  /// What is open stays so without a name, and goes with the process, however that ends.
  void forget_name() { copy_.remove(); }

 private:
  TemporaryName copy_;
  fs::path path_;
};

/// What the library may take for the values of a recording; it asks for as much as a file says.
void* limited_list(std::size_t bytes, void*) { return bytes <= kLongestList * sizeof(double) ? std::malloc(bytes) : nullptr; }
void give_back_list(void* memory, void*) { std::free(memory); }

/// A data set with a list of values for each recording, read some recordings at a time.
class Lists {
 public:
  Lists(hid_t file, std::string name, std::string path, hid_t value, H5T_class_t stored)
      : name_(std::move(name)),
        path_(std::move(path)),
        set_(H5Dopen2(file, path_.c_str(), H5P_DEFAULT), H5Dclose),
        type_(H5Tvlen_create(value), H5Tclose),
        transfer_(H5Pcreate(H5P_DATASET_XFER), H5Pclose) {
    if (!set_.valid()) refuse("is not there");
    const auto shape = hdf5::shape_of(set_.id(), name_, path_);
    const Handle type(H5Dget_type(set_.id()), H5Tclose);
    if (H5Tget_class(type.id()) != H5T_VLEN || shape.size() != 1) refuse("is no row of lists");
    const Handle inside(H5Tget_super(type.id()), H5Tclose);
    const auto kind = H5Tget_class(inside.id());
    if (kind != stored && kind != H5T_INTEGER)
      refuse(stored == H5T_INTEGER ? "its lists are not of whole numbers" : "its lists are not of numbers");
    count_ = shape[0];
    if (H5Pset_vlen_mem_manager(transfer_.id(), limited_list, nullptr, give_back_list, nullptr) < 0) refuse("cannot be read");
  }
  [[nodiscard]] std::size_t count() const { return count_; }
  [[nodiscard]] const std::string& path() const { return path_; }

  /// Lists of some recordings, which the library took memory for.
  class Some {
   public:
    Some(const Lists& of, std::size_t first, std::size_t count)
        : of_(of), lists_(count), space_(H5Screate_simple(1, sides(count).data(), nullptr), H5Sclose) {
      const Handle from(H5Dget_space(of.set_.id()), H5Sclose);
      const hsize_t start = first, extent = count;
      if (H5Sselect_hyperslab(from.id(), H5S_SELECT_SET, &start, nullptr, &extent, nullptr) < 0 ||
          H5Dread(of.set_.id(), of.type_.id(), space_.id(), from.id(), of.transfer_.id(), lists_.data()) < 0) {
        give_all_back();
        throw InputError(of.name_, of.path_,
                         fmt::format("recordings {} to {} cannot be read, or have more than {} spikes", first,
                                     first + count - 1, kLongestList));
      }
    }
    Some(const Some&) = delete;
    Some& operator=(const Some&) = delete;
    ~Some() { give_all_back(); }
    [[nodiscard]] std::size_t size(std::size_t n) const { return lists_[n].len; }
    template <class Value>
    [[nodiscard]] const Value* values(std::size_t n) const {
      return static_cast<const Value*>(lists_[n].p);
    }

   private:
    static std::vector<hsize_t> sides(std::size_t count) { return {count}; }
    void give_all_back() { H5Dvlen_reclaim(of_.type_.id(), space_.id(), of_.transfer_.id(), lists_.data()); }

    const Lists& of_;
    std::vector<hvl_t> lists_;
    Handle space_;
  };

 private:
  [[noreturn]] void refuse(std::string_view problem) const { throw InputError(name_, path_, problem); }

  std::string name_, path_;
  Handle set_, type_, transfer_;
  std::size_t count_ = 0;
};

std::vector<std::uint8_t> read_labels(hid_t file, const std::string& name, std::size_t classes) {
  const std::string path = "labels";
  const Handle set(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!set.valid()) throw InputError(name, path, "is not there");
  const auto shape = hdf5::shape_of(set.id(), name, path);
  const Handle type(H5Dget_type(set.id()), H5Tclose);
  if (H5Tget_class(type.id()) != H5T_INTEGER || shape.size() != 1) throw InputError(name, path, "is no row of whole numbers");
  if (shape[0] == 0 || shape[0] > kMostRecordings)
    throw InputError(name, path, fmt::format("{} recordings; 1 to {} are read", shape[0], kMostRecordings));
  std::vector<long long> numbers(shape[0]);
  if (H5Dread(set.id(), H5T_NATIVE_LLONG, H5S_ALL, H5S_ALL, H5P_DEFAULT, numbers.data()) < 0)
    throw InputError(name, path, "cannot be read");
  std::vector<std::uint8_t> labels;
  for (std::size_t n = 0; n < numbers.size(); ++n) {
    if (numbers[n] < 0 || numbers[n] >= static_cast<long long>(classes))
      throw InputError(name, fmt::format("{}[{}]", path, n), fmt::format("{}; 0 to {} are legal", numbers[n], classes - 1));
    labels.push_back(static_cast<std::uint8_t>(numbers[n]));
  }
  return labels;
}

std::vector<std::string> read_names(hid_t file, const std::string& name, std::size_t classes) {
  const std::string path = "extra/keys";
  std::vector<std::string> names;
  const bool there = H5Lexists(file, "extra", H5P_DEFAULT) > 0 && H5Lexists(file, path.c_str(), H5P_DEFAULT) > 0;
  if (!there) {
    for (std::size_t n = 0; n < classes; ++n) names.push_back(std::to_string(n));
    return names;
  }
  const Handle set(H5Dopen2(file, path.c_str(), H5P_DEFAULT), H5Dclose);
  if (!set.valid()) throw InputError(name, path, "cannot be opened");
  const auto shape = hdf5::shape_of(set.id(), name, path);
  const Handle type(H5Dget_type(set.id()), H5Tclose);
  if (H5Tget_class(type.id()) != H5T_STRING || shape.size() != 1) throw InputError(name, path, "is no row of texts");
  if (shape[0] != classes) throw InputError(name, path, fmt::format("{} names; {} are needed", shape[0], classes));
  names = hdf5::read_texts(set.id(), classes, kMostNameCharacters, name, path);
  std::set<std::string_view> seen;
  for (std::size_t n = 0; n < names.size(); ++n) {
    if (names[n].empty() || !seen.insert(names[n]).second)
      throw InputError(name, fmt::format("{}[{}]", path, n),
                       fmt::format("\"{}\"; a name of its own is needed", names[n].substr(0, 60)));
  }
  return names;
}

}  // namespace

struct SpikeFile::Open {
  Open(const fs::path& path, SpikeFileSize wanted)
      : name(path.string()),
        size(wanted),
        content(path),
        file(hdf5::opened(content.path(), name)),
        labels(read_labels(file.id(), name, wanted.classes)),
        names(read_names(file.id(), name, wanted.classes)),
        times(file.id(), name, "spikes/times", H5T_NATIVE_DOUBLE, H5T_FLOAT),
        units(file.id(), name, "spikes/units", H5T_NATIVE_LLONG, H5T_INTEGER) {
    content.forget_name();
    for (const auto* const lists : {&times, &units}) {
      if (lists->count() != labels.size())
        throw InputError(name, lists->path(),
                         fmt::format("{} recordings, but there are {} labels", lists->count(), labels.size()));
    }
  }

  /// Recording `n` of some, which is `number` in the file.
  [[nodiscard]] Recording recording(const Lists::Some& some_times, const Lists::Some& some_units, std::size_t n,
                                    std::size_t number) const {
    const auto count = some_times.size(n);
    if (count != some_units.size(n))
      throw InputError(name, fmt::format("{}[{}]", units.path(), number),
                       fmt::format("{} spikes, but {} has {} times", some_units.size(n), times.path(), count));
    Recording recording{1, size.channels, {}};
    recording.polarities = 1;
    recording.events.reserve(count);
    const auto* const seconds = some_times.values<double>(n);
    const auto* const channels = some_units.values<long long>(n);
    for (std::size_t k = 0; k < count; ++k) {
      if (!(std::abs(seconds[k]) <= kLatestSpike))
        throw InputError(name, fmt::format("{}[{}][{}]", times.path(), number, k),
                         fmt::format("{}; at most {} seconds are read", seconds[k], kLatestSpike));
      if (channels[k] < 0 || channels[k] >= static_cast<long long>(size.channels))
        throw InputError(name, fmt::format("{}[{}][{}]", units.path(), number, k),
                         fmt::format("{}; 0 to {} are legal", channels[k], size.channels - 1));
      recording.events.push_back({std::llround(1e6 * seconds[k]), static_cast<std::uint16_t>(channels[k]), 0, false});
    }
    return recording;
  }

  std::string name;
  SpikeFileSize size;
  Unpacked content;
  Handle file;
  std::vector<std::uint8_t> labels;
  std::vector<std::string> names;
  Lists times, units;
};

SpikeFile::SpikeFile(const fs::path& file, SpikeFileSize size) : open_(std::make_unique<Open>(file, size)) {}
SpikeFile::~SpikeFile() = default;

const std::vector<std::uint8_t>& SpikeFile::labels() const { return open_->labels; }
const std::vector<std::string>& SpikeFile::names() const { return open_->names; }

void SpikeFile::for_each(const std::function<void(std::size_t number, const Recording& recording)>& take) const {
  const auto count = open_->labels.size();
  for (std::size_t first = 0; first < count; first += kRecordingsAtOnce) {
    const auto part = std::min(kRecordingsAtOnce, count - first);
    const Lists::Some times(open_->times, first, part), units(open_->units, first, part);
    for (std::size_t n = 0; n < part; ++n) take(first + n, open_->recording(times, units, n, first + n));
  }
}

}  // namespace phasic::runtime
