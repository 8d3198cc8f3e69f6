// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/file_formats.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "runtime/base/error.hpp"
#include "runtime/data/picture.hpp"
#include "runtime/data/recording.hpp"
#include "runtime/data/sound.hpp"

namespace phasic::runtime {
namespace {

using namespace std::string_view_literals;

/// `start` are the first bytes of such a file, by which it is told; where they are empty, the name tells. A reader takes the
/// camera that the user names, too, and may leave it alone.
template <class Value, class... More>
struct FileFormat {
  std::string_view name;
  std::array<std::string_view, 2> endings;
  std::string_view start;
  Value (*read)(const StoredFile& file, More...);
};

// A new format of a file is a row here and its reader, which may be declared here as well.
constexpr auto kPictures = std::to_array<FileFormat<Picture>>({
    {"PNG", {".png"}, "\x89PNG"sv, decode_png},
    {"JPEG", {".jpg", ".jpeg"}, "\xff\xd8\xff"sv, decode_jpeg},
});
constexpr auto kRecordings = std::to_array<FileFormat<Recording, std::string_view>>({
    {"AEDAT 2.0", {".aedat", ".aedat2"}, "#!AER-DAT2."sv, read_aedat2},
    {"AEDAT 3.1", {".aedat", ".aedat3"}, "#!AER-DAT3."sv, read_aedat3},
    {"AEDAT 4.0", {".aedat4"}, "#!AER-DAT4."sv, read_aedat4},
    {"EVT 2.0 and 3.0, DAT", {".raw", ".dat"}, "% "sv, read_prophesee},
    {"numpy's array", {".npy"}, "\x93NUMPY"sv, read_npy},
    {"numpy's arrays", {".npz"}, "PK\x03\x04"sv, read_npz},
    {"MATLAB's matrix", {".mat"}, "MATLAB "sv, read_mat},
    {"N-MNIST's", {".bin", ".bs2"}, ""sv, read_nmnist},
});
constexpr auto kSounds = std::to_array<FileFormat<Sound>>({
    {"WAV", {".wav"}, ""sv, decode_wav},
});

bool starts_with(const StoredFile& file, std::string_view text) {
  return file.bytes.size() >= text.size() &&
         std::equal(text.begin(), text.end(), file.bytes.begin(),
                    [](char letter, std::uint8_t byte) { return static_cast<std::uint8_t>(letter) == byte; });
}

bool ends_so(std::string_view path, const std::array<std::string_view, 2>& endings) {
  return std::any_of(endings.begin(), endings.end(),
                     [&](std::string_view ending) { return !ending.empty() && has_ending(path, ending); });
}

bool has_row(std::string_view path, const auto& formats) {
  return std::any_of(formats.begin(), formats.end(), [&](const auto& format) { return ends_so(path, format.endings); });
}

std::string names_of(const auto& formats) {
  std::string names;
  for (const auto& format : formats) names += fmt::format("{}{}", names.empty() ? "" : ", ", format.name);
  return names;
}

std::string endings_of(const auto& formats) {
  std::string text;
  for (const auto& format : formats) {
    for (const auto ending : format.endings) {
      if (!ending.empty() && text.find(fmt::format("{},", ending)) == std::string::npos) text += fmt::format("{}, ", ending);
    }
  }
  return text.substr(0, text.size() - 2);
}

/// First by content, then by name.
auto read_any(const StoredFile& file, const auto& formats, std::string_view what, const auto&... more) {
  if (file.bytes.empty() &&
      !std::any_of(formats.begin(), formats.end(), [](const auto& format) { return format.start.empty(); }))
    throw InputError(file.origin, "magic", "the file is empty");
  for (const auto& format : formats) {
    if (!format.start.empty() && starts_with(file, format.start)) return format.read(file, more...);
  }
  for (const auto& format : formats) {
    if (format.start.empty() && ends_so(file.path, format.endings)) return format.read(file, more...);
  }
  throw InputError(file.origin, "magic", fmt::format("no {} of a form that is read: {}", what, names_of(formats)));
}

}  // namespace

bool has_ending(std::string_view path, std::string_view ending) {
  if (path.size() < ending.size()) return false;
  path.remove_prefix(path.size() - ending.size());
  return std::equal(path.begin(), path.end(), ending.begin(), [](char given, char wanted) {
    return (given >= 'A' && given <= 'Z' ? static_cast<char>(given + 'a' - 'A') : given) == wanted;
  });
}

bool is_picture_name(std::string_view path) { return has_row(path, kPictures); }
bool is_recording_name(std::string_view path) { return has_row(path, kRecordings); }
bool is_sound_name(std::string_view path) { return has_row(path, kSounds); }

std::optional<FileKind> kind_of(std::string_view path) {
  if (is_picture_name(path)) return FileKind::kPicture;
  if (is_recording_name(path)) return FileKind::kRecording;
  if (is_sound_name(path)) return FileKind::kSound;
  return std::nullopt;
}

std::string described(FileKind kind) {
  switch (kind) {
    case FileKind::kPicture:
      return fmt::format("pictures ({})", endings_of(kPictures));
    case FileKind::kRecording:
      return fmt::format("recordings ({})", endings_of(kRecordings));
    case FileKind::kSound:
      break;
  }
  return fmt::format("sounds ({})", endings_of(kSounds));
}

Picture decode_picture(const StoredFile& file) { return read_any(file, kPictures, "picture"); }

Recording read_recording(const StoredFile& file, std::string_view camera) {
  constexpr std::string_view kAedat = "#!AER-DAT";
  if (starts_with(file, kAedat) && file.bytes.size() > kAedat.size()) {
    const auto digit = file.bytes[kAedat.size()];
    if (digit < '2' || digit > '4') {
      const auto begin = file.bytes.begin() + kAedat.size();
      const std::string rest(begin,
                             begin + static_cast<std::ptrdiff_t>(std::min<std::size_t>(3, file.bytes.size() - kAedat.size())));
      throw InputError(file.origin, "version", fmt::format("AEDAT \"{}\"; 2.0, 3.1 and 4.0 are read", rest));
    }
  }
  return read_any(file, kRecordings, "recording", camera);
}

Sound decode_sound(const StoredFile& file) { return read_any(file, kSounds, "sound"); }

}  // namespace phasic::runtime
