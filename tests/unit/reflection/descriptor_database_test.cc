// SPDX-License-Identifier: Apache-2.0
#include "server/reflection/descriptor_database.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/text_format.h>
#include <gtest/gtest.h>

namespace cardata {
namespace {

using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Four files: top imports left and right, both import base. A service, every kind of symbol, and
// two extensions of a message, one of them in another file.
constexpr char kSet[] = R"pb(
  file {
    name: "base.proto"
    package: "a"
    message_type {
      name: "Base"
      field { name: "id" number: 1 type: TYPE_INT32 label: LABEL_OPTIONAL oneof_index: 0 }
      nested_type {
        name: "Inner"
        enum_type {
          name: "E"
          value { name: "E_ONE" number: 1 }
        }
      }
      extension_range { start: 100 end: 200 }
      oneof_decl { name: "choice" }
    }
    message_type { name: "Closed" }
    enum_type {
      name: "Colour"
      value { name: "RED" number: 0 }
    }
    extension {
      name: "late"
      number: 150
      type: TYPE_INT32
      label: LABEL_OPTIONAL
      extendee: ".a.Base"
    }
    source_code_info {
      location {
        span: [ 1, 2, 3 ]
        leading_comments: "About Base."
      }
    }
  }
  file { name: "left.proto" package: "a" dependency: "base.proto" }
  file {
    name: "right.proto"
    package: "b"
    dependency: "base.proto"
    extension {
      name: "early"
      number: 101
      type: TYPE_INT32
      label: LABEL_OPTIONAL
      extendee: ".a.Base"
    }
  }
  file {
    name: "top.proto"
    package: "c"
    dependency: "left.proto"
    dependency: "right.proto"
    dependency: "base.proto"
    service {
      name: "Z"
      method { name: "Do" input_type: ".a.Base" output_type: ".a.Closed" }
    }
    service { name: "A" }
  }
)pb";

FileDescriptorSet Set() {
  FileDescriptorSet set;
  EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(kSet, &set));
  return set;
}

class DescriptorDatabaseTest : public testing::Test {
 protected:
  // The names of the files, in their order; or what is wrong.
  static std::vector<std::string> Names(const DescriptorDatabase::Files& files) {
    if (!files.ok()) return {absl::StatusCodeToString(files.status().code())};
    std::vector<std::string> names;
    for (const std::string& bytes : *files) {
      FileDescriptorProto file;
      EXPECT_TRUE(file.ParseFromString(bytes));
      names.push_back(file.name());
    }
    return names;
  }

  const DescriptorDatabase database_ = *DescriptorDatabase::Create(Set().SerializeAsString());
};

TEST_F(DescriptorDatabaseTest, ListsServicesByName) {
  EXPECT_THAT(database_.services(), ElementsAre("c.A", "c.Z"));
}

TEST_F(DescriptorDatabaseTest, HandsOutAFileWithWhatItImportsEachOnce) {
  EXPECT_THAT(Names(database_.FindFile("base.proto")), ElementsAre("base.proto"));
  EXPECT_THAT(Names(database_.FindFile("top.proto")),
              ElementsAre("top.proto", "left.proto", "right.proto", "base.proto"));
}

TEST_F(DescriptorDatabaseTest, KeepsComments) {
  FileDescriptorProto file;
  ASSERT_TRUE(file.ParseFromString(database_.FindFile("base.proto")->front()));
  EXPECT_EQ(file.SerializeAsString(), Set().file(0).SerializeAsString());
  EXPECT_EQ(file.source_code_info().location(0).leading_comments(), "About Base.");
}

TEST_F(DescriptorDatabaseTest, FindsEveryKindOfSymbol) {
  for (const char* symbol : {"a.Base", "a.Base.id", "a.Base.choice", "a.Base.Inner",
                             "a.Base.Inner.E", "a.Base.Inner.E_ONE", "a.Colour", "a.RED", "a.late"})
    EXPECT_THAT(Names(database_.FindSymbol(symbol)), ElementsAre("base.proto")) << symbol;
  for (const char* symbol : {"c.Z", "c.Z.Do", "c.A"})
    EXPECT_EQ(Names(database_.FindSymbol(symbol)).front(), "top.proto") << symbol;
}

TEST_F(DescriptorDatabaseTest, WhatThereIsNotIsNotFound) {
  for (const std::string symbol : {"", ".", "a.", ".a.Base", "a.Base.", "a.Base.none",
                                   "a.Base.id.x", "c.Z.None", "Base", "a..Base", "\xff"})
    EXPECT_EQ(database_.FindSymbol(symbol).status().code(), absl::StatusCode::kNotFound) << symbol;
  EXPECT_EQ(database_.FindSymbol(std::string("a.Base\0", 7)).status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(database_.FindSymbol(std::string(1 << 20, '.')).status().code(),
            absl::StatusCode::kNotFound);
  for (const std::string file : {"", "base", "/base.proto", "./base.proto", "../base.proto"}) {
    const absl::Status status = database_.FindFile(file).status();
    EXPECT_EQ(status.code(), absl::StatusCode::kNotFound) << file;
    EXPECT_THAT(status.message(), HasSubstr("\"" + file + "\""));
  }
}

TEST_F(DescriptorDatabaseTest, FindsExtensions) {
  EXPECT_THAT(Names(database_.FindExtension("a.Base", 150)), ElementsAre("base.proto"));
  EXPECT_THAT(Names(database_.FindExtension("a.Base", 101)),
              ElementsAre("right.proto", "base.proto"));
  EXPECT_THAT(*database_.ExtensionNumbers("a.Base"), ElementsAre(101, 150));
  EXPECT_THAT(*database_.ExtensionNumbers("a.Closed"), IsEmpty());
}

TEST_F(DescriptorDatabaseTest, ExtensionsThatThereAreNotAreNotFound) {
  for (const int number : {0, -1, 1, 102, 536870911, INT32_MIN, INT32_MAX})
    EXPECT_THAT(Names(database_.FindExtension("a.Base", number)), ElementsAre("NOT_FOUND"));
  for (const std::string type : {"", "a.None", "a.Colour", "c.Z", "a.Base.id"}) {
    EXPECT_THAT(Names(database_.FindExtension(type, 150)), ElementsAre("NOT_FOUND")) << type;
    EXPECT_EQ(database_.ExtensionNumbers(type).status().code(), absl::StatusCode::kNotFound)
        << type;
  }
}

TEST(DescriptorDatabaseCreateTest, RefusesWhatIsNoSetOfWholeFiles) {
  EXPECT_EQ(DescriptorDatabase::Create("no set").status().code(),
            absl::StatusCode::kInvalidArgument);
  FileDescriptorSet set = Set();
  set.mutable_file()->erase(set.file().begin());
  const absl::Status status = DescriptorDatabase::Create(set.SerializeAsString()).status();
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(status.message(), HasSubstr("base.proto"));
}

TEST(DescriptorDatabaseCreateTest, AnEmptySetHasNothing) {
  const auto database = DescriptorDatabase::Create("");
  ASSERT_TRUE(database.ok()) << database.status();
  EXPECT_THAT(database->services(), IsEmpty());
  EXPECT_FALSE(database->FindSymbol("a").ok());
}

}  // namespace
}  // namespace cardata
