// SPDX-License-Identifier: Apache-2.0
/// Entries of the catalogue: letters and symbols as picture files, sounds, words and event recordings.
#include "runtime/data/catalogue.hpp"
#include "runtime/data/synthetic_gestures.hpp"

namespace phasic::runtime {
namespace {

std::vector<std::string> letters() {
  std::vector<std::string> names;
  for (char letter = 'a'; letter <= 'z'; ++letter) names.emplace_back(1, letter);
  return names;
}

KnownSet synthetic_gestures() {
  constexpr std::uint32_t kTests = synthetic_test_gestures(kSyntheticGestureSamples);
  KnownSet set;
  set.name = "synthetic-gestures";
  set.title = "11 synthetic moving patterns, no recordings of people";
  set.form = &Form::kRecordings;
  set.folders = {"synthetic-gestures"};
  set.files = {{"train", "test"}};
  set.place = place_by_folder;
  set.usual.mixed = true;
  set.usual.downsample = 4;
  set.usual.window_microseconds = kSyntheticGestureMicroseconds;
  set.shape = {2, 32, 32};
  set.training = kSyntheticGestures.size() * (kSyntheticGestureSamples - kTests);
  set.test = kSyntheticGestures.size() * kTests;
  set.classes.assign(kSyntheticGestures.begin(), kSyntheticGestures.end());
  set.licence = "Apache-2.0";
  set.source = "`phasic data make synthetic-gestures`";
  return set;
}

KnownSet dvs_gesture() {
  KnownSet set;
  set.name = "dvs-gesture";
  set.title = "11 gestures of 29 people before an event camera";
  set.form = &Form::kCutRecordings;
  set.folders = {"dvs-gesture", "DvsGesture"};
  set.files = {{"trials_to_train.txt", "trials_to_test.txt"}};
  set.usual.mixed = true;
  set.usual.downsample = 4;
  set.shape = {2, 32, 32};
  set.training = 1176;
  set.test = 288;
  set.classes = {"hand_clapping",
                 "right_hand_wave",
                 "left_hand_wave",
                 "right_arm_clockwise",
                 "right_arm_counter_clockwise",
                 "left_arm_clockwise",
                 "left_arm_counter_clockwise",
                 "arm_roll",
                 "air_drums",
                 "air_guitar",
                 "other_gestures"};
  set.licence = "CC BY 4.0";
  set.source = "https://research.ibm.com/interactive/dvsgesture/, DvsGesture.tar.gz unpacked";
  return set;
}

KnownSet ncars() {
  KnownSet set;
  set.name = "ncars";
  set.title = "cars and other things before an event camera in traffic";
  set.form = &Form::kRecordings;
  set.folders = {"ncars", "n-cars", "Prophesee_Dataset_n_cars"};
  set.files = {{"n-cars_train", "n-cars_test"}, {"train", "test"}};
  set.place = place_in_ncars;
  set.usual.mixed = true;
  set.usual.camera = "100x120";
  set.shape = {2, 100, 120};
  set.training = 15422;
  set.test = 8607;
  set.classes = {"background", "cars"};
  set.licence = "its makers' terms";
  set.source = "https://www.prophesee.ai/dataset-n-cars-download/";
  return set;
}

/// The two Heidelberg spiking data sets, by the name that begins those of their files.
KnownSet heidelberg(const std::string& name, const std::string& folder) {
  KnownSet set;
  set.name = name;
  set.form = &Form::kSpikeFiles;
  set.folders = {name, folder};
  set.files = {{name + "_train.h5", name + "_test.h5"}, {name + "_train.h5.gz", name + "_test.h5.gz"}};
  set.usual.mixed = true;
  set.usual.validation = "leave_out";
  set.shape = {1, 1, 700};
  set.licence = "CC BY 4.0";
  set.source = "https://zenkelab.org/datasets/";
  return set;
}

KnownSet spoken_digits_as_spikes() {
  auto set = heidelberg("shd", "SHD");
  set.title = "English and German spoken digits as spikes of 700 channels";
  set.usual.window_microseconds = 1'400'000;
  set.training = 8156;
  set.test = 2264;
  set.class_count = 20;
  return set;
}

KnownSet spoken_commands_as_spikes() {
  auto set = heidelberg("ssc", "SSC");
  set.title = "35 spoken English words as spikes of 700 channels";
  set.usual.window_microseconds = 1'000'000;
  set.training = 75466;
  set.test = 20382;
  set.class_count = 35;
  return set;
}

KnownSet tactile_digits() {
  KnownSet set;
  set.name = "st-mnist";
  set.title = "digits written on a skin of 100 sensors of touch";
  set.form = &Form::kRecordings;
  set.folders = {"st-mnist", "STMNIST"};
  set.files = {{"STMNIST dataset NUS Tee Research Group.zip"},
               {"STMNIST dataset NUS Tee Research Group"},
               {"0", "1", "2", "3", "4", "5", "6", "7", "8", "9"}};
  set.place = place_of_tactile_digit;
  set.usual.mixed = true;
  set.shape = {2, 10, 10};
  set.training = 5562;
  set.test = 1391;
  set.classes = digits();
  set.licence = "its makers' terms";
  set.source = "https://scholarbank.nus.edu.sg/bitstream/10635/168106/2, STMNIST dataset NUS Tee Research Group.zip";
  return set;
}

}  // namespace

std::vector<KnownSet> sets_of_letters() {
  std::vector<KnownSet> sets;
  KnownSet set;

  set = {};
  set.name = "hand-letters";
  set.title = "photographed letters, 26 of both cases";
  set.form = &Form::kPictures;
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
  set.form = &Form::kPictures;
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
  set.form = &Form::kNumberedPictures;
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
  return sets;
}

std::vector<KnownSet> sets_of_signals() {
  std::vector<KnownSet> sets;
  KnownSet set;

  set = {};
  set.name = "fsdd";
  set.title = "spoken digits, as 30 bands by 30 frames";
  set.form = &Form::kSounds;
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
  set.form = &Form::kNettalk;
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
  set.form = &Form::kRecordings;
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
  set.form = &Form::kListedRecordings;
  set.folders = {"nmnist-small", "nmnist_small"};
  set.files = {{"nmnist_small.tar.xz"}, {"train1K.txt", "test100.txt", "1.bs2"}};
  set.place = nullptr;
  set.usual.mixed = false;
  set.training = 1000;
  set.test = 100;
  set.source = "https://github.com/bamsumit/slayerPytorch, test/test_files/NMNISTsmall";
  sets.push_back(set);
  sets.push_back(dvs_gesture());
  sets.push_back(ncars());
  sets.push_back(spoken_digits_as_spikes());
  sets.push_back(spoken_commands_as_spikes());
  sets.push_back(tactile_digits());
  sets.push_back(synthetic_gestures());
  return sets;
}

}  // namespace phasic::runtime
