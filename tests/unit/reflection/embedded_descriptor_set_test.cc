// SPDX-License-Identifier: Apache-2.0
#include "server/reflection/embedded_descriptor_set.h"

#include <gmock/gmock.h>
#include <google/protobuf/descriptor.pb.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "cardata/v1/error_reason.pb.h"
#include "server/reflection/descriptor_database.h"

namespace cardata {
namespace {

using ::testing::IsSupersetOf;

class EmbeddedDescriptorSetTest : public testing::Test {
 protected:
  void SetUp() override {
    auto database = DescriptorDatabase::Create(EmbeddedDescriptorSet());
    ASSERT_TRUE(database.ok()) << database.status();
    database_ = std::make_unique<DescriptorDatabase>(*std::move(database));
  }

  // The comment of the first message or service of the file that declares `symbol`.
  std::string FirstComment(const std::string& symbol) {
    google::protobuf::FileDescriptorProto file;
    file.ParseFromString(database_->FindSymbol(symbol)->front());
    for (const auto& location : file.source_code_info().location())
      if (location.path_size() == 2 && location.path(1) == 0 &&
          (location.path(0) == file.kMessageTypeFieldNumber ||
           location.path(0) == file.kServiceFieldNumber) &&
          location.has_leading_comments())
        return location.leading_comments();
    return "";
  }

  std::unique_ptr<DescriptorDatabase> database_;
};

TEST_F(EmbeddedDescriptorSetTest, HasEveryService) {
  EXPECT_THAT(database_->services(),
              IsSupersetOf({"cardata.v1.AuthService", "cardata.v1.TelematicsService",
                            "cardata.v1.VehicleService", "grpc.health.v1.Health",
                            "grpc.reflection.v1.ServerReflection",
                            "grpc.reflection.v1alpha.ServerReflection"}));
}

TEST_F(EmbeddedDescriptorSetTest, HasWhatErrorsCarryAndTheWellKnownTypes) {
  for (const char* symbol :
       {"google.rpc.Status", "google.rpc.ErrorInfo", "google.rpc.RetryInfo",
        "google.rpc.QuotaFailure", "google.rpc.BadRequest", "google.protobuf.Any",
        "google.protobuf.Duration", "google.protobuf.Empty", "google.protobuf.FieldMask",
        "google.protobuf.Struct", "google.protobuf.Timestamp", "google.protobuf.StringValue",
        "cardata.v1.ErrorReason", "cardata.v1.ERROR_REASON_SHUTTING_DOWN"})
    EXPECT_TRUE(database_->FindSymbol(symbol).ok()) << symbol;
}

TEST_F(EmbeddedDescriptorSetTest, HasComments) {
  for (const std::string& service : database_->services())
    EXPECT_NE(FirstComment(service), "") << service;
  EXPECT_EQ(FirstComment("google.rpc.ErrorInfo"), " Why a call failed.\n");
}

// A caller learns of every reason where it reads of a call that may have it.
TEST_F(EmbeddedDescriptorSetTest, EveryErrorReasonIsToldByTheServicesThatHaveIt) {
  std::string told;
  for (const std::string& service : database_->services()) {
    google::protobuf::FileDescriptorProto file;
    ASSERT_TRUE(file.ParseFromString(database_->FindSymbol(service)->front()));
    for (const auto& location : file.source_code_info().location())
      if (location.path_size() > 0 && location.path(0) == file.kServiceFieldNumber)
        told += location.leading_comments();
  }
  for (int i = v1::ErrorReason_MIN + 1; i <= v1::ErrorReason_MAX; ++i) {
    if (!v1::ErrorReason_IsValid(i)) continue;
    const std::string name(
        absl::StripPrefix(v1::ErrorReason_Name(static_cast<v1::ErrorReason>(i)), "ERROR_REASON_"));
    EXPECT_TRUE(absl::StrContains(told, "(" + name) || absl::StrContains(told, ", " + name))
        << name;
  }
}

// An answer is a file with all its imports, and clients take 4 MB by default.
TEST_F(EmbeddedDescriptorSetTest, FitsIntoOneMessage) {
  EXPECT_LT(EmbeddedDescriptorSet().size(), size_t{4} << 20);
}

}  // namespace
}  // namespace cardata
