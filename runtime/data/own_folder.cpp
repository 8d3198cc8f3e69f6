// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/own_folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "runtime/base/error.hpp"
#include "runtime/data/file_formats.hpp"
#include "runtime/data/idx.hpp"
#include "runtime/data/raw_set.hpp"

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

const std::vector<std::string> kIdxStems{"train", "t10k"};

const Form& form_of(FileKind kind) {
  switch (kind) {
    case FileKind::kPicture:
      return Form::kPictures;
    case FileKind::kRecording:
      return Form::kRecordings;
    case FileKind::kSound:
      break;
  }
  return Form::kSounds;
}

/// Their labels are numbers; the largest of both parts tells how many classes there are.
OwnFolder idx_folder(const DataRequest& request, Wanted wanted) {
  const fs::path folder = request.folder;
  OwnFolder own;
  own.known.name = request.name.empty() ? request.folder : request.name;
  own.known.form = &Form::kIdx;
  const auto located = locate_idx(folder, kIdxStems, wanted);
  if (!located) {
    const auto& missing = find_idx_files(folder, kIdxStems[0]) ? kIdxStems[1] : kIdxStems[0];
    throw InputError(folder.string(), "folder",
                     fmt::format("there is no {0}-images-idx3-ubyte with {0}-labels-idx1-ubyte (or .gz)", missing));
  }
  own.located = *located;
  std::uint8_t largest = 0;
  for (const auto at : {1, 3}) {
    if (own.located.files[at].empty()) continue;
    const auto labels = read_idx(own.located.files[at], 1).bytes;
    largest = std::max(largest, *std::max_element(labels.begin(), labels.end()));
  }
  for (unsigned label = 0; label <= largest; ++label) own.known.classes.push_back(std::to_string(label));
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder, ignored)) {
    const auto& files = own.located.files;
    if (std::find(files.begin(), files.end(), entry.path()) != files.end()) continue;
    own.left_out.add("beside the IDX files", entry.path().filename().string() + (entry.is_directory(ignored) ? "/" : ""));
  }
  return own;
}

}  // namespace

OwnFolder look_into(const DataRequest& request, Wanted wanted) {
  const fs::path folder = request.folder;
  std::error_code failure;
  if (!fs::exists(folder, failure)) throw InputError("", "folder", fmt::format("{} is not there", folder.string()));
  if (find_idx_files(folder, kIdxStems[0]) || find_idx_files(folder, kIdxStems[1])) return idx_folder(request, wanted);
  if (fs::is_regular_file(folder, failure) && kind_of(folder.string())) {
    throw InputError(
        folder.string(), "folder",
        "is one file; a folder or archive with such files by class is needed, and `phasic data show` shows one recording");
  }
  OwnFolder own;
  own.known.name = folder.filename().empty() ? folder.parent_path().filename().string() : folder.filename().string();
  own.known.place = place_by_folder;
  own.known.usual.mixed = true;
  own.located = {folder, {folder}};
  std::map<FileKind, std::string> first;  // file of each kind
  PassedOver passed;
  const auto lists = read_located(
      own.located,
      [&](std::string_view path) {
        const auto kind = kind_of(path);
        if (kind && place_by_folder(path)) first.emplace(*kind, path);
        return PartLists::is_list(path);
      },
      &passed);
  // Without its list a file for testing would be one for training.
  for (const auto& message : passed.unreadable) {
    if (PartLists::is_named_in(message)) throw InputError(message);
  }
  if (first.empty()) {
    throw InputError(
        folder.string(), "folder",
        fmt::format("holds no {}, {} or {} in folders by class, and no IDX files (train-images-idx3-ubyte and so on)",
                    described(FileKind::kPicture), described(FileKind::kRecording), described(FileKind::kSound)));
  }
  if (first.size() > 1) {
    const auto &one = *first.begin(), &other = *std::next(first.begin());
    const auto word = [](FileKind kind) { return described(kind).substr(0, described(kind).find(' ')); };
    throw InputError(
        folder.string(), "folder",
        fmt::format("holds both {} and {}: {} and {}", word(one.first), word(other.first), one.second, other.second));
  }
  own.known.form = &form_of(first.begin()->first);
  own.located.lists = PartLists(lists);
  return own;
}

}  // namespace phasic::runtime
