// SPDX-License-Identifier: Apache-2.0
#include "runtime/base/json_place.hpp"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace phasic::runtime {
namespace {

const nlohmann::json kDocument = {{"layers", {{{"neurons", 10}}, {{"neurons", 20}}}}, {"a/b", nullptr}};

TEST(JsonPlace, ValuesOfObjectsAndListsAreFound) {
  EXPECT_EQ(find_place(kDocument, ""), &kDocument);
  EXPECT_EQ(find_place(kDocument, "/layers/1/neurons"), &kDocument["layers"][1]["neurons"]);
  EXPECT_EQ(find_place(kDocument, "/a~1b"), &kDocument["a/b"]);
}

TEST(JsonPlace, WhatIsNotThereOrIsNoPlaceIsNotFound) {
  // No list has an element 2^64 - 1; 2^64 is no index of 64 bits.
  for (const char* const place :
       {"/layer", "/layers/2", "/layers/-", "/layers/01", "/layers/1x", "/layers/18446744073709551615",
        "/layers/18446744073709551616", "/layers/1/neurons/0", "layers", "/a~b", "/a~"}) {
    EXPECT_EQ(find_place(kDocument, place), nullptr) << place;
  }
}

}  // namespace
}  // namespace phasic::runtime
