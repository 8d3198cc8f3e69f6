// SPDX-License-Identifier: Apache-2.0
/// The forms that data sets are published in, and who reads each. A new form is a static member here, and a source file with
/// its reader and the member's definition.
#pragma once

#include <string_view>

namespace phasic::runtime {

struct Dataset;
struct RawSet;
struct SetSource;
enum class Part;

struct Form {
  // Which fields of a request have a meaning.
  bool images = false;      ///< samples are pictures
  bool recordings = false;  ///< samples are address events
  bool sounds = false;      ///< samples are spectra
  bool words = false;       ///< samples are letters of words
  bool files = false;       ///< a file holds one sample, so that a damaged one can be left out
  bool validation = false;  ///< there may be a part for validation

  /// Samples with names of classes; or, for files that hold labels as numbers, a part as it stands. One of them is there.
  RawSet (*read)(const SetSource& source) = nullptr;
  Dataset (*read_part)(const SetSource& source, Part part) = nullptr;

  static const Form kIdx;               ///< two IDX files a part
  static const Form kPictures;          ///< PNG and JPEG files; a rule tells class and part from the path
  static const Form kCifarBatches;      ///< CIFAR-10's binary batches
  static const Form kCifarSheets;       ///< CIFAR-10 as PNG sheets, one row of pixels an image, with a CSV file of labels
  static const Form kNumberedPictures;  ///< train_images/NNNNN.png with train_labels.csv, and the same for test
  static const Form kSounds;            ///< WAV files; a rule tells class and part from the path
  static const Form kNettalk;           ///< NETtalk's word list
  static const Form kRecordings;        ///< event recordings; a rule tells class and part from the path
  static const Form kListedRecordings;  ///< event recordings numbered in lists of labels
  static const Form kSpikeFiles;        ///< an HDF5 file of spikes a part
  static const Form kCutRecordings;     ///< long event recordings, in two lists, each with a table of its labelled pieces
};

}  // namespace phasic::runtime
