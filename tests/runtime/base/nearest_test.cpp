// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/nearest.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace phasic::runtime {
namespace {

TEST(EditsBetween, CountsLettersAddedLeftOutChangedAndSwapped) {
  EXPECT_EQ(edits_between("", ""), 0u);
  EXPECT_EQ(edits_between("mnist", "mnist"), 0u);
  EXPECT_EQ(edits_between("MNIST", "mnist"), 0u);
  EXPECT_EQ(edits_between("", "abc"), 3u);
  EXPECT_EQ(edits_between("abc", ""), 3u);
  EXPECT_EQ(edits_between("mnit", "mnist"), 1u);
  EXPECT_EQ(edits_between("mniist", "mnist"), 1u);
  EXPECT_EQ(edits_between("mnixt", "mnist"), 1u);
  EXPECT_EQ(edits_between("mnits", "mnist"), 1u);
  EXPECT_EQ(edits_between("kitten", "sitting"), 3u);
}

TEST(Nearest, IsANameThatMayHaveBeenMeant) {
  const std::vector<std::string> names{"mnist", "fashion-mnist", "cifar10", "shd", "ssc"};
  EXPECT_EQ(nearest("fashoin-mnist", names), "fashion-mnist");
  EXPECT_EQ(nearest("Fashion_MNIST", names), "fashion-mnist");
  EXPECT_EQ(nearest("cifar-10", names), "cifar10");
  EXPECT_EQ(nearest("sdh", names), "shd");
  EXPECT_EQ(nearest("my-pictures", names), "");
  EXPECT_EQ(nearest("", names), "");
  EXPECT_EQ(did_you_mean("mnits", names), " (did you mean \"mnist\"?)");
  EXPECT_EQ(did_you_mean("pictures", names), "");
}

}  // namespace
}  // namespace phasic::runtime
